"""Calendars imported into a vault: people by their address, changes by uid, and nothing the second time."""

from __future__ import annotations

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
    assert "prmvault itself has exported" in prmvault("-C", vault.root, "import", str(file)).err
    assert vault.fingerprint() == before
