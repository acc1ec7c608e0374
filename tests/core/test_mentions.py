from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prmvault.core.links import link_text
from prmvault.core.markdown import parse_body
from prmvault.core.mention_words import NEVER_SMALL
from prmvault.core.mentions import Mentions, Words, likely_people, link_mentions, mention_words
from prmvault.core.names import fold, name_key
from prmvault.core.people import RANK_ALIAS, RANK_NAME, RANK_ORG, RANK_PATH, Name
from tests.core.test_hostile_text import SECONDS, TEXTS, at_most


def rows_of(people: dict[str, list[str]]) -> list[Name]:
    """Return the name rows of people, given with their aliases; the path of Anna is Anna.md."""
    return [
        Name(name_key(text), rank, f"{name}.md", text)
        for name, aliases in people.items()
        for rank, texts in ((RANK_PATH, [f"people/{name}"]), (RANK_NAME, [name]), (RANK_ALIAS, aliases))
        for text in texts
    ]


PEOPLE = rows_of(
    {
        "Grace Hopper": ["Amazing Grace"],
        "Tom Becker": ["Opa", "Tommy"],
        "Nadja Becker": [],
        "Anna Müller": ["Nana"],
        "Anna Schmidt": [],
        "Anna-Lena Berg": [],
        "Gerda Weiß": ["Oma Gerda", "oma"],
        "Ursula von der Leyen": [],
        "Maria Elena Rossi": [],
        "Dr. Eva Groß": ["E", "李"],
        "Karl Ott (Nachbar)": ["K. O."],
        "Hans Meier": [],
        "Luca Conti": [],
        "Mark Weber": [],
        "Will Smith": [],
        "May Chen": [],
        "Ben": [],
        "Miles O'Brien": [],
        "Zoë": [],
        "Paul Adler": [],
        "Sue Lark": [],
    }
)


def wanted(words: Words, rows: list[Name]) -> list[Name]:
    """Return the rows that a caller fetches."""
    found = []
    for row in rows:
        begins = any(row.key == word or f"{word} " <= row.key < f"{word}0" for word in words.begins)
        if begins or row.key in words.keys or any(f" {word}" in row.key for word in words.ends):
            found.append(row)
    return found


def mentions(text: str, rows: list[Name] = PEOPLE) -> Mentions:
    return link_mentions(text, wanted(mention_words(text), rows), lambda path: path.removesuffix(".md"))


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        ("met Grace Hopper", "met [[Grace Hopper]]"),
        ("Amazing Grace!", "[[Grace Hopper|Amazing Grace]]!"),
        (
            "lunch with Grace and Opa, he wants a bench #gift",
            "lunch with [[Grace Hopper|Grace]] and [[Tom Becker|Opa]], he wants a bench #gift",
        ),
        ("(Grace/Ben) „Opa“ *Nadja*", "([[Grace Hopper|Grace]]/[[Ben]]) „[[Tom Becker|Opa]]“ *[[Nadja Becker|Nadja]]*"),
        ("bei Oma Gerda gewesen", "bei [[Gerda Weiß|Oma Gerda]] gewesen"),
        ("Anna Mueller rief an", "[[Anna Müller|Anna Mueller]] rief an"),
        ("ANNA MULLER", "[[Anna Müller|ANNA MULLER]]"),
        ("Anna Mu\u0308ller", "[[Anna Müller|Anna Mu\u0308ller]]"),
        ("anna  müller", "[[Anna Müller|anna müller]]"),
        ("Anna-Lena kam", "[[Anna-Lena Berg|Anna-Lena]] kam"),
        ("Maria Rossi, Miles O’Brien", "[[Maria Elena Rossi|Maria Rossi]], [[Miles O'Brien|Miles O’Brien]]"),
        ("Zoe came", "[[Zoë|Zoe]] came"),
        ("mit Karl Ott (Nachbar)", "mit [[Karl Ott (Nachbar)]]"),
        ("mit Karl Ott, K. O.", "mit [[Karl Ott (Nachbar)|Karl Ott]], K. O."),
        ("K. O. kam", "[[Karl Ott (Nachbar)|K. O.]] kam"),
        ("Dr. Eva Groß, Eva", "[[Dr. Eva Groß]], Eva"),
        ("told Grace Tom is coming", "told [[Grace Hopper|Grace]] [[Tom Becker|Tom]] is coming"),
    ],
)
def test_names_aliases_and_given_names_become_links(text: str, linked: str) -> None:
    assert mentions(text).text == linked


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        ("Tom's car", "[[Tom Becker|Tom]]'s car"),
        ("Tom’s car", "[[Tom Becker|Tom]]’s car"),
        ("Toms Auto", "[[Tom Becker|Toms]] Auto"),
        ("Hans' Buch", "[[Hans Meier|Hans]]' Buch"),
        ("Grace Hoppers Buch", "[[Grace Hopper|Grace Hoppers]] Buch"),
        ("Grace Hopper's", "[[Grace Hopper]]'s"),
        ("Opas Garten", "[[Tom Becker|Opas]] Garten"),
        ("Frau Müllers Hund", "Frau [[Anna Müller|Müllers]] Hund"),
        ("Lucas kam, Luca nicht", "Lucas kam, [[Luca Conti|Luca]] nicht"),
    ],
)
def test_genitives_are_mentions(text: str, linked: str) -> None:
    assert mentions(text).text == linked


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        ("Frau Müller", "Frau [[Anna Müller|Müller]]"),
        ("Mr Hopper, Ms. Hopper", "Mr [[Grace Hopper|Hopper]], Ms. Hopper"),
        ("Herr Prof. Dr. Meier", "Herr Prof. Dr. [[Hans Meier|Meier]]"),
        ("Frau von der Leyen", "Frau [[Ursula von der Leyen|von der Leyen]]"),
        ("Dr. Groß", "Dr. [[Dr. Eva Groß|Groß]]"),
        ("Frau Grace Hopper", "Frau [[Grace Hopper]]"),
        ("Hopper, Leyen und Müller", "Hopper, Leyen und Müller"),
        ("Herr Hr. Meier, 1 hr Hopper", "Herr Hr. [[Hans Meier|Meier]], 1 hr Hopper"),
        ("Fr. Hopper", "Fr. [[Grace Hopper|Hopper]]"),
        ("Frau Ott", "Frau [[Karl Ott (Nachbar)|Ott]]"),
        ("Frau Nachbar, Frau.Müller", "Frau Nachbar, Frau.Müller"),
        ("Herr Hund", "Herr Hund"),
    ],
)
def test_a_family_name_counts_behind_a_title(text: str, linked: str) -> None:
    assert mentions(text).text == linked


@pytest.mark.parametrize(
    ("text", "ties"),
    [
        ("Anna kam", [("Anna", ("Anna Müller.md", "Anna Schmidt.md"))]),
        (
            "Annas Hund, Anna",
            [("Annas", ("Anna Müller.md", "Anna Schmidt.md")), ("Anna", ("Anna Müller.md", "Anna Schmidt.md"))],
        ),
        ("Frau Becker", [("Becker", ("Tom Becker.md", "Nadja Becker.md"))]),
    ],
)
def test_a_tie_is_told_and_stays_as_it_is(text: str, ties: list[tuple[str, tuple[str, ...]]]) -> None:
    found = mentions(text)
    assert (found.text, found.found) == (text, ())
    assert sorted(found.ties) == sorted(ties)


@pytest.mark.parametrize(
    "text", ["Anna Schmidt kam, Anna ging", "Anna ging, Anna Schmidt blieb", "Anna, [[Anna Schmidt|A]]"]
)
def test_a_tie_with_somebody_who_is_linked_is_not_told(text: str) -> None:
    found = mentions(text)
    assert found.ties == ()
    assert found.text.count("[[") == 1
    assert "[[Anna Schmidt" in found.text


def test_two_with_one_alias_are_a_tie_but_the_exact_spelling_decides() -> None:
    people = rows_of({"Ida Lang": ["Mimi"], "Eva Kurz": ["Mimi"], "Jo Müller": [], "Jo Mueller": []})
    assert [words for words, _ in mentions("Mimi", people).ties] == ["Mimi"]
    assert mentions("Jo Müller", people).found == (("Jo Müller.md", "Jo Müller"),)
    assert mentions("Jo Mueller", people).found == (("Jo Mueller.md", "Jo Mueller"),)
    assert [words for words, _ in mentions("Jo Muller", people).ties] == ["Jo Muller"]


def test_a_whole_name_or_alias_goes_before_given_names_of_others() -> None:
    people = rows_of({"Berta Klein": ["Anna"], "Anna Müller": [], "Anna Schmidt": [], "Ben": [], "Ben Groß": []})
    assert mentions("Anna and Ben", people).text == "[[Berta Klein|Anna]] and [[Ben]]"
    assert mentions("Anna Müller and Ben Groß", people).text == "[[Anna Müller]] and [[Ben Groß]]"
    assert mentions("Anna Maria Müller", rows_of({"B": ["Anna"], "Anna Maria Eva Müller": []})).found == (
        ("Anna Maria Eva Müller.md", "Anna Maria Müller"),
    )


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        ("mit seiner Frau Nadja", "mit seiner Frau [[Nadja Becker|Nadja]]"),
        ("Tommys Frau Zoe", "[[Tom Becker|Tommys]] Frau [[Zoë|Zoe]]"),
        ("frau nadja", "frau [[Nadja Becker|nadja]]"),
        ("Herr Paul kam, Hr. Luca's Hund", "Herr [[Paul Adler|Paul]] kam, Hr. [[Luca Conti|Luca]]'s Hund"),
        ("Frau Nadja Müller", "Frau Nadja Müller"),
        ("Frau Anna, Frau Mark", "Frau Anna, Frau Mark"),
    ],
)
def test_a_given_name_counts_behind_a_title(text: str, linked: str) -> None:
    assert mentions(text).text == linked


def test_a_given_name_behind_a_title_is_a_family_name_if_somebody_has_it_so() -> None:
    people = rows_of({"Paul Adler": [], "Eva Paul": [], "Ida Paul": [], "Adler Weiss": [], "Ben": ["Nadler"]})
    assert mentions("Herr Paul", people).ties == (("Paul", ("Eva Paul.md", "Ida Paul.md")),)
    assert mentions("Frau paul", people) == ("Frau paul", (), (), ())
    assert mentions("Frau Adler", people).found == (("Paul Adler.md", "Adler"),)


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        ("phoned nana", "phoned [[Anna Müller|nana]]"),
        ("coffee with nadja", "coffee with [[Nadja Becker|nadja]]"),
        ("opa angerufen, opas hund", "[[Tom Becker|opa]] angerufen, opas hund"),
        ("zoe's and tom’s", "[[Zoë|zoe]]'s and [[Tom Becker|tom]]’s"),
        ("lucas hut, nadjas hut", "lucas hut, [[Nadja Becker|nadjas]] hut"),
        ("maria rossi kam", "[[Maria Elena Rossi|maria rossi]] kam"),
        ("ben Monday, luca ASAP", "[[Ben|ben]] Monday, [[Luca Conti|luca]] ASAP"),
        ("mit nadja Kuchen gegessen", "mit [[Nadja Becker|nadja]] Kuchen gegessen"),
        ("nadja Tom", "[[Nadja Becker|nadja]] [[Tom Becker|Tom]]"),
    ],
)
def test_an_alias_or_a_given_name_may_be_written_in_small_letters(text: str, linked: str) -> None:
    assert mentions(text).text == linked


@pytest.mark.parametrize("text", ["coffee with nadja Kelly", "met ben Nevis", "met paul Xu and paul"])
def test_a_small_name_before_an_unknown_one_with_a_capital_letter_is_doubtful(text: str) -> None:
    found = mentions(text)
    assert [words for words, _ in found.doubtful] == [] if found.found else [" ".join(text.split()[-2:])]
    assert found.text == text.replace("and paul", "and [[Paul Adler|paul]]")


def test_a_small_name_of_several_is_a_tie_even_if_it_is_an_alias_of_one() -> None:
    assert [words for words, _ in mentions("anna angerufen").ties] == ["anna"]
    people = rows_of({"Berta Klein": ["Anna"], "Anna Müller": []})
    assert mentions("Anna kam", people).found == (("Berta Klein.md", "Anna"),)
    assert mentions("anna kam", people).ties == (("anna", ("Berta Klein.md", "Anna Müller.md")),)


@pytest.mark.parametrize(
    "text",
    [
        "grace",
        "E kam",
        "e",
        "李",
        "Hopper",
        "K",
        "becker",
        "Graces",
        "grace's",
        "will",
        "müller",
        "in may",
        "frau müller",
    ],
)
def test_common_words_single_letters_and_mere_family_names_are_no_mention(text: str) -> None:
    people = PEOPLE if text != "Graces" else rows_of({"Gracer Hopper": []})
    assert mentions(text, people) == (text, (), (), ())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("An Nguyễn", "ich denke an in am"),
        ("Thi Lan", "did this"),
        ("Can Yılmaz", "can we meet"),
        ("Lan Nguyễn", "no lan here"),
        ("Nur Aydın", "nur kurz"),
        ("Said Karimi", "she said no"),
        ("Per Olsen", "per mail"),
        ("Für Elise", "für sie"),
        ("Max Muster", "max. 3"),
        ("Jan Hus", "am 3. jan"),
        ("Kai Wolf", "am kai"),
        ("Wolf Kai", "der wolf"),
        ("Viola Linde", "spielt viola"),
        ("Jack Frank", "jack of all trades"),
    ],
)
def test_a_small_word_that_is_no_name_in_english_or_german_is_none(name: str, text: str) -> None:
    people = rows_of({name: [], "Xaver Ott": [name.split(maxsplit=1)[0]]})
    assert mentions(text, people) == (text, (), (), ())


def test_the_lists_hold_folded_words() -> None:
    assert {fold(word) for word in NEVER_SMALL} == NEVER_SMALL


def test_an_alias_in_small_letters_may_be_written_so() -> None:
    assert mentions("bei oma gewesen").text == "bei [[Gerda Weiß|oma]] gewesen"
    assert mentions("Oma kam").text == "[[Gerda Weiß|Oma]] kam"


@pytest.mark.parametrize(
    ("text", "linked", "doubtful"),
    [
        ("In May with Mark", "In May with Mark", [("May", "May Chen.md"), ("Mark", "Mark Weber.md")]),
        ("Will came", "Will came", [("Will", "Will Smith.md")]),
        ("- 18:00 Will came", "- 18:00 Will came", [("Will", "Will Smith.md")]),
        ("Sue came on Tuesday", "Sue came on Tuesday", [("Sue", "Sue Lark.md")]),
        ("met Grace Tuesday", "met [[Grace Hopper|Grace]] Tuesday", []),
        ("Rain. Will stayed", "Rain. Will stayed", [("Will", "Will Smith.md")]),
        ("then Will came", "then [[Will Smith|Will]] came", []),
        ("Will Smith, May Chen", "[[Will Smith]], [[May Chen]]", []),
        ("Will came, Will Smith", "Will came, [[Will Smith]]", []),
        ("met Grace Kelly", "met Grace Kelly", [("Grace Kelly", "Grace Hopper.md")]),
        ("Kaffee mit Grace Müller", "Kaffee mit Grace Müller", [("Grace Müller", "Grace Hopper.md")]),
        ("Maria Elena Bianchi", "Maria Elena Bianchi", [("Maria Elena Bianchi", "Maria Elena Rossi.md")]),
        ("met Ben Nevis", "met Ben Nevis", [("Ben Nevis", "Ben.md")]),
        ("Kaffee mit Grace Sonntag", "Kaffee mit [[Grace Hopper|Grace]] Sonntag", []),
        ("mit Grace Kuchen gegessen", "mit [[Grace Hopper|Grace]] Kuchen gegessen", []),
        ("met Grace Monday", "met [[Grace Hopper|Grace]] Monday", []),
        ("met Grace. Kelly too", "met [[Grace Hopper|Grace]]. Kelly too", []),
        ("Grace's Kelly, Tom I think", "[[Grace Hopper|Grace]]'s Kelly, [[Tom Becker|Tom]] I think", []),
        ("Opa Heinz", "[[Tom Becker|Opa]] Heinz", []),
        ("call Grace ASAP", "call [[Grace Hopper|Grace]] ASAP", []),
    ],
)
def test_common_words_and_names_of_others_are_doubtful(text: str, linked: str, doubtful: list[tuple[str, str]]) -> None:
    found = mentions(text)
    assert found.text == linked
    assert list(found.doubtful) == doubtful


def test_each_person_is_linked_once_and_told_as_written() -> None:
    found = mentions("Tom and Opa and Tom Becker, Grace")
    assert found.text == "[[Tom Becker|Tom]] and Opa and Tom Becker, [[Grace Hopper|Grace]]"
    assert found.found == (("Tom Becker.md", "Tom"), ("Grace Hopper.md", "Grace"))


@pytest.mark.parametrize("link", ["[[Tom Becker]]", "[[people/Tom Becker#Log|T]]", "![[Opa.md]]", "[[tom becker]]"])
def test_nobody_is_linked_who_is_linked_already(link: str) -> None:
    assert mentions(f"Tom, {link}").text == f"Tom, {link}"


@pytest.mark.parametrize(
    "text",
    [
        "`Grace` ``Tom``",
        "```\nGrace\n```",
        "https://example.org/Grace?Tom http://Grace.org www.Grace.org mailto://Tom",
        "Grace@example.org tom.Grace@Tom.de <Grace@Tom.de>",
        "[[Graph|Grace]] [[Grace]] ![[Grace.jpg]]",
        "[Grace](https://example.org) ![Tom](Tom.jpg) [x](Grace Tom)",
        "#Grace #a/Tom @Grace @Tom-x",
        "<!-- Grace --> <a title='Tom'>",
        "Grace-Tom Graceland xGrace Grace1 Anna-Grace",
        "Grace`x`Hopper"[5:],
    ],
)
def test_nothing_is_linked_where_no_prose_is(text: str) -> None:
    assert mentions(text) == (text, (), (), ())


def test_a_name_does_not_go_over_code_or_lines() -> None:
    assert mentions("Amazing `x` Grace").text == "Amazing `x` [[Grace Hopper|Grace]]"
    assert mentions("Oma\r\nGerda").text == "[[Gerda Weiß|Oma]]\r\nGerda"


def test_in_a_table_the_bar_of_a_link_is_escaped() -> None:
    assert mentions("| Tom | x |").text == "| [[Tom Becker\\|Tom]] | x |"
    assert parse_body(mentions("| Tom | x |").text).links[0].target == "Tom Becker"


def test_only_names_and_aliases_are_names() -> None:
    rows = [Name("acme", RANK_ORG, "a.md", "Acme"), Name("bo li", RANK_PATH, "b.md", "Bo Li")]
    assert mentions("Acme, Bo Li", rows).found == ()


def test_who_has_no_name_that_a_link_can_hold_stays_plain() -> None:
    found = link_mentions("Grace", PEOPLE, lambda _: "a|b")
    assert (found.text, found.found) == ("Grace", ())


@pytest.mark.parametrize(
    ("text", "likely"),
    [
        ("met Nadjja today", [("Nadjja", ("Nadja Becker.md",))]),
        ("Nadjjas Auto, Pauul's", [("Nadjjas", ("Nadja Becker.md",)), ("Pauul", ("Paul Adler.md",))]),
        ("Annna and Tommmy", [("Annna", ("Anna Müller.md", "Anna Schmidt.md")), ("Tommmy", ("Tom Becker.md",))]),
        ("nadjja, `Nadjja`, Marks, Garden, Mays, Be", []),
    ],
)
def test_a_typing_error_in_a_given_name_or_an_alias_is_a_proposal(
    text: str, likely: list[tuple[str, tuple[str, ...]]]
) -> None:
    assert list(likely_people(text, PEOPLE)) == likely
    assert link_mentions(text, PEOPLE, str).found == ()


def test_only_the_first_words_of_a_long_text_are_proposed() -> None:
    assert likely_people("Nadjja " + "Xyzw " * 100, PEOPLE) == (("Nadjja", ("Nadja Becker.md",)),)
    assert likely_people("Xyzw " * 100 + "Nadjja", PEOPLE) == ()


def test_the_words_to_look_up_are_folded_and_few() -> None:
    words = mention_words("mit Frau Müllers `Code` https://x.org/A [[Anna|A]] an I")
    assert words.begins == ("dr", "dr.", "prof", "prof.", "mit", "frau", "mullers", "muller", "an", "i")
    assert words.ends == ("mullers", "muller", "i")
    assert words.keys == ("anna",)


prose = st.lists(
    st.sampled_from(
        [
            "Grace",
            "Hopper",
            "Tom",
            "Toms",
            "Tom's",
            "tom",
            "nadja's",
            "opas",
            "anna",
            "will",
            "frau",
            "Fr.",
            "Paul",
            "Becker",
            "Anna",
            "Müller",
            "Mu\u0308ller",
            "Oma Gerda",
            "oma",
            "Frau",
            "Dr.",
            "K. O.",
            "Nachbar)",
            "[[Tom Becker|T]]",
            "[[",
            "]]",
            "`",
            "``",
            "\n",
            "\r\n",
            "```\n",
            "|",
            "(",
            ")",
            "[x](",
            "#",
            "@",
            "http://",
            "<",
            ">",
            ".",
            "-",
            "'",
            "\u2028",
            "Karl Ott (",
        ]
    ),
    max_size=20,
).flatmap(
    lambda parts: st.lists(st.sampled_from(["", " ", "  "]), min_size=len(parts), max_size=len(parts)).map(
        lambda gaps: "".join(map("".join, zip(parts, gaps, strict=True)))
    )
)


@given(prose)
def test_links_are_added_and_nothing_else_changes(text: str) -> None:
    found = mentions(text)
    rest = found.text
    for path, words in found.found:
        link = link_text(path.removesuffix(".md"), words)
        assert link in rest or link.replace("|", "\\|") in rest
        rest = rest.replace(link, words, 1) if link in rest else rest.replace(link.replace("|", "\\|"), words, 1)
    assert " ".join(rest.split()) == " ".join(text.split())
    old, new = parse_body(text).links, parse_body(found.text).links
    assert len(new) == len(old) + len(found.found)
    assert {link.target for link in new} == {link.target for link in old} | {
        path.removesuffix(".md") for path, _ in found.found
    }
    assert len({path for path, _ in found.found}) == len(found.found)
    again = mentions(found.text)
    assert (again.text, again.found) == (found.text, ())
    assert all(len(paths) > 1 for _, paths in found.ties)
    assert link_mentions(text, PEOPLE, lambda path: path.removesuffix(".md")) == found


def test_hostile_text_is_done_soon() -> None:
    rows = rows_of({"A B": [" ".join("a" * 10), "aa"], "Aa": [], "A'a": ["a" * 100], "1a": [], "Ae A": []})
    for text in TEXTS[::2]:
        with at_most(SECONDS, f"mentions in {text[:20]!r}…"):
            link_mentions(text, rows, str)
            likely_people(text, rows)
