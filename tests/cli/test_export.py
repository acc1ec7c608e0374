"""`export` as a command, and the programs that people read such calendars with: khal and todoman."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

KHAL = """\
[calendars]
[[people]]
path = {folder}
readonly = True
[locale]
local_timezone = Europe/Berlin
default_timezone = Europe/Berlin
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
timeformat = %H:%M
[sqlite]
path = {cache}
"""
TODOMAN = 'path = "{folder}"\ndate_format = "%Y-%m-%d"\ntime_format = "%H:%M"\ncache_path = "{cache}"\n'


def program(name: str) -> str:
    path = Path(sys.executable).with_name(name)
    if not path.exists():
        pytest.skip(f"{name} is not installed")
    return str(path)


def ran(home: Path, *command: str) -> str:
    environment = {**os.environ, "HOME": str(home), "LC_ALL": "C.UTF-8", "TZ": "Europe/Berlin"}
    for kind in ("CONFIG", "CACHE", "DATA", "STATE"):
        environment[f"XDG_{kind}_HOME"] = str(home / kind)
    done = subprocess.run(command, env=environment, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


@pytest.fixture
def folder(prmvault: Any, example: str, tmp_path: Path) -> Path:
    """Return a folder with the example's calendar, an entry a file."""
    exported = tmp_path / "people"
    assert prmvault("-C", example, "export", "ical", "-o", f"{exported}/").code == 0
    return exported


def test_khal_shows_the_days_of_the_example(folder: Path, tmp_path: Path) -> None:
    settings = tmp_path / "khal.conf"
    settings.write_text(KHAL.format(folder=folder, cache=tmp_path / "khal.db"), encoding="utf-8")

    def days(first: str, length: str) -> str:
        return ran(
            tmp_path, program("khal"), "-c", str(settings), "list", "--format", "{start-time} {title}", first, length
        )

    week = days("2026-11-20", "7d")
    assert "🎂 Klaus Weißhaupt" in week
    assert "15:00 Papas 70. Geburtstag" in week
    assert "19:30 Chorprobe" in week
    assert "22:00 video Marcus" in week
    assert "🎂 Sofía Moreno" in days("2027-02-28", "1d")
    assert "🎂 Sofía Moreno" not in days("2028-02-28", "1d")
    assert "🎂 Sofía Moreno" in days("2028-02-29", "1d")


def test_todoman_shows_the_tasks_of_the_example(folder: Path, tmp_path: Path) -> None:
    settings = tmp_path / "todoman.py"
    settings.write_text(TODOMAN.format(folder=folder, cache=tmp_path / "todo.db"), encoding="utf-8")
    listed = ran(tmp_path, program("todo"), "--config", str(settings), "list", "--status", "ANY").splitlines()
    assert any(
        "[ ]" in line and "!!!" in line and "2026-11-23 order the fountain pen for Em" in line for line in listed
    )
    assert any("[X]" in line and "Kompost umsetzen" in line for line in listed)


def test_to_a_program_it_goes_byte_for_byte(prmvault: Any, run_in: Any, example: str, tmp_path: Path) -> None:
    file = tmp_path / "people.ics"
    told = prmvault("-C", example, "export", "ical", "-o", str(file))
    assert (told.code, told.out) == (0, "")
    assert told.err.endswith("entries, written\n")
    assert prmvault("-C", example, "export", "ical", "-o", str(file)).err.endswith("entries, unchanged\n")
    assert run_in(example, "export", "ical").out == file.read_bytes().decode()


def test_a_query_chooses_people_as_that_of_list_does(prmvault: Any, example: str) -> None:
    named = prmvault("-C", example, "list", "person", "tag:choir", "--paths").out
    assert named
    found = Calendar.from_ical(prmvault("-C", example, "export", "ical", "tag:choir").out)
    whole = Calendar.from_ical(prmvault("-C", example, "export", "ical").out)
    birthdays = [str(event["summary"]) for event in found.events if str(event["summary"]).startswith("🎂")]
    assert {f"people/{name[2:]}.md" for name in birthdays} <= set(named.splitlines())
    assert 0 < len(found.subcomponents) < len(whole.subcomponents)


def test_where_nobody_is_found_nothing_is_written(prmvault: Any, example: str, tmp_path: Path) -> None:
    done = prmvault("-C", example, "export", "ical", "name:nobodyatall", "-o", str(tmp_path / "x.ics"))
    assert (done.code, done.out) == (1, "")
    assert not (tmp_path / "x.ics").exists()


def test_the_formats_are_listed(prmvault: Any) -> None:
    done = prmvault("export", "--list")
    assert (done.code, done.err) == (0, "")
    assert "\nical\tiCalendar" in done.out


@pytest.mark.parametrize("words", [[], ["nonsense"]])
def test_without_a_format_that_is_known_the_known_ones_are_told(prmvault: Any, words: list[str]) -> None:
    done = prmvault("export", *words)
    assert (done.code, done.out) == (2, "")
    assert re.search(r"known are .*\bical\b", done.err)


def test_the_language_is_that_of_the_vault(prmvault: Any, vault_at: Any) -> None:
    vault_at.write("prmvault.yaml", "language: de\n")
    vault_at.write("people/Ann.md", "---\nbirthday: 1984-03-14\n---\n")
    (found,) = Calendar.from_ical(prmvault("-C", vault_at.root, "export", "ical").out).events
    assert str(found["summary"]) == "🎂 Ann"
