"""The ways in which people are in touch, and the words that tell of them in English and German."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from prmvault.core.messages import Message, word
from prmvault.core.names import fold

_NAMES = (
    *(word("channel", "call"), word("channel", "video"), word("channel", "visit"), word("channel", "meal")),
    *(word("channel", "meeting"), word("channel", "mail"), word("channel", "letter"), word("channel", "chat")),
    word("channel", "gift"),
)
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


def channel_words(
    more: Mapping[str, Iterable[str]], language: Mapping[str, Iterable[str]] | None = None
) -> dict[str, str]:
    """Return folded word → channel, with the settings' `more` words per channel (which may be new channels).

    `language` are the words of a further language.
    """
    table = {fold(each): channel for channel, words in _WORDS.items() for each in words.split()}
    table.update((fold(channel), channel) for channel in _WORDS)
    for channel, words in (*(language or {}).items(), *more.items()):
        table[fold(channel)] = channel
        table.update((fold(each), channel) for each in words)
    return table


def channel_names() -> tuple[Message, ...]:
    """Return the channels, which a catalogue tells in its language."""
    return _NAMES


def channel_name(channel: str) -> str:
    """Return a channel as it is told to people in their language; one of the settings as it is."""
    return next((name for name in _NAMES if name == channel), channel)


def channel_of(text: str, words: Mapping[str, str]) -> str:
    """Return the channel that the first known word or tag of `text` tells, or nothing; links do not count."""
    for each in _WORD.findall(_NOT_WORDS.sub(" ", text)):
        channel = words.get(fold(each))
        if channel:
            return channel
    return ""
