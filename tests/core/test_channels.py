from __future__ import annotations

import pytest

from prmvault.core.channels import channel_of, channel_words

WORDS = channel_words({})


@pytest.mark.parametrize(
    ("text", "channel"),
    [
        ("call [[Oma Gerda]]: wants a garden bench", "call"),
        ("Anruf bei [[Oma]]", "call"),
        ("mit [[Oma]] telefoniert", "call"),
        ("zurückgerufen", "call"),
        ("zurueckgerufen", "call"),
        ("ZURÜCKGERUFEN", "call"),
        ("[[Oma]] besucht", "visit"),
        ("Besuch von [[Tom]]", "visit"),
        ("visited [[Tom]]", "visit"),
        ("[[Tom]] getroffen", "meeting"),
        ("met [[Tom]]", "meeting"),
        ("Mittagessen mit [[Tom]]", "meal"),
        ("Frühstück", "meal"),
        ("lunch, then a walk with [[Tom]]", "meal"),
        ("a walk, then lunch with [[Tom]]", "meeting"),
        ("E-Mail an [[Tom]]", "mail"),
        ("emailed [[Tom]]", "mail"),
        ("Brief an [[Oma]]", "letter"),
        ("postcard from [[Oma]]", "letter"),
        ("WhatsApp: [[Tom]] is ill", "chat"),
        ("#call [[Tom]]", "call"),
        ("[[Tom]] #video", "video"),
        ("Skype mit [[Tom]]", "video"),
        ("Geschenk für [[Tom]]", "gift"),
        ("(call)", "call"),
        ("call!", "call"),
        ("[[Call Center]] wrote", "letter"),
        ("[[Brief]] https://example.org/call/mail", ""),
        ("recall the callback", ""),
        ("thought of [[Tom]]", ""),
        ("", ""),
        ("[[Tom]]", ""),
    ],
)
def test_the_first_known_word_or_tag_tells_the_channel_and_links_tell_none(text: str, channel: str) -> None:
    assert channel_of(text, WORDS) == channel


def test_every_channel_is_a_word_for_itself() -> None:
    for channel in set(WORDS.values()):
        assert channel_of(channel, WORDS) == channel
        assert channel_of(f"#{channel}", WORDS) == channel


def test_the_settings_add_words_and_channels_and_keep_the_known_ones() -> None:
    words = channel_words({"call": ["Durchgeklingelt"], "sauna": ["geschwitzt"], "visit": ["call"]})
    assert channel_of("bei [[Oma]] durchgeklingelt", words) == "call"
    assert channel_of("mit [[Tom]] geschwitzt", words) == "sauna"
    assert channel_of("Sauna", words) == "sauna"
    assert channel_of("Anruf", words) == "call"
    assert channel_of("call", words) == "visit"
    assert channel_of("geschwitzt", WORDS) == ""
