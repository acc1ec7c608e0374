from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prmvault.vault.read_settings import parse_settings
from prmvault.vault.settings import Settings, settings_from_json

DEFAULTS = Settings()

EVERYTHING = """\
language: de
languages: [de]
me: ["[[people/Max Mustermann|Max]]", max@example.org]
folders: {person: Menschen/, journal: ./Tage, deal: deals}
journal_file: "%Y/%m/%d.md"
cadence: {family: 2 weeks, "#friend": 2 months, default: never}
leap_day: mar-01
channels: {call: [Durchgeklingelt], sauna: geschwitzt}
relations:
  landlord: {inverse: tenant, words: [Vermieter], female: Vermieterin}
  Sibling: {male: [Brudi]}
  guardian: {inverse: Kind}
  bandmate:
log_headings: [Log, Chronik]
digest: {folder: digests/weekly, horizon: 6 weeks, commit: true}
ignore: ["*.draft.md"]
types:
  deal: {folder: sales, fields: {stage: {kind: choice, of: [lead, won], required: true}, amount: money, org: link, people: links}}
  person: {fields: {t_shirt: {kind: choice, of: [S, M]}, shoe: {kind: number, indexed: false}}}
  pet: {template: animal.md.j2, fields: {owner: link, born: partial date, visits: list of date, toys: list of text}}
"""


def read(text: str) -> dict[str, Any]:
    """Return what differs from the defaults."""
    settings = parse_settings(text)
    assert settings.problems == ()
    return {key: value for key, value in settings._asdict().items() if value != getattr(DEFAULTS, key)}


@pytest.mark.parametrize("text", ["", "\n", "# nothing yet\n", "---\n", "\ufeff", "language:\ntypes: {}\nfolders:\n"])
def test_an_empty_file_is_a_valid_vault(text: str) -> None:
    assert read(text) == {}


def test_every_setting_is_read() -> None:
    assert read(EVERYTHING) == {
        "language": "de",
        "languages": ("de",),
        "me": "people/Max Mustermann",
        "me_addresses": ("max@example.org",),
        "folders": {"person": "Menschen", "journal": "Tage", "deal": "deals"},
        "journal_file": "%Y/%m/%d.md",
        "cadence": {"family": "2 weeks", "friend": "2 months", "default": "never"},
        "cadence_lines": {"family": 6, "friend": 6, "default": 6},
        "leap_day": "mar-01",
        "channels": {"call": ["Durchgeklingelt"], "sauna": ["geschwitzt"]},
        "relations": {
            "landlord": {"inverse": "tenant", "words": ["Vermieter"], "female": ["Vermieterin"], "male": []},
            "sibling": {"inverse": "", "words": [], "female": [], "male": ["Brudi"]},
            "guardian": {"inverse": "child", "words": [], "female": [], "male": []},
            "bandmate": {"inverse": "", "words": [], "female": [], "male": []},
        },
        "log_headings": ("Log", "Chronik"),
        "digest_folder": "digests/weekly",
        "digest_horizon": "6 weeks",
        "digest_commit": True,
        "ignore": ("*.draft.md",),
        "types": {
            "deal": {
                "folder": "sales",
                "template": "",
                "fields": {
                    "stage": ["choice", ["lead", "won"], True, True],
                    "amount": ["money", [], False, True],
                    "org": ["link", [], False, True],
                    "people": ["links", [], False, True],
                },
            },
            "person": {
                "folder": "",
                "template": "",
                "fields": {"t_shirt": ["choice", ["S", "M"], False, True], "shoe": ["number", [], False, False]},
            },
            "pet": {
                "folder": "",
                "template": "animal.md.j2",
                "fields": {
                    "owner": ["link", [], False, True],
                    "born": ["partial date", [], False, True],
                    "visits": ["list of date", [], False, True],
                    "toys": ["texts", [], False, True],
                },
            },
        },
    }


@pytest.mark.parametrize("text", ["", EVERYTHING, "nonsense: x\nlanguage: fr\n"])
def test_settings_go_to_json_and_back(text: str) -> None:
    settings = parse_settings(text)
    assert settings_from_json(settings.to_json()) == settings


@pytest.mark.parametrize(
    "wrong",
    [
        *(
            "language: French",
            "language: [de, en]",
            "language: {a: b}",
            "languages: [fr]",
            "languages: {a: b}",
            "me: {a: b}",
        ),
        *(
            "journal_file: '%d.md'",
            "journal_file: '%m-%d.md'",
            "journal_file: '../%Y-%m-%d.md'",
            "journal_file: /x/%Y-%m-%d.md",
        ),
        *(
            "journal_file: '%Y-%m-%d'",
            "journal_file: '%Y-%m-%d %Q.md'",
            "journal_file: '%Y-%m-%d.md%'",
            "journal_file: [a]",
        ),
        *(
            "cadence: 3 weeks",
            "cadence: {family: often}",
            "cadence: {family: [1 week]}",
            "leap_day: feb-29",
            "leap_day: [feb-28]",
        ),
        *(
            "channels: call",
            "channels: {call: [{a: b}]}",
            "log_headings: {a: b}",
            "ignore: {a: b}",
            "ignore: [[a], [b]]",
        ),
        *(
            "digest: weekly",
            "digest: {commit: maybe}",
            "digest: {horizon: soon}",
            "digest: {horizon: [a]}",
            "digest: {mail: x}",
        ),
        *("folders: people", "folders: {nobody: people}", "folders: {person: [a]}"),
        *(
            "types: deal",
            "types: [deal]",
            "types: {deal: {fields: {x: colour}}}",
            "types: {deal: {fields: {x: choice}}}",
        ),
        *(
            "types: {deal: {fields: {x: {kind: [a]}}}}",
            "types: {deal: {fields: {stage: text}}}",
            "types: {person: {fields: {emails: text}}}",
        ),
        *(
            "types: {person: {fields: {tags: text}}}",
            "types: {event: {fields: {repeat: text}}}",
            "types: {journal: {fields: {mood: number}}}",
        ),
        *(
            "relations: sibling",
            "relations: [sibling]",
            "relations: {landlord: tenant}",
            "relations: {sister: {words: [Sis]}}",
            "relations: {siblings: {words: [Sis]}}",
            "relations: {'': {words: [Sis]}}",
        ),
    ],
)
def test_a_wrong_value_is_one_problem_on_its_line_and_the_default_and_all_others_stay(wrong: str) -> None:
    settings = parse_settings(
        f"# settings\nleap_day: mar-01\n{wrong}\n" if "leap_day" not in wrong else f"#\n\n{wrong}\n"
    )
    (problem,) = settings.problems
    assert (problem.path, problem.line, problem.code) == ("prmvault.yaml", 3, "bad-setting")
    assert problem.message
    key = wrong.partition(":")[0]
    name = key if key != "digest" else "digest_" + wrong.rpartition("{")[2].partition(":")[0]
    if key == "types":
        assert not any(declared["fields"] for declared in settings.types.values())
    elif key == "channels":
        assert not any(settings.channels.values())
    elif name in Settings._fields:
        assert getattr(settings, name) == getattr(DEFAULTS, name)
    if "leap_day" not in wrong:
        assert settings.leap_day == "mar-01"


@pytest.mark.parametrize(
    "wrong",
    [
        "types: {deal: x}",
        "types: {deal: {fields: [a]}}",
        "types: {a/b: {fields: {x: text}}}",
        "types: {deal: {fields: x}}",
    ],
)
def test_a_type_that_is_not_one_is_left_out(wrong: str) -> None:
    settings = parse_settings(wrong)
    assert [problem.code for problem in settings.problems] == ["bad-setting"]
    assert settings.types == {}


@pytest.mark.parametrize(
    "wrong",
    [
        "relations: {landlord: {reverse: tenant}}",
        "relations: {landlord: {inverse: [tenant]}}",
        "relations: {landlord: {inverse: {a: b}}}",
        "relations: {landlord: {words: {a: b}}}",
        "relations: {landlord: {words: [{a: b}]}}",
        "relations: {landlord: {female: ['']}}",
        "relations: {landlord: {words: [parent]}}",
        "relations: {friend: {inverse: foe}}",
    ],
)
def test_a_wrong_part_of_a_relation_is_one_problem_and_the_type_stays(wrong: str) -> None:
    settings = parse_settings(f"leap_day: mar-01\n{wrong}\n")
    assert [(problem.line, problem.code) for problem in settings.problems] == [(2, "bad-setting")]
    (told,) = settings.relations.values()
    assert told == {"inverse": "", "words": [], "female": [], "male": []}


@pytest.mark.parametrize("inverse", ["Tenant", "tenants", "Mieter"])
def test_an_inverse_is_understood_by_its_words(inverse: str) -> None:
    text = f"relations: {{landlord: {{inverse: {inverse}}}, tenant: {{inverse: landlord, words: [Mieter]}}}}"
    assert {kind: told["inverse"] for kind, told in read(text)["relations"].items()} == {
        "landlord": "tenant",
        "tenant": "landlord",
    }


@pytest.mark.parametrize(
    ("wrong", "unknown"),
    [
        ("{pet: {colour: red}}", "colour"),
        ("{pet: {fields: {born: {kind: date, require: true}}}}", "require"),
    ],
)
def test_an_unknown_key_of_a_type_or_a_field_is_reported_with_the_known_ones(wrong: str, unknown: str) -> None:
    (problem,) = parse_settings(f"\ntypes: {wrong}\n").problems
    assert (problem.line, problem.code) == (2, "bad-setting")
    assert unknown in problem.message
    assert problem.hint.startswith("known are ")


@pytest.mark.parametrize("key", ["required", "indexed"])
def test_a_flag_of_a_field_that_is_none_is_reported_and_the_default_counts(key: str) -> None:
    settings = parse_settings(f"types: {{pet: {{fields: {{born: {{kind: date, {key}: maybe}}}}}}}}")
    assert [problem.code for problem in settings.problems] == ["bad-setting"]
    assert settings.types["pet"]["fields"] == {"born": ["date", [], False, True]}


@pytest.mark.parametrize("key", ["tags", "aliases"])
def test_what_a_note_is_called_is_always_indexed(key: str) -> None:
    kind = {"tags": "tags", "aliases": "texts"}[key]
    settings = parse_settings(f"types: {{person: {{fields: {{{key}: {{kind: {kind}, indexed: false}}}}}}}}")
    assert [problem.code for problem in settings.problems] == ["bad-setting"]
    assert settings.types["person"]["fields"] == {key: [kind, [], False, True]}


TEMPLATES = [
    "../pet.md.j2",
    "a/pet.md.j2",
    '"a\\\\b.md.j2"',
    "pet",
    ".",
    "..",
    "/pet.md.j2",
    "[pet.md.j2]",
    "C:pet.md.j2",
]


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_is_the_name_of_a_file(template: str) -> None:
    settings = parse_settings(f"types: {{pet: {{template: {template}}}}}")
    assert [problem.code for problem in settings.problems] == ["bad-setting"]
    assert settings.types == {"pet": {"folder": "", "template": "", "fields": {}}}


def test_an_unknown_setting_is_reported_with_the_known_ones() -> None:
    settings = parse_settings("language: de\ncolour: red\n")
    (problem,) = settings.problems
    assert (problem.line, problem.code) == (2, "bad-setting")
    assert "language" in problem.hint
    assert settings.language == "de"


OUTSIDE = [
    "/etc",
    "../other",
    "a/../../b",
    '"~"',
    "~/x",
    "C:\\x",
    "C:/x",
    "..\\x",
    "a\\..\\b",
    "\\\\server\\x",
    '"a\\0b"',
    '"a\\nb"',
]


@pytest.mark.parametrize("folder", OUTSIDE)
@pytest.mark.parametrize(
    "template", ["folders: {{person: {}}}", "digest: {{folder: {}}}", "types: {{deal: {{folder: {}}}}}"]
)
def test_a_folder_outside_of_the_vault_is_refused(template: str, folder: str) -> None:
    settings = parse_settings(template.format(folder))
    assert [problem.code for problem in settings.problems] == ["bad-setting"]
    assert settings.folders == {}
    assert settings.digest_folder == "digest"
    assert settings.types in ({}, {"deal": {"folder": "", "template": "", "fields": {}}})


@pytest.mark.parametrize("folder", [".", "./", '""'])
def test_the_digest_needs_a_folder_of_its_own(folder: str) -> None:
    assert parse_settings(f"digest: {{folder: {folder}}}").digest_folder == "digest"


@pytest.mark.parametrize(
    "folder",
    [
        ".git",
        "a/.b",
        "templates",
        "Templates/x",
        "people",
        "people/in",
        "journal",
        "journal/2026",
        "sales/x",
        "diary",
        "pet",
    ],
)
def test_the_pages_folder_is_none_that_is_used_already(folder: str) -> None:
    own = "folders: {journal: diary/days, organization: .}\n"
    own += "types: {deal: {folder: sales, fields: {a: text}}, pet: {fields: {a: text}}}\n"
    text = f"language: en\ndigest: {{folder: {folder}}}\n" + own * folder.startswith(("sales", "diary", "pet"))
    settings = parse_settings(text)
    assert settings.digest_folder == "digest"
    (problem,) = settings.problems
    assert (problem.line, problem.code) == (2, "bad-setting")
    assert repr(folder) in problem.message
    assert problem.hint


def test_the_pages_folder_may_be_any_other() -> None:
    text = "folders: {organization: .}\ndigest: {folder: peoples}\n"
    assert (parse_settings(text).digest_folder, parse_settings(text).problems) == ("peoples", ())


@pytest.mark.parametrize(
    ("typed", "folder"),
    [("a/", "a"), ("./a", "a"), ("a//b/./c", "a/b/c"), ("Leute & Co", "Leute & Co"), ("..a", "..a")],
)
def test_a_folder_is_written_as_the_vault_writes_paths(typed: str, folder: str) -> None:
    assert read(f"folders:\n  person: {typed}\n") == {"folders": {"person": folder}}


@pytest.mark.parametrize(("typed", "expected"), [("true", True), ("yes", True), ("false", False), ("no", False)])
def test_a_yes_or_no_is_read_in_its_forms(typed: str, expected: bool) -> None:
    assert parse_settings(f"digest: {{commit: {typed}}}").digest_commit is expected


def test_a_link_without_quotes_is_understood_and_reported() -> None:
    settings = parse_settings("\nme: [[Max Mustermann]]\n")
    assert settings.me == "Max Mustermann"
    assert [(problem.line, problem.code) for problem in settings.problems] == [(2, "unquoted-link")]


@pytest.mark.parametrize(
    "text",
    [
        "language: 'de",
        "a: *b",
        "- a",
        "[" * 25_000,
        "a: b: c",
        "x: " + "y" * 200_000,
        "language: de\n---\nlanguage: en\n",
    ],
)
def test_a_file_that_is_not_yaml_is_one_problem_and_everything_at_its_default(text: str) -> None:
    settings = parse_settings(text)
    assert len(settings.problems) == 1
    assert settings._replace(problems=()) == DEFAULTS


values = st.one_of(
    st.text(max_size=15),
    st.sampled_from(
        [
            "de",
            "[a, {b: c}]",
            "{a: [b], c: {d: e}}",
            "[[A]]",
            "{deal: {fields: {a: {of: b, kind: choice}}}}",
            "{sister: {a: b}, x: {inverse: y, words: [z, child]}, y: {inverse: Kind}}",
            "{fields: {a: b}}",
            "3 weeks",
        ]
    ),
)


@given(
    st.lists(
        st.tuples(
            st.sampled_from([*(key for key in EVERYTHING.split() if key.endswith(":") and key.islower()), "digest:"]),
            values,
        ),
        max_size=5,
    )
)
def test_no_settings_break_a_run(lines: list[tuple[str, str]]) -> None:
    text = "\n".join(f"{key} {value}" for key, value in lines)
    settings = parse_settings(text)
    assert settings_from_json(settings.to_json()) == settings
    assert all(1 <= problem.line <= text.count("\n") + 1 for problem in settings.problems)
