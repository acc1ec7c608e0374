"""Filling a note with a record: what is missing comes in, what is there stays."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from prmvault.core.fences import split_note
from prmvault.core.fill import Clash, Filling, filled, plain, plan_filling, values_of
from prmvault.core.frontmatter import parse_front_matter
from prmvault.core.join import Joining
from prmvault.core.model import Value
from prmvault.core.names import name_key
from prmvault.core.new_note import new_note
from prmvault.core.phones import phone_reader
from prmvault.core.schema import note_types


def joining(name: str = "") -> Joining:
    return Joining(
        fields=note_types()["person"].fields,
        names=(name,) if name else (),
        own_names=("Anna Müller",),
        name_keys=("name",),
        person_of=name_key,
        relation_of=str,
        log_headings=("log",),
        phone_of=phone_reader("DE"),
    )


def note(*lines: str) -> str:
    return "\n".join(["---", *lines, "---", "", "Text.", ""])


def read(text: str) -> dict[str, Value]:
    front = parse_front_matter("", text, split_note(text))
    assert front.readable
    return values_of(front)


def fill(text: str, theirs: dict[str, Value], name: str = "", *, file_wins: bool = False) -> tuple[str, Filling]:
    filling = plan_filling(read(text), theirs, joining(name), file_wins=file_wins)
    return filled(text, filling.edits), filling


def test_the_same_under_another_label_is_no_clash_in_any_form_that_a_list_may_have() -> None:
    theirs: dict[str, Value] = {"emails": [{"value": "A@b.example", "label": "home"}]}
    for line, expected in {
        "emails: {work: a@b.example, old: c@d.example}": {"work": "a@b.example", "old": "c@d.example"},
        "emails: {work: a@b.example}": [{"value": "A@b.example", "label": "home"}],
        "emails: [c@d.example, work: a@b.example]": ["c@d.example", {"value": "A@b.example", "label": "home"}],
    }.items():
        text = note(line)
        changed, filling = fill(text, theirs)
        assert (changed, filling.clashes) == (text, ())
        assert read(fill(text, theirs, file_wins=True)[0])["emails"] == expected


def test_each_program_may_call_a_number_an_address_or_an_account_what_it_likes() -> None:
    text = note(
        "phones: [{value: 0171 3920021, label: mobile}, 030 1234567]",
        "urls: [{value: https://a.example/, label: homepage}]",
        "addresses: {label: home, street: Weg 1, locality: Leipzig}",
        "im: [{service: signal, user: anna.07, label: home}]",
    )
    changed, filling = fill(
        text,
        {
            "phones": [
                {"value": "+49 171 3920021", "label": "iPhone"},
                {"value": "030 1234567", "label": "work"},
                {"value": "040 1", "label": "fax"},
            ],
            "urls": [{"value": "https://A.example", "label": "Profil"}],
            "addresses": [{"label": "Adresse", "street": "weg 1", "locality": "Leipzig"}],
            "im": [{"service": "signal", "user": "anna.07", "label": "other"}],
        },
    )
    assert filling.clashes == ()
    assert read(changed) == {
        **read(text),
        "phones": [
            {"value": "0171 3920021", "label": "mobile"},
            {"value": "030 1234567", "label": "work"},
            {"value": "040 1", "label": "fax"},
        ],
    }


def test_a_record_that_says_two_things_of_one_entry_does_not_clash_with_the_note_that_says_either() -> None:
    theirs: dict[str, Value] = {"urls": {"A": "x", "AA": "x"}}
    for file_wins in (False, True):
        text, _ = fill(note("a: b"), theirs, file_wins=file_wins)
        assert fill(text, theirs, file_wins=file_wins) == (text, Filling((), ()))


def test_what_is_missing_is_added_and_all_else_stays_byte_for_byte() -> None:
    text = note("phones: 0171 3920021  # mobile", "tags: [friend]")
    changed, filling = fill(text, {"phones": ["+49 171 3920021", "030 1234567"], "birthday": "1987-03-14"})
    assert changed == note("phones: [0171 3920021, 030 1234567]  # mobile", "tags: [friend]", "birthday: 1987-03-14")
    assert filling.keys == ("phones", "birthday")
    assert filling.clashes == ()


def test_a_value_that_differs_is_a_clash_and_stays() -> None:
    text = note("birthday: 1987-03-14", "names: {given: Anna}")
    changed, filling = fill(text, {"birthday": "1987-03-15", "names": {"given": "Ana", "family": "Müller"}})
    assert filling.clashes == (
        Clash("birthday", "1987-03-14", "1987-03-15"),
        Clash("names.given", "Anna", "Ana"),
    )
    assert read(changed) == {"birthday": "1987-03-14", "names": {"given": "Anna", "family": "Müller"}}


def test_the_file_goes_before_where_the_user_wants_it() -> None:
    text = note(
        "birthday: 1987-03-14", "names: {given: Anna}", "emails: [{value: a@b.example, label: work, pref: yes}]"
    )
    theirs: dict[str, Value] = {
        "birthday": "1987-03-15",
        "names": {"given": "Ana"},
        "emails": [{"value": "A@b.example", "label": "home"}],
    }
    changed, filling = fill(text, theirs, file_wins=True)
    assert filling.clashes == ()
    assert read(changed) == {
        "birthday": "1987-03-15",
        "names": {"given": "Ana"},
        "emails": [{"value": "A@b.example", "label": "home", "pref": "yes"}],
    }
    assert fill(changed, theirs, file_wins=True)[0] == changed


def test_a_fuller_date_is_taken_over_and_a_vaguer_one_is_no_clash() -> None:
    assert read(fill(note("birthday: --03-14"), {"birthday": "1987-03-14"})[0])["birthday"] == "1987-03-14"
    text, filling = fill(note("birthday: 1987-03-14"), {"birthday": "--03-14"})
    assert (text, filling.clashes) == (note("birthday: 1987-03-14"), ())


def test_an_entry_that_says_less_is_the_same_one_and_one_that_says_more_fills_it() -> None:
    text = note("dates:", "  - {label: moved, date: 2019-02-01, repeat: none}", "addresses:", "  - {street: Weg 1}")
    theirs: dict[str, Value] = {
        "dates": [{"label": "moved", "date": "2019-02-01"}],
        "addresses": [{"street": "Weg 1", "locality": "Leipzig", "label": "home"}],
    }
    changed, filling = fill(text, theirs)
    assert filling.keys == ("addresses",)
    assert read(changed)["addresses"] == [{"street": "Weg 1", "locality": "Leipzig", "label": "home"}]
    assert fill(changed, theirs)[0] == changed


def test_an_employer_that_is_linked_is_the_same_as_its_name() -> None:
    text = note('org: "[[Stadtkarten eG]]"')
    assert fill(text, {"org": "Stadtkarten eG"})[0] == text
    assert read(fill(text, {"org": ["Stadtkarten eG", "Verlag"]})[0])["org"] == ["[[Stadtkarten eG]]", "Verlag"]
    changed, filling = fill(text, {"org": "Firma"})
    assert changed == text
    assert filling.clashes == (Clash("org", "[[Stadtkarten eG]]", "Firma"),)


def test_another_name_becomes_an_alias_but_not_one_with_a_title() -> None:
    assert read(fill(note("a: b"), {"name": "Anni"}, "Anni")[0])["aliases"] == ["Anni"]
    text = note("aliases: [Anni]")
    for name in ("Dr. Anna Müller", "Müller, Anna", "anni"):
        assert fill(text, {"name": name}, name)[0] == text


def test_another_uid_is_remembered_and_a_missing_one_set() -> None:
    changed, _ = fill(note("uid: one"), {"uid": "two"})
    assert read(changed) == {"uid": "one", "former_uids": ["two"]}
    assert fill(changed, {"uid": "two"})[0] == changed
    assert read(fill(note("a: b"), {"uid": "two"})[0])["uid"] == "two"


def test_an_address_is_the_same_with_its_lines_joined_by_commas() -> None:
    lines: dict[str, Value] = {"street": "1 Campus Way\nBuilding 4", "locality": "Leeds"}
    commas: dict[str, Value] = {"street": "1 Campus Way, Building 4", "locality": "Leeds", "label": "work"}
    for one, other in ((lines, commas), (commas, lines)):
        text, _ = fill(note("a: b"), {"addresses": [one]})
        changed, filling = fill(text, {"addresses": [other]})
        assert filling.clashes == ()
        assert read(changed)["addresses"] == [{**commas, **one}]


def test_names_that_are_only_cut_from_the_name_say_nothing() -> None:
    text = note("a: b")
    cut: dict[str, Value] = {"family": "Müller", "given": "Anna"}
    assert fill(text, {"names": cut})[0] == text
    assert plan_filling({}, {"names": cut}, joining()._replace(own_names=("Müller, Anna",))).edits == ()


def test_conflicts_of_a_merge_are_nobodys_to_import() -> None:
    text = note("a: b")
    assert fill(text, {"merge_conflicts": [{"key": "birthday", "value": "1987"}]})[0] == text


WORD = st.text("abcdeABü", min_size=1, max_size=4)
ENTRY = st.fixed_dictionaries({"value": WORD}, optional={"label": WORD, "pref": st.just("yes")})
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "emails": st.lists(st.one_of(WORD, ENTRY), max_size=3),
        "phones": st.lists(st.from_regex(r"0[1-9][0-9]{3,8}", fullmatch=True), max_size=3),
        "urls": st.dictionaries(WORD, WORD, max_size=2),
        "addresses": st.lists(
            st.fixed_dictionaries({"street": WORD}, optional={"locality": WORD, "label": WORD}), max_size=2
        ),
        "dates": st.lists(st.fixed_dictionaries({"date": st.just("2001-02-03")}, optional={"label": WORD}), max_size=2),
        "tags": st.lists(WORD, max_size=3),
        "aliases": st.lists(WORD, max_size=2),
        "names": st.dictionaries(st.sampled_from(["given", "family", "middle"]), WORD, max_size=3),
        "birthday": st.sampled_from(["1987-03-14", "--03-14", "1987", "1990-01-01"]),
        "title": WORD,
        "org": st.one_of(WORD, st.lists(WORD, min_size=1, max_size=2)),
        "mine": st.one_of(WORD, st.lists(WORD, max_size=2)),
        "uid": st.sampled_from(["u1", "u2"]),
    },
)


@given(FIELDS, FIELDS, st.booleans())
def test_filling_twice_changes_nothing_more(ours: dict[str, Any], theirs: dict[str, Any], file_wins: bool) -> None:
    text = new_note("person", "u0", "Anna Müller", ours, "", "2026-01-01", "Notes")
    once, _ = fill(text, theirs, file_wins=file_wins)
    again, filling = fill(once, theirs, file_wins=file_wins)
    assert again == once
    assert filling.edits == ()


@given(FIELDS, FIELDS)
def test_a_single_value_that_the_user_wrote_never_changes_but_to_say_more(
    ours: dict[str, Any], theirs: dict[str, Any]
) -> None:
    text = new_note("person", "u0", "Anna Müller", ours, "", "2026-01-01", "Notes")
    before, after = read(text), read(fill(text, theirs)[0])
    assert before["uid"] == after["uid"]
    for key in ("title", "mine"):
        if isinstance(before.get(key), str):
            assert after[key] == before[key] or isinstance(theirs.get(key), list)
    names, after_names = before.get("names"), after.get("names")
    if isinstance(names, dict) and isinstance(after_names, dict):
        assert names.items() <= after_names.items()
    assert bool(names) <= isinstance(after_names, dict)


def test_typed_values_lose_only_their_numbers() -> None:
    assert plain([{"value": "a", "item": 0}]) == [{"value": "a"}]
