"""The vault as a calendar: which notes give which entries, and files that are written only where they differ."""

from __future__ import annotations

import os
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

from prmvault.app.calendar_file import calendar_told, write_calendar
from prmvault.app.export import calendar_entries, export_bytes, export_folder
from prmvault.app.vault import Vault, open_vault, refreshed_vault
from prmvault.interop.registry import FORMATS
from tests.conftest import refuse_to_say
from tests.fixtures import A_DAY, EXAMPLE

TODAY = date.fromisoformat(A_DAY)

FILES = {
    "people/Ann Lee.md": "---\nuid: urn:uuid:1\nbirthday: 1984-03-14\nupdated: 2026-11-02\n---\n- [ ] send Ann the key\n",
    "people/Bo Ek.md": "---\nbirthday: --05-06\n---\n## Log\n- 2026-11-20 called\n",
    "events/Party.md": '---\nstart: 2026-12-31 20:00\npeople: ["[[Ann Lee|Annie]]"]\n---\n',
    "journal/2026/2026-11-19.md": "- lunch with [[Ann Lee]]\n",
    "journal/2026/2026-11-20.md": "- 18:00 dinner with [[Bo Ek]]\n- [x] water [[Ann Lee]]'s plants ✅ 2026-11-20\n",
    "journal/2026/2026-11-24.md": "- cinema with [[Ann Lee]] and [[Bo Ek]]\n- read about [[Bo Ek]] #mention\n",
}


def summaries(vault: Vault, chosen: set[str] | None = None) -> list[str]:
    return [str(entry.summary) for entry in calendar_entries(vault, TODAY, chosen)]


def as_bytes(vault: Vault) -> bytes:
    return export_bytes(vault, FORMATS["ical"], calendar_entries(vault, TODAY))


def test_people_events_plans_and_tasks_are_in_it(make_vault: Any) -> None:
    vault = make_vault(FILES)
    assert summaries(vault) == [
        "🎂 Ann Lee",
        "🎂 Bo Ek",
        "Party",
        "dinner with Bo Ek",
        "cinema with Ann Lee and Bo Ek",
        "water Ann Lee's plants",
        "send Ann the key",
    ]
    party = calendar_entries(vault, TODAY)[2]
    assert str(party.description) == "With Annie"


def test_what_no_calendar_reaches_is_left_out(make_vault: Any) -> None:
    vault = make_vault(
        {
            "people/Ann.md": "---\nbirthday: 9999-12-31\n---\n",
            "journal/9999/9999-12-31.md": "- 23:30 dinner with [[Ann]]\n",
            "events/End.md": "---\nstart: 2026-01-01\nend: 9999-12-31\nrepeat: FREQ=YEARLY;BYMONTH=3\n---\n",
            "events/Last.md": "---\nstart: 9999-12-31 23:30\ntimezone: Europe/Berlin\n---\n",
        }
    )
    assert summaries(vault) == []


def test_only_what_is_about_the_chosen_people_is_in_it(make_vault: Any) -> None:
    vault = make_vault(FILES)
    assert summaries(vault, {"people/Bo Ek.md"}) == ["🎂 Bo Ek", "dinner with Bo Ek", "cinema with Ann Lee and Bo Ek"]
    assert "Party" in summaries(vault, {"people/Ann Lee.md"})
    assert summaries(vault, set()) == []


def test_the_note_tells_its_uid_and_when_it_was_changed(make_vault: Any) -> None:
    vault = make_vault(FILES)
    assert vault.facts.marks() == {"people/Ann Lee.md": ("urn:uuid:1", "2026-11-02")}
    assert [entry.stamp for entry in calendar_entries(vault, TODAY)][:2] == ["2026-11-02", ""]


def test_notes_that_share_a_uid_still_have_entries_of_their_own(make_vault: Any) -> None:
    note = "---\nuid: urn:uuid:1\nbirthday: 1984-03-14\n---\n"
    vault = make_vault({"people/Ann.md": note, "people/Ann (copy).md": note})
    assert len({entry.uid for entry in calendar_entries(vault, TODAY)}) == 2


def test_the_calendar_of_the_example_is_as_agreed(example: str, golden: Any) -> None:
    vault = open_vault(example, refuse_to_say)
    golden("calendar.ics", as_bytes(vault).decode())


def test_a_copy_at_another_place_gives_the_same_bytes(example: str, tmp_path: Path, monkeypatch: Any) -> None:
    here = as_bytes(open_vault(example, refuse_to_say))
    elsewhere = tmp_path / "another place" / "vault"
    shutil.copytree(EXAMPLE, elsewhere)
    monkeypatch.setenv("PRMVAULT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    assert as_bytes(open_vault(str(elsewhere), refuse_to_say)) == here


def test_every_uid_of_the_example_is_its_own(example: str) -> None:
    uids = [entry.uid for entry in calendar_entries(open_vault(example, refuse_to_say), TODAY)]
    assert len(set(uids)) == len(uids) > 50


def test_a_folder_gets_a_file_an_entry_and_loses_only_files_of_ours(make_vault: Any, tmp_path: Path) -> None:
    vault, made = make_vault(FILES), FORMATS["ical"]
    entries = calendar_entries(vault, TODAY)
    folder = tmp_path / "calendar"
    foreign = folder / "2c4c4b2e-5d2f-5b19-8d6a-0d9b2a6c1f11.ics"
    folder.mkdir()
    foreign.write_text("BEGIN:VCALENDAR\r\nPRODID:-//Somebody//Else//EN\r\nEND:VCALENDAR\r\n")
    own = folder / "notes.ics"
    own.write_bytes(as_bytes(vault))
    assert export_folder(vault, made, entries, str(folder)) == (7, 7, 0)
    assert export_folder(vault, made, entries, str(folder)) == (7, 0, 0)
    assert export_folder(vault, made, entries[1:], str(folder)) == (6, 0, 1)
    assert foreign.exists()
    assert own.exists()
    names = {f"{entry.uid}.ics" for entry in entries[1:]}
    assert {path.name for path in folder.iterdir()} == {*names, foreign.name, own.name}
    for name in names:
        (found,) = Calendar.from_ical((folder / name).read_bytes()).subcomponents
        assert f"{found['uid']}.ics" == name


@pytest.fixture
def sample(vault_at: Any) -> Any:
    for path, text in FILES.items():
        vault_at.write(path, text)
    return vault_at


def test_the_calendar_file_is_written_only_when_it_differs(sample: Any, tmp_path: Path) -> None:
    vault, file = open_vault(sample.root, refuse_to_say), tmp_path / "new" / "people.ics"
    assert write_calendar(vault, str(file), TODAY)
    assert file.read_bytes() == as_bytes(vault)
    os.utime(file, ns=(1, 1))
    assert not write_calendar(vault, str(file), TODAY)
    assert file.stat().st_mtime_ns == 1
    sample.write("people/Bo Ek.md", "---\nbirthday: --05-07\n---\n")
    vault = refreshed_vault(vault)
    assert write_calendar(vault, str(file), TODAY)
    assert file.read_bytes() == as_bytes(vault)


@pytest.mark.parametrize("damage", [b"", b"{", b"[1]", b'["0", {}]', b"\xff", b'["x"]', b"null"])
def test_a_damaged_memory_of_the_last_time_does_no_harm(sample: Any, tmp_path: Path, damage: bytes) -> None:
    vault, file = open_vault(sample.root, refuse_to_say), tmp_path / "people.ics"
    Path(vault.cache, "calendar.json").write_bytes(damage)
    assert write_calendar(vault, str(file), TODAY)
    assert file.read_bytes() == as_bytes(vault)


def test_where_the_file_is_a_link_what_it_leads_to_is_written(sample: Any, tmp_path: Path) -> None:
    target, link = tmp_path / "shared" / "people.ics", tmp_path / "people.ics"
    link.symlink_to(target)
    assert write_calendar(open_vault(sample.root, refuse_to_say), str(link), TODAY)
    assert link.is_symlink()
    assert target.is_file()


def config(folder: Path, text: str) -> None:
    file = folder / "config" / "prmvault" / "config.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def test_the_watcher_keeps_the_file_that_the_users_config_names(sample: Any, tmp_path: Path, cache: Path) -> None:
    vault, file = open_vault(sample.root, refuse_to_say), tmp_path / "people.ics"
    assert calendar_told(vault, TODAY) == ""
    config(cache, f"calendar: {file}\n")
    assert calendar_told(vault, TODAY) == "calendar written"
    assert calendar_told(vault, TODAY) == "calendar unchanged"
    config(cache, f"vault: {tmp_path}\ncalendar: {file}\n")
    assert calendar_told(vault, TODAY) == ""
    config(cache, f"vault: {sample.root}\ncalendar: {file}\n")
    assert calendar_told(vault, TODAY) == "calendar unchanged"


def test_a_calendar_that_cant_be_written_is_told(sample: Any, tmp_path: Path, cache: Path) -> None:
    config(cache, f"calendar: {tmp_path}\n")
    assert calendar_told(open_vault(sample.root, refuse_to_say), TODAY).startswith("calendar not written: ")


def test_watch_once_tells_of_the_calendar(sample: Any, tmp_path: Path, cache: Path, run_in: Any) -> None:
    config(cache, f"calendar: {tmp_path / 'people.ics'}\n")
    assert "calendar written" in run_in(sample.root, "--today", A_DAY, "watch", "--once").err
    assert "calendar unchanged" in run_in(sample.root, "--today", A_DAY, "watch", "--once").err
