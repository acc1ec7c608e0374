"""Calendars imported into a vault: people by their address, changes by uid, and nothing the second time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import SampleVault
from tests.interop.test_ical_read import calendar

MEETING = (
    "UID:m1\nSUMMARY:Plan\nDTSTART;TZID=W. Europe Standard Time:20261205T193000\nDURATION:PT1H\n"
    "ATTENDEE;CN=A. M.:mailto:ANNA@example.org\nATTENDEE;CN=Tom:mailto:tom@example.org\nORGANIZER:mailto:me@example.org\n"
)
BIRTHDAY = "UID:b1\nSUMMARY:🎂 Anna Müller (1987)\nDTSTART;VALUE=DATE:19870314\nRRULE:FREQ=YEARLY"


@pytest.fixture
def vault(vault_at: SampleVault) -> SampleVault:
    vault_at.write("prmvault.yaml", 'me: ["[[Me]]", me@example.org]\n')
    vault_at.write("people/Me.md", "")
    vault_at.write("people/Anna Müller.md", "---\nemails: anna@example.org\n---\n")
    return vault_at


@pytest.fixture
def take(prmvault: Any, vault: SampleVault, tmp_path: Path) -> Any:
    def take(*events: str, head: str = "") -> Any:
        file = tmp_path / "a.ics"
        file.write_bytes(calendar(*events, head=head))
        return prmvault("-C", vault.root, "--today", "2026-11-20", "import", str(file))

    return take


def test_a_meeting_links_those_whose_address_is_known(take: Any, vault: SampleVault) -> None:
    assert take(MEETING).code == 0
    (note,) = (vault.path / "events").iterdir()
    text = note.read_text(encoding="utf-8")
    for line in (
        "title: Plan",
        "start: 2026-12-05 19:30",
        "end: 2026-12-05 20:30",
        "timezone: Europe/Berlin",
        "uid: m1",
        '  - "[[Anna Müller]]"',
        "  - Tom",
    ):
        assert f"\n{line}\n" in text
    assert "me@example.org" not in text


def test_a_second_time_nothing_changes_and_a_later_version_does(take: Any, vault: SampleVault) -> None:
    take(MEETING)
    before = vault.fingerprint()
    assert take(MEETING).code == 0
    assert vault.fingerprint() == before
    assert take(MEETING.replace("T193000", "T180000") + "STATUS:CANCELLED").code == 0
    (note,) = (vault.path / "events").iterdir()
    text = note.read_text(encoding="utf-8")
    assert "\nstart: 2026-12-05 18:00\n" in text
    assert "\nstatus: cancelled\n" in text


def test_a_birthday_is_nobodys_by_name_alone(take: Any, vault: SampleVault) -> None:
    before = vault.fingerprint()
    done = take(BIRTHDAY)
    assert done.code == 1
    assert "Anna Müller" in done.err
    assert vault.fingerprint() == before


def test_a_birthday_with_an_address_is_of_that_person(take: Any, vault: SampleVault) -> None:
    assert take(f"{BIRTHDAY}\nX-KDE-KABC-BIRTHDAY:YES\nX-KDE-KABC-EMAIL-1:anna@example.org").code == 0
    assert "birthday: 1987-03-14" in (vault.path / "people" / "Anna Müller.md").read_text(encoding="utf-8")


def test_our_own_calendar_changes_nothing(prmvault: Any, vault: SampleVault, tmp_path: Path) -> None:
    vault.write("events/Choir.md", "---\nstart: 2026-12-05 19:30\nrepeat: weekly\n---\n")
    file = tmp_path / "own.ics"
    assert prmvault("-C", vault.root, "export", "ical", "-o", str(file)).code == 0
    before = vault.fingerprint()
    done = prmvault("-C", vault.root, "import", str(file))
    told = "own.ics: 1 entry is the vault's own, exported by prmvault: there is nothing to do"
    assert (done.code, done.out, done.err) == (0, "", f"prmvault: {told}\nprmvault: 1 as before\n")
    report = json.loads(prmvault("-C", vault.root, "import", str(file), "--json").out)
    assert [(each["path"], each["name"]) for each in report["skipped"]] == [(None, "Choir")]
    assert vault.fingerprint() == before


def test_what_was_cancelled_before_anybody_knew_of_it_makes_no_note(take: Any, vault: SampleVault) -> None:
    done = take(MEETING + "STATUS:CANCELLED", MEETING.replace("m1", "m2"))
    assert "left out: 1 cancelled meeting that no note is about" in done.err
    assert (done.code, done.err.splitlines()[-1]) == (0, "prmvault: 1 created")
    (note,) = (vault.path / "events").iterdir()
    assert "uid: m2" in note.read_text(encoding="utf-8")


def test_a_turn_that_its_series_leaves_out_is_not_told_as_left_out(take: Any, vault: SampleVault) -> None:
    series = "UID:s1\nSUMMARY:Sauna\nDTSTART:20261127T190000\nRRULE:FREQ=WEEKLY"
    gone = "UID:s1\nSUMMARY:Sauna\nDTSTART:20261211T190000\nRECURRENCE-ID:20261211T190000\nSTATUS:CANCELLED"
    done = take(series, gone)
    assert (done.code, done.err) == (0, "prmvault: 1 created\n")
    (note,) = (vault.path / "events").iterdir()
    assert "except:\n  - 2026-12-11\n" in note.read_text(encoding="utf-8")
    done = take(gone.replace("s1", "s2"), gone.replace("s1", "s3"))
    assert "left out: 2 cancelled meetings that no note is about" in done.err


def test_an_older_version_of_a_meeting_does_not_win_over_a_newer_one(take: Any, vault: SampleVault) -> None:
    take(MEETING + "LAST-MODIFIED:20261110T120000Z")
    before = vault.fingerprint()
    older = MEETING.replace("T193000", "T180000") + "DESCRIPTION:Old\nLAST-MODIFIED:20261109T120000Z"
    assert take(older).code == 0
    assert vault.fingerprint() == before
    assert take(older.replace("20261109", "20261111")).code == 0
    (note,) = (vault.path / "events").iterdir()
    assert "\nstart: 2026-12-05 18:00\n" in note.read_text(encoding="utf-8")


def test_a_meeting_whose_name_no_file_can_have_is_called_unnamed(take: Any, vault: SampleVault) -> None:
    take(MEETING.replace("Plan", "***"))
    assert [note.name for note in (vault.path / "events").iterdir()] == ["2026-12-05 unnamed.md"]


def test_a_birthday_that_differs_is_asked_about(take: Any, vault: SampleVault) -> None:
    vault.write("people/Anna Müller.md", "---\nbirthday: 1986-03-14\n---\n")
    before = vault.fingerprint()
    assert "but another birthday" in take(BIRTHDAY).err
    assert vault.fingerprint() == before
