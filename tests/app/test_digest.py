"""The digest of a vault: pure, written only when it differs, and a page whatever the notes hold."""

from __future__ import annotations

import json
import locale
import os
import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from prmvault.app.digest import digest_html, digest_text, digest_values, write_digest
from prmvault.app.vault import Vault, open_vault
from prmvault.core.digest_ids import LINE_ID, contact_id, debt_id, gift_id, reminder_id, task_id
from prmvault.core.model import Task
from prmvault.core.problems import PrmvaultError

MONDAY = date(2026, 11, 16)
EXAMPLE = Path(__file__).parent.parent.parent / "example-vault"


def opened(root: object) -> Vault:
    return open_vault(str(root), lambda _text: None)


def text_of(sample: Any, monday: date = MONDAY) -> str:
    vault = opened(sample.path)
    try:
        return digest_text(vault, monday)
    finally:
        vault.facts.close()


def test_an_empty_vault_has_a_digest_that_says_so(vault_at: Any) -> None:
    assert text_of(vault_at) == ("# Week 2026-W47\n\n16–22 Nov 2026: a quiet week, nothing is noted\n")


def test_the_page_depends_on_the_notes_and_the_week_alone(tmp_path: Path) -> None:
    """Two processes with another clock, zone, language and hash seed, over files made in another order."""
    made = []
    for number, (zone, seed, language) in enumerate([("UTC", "1", "C"), ("Pacific/Kiritimati", "2", "de_DE.UTF-8")]):
        root = tmp_path / f"{number}" / "vault"
        files = sorted(path for path in EXAMPLE.rglob("*") if path.is_file())
        for file in reversed(files) if number else files:
            target = root / file.relative_to(EXAMPLE)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, target)
        subprocess.run(
            [sys.executable, "-m", "prmvault", "-C", str(root), "digest", "--week", "2026-W47"],
            env={
                **os.environ, "TZ": zone, "PYTHONHASHSEED": seed, "LC_ALL": language, "LANG": language,
                "PRMVAULT_TODAY": f"2031-0{number + 1}-01", "PYTHONPATH": str(EXAMPLE.parent),
            },
            check=True,
            capture_output=True,
        )  # fmt: skip
        made.append((root / "digest/2026-W47.md").read_bytes())
    assert made[0] == made[1]
    assert b"Klaus" in made[0]


def test_the_language_of_the_process_does_not_matter(vault_at: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    vault_at.write("people/Ann.md", "---\nbirthday: --11-20\n---\n")
    monkeypatch.setattr(locale, "setlocale", lambda *_: "")
    assert "### Friday, 20 November\n" in text_of(vault_at)


def test_it_is_written_only_where_its_text_differs(vault_at: Any) -> None:
    ann = vault_at.write("people/Ann.md", "---\nbirthday: --11-20\n---\n")
    vault = opened(vault_at.path)
    assert write_digest(vault, MONDAY) == ("digest/2026-W47.md", True)
    file = vault_at.path / "digest/2026-W47.md"
    os.utime(file, ns=(1, 1))
    assert write_digest(vault, MONDAY) == ("digest/2026-W47.md", False)
    assert file.stat().st_mtime_ns == 1
    vault.facts.close()
    ann.write_text("---\nbirthday: --11-21\n---\n")
    vault = opened(vault_at.path)
    assert write_digest(vault, MONDAY)[1]
    assert "### Saturday, 21 November" in file.read_text(encoding="utf-8")
    vault.facts.close()


def test_writing_it_touches_no_note(vault_at: Any) -> None:
    vault_at.write("people/Ann.md", "---\nbirthday: --11-20\n---\n")
    before = vault_at.fingerprint()
    vault = opened(vault_at.path)
    write_digest(vault, MONDAY)
    vault.facts.close()
    after = vault_at.fingerprint()
    assert {path for path in after if path not in before} == {"digest/2026-W47.md"}
    assert {path: after[path] for path in before} == before


def test_the_last_day_of_a_year_is_in_its_iso_week(vault_at: Any) -> None:
    vault_at.write("people/Ann.md", "---\nbirthday: 1987-01-02\n---\n")
    page = text_of(vault_at, date(2026, 12, 28))
    assert page.startswith("# Week 2026-W53\n\n28 Dec 2026\u2009–\u20093 Jan 2027: 1 birthday\n")
    assert "### Saturday, 2 January\n\n- 🎂 [[Ann]] turns 40 🎉\n" in page


def test_a_contact_planned_until_sunday_counts_as_one(vault_at: Any) -> None:
    vault_at.write("people/Ann.md", "---\ncadence: 1 week\n---\n")
    vault_at.write("journal/2026/2026-11-01.md", "- call [[Ann]]\n")
    assert "To be in touch with" in text_of(vault_at)
    vault_at.write("journal/2026/2026-11-22.md", "- visit [[Ann]]\n")
    page = text_of(vault_at)
    assert "To be in touch with" not in page
    assert "- 📍 visit Ann · [[2026-11-22]]" in page


def test_a_template_of_the_vault_is_used(vault_at: Any) -> None:
    vault_at.write(
        "templates/digest.md.j2", "{{ week }}: {% for day in days %}{{ day.entries[0].title }}{% endfor %}\n"
    )
    vault_at.write("people/Ann.md", "---\nbirthday: --11-20\n---\n")
    assert text_of(vault_at) == "2026-W47: Ann has a birthday\n"


@pytest.mark.parametrize(
    ("source", "place"),
    [("ok\n{% for %}", "templates/digest.md.j2:2: "), ("ok\n\n{{ nonsense }}", "templates/digest.md.j2:3: ")],
)
def test_a_broken_template_is_told_with_its_line_and_the_old_digest_stays(
    vault_at: Any, source: str, place: str
) -> None:
    vault = opened(vault_at.path)
    write_digest(vault, MONDAY)
    old = (vault_at.path / "digest/2026-W47.md").read_bytes()
    vault_at.write("templates/digest.md.j2", source)
    with pytest.raises(PrmvaultError) as told:
        write_digest(vault, MONDAY)
    vault.facts.close()
    assert str(told.value).startswith(place)
    assert str(told.value).endswith("[bad-template]")
    assert (vault_at.path / "digest/2026-W47.md").read_bytes() == old
    assert os.listdir(vault_at.path / "digest") == ["2026-W47.md"]


def test_a_broken_note_is_told_under_problems_and_the_rest_is_there(vault_at: Any) -> None:
    vault_at.write("people/Bad.md", '---\nname: "Bad\n---\n')
    vault_at.write("people/Dan.md", "---\nbirthday: 31-02-1990\n---\n")
    vault_at.write("people/Ann.md", "---\nbirthday: --11-20\n---\n")
    page = text_of(vault_at)
    assert "[[Ann]] has a birthday" in page
    problems = page.partition("## Problems in the vault\n\n")[2].splitlines()
    assert [line.split(":")[0] for line in problems] == ["- `people/Bad.md", "- `people/Dan.md"]
    assert "[bad-date]" in problems[1]


NASTY = [
    "A [x](y) B", "A ]] B", "A | B", "A # B", "# A", "A `B", "A ``` B", "A\n## B", "A\n\n---\n\nB", "> A", "- A", "1. A",
    "<!-- A", "A <script>", "%% A", "$$ A", "![[A]]", "[[A", "\x1b]0;A\x07", "A\u202eB", "A\u2028B", "```", "- [ ] A", "***",
]  # fmt: skip


@pytest.mark.parametrize("name", NASTY)
def test_no_name_and_no_text_breaks_the_page(vault_at: Any, name: str) -> None:
    """With the nasty text in all places the page has as many lines, headings and items as with a harmless one."""
    pages = []
    for given in ("Harmless", name):
        quoted = "".join(c if c.isprintable() and c not in '"\\' else f"\\u{ord(c):04x}" for c in given)
        vault_at.write(
            "people/P.md",
            f'---\nname: "{quoted}"\nbirthday: 1986-11-20\ncadence: 1 week\nwishes: ["{quoted}"]\n'
            f'gifts: ["{quoted}"]\ndates: [{{label: "{quoted}", date: --11-19}}]\n'
            f'reminders: [{{text: "{quoted}", on: 2026-11-18}}, {{text: "{quoted}", on: 2026-10-18}}]\n'
            f'debts: [{{amount: 5 EUR, for: "{quoted}"}}, {{amount: 6 EUR}}]\nlikes: ["{quoted}"]\n---\n',
        )
        line = " ".join(given.split())
        vault_at.write("notes/N.md", f"- [ ] {line}\n- [ ] {line} 📅 2026-11-17\n- [ ] {line} 📅 2026-11-30\n")
        vault_at.write("journal/2026/2026-11-21.md", f"- call [[P]] {line}\n")
        vault_at.write("journal/2025/2025-11-20.md", f"- about {line} [[P]]\n")
        vault_at.write("journal/2026/2026-10-20.md", f"- call [[P]]: {line} at home #thread – asked about {line}\n")
        vault_at.write("events/E.md", f'---\ntitle: "{quoted}"\nstart: 2026-11-20\nplace: "{quoted}"\n---\n')
        vault_at.write("people/Q.md", f'---\nbirthday: "{quoted}"\n---\n')
        pages.append(text_of(vault_at))
    # Control characters are problems of their own, a line for each note.
    parts = [page.partition("## Problems in the vault\n\n")[::2] for page in pages]
    shapes = [[re.match(r"#+ |- \[ \] |- |  - |.?", line) for line in page.splitlines()] for page, _ in parts]
    harmless, nasty = ([shape and shape[0] for shape in page] for page in shapes)
    assert nasty == harmless, pages[1]
    assert all(line.startswith("- `") for line in parts[1][1].splitlines())
    for line in pages[1].splitlines():
        assert not re.match(r"\s*- (\[ \] )?(#|>|-|\*|\d+\.|```|~~~|<!|\[[^ ]\]) ", line), line
        assert line.count("^") <= 1 + name.count("^"), line
        assert bool(LINE_ID.search(line)) == line.startswith("- [ ] "), line
        assert line.isprintable(), line
    assert pages[1].count("<!--") == pages[1].count("\\<!--")
    assert pages[1].count("%%") == pages[1].count("\\%%")


@pytest.mark.parametrize("stem", ["A [x]", "A # B", "A^b"])
def test_a_file_that_no_link_can_name_is_shown_by_its_path(vault_at: Any, stem: str) -> None:
    vault_at.write(f"people/{stem}.md", "---\nname: Ann\nbirthday: --11-20\n---\n")
    assert f"- 🎂 `people/{stem}.md` has a birthday\n" in text_of(vault_at)


def test_a_link_is_the_path_where_two_notes_have_one_name(vault_at: Any) -> None:
    vault_at.write("people/Ann.md", "---\nbirthday: --11-20\n---\n")
    vault_at.write("notes/ann.md", "")
    assert "- 🎂 [[people/Ann|Ann]] has a birthday\n" in text_of(vault_at)


def test_the_values_keep_what_was_written(vault_at: Any) -> None:
    vault_at.write("notes/N.md", "- [ ] <b> %% x\n")
    vault = opened(vault_at.path)
    assert digest_values(vault, MONDAY)["undated"]["lines"][0]["title"] == "<b> %% x"
    vault.facts.close()


def test_of_an_item_with_more_lines_the_wish_is_shown(vault_at: Any) -> None:
    vault_at.write("people/Ida.md", "---\nbirthday: --11-20\n---\n")
    vault_at.write("journal/2026/2026-10-31.md", "- cinema with [[Ida]]\n  - wants skates #wish\n  - popcorn\n")
    assert "\n- [ ] wants skates (wish → planned) · [[2026-10-31]] ^g-" in text_of(vault_at)


def test_each_kind_of_line_that_can_be_ticked_has_the_id_of_its_source(vault_at: Any) -> None:
    uid = "urn:uuid:6b3c2a51-0000-4000-8000-000000000001"
    vault_at.write(
        "people/Ann.md",
        f"---\nuid: {uid}\nbirthday: --11-20\ncadence: 1 week\nwishes: [a kite]\n"
        "gifts: [{what: hat, status: planned}]\ndebts: [{amount: 5 EUR, for: tea, date: 2026-10-01}]\n"
        "reminders: [{text: pay, on: 2026-11-18}]\n---\n",
    )
    vault_at.write(
        "journal/2026/2026-11-01.md", "- call [[Ann]]: wants a lamp #gift\n- [ ] ask [[Ann]] 📅 2026-11-19\n"
    )
    page = text_of(vault_at)
    told = "call Ann: wants a lamp"
    assert re.findall(r"^- \[ \] .* \^(\S+)$", page, re.MULTILINE) == [
        reminder_id(uid, "pay", "2026-11-18"),
        task_id("journal/2026/2026-11-01.md", Task(2, "ask [[Ann]]", "open", due="2026-11-19")),
        contact_id("2026-W47", [uid]),
        gift_id(uid, "hat", "planned"),
        gift_id(uid, "a kite", "idea"),
        gift_id(uid, told, "idea"),
        debt_id(uid, "5 EUR", "tea", "2026-10-01"),
    ]
    assert re.findall(r"⏳ (\S+) \^(.)", page) == [("2026-11-18", "r"), ("2026-11-19", "t"), ("2026-11-08", "c")]


def test_the_page_is_in_the_language_of_the_vault(make_vault: Any) -> None:
    vault = make_vault({"people/Ann.md": "---\nbirthday: --11-20\n---\n"}, "language: de\n")
    page = digest_text(vault, MONDAY)
    assert "### Freitag, 20. November\n" in page
    values = digest_values(vault, MONDAY)
    assert values["days"][0]["entries"][0]["title"] == "Ann has a birthday"


def test_what_happened_one_five_and_ten_years_ago_is_told(vault_at: Any) -> None:
    vault_at.write("people/Ann.md", "")
    for year in (2025, 2023, 2021, 2016):
        vault_at.write(f"journal/{year}/{year}-11-18.md", f"- walk with [[Ann]] in {year}\n- #mention [[Ann]]\n")
    vault_at.write("events/Wedding.md", "---\nstart: 2016-11-19T11:00\nplace: Dresden\n---\n")
    vault_at.write("events/Choir.md", "---\nstart: 2016-11-16\nrepeat: FREQ=WEEKLY\n---\n")
    vault = opened(vault_at.path)
    years = digest_values(vault, MONDAY)["years"]
    vault.facts.close()
    assert [(year["years"], [line["text"] for line in year["lines"]]) for year in years] == [
        (1, ["walk with Ann in 2025"]),
        (5, ["walk with Ann in 2021"]),
        (10, ["walk with Ann in 2016", "Wedding, Dresden"]),
    ]


def test_the_last_weeks_are_counted_up_to_sunday(vault_at: Any) -> None:
    vault_at.write("people/Ann.md", "")
    vault_at.write(
        "journal/2026/2026-11-10.md", "---\nmood: 4\n---\n- call [[Ann]]\n- call [[nobody]]\n- #mention [[Ann]]\n"
    )
    vault_at.write("journal/2026/2026-11-17.md", "---\nmood: 1\n---\n- call [[Ann]]\n")
    page = text_of(vault_at)
    assert "- mood ···········▆ latest 4.0 of 5\n- contacts ▁▁▁▁▁▁▁▁▁▁▁█ 1 last week\n" in page


def test_whom_to_call_is_told_with_the_last_talk_and_what_is_open(vault_at: Any) -> None:
    vault_at.write("people/Ann.md", "---\ncadence: 1 week\n---\n")
    vault_at.write("people/Bob.md", "")
    vault_at.write("journal/2026/2026-11-04.md", "- call [[Ann]]: new cat; operation on Tuesday\n")
    vault_at.write("journal/2026/2026-11-12.md", "- #mention [[Ann]]: she is in good spirits\n")
    page = text_of(vault_at)
    assert "- [ ] call [[Ann]] ⏳ 2026-11-11 ^c-" in page
    assert page.partition("^c-")[2].splitlines()[1:5] == [
        "  - due Wed 11 Nov, **5 days overdue** (cadence 1 week)",
        "  - 💬 Wed 4 Nov, call: new cat · [[2026-11-04]]",
        "  - 📆 Tue 10 Nov: operation on Tuesday",
        "  - 👂 she is in good spirits (Thu 12 Nov)",
    ]


HELGA = "---\nbirthday: 1950-03-01\n---\n"
KNEE = "- call [[Helga Brandt]]: hat am 2. Dezember eine OP am Knie; sonst gut\n"
KNEE_LINE = "📆 Helga Brandt: hat am 2. Dezember eine OP am Knie · [[2026-10-04]]"


@pytest.mark.parametrize(
    ("monday", "place"),
    [
        (date(2026, 11, 30), "### Wednesday, 2 December\n\n- "),
        (MONDAY, "## Coming up\n\n- Wed 2 Dec "),
    ],
)
def test_what_somebody_told_of_a_day_stands_under_that_day(vault_at: Any, monday: date, place: str) -> None:
    vault_at.write("people/Helga Brandt.md", HELGA)
    vault_at.write("journal/2026/2026-10-04.md", KNEE)
    page = text_of(vault_at, monday)
    assert f"{place}{KNEE_LINE}\n" in page
    assert page.count("OP am Knie") == 1
    vault = opened(vault_at.path)
    html = digest_html(vault, monday)
    vault.facts.close()
    assert html.count("OP am Knie") == 1


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("", 1),
        ("deceased: 2026-11-10\n", 0),
    ],
)
def test_of_the_dead_nothing_is_to_come(vault_at: Any, more: str, told: int) -> None:
    vault_at.write("people/Helga Brandt.md", f"---\nbirthday: 1950-03-01\n{more}---\n")
    vault_at.write("journal/2026/2026-10-04.md", KNEE)
    assert text_of(vault_at).count("OP am Knie") == told


def test_a_talk_on_that_day_or_later_has_settled_it(vault_at: Any) -> None:
    vault_at.write("people/Helga Brandt.md", HELGA)
    vault_at.write("journal/2026/2026-10-04.md", KNEE)
    vault_at.write("journal/2026/2026-12-03.md", "- call [[Helga Brandt]]: well again\n")
    assert "OP am Knie" in text_of(vault_at, date(2026, 11, 30))  # It is seen from Monday.
    assert "OP am Knie" not in text_of(vault_at, date(2026, 12, 7))


@pytest.mark.parametrize("plan", ["journal", "event"])
def test_beside_a_plan_stands_what_is_open_with_its_people(vault_at: Any, plan: str) -> None:
    vault_at.write("people/Helga Brandt.md", "---\ncadence: 1 month\n---\n")
    vault_at.write(
        "journal/2026/2026-10-04.md", KNEE + "- call [[Helga Brandt]]: a trip in spring; a reading lamp #thread\n"
    )
    if plan == "journal":
        vault_at.write("journal/2026/2026-11-18.md", "- visit [[Helga Brandt]]\n- tea with [[Helga Brandt]]\n")
    else:
        vault_at.write("people/Helga Brandt.md", "")
        vault_at.write("events/Tea.md", '---\nstart: 2026-11-18\npeople: ["[[Helga Brandt]]"]\n---\n')
    page = text_of(vault_at)
    below = page.partition("· [[2026-11-18]]\n" if plan == "journal" else "· [[Tea]]\n")[2].splitlines()
    # At most two, once on the page; what has its own day is told there.
    assert below[:2] == ["  - 🧵 a reading lamp (Sun 4 Oct)", "  - 📆 hat am 2. Dezember eine OP am Knie"]
    assert [page.count(told) for told in ("reading lamp", "OP am Knie")] == [1, 1]
    assert "a trip in spring" not in page


def test_what_is_told_of_a_day_of_this_week_leaves_the_line_of_the_person(vault_at: Any) -> None:
    vault_at.write("people/Ann.md", "---\ncadence: 1 week\n---\n")
    vault_at.write("journal/2026/2026-11-04.md", "- call [[Ann]]: new cat; exam on 18 November\n")
    page = text_of(vault_at)
    assert "### Wednesday, 18 November\n\n- 📆 Ann: exam on 18 November · [[2026-11-04]]\n" in page
    assert "  - 💬 Wed 4 Nov, call: new cat · [[2026-11-04]]\n" in page
    assert page.count("exam") == 1


def test_a_contact_line_tells_the_birthday_and_the_plans_of_the_week(vault_at: Any) -> None:
    vault_at.write("people/Ann.md", "---\nbirthday: 1986-11-17\ncadence: 1 week\n---\n")
    vault_at.write("journal/2026/2026-11-01.md", "- call [[Ann]]\n")
    vault_at.write("events/Tea.md", '---\nstart: 2026-11-18\npeople: ["[[people/Ann|Annie]]"]\n---\n')
    assert "(cadence 1 week), 🎂 Tue, 📍 Wed\n" in text_of(vault_at)


def test_days_and_amounts_are_those_of_the_language(make_vault: Any) -> None:
    files = {
        "people/Ann.md": "---\nbirthday: --11-20\ngifts: [{what: hat, status: planned, amount: 12.50 EUR}]\n"
        "debts: [{amount: 1200.5 EUR, date: 2026-10-03}, {amount: 3 EUR, by: me, date: 2026-10}]\n"
        "reminders: [{text: pay, on: 2026-11-25, lead: 1 week}]\n---\n",
        "people/Opa.md": "---\nbirthday: 1931-11-19\ndeceased: 2018-02-09\n---\n",
        "events/Fair.md": "---\nstart: 2026-11-20\nend: 2026-12-01\n---\n",
    }
    german, english = make_vault(files, "language: de\n"), make_vault(files)
    for vault, told in (
        (
            german,
            (
                "12,50 EUR",
                "1.197,5 EUR",
                "(Sa., 3. Okt.)",
                "(bis Di., 1. Dez.)",
                "(am Mi., 25. Nov.)",
                "(† 9. Feb. 2018)",
            ),
        ),
        (
            english,
            ("12.50 EUR", "1,197.5 EUR", "(Sat 3 Oct)", "(until Tue 1 Dec)", "(on Wed 25 Nov)", "(† 9 Feb 2018)"),
        ),
    ):
        page, html = digest_text(vault, MONDAY), digest_html(vault, MONDAY)
        assert [text for text in told if text not in page] == []
        assert [text for text in told if text.strip("()") not in html] == []
        assert not re.search(r"(?<!⏳ )\b2026-\d\d-\d\d\b", page), page
        values = digest_values(vault, MONDAY)
        assert values["debts"]["lines"][0]["net"][0]["amount"] == "1197.5 EUR"
        assert "(until 2026-12-01)" in json.dumps(values)
