"""The ways in which people are in touch, and the words that tell of them in English and German."""

from __future__ import annotations

import re
from collections.abc import Mapping

from prmvault.core.names import fold

_WORDS = {
    "call": "call called calls calling phone phoned phonecall rang telephoned anruf angerufen anrufen "
    "telefonat telefoniert telefonieren telefon durchgerufen zurückgerufen",
    "video": "video videocall facetime zoom skype videoanruf videotelefonat videochat geskypt",
    "visit": "visit visited visiting besuch besucht besuchen vorbeigekommen vorbeigeschaut",
    "meal": "lunch dinner breakfast brunch supper coffee tea beer drinks mittagessen abendessen frühstück "
    "gefrühstückt kaffee kuchen essen gegessen bier grillen gegrillt",
    "meeting": "meeting met meet walk hike party wedding funeral treffen getroffen spaziergang spazieren "
    "wanderung gewandert feier gefeiert hochzeit beerdigung termin",
    "mail": "mail email e-mail mailed emailed gemailt",
    "letter": "letter postcard card wrote brief postkarte karte geschrieben",
    "chat": "chat chatted message messaged texted text sms whatsapp signal telegram threema nachricht gechattet",
    "gift": "gift gave present geschenk geschenkt",
}
_WORD = re.compile(r"#?([^\W_][\w-]{0,40})")
_NOT_WORDS = re.compile(r"\[\[[^\[\]\n]{1,400}\]\]|https?://\S{1,500}")


def channel_words(more: Mapping[str, list[str]]) -> dict[str, str]:
    """Return folded word → channel, with the settings' `more` words per channel (which may be new channels)."""
    table = {fold(word): channel for channel, words in _WORDS.items() for word in words.split()}
    table.update((fold(channel), channel) for channel in _WORDS)
    for channel, words in more.items():
        table[fold(channel)] = channel
        table.update((fold(word), channel) for word in words)
    return table


def channel_of(text: str, words: Mapping[str, str]) -> str:
    """Return the channel that the first known word or tag of `text` tells, or nothing; links do not count."""
    for word in _WORD.findall(_NOT_WORDS.sub(" ", text)):
        channel = words.get(fold(word))
        if channel:
            return channel
    return ""
