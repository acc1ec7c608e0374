"""The reader's language: texts, days, relations by gender, and catalogues that may be anything."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from hypothesis import given
from hypothesis import strategies as st

from prmvault.core.channels import channel_name
from prmvault.core.label_names import gift_status, kind_name, label_name
from prmvault.core.messages import counted, listed, message, word
from prmvault.core.phrases import describe_day, describe_distance, describe_period
from prmvault.core.problems import PrmvaultError
from prmvault.core.relations import relation_names, told_relation
from prmvault.render.environment import render_text
from prmvault.render.language import catalogue_path, language_of
from tests.conftest import environment

TODAY = date(2026, 11, 20)
GERMAN = language_of("de")
ENGLISH = language_of("en")


@pytest.fixture
def install(cache: Path) -> Any:
    """Return a function that puts a catalogue into the user's own config folder."""

    def put(code: str, texts: dict[Any, Any], *, data: bytes | None = None) -> None:
        catalogue = Catalog(locale=code)
        for key, text in texts.items():
            context, source = key if isinstance(key, tuple) and key[0] is not None else (None, key)
            catalogue.add(source, text, context=context)
        file = BytesIO()
        write_mo(file, catalogue)
        folder = cache / "config/prmvault/locale" / code / "LC_MESSAGES"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "prmvault.mo").write_bytes(file.getvalue() if data is None else data)
        language_of.cache_clear()

    yield put
    language_of.cache_clear()


@pytest.mark.parametrize(
    ("day", "told", "english"),
    [
        ("2026-11-20", "heute", "today"),
        ("2026-11-21", "morgen", "tomorrow"),
        ("2026-11-19", "gestern", "yesterday"),
        ("2026-11-22", "in 2 Tagen", "in 2 days"),
        ("2026-10-31", "vor 20 Tagen", "20 days ago"),
        ("2026-12-11", "in 3 Wochen", "in 3 weeks"),
        ("2026-10-18", "vor 5 Wochen", "5 weeks ago"),
        ("2027-02-20", "in 3 Monaten", "in 3 months"),
        ("2016-11-20", "vor 10 Jahren", "10 years ago"),
        ("2028-11-20", "in 2 Jahren", "in 2 years"),
    ],
)
def test_a_distance_is_told_as_germans_say_it(day: str, told: str, english: str) -> None:
    distance = describe_distance(date.fromisoformat(day), TODAY)
    assert GERMAN.tell(distance) == told
    assert ENGLISH.tell(distance) == distance == english


def test_a_weekday_before_an_iso_day_is_that_of_the_language() -> None:
    days = [describe_day(date(2026, 11, number)) for number in range(16, 23)]
    assert [GERMAN.tell(day)[:2] for day in days] == ["Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"]
    assert GERMAN.tell(days[4]) == "Fr 2026-11-20"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        *(
            ("2 weeks", "2 Wochen"),
            ("1 week", "1 Woche"),
            ("weekly", "wöchentlich"),
            ("every 2 months", "alle 2 Monate"),
        ),
        *(("3 Wochen", "3 Wochen"), ("1 weeks", "1 weeks"), ("every week", "jede Woche"), ("²3 weeks", "²3 weeks")),
        *(("FREQ=MONTHLY;BYDAY=1MO", "FREQ=MONTHLY;BYDAY=1MO"), ("", ""), ("99999 weeks", "99999 weeks")),
    ],
)
def test_a_period_is_told_in_german_where_it_is_plain_english(text: str, told: str) -> None:
    assert describe_period(text) == text
    assert GERMAN.tell(describe_period(text)) == told


@given(st.text(max_size=20))
def test_a_period_reads_in_english_as_it_was_written(text: str) -> None:
    assert describe_period(text) == text == ENGLISH.tell(describe_period(text))


def test_days_are_written_as_cldr_has_them() -> None:
    assert ENGLISH.day(TODAY, "long") == "20 November 2026"
    assert GERMAN.day("2026-11-20", "long") == "20. November 2026"
    assert GERMAN.day(TODAY, "EEEE, d. MMMM") == "Freitag, 20. November"
    assert language_of("de_AT").day(date(2027, 1, 3), "long") == "3. Jänner 2027"


RELATIONS = """
parent           Elternteil        Mutter           Vater
child            Kind              Tochter          Sohn
grandparent      Großelternteil    Großmutter       Großvater
grandchild       Enkelkind         Enkelin          Enkel
great-grandparent Urgroßelternteil Urgroßmutter     Urgroßvater
great-grandchild Urenkelkind       Urenkelin        Urenkel
step-parent      Stiefelternteil   Stiefmutter      Stiefvater
step-child       Stiefkind         Stieftochter     Stiefsohn
parent-in-law    Schwiegerelternteil Schwiegermutter Schwiegervater
child-in-law     Schwiegerkind     Schwiegertochter Schwiegersohn
spouse           Ehepartner/in     Ehefrau          Ehemann
partner          Partner/in        Partnerin        Partner
ex-spouse        Ex-Frau/Ex-Mann   Ex-Frau          Ex-Mann
ex-partner       Ex-Partner/in     Ex-Partnerin     Ex-Partner
sibling          Geschwister       Schwester        Bruder
sibling-in-law   Schwager/Schwägerin Schwägerin     Schwager
uncle-aunt       Onkel/Tante       Tante            Onkel
nephew-niece     Neffe/Nichte      Nichte           Neffe
cousin           Cousin/Cousine    Cousine          Cousin
godparent        Pate/Patin        Patin            Pate
godchild         Patenkind         Patentochter     Patensohn
friend           Freund/in         Freundin         Freund
colleague        Kollege/Kollegin  Kollegin         Kollege
manager          Chef/in           Chefin           Chef
report           Mitarbeiter/in    Mitarbeiterin    Mitarbeiter
mentor           Mentor/in         Mentorin         Mentor
mentee           Mentee            Mentee           Mentee
teacher          Lehrer/in         Lehrerin         Lehrer
student          Schüler/in        Schülerin        Schüler
neighbour        Nachbar/in        Nachbarin        Nachbar
contact          Kontakt           Kontakt          Kontakt
step-sibling     Stief-_oder_Halbgeschwister Stief-_oder_Halbschwester Stief-_oder_Halbbruder
"""


def test_a_relation_has_its_german_word_for_each_gender() -> None:
    rows = [line.split() for line in RELATIONS.strip().splitlines()]
    for kind, *words in rows:
        told = [GERMAN.tell(told_relation(kind, kind, gender)) for gender in ("", "F", "M")]
        assert told == [each.replace("_", " ") for each in words]
    assert sorted(row[0] for row in rows) == sorted({kind for kind, _, _ in relation_names()})


@pytest.mark.parametrize(
    ("typed", "kind", "gender", "told"),
    [
        *(
            ("child", "child", "F", "Tochter"),
            ("wife", "spouse", "F", "Ehefrau"),
            ("Brother", "sibling", "M", "Bruder"),
        ),
        # What somebody has chosen to say stays, and so does a type of the settings.
        *(("granny", "grandparent", "F", "granny"), ("Oma", "grandparent", "F", "Oma"), ("Mum", "parent", "F", "Mum")),
        *(("landlord", "landlord", "F", "landlord"), ("girlfriend", "partner", "F", "girlfriend")),
    ],
)
def test_only_a_type_and_its_english_words_are_told(typed: str, kind: str, gender: str, told: str) -> None:
    assert told_relation(typed, kind, gender) == typed
    assert GERMAN.tell(told_relation(typed, kind, gender)) == told


def test_words_are_told_by_what_they_are_in() -> None:
    assert GERMAN.tell(channel_name("gift")) == "Geschenk"
    assert GERMAN.tell(gift_status("given")) == "geschenkt"
    assert GERMAN.tell(kind_name("nameday")) == "Namenstag"
    assert GERMAN.tell(label_name("cell")) == "mobil"
    assert [GERMAN.tell(name("bouldern")) for name in (channel_name, gift_status, kind_name, label_name)] == [
        "bouldern"
    ] * 4


def test_what_is_within_a_list_or_a_part_is_told_too() -> None:
    inner = listed(", ", [describe_distance(date(2026, 11, 22), TODAY), "", counted("{count} day", "{count} days", 1)])
    assert inner == "in 2 days, 1 day"
    assert GERMAN.tell(message("due {day}", day=inner)) == "fällig in 2 Tagen, 1 Tag"
    assert GERMAN.told({"a": [inner, 3, None], "b": ("x", {"c": inner})}) == {
        "a": ["in 2 Tagen, 1 Tag", 3, None],
        "b": ["x", {"c": "in 2 Tagen, 1 Tag"}],
    }


def test_braces_and_words_in_a_part_are_left_alone() -> None:
    assert GERMAN.tell(message("with {names}", names="{names} today")) == "mit {names} today"


# Catalogues of one's own.


def test_an_own_catalogue_is_found_in_the_users_config(install: Any) -> None:
    assert catalogue_path("nl") == ""
    assert language_of("nl").tell(message("today")) == "today"
    install("nl", {"today": "vandaag", ("row", "born"): "geboren"})
    assert language_of("nl").tell(message("today")) == "vandaag"
    assert language_of("nl_BE").tell(word("row", "born")) == "geboren"
    assert language_of("nl").tell(message("tomorrow")) == "tomorrow"
    assert language_of("nl").day(TODAY, "long") == "20 november 2026"


def test_a_catalogue_of_a_vault_is_not_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for code in ("../../vault", "/etc", "xx/../..", "", "de\n", "de.UTF-8"):
        assert catalogue_path(code) == ""
        assert language_of(code).is_english


@pytest.mark.parametrize("data", [b"", b"x", b"\xde\x12\x04\x95", b"\xde\x12\x04\x95" + b"\xff" * 40, b"\0" * 1000])
def test_a_broken_catalogue_is_none(install: Any, data: bytes) -> None:
    install("nl", {}, data=data)
    assert language_of("nl").is_english
    assert language_of("nl").tell(message("today")) == "today"


def test_where_a_plural_rule_divides_by_zero_it_counts_as_in_english(install: Any) -> None:
    file = BytesIO()
    write_mo(file, Catalog(locale="nl"))
    assert b"plural=(n != 1)" in file.getvalue()
    install("nl", {}, data=file.getvalue().replace(b"plural=(n != 1)", b"plural=(n / 0) "))
    assert not language_of("nl").is_english
    assert language_of("nl").tell(counted("{count} day", "{count} days", 1)) == "1 day"
    assert language_of("nl").tell(counted("{count} day", "{count} days", 2)) == "2 days"


def test_what_a_terminal_would_obey_does_not_come_out_of_a_catalogue(install: Any) -> None:
    install(
        "nl", {"yesterday": "gis\r\nteren", "today": "van\x1b]0;x\x07da\u202eag\x9b", ("row", "born"): "ge\x1b[2Jboren"}
    )
    assert language_of("nl").tell(message("today")) == "van]0;xdaag"
    assert language_of("nl").tell(message("yesterday")) == "gis teren"
    assert "\x1b" not in language_of("nl").tell(word("row", "born"))


def test_a_translation_reaches_nothing_but_its_parts(install: Any) -> None:
    install("nl", {"with {names}": "met {names.__class__} {0} {x} {names!r} {names}"})
    told = language_of("nl").tell(message("with {names}", names="Ann"))
    assert told == "met {names.__class__} {0} {x} {names!r} Ann"


def test_an_unknown_language_has_british_days(install: Any) -> None:
    install("de", {})
    install("qzx", {"today": "hodu"})
    assert language_of("qzx").tell(message("today")) == "hodu"
    assert language_of("qzx").day(TODAY, "long") == "20 November 2026"


# Templates.


def test_a_template_tells_texts_counts_and_days() -> None:
    source = (
        '{{ _("with {names}", names=who) }}; {{ ngettext("{count} day", "{count} days", n) }}; {{ d|day("d MMMM") }}'
    )
    values = {"who": "<Ann> {count}", "n": 3, "d": "2026-12-05"}
    assert render_text(source, "x.md.j2", values) == "with <Ann> {count}; 3 days; 5 December"
    assert render_text(source, "x.md.j2", values, "de") == "mit <Ann> {count}; 3 Tage; 5 Dezember"


def test_in_html_texts_and_their_parts_are_escaped_once(install: Any) -> None:
    source = '{{ _("with {names}", names=who) }}|{{ _("with {names}", names="<b>"|safe) }}|{{ _("today") }}'
    install("nl", {"today": "<i>vandaag"})
    assert render_text(source, "x.html.j2", {"who": "<Ann> & {x}"}, "nl") == (
        "with &lt;Ann&gt; &amp; {x}|with <b>|&lt;i&gt;vandaag"
    )


@pytest.mark.parametrize("name", ["x.md.j2", "x.html.j2"])
def test_an_empty_text_is_empty_in_every_language(name: str) -> None:
    for code in ("en", "de"):
        assert render_text('{{ _("") }}{{ gettext("") }}', name, {}, code) == ""


@pytest.mark.parametrize(
    "source", ['{{ "x"|day }}', '{{ "2026-11-20"|day(":qqq") }}', '{{ none|day("d") }}', "{{ 3|day }}"]
)
def test_what_is_no_day_is_a_mistake_of_the_template(source: str) -> None:
    with pytest.raises(PrmvaultError, match="bad-template"):
        render_text(source, "x.md.j2", {}, "de")


def test_the_functions_of_a_template_lead_nowhere() -> None:
    for source in ("{{ _.__globals__ }}", "{{ ngettext.__closure__ }}", '{{ _("{a.__class__}", a=1) }}'):
        try:
            text = render_text(source, "x.md.j2", {})
        except Exception as error:  # noqa: BLE001 - whichever way it is refused
            text = str(error)
        assert "class '" not in text
        assert "environment" not in text


def loaded_by(root: str, *arguments: str) -> set[str]:
    """Return the modules that a command has loaded; settings that were written just now count as old ones."""
    code = (
        "import sys, prmvault.vault.refresh as refresh; refresh._DOUBTFUL_NS = 0;"
        "from prmvault.cli.main import _run; _run(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
    )
    command = [sys.executable, "-c", code, "-C", root, *arguments]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    return set(done.stderr.split())


def test_a_card_needs_no_cldr_and_no_template(vault_at: Any) -> None:
    vault_at.write("people/Ann.md", '---\nbirthday: 1980-02-03\nrelated:\n  child: "[[Bo]]"\n---\n')
    for language in ("en", "de"):
        vault_at.write("prmvault.yaml", f"language: {language}\n")
        assert not {"babel", "platformdirs", "jinja2"} & loaded_by(vault_at.root, "show", "Ann")


@pytest.mark.parametrize("language", ["en", "de", "de_AT"])
def test_a_question_in_a_pipe_needs_neither_the_settings_nor_a_catalogue(vault_at: Any, language: str) -> None:
    vault_at.write("prmvault.yaml", f"language: {language}\n")
    vault_at.write("people/Ann.md", "---\nbirthday: 1980-02-03\n---\n")
    loaded_by(vault_at.root, "find", "Ann")
    loaded = loaded_by(vault_at.root, "find", "Ann")
    assert "prmvault.app.names" in loaded
    assert not {"prmvault.vault.settings", "prmvault.render.language", "json"} & loaded
