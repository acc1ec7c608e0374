"""When the watcher sends the digest: on its hour, later where it was missed, never for a week that is over."""

from __future__ import annotations

import queue
import sys
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prmvault.app.mail_state import SENDING, SENT, MailWeek, Sending, keep_week
from prmvault.app.watch_mail import LOOK_S, Due, MailInBackground, due_of, next_due
from prmvault.core.dates import week_name
from prmvault.vault.user_config import Send, UserConfig, parse_config

ME = ["max@example.org"]
MONDAY = date(2026, 11, 16)
NEXT = MONDAY + timedelta(7)
DONE = MailWeek({ME[0]: Sending(SENT, "")}, 1)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Return a time in November 2026; the 16th is a Monday."""
    return datetime(2026, 11, day, hour, minute)  # noqa: DTZ001 - local, as everywhere


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (at(16, 6, 59), Due(MONDAY, at(16, 7))),
        (at(16, 7), Due(MONDAY, at(16, 7))),
        (at(17, 3), Due(MONDAY, at(16, 7))),  # it slept on Monday
        (at(22, 23, 59), Due(MONDAY, at(16, 7))),
        (at(23, 0), Due(NEXT, at(23, 7))),  # a week that is over is not told any more
    ],
)
def test_it_is_due_from_its_hour_to_the_end_of_its_week(now: datetime, expected: Due) -> None:
    assert next_due(now, Send(), {}, ME) == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (at(21, 8), Due(MONDAY, at(15, 18))),
        (at(22, 17, 59), Due(MONDAY, at(15, 18))),
        (at(22, 18), Due(NEXT, at(22, 18))),  # one mail, not two, where the week before was missed
        (at(23, 1), Due(NEXT, at(22, 18))),  # off on Sunday evening
    ],
)
def test_on_a_weekend_it_is_the_digest_of_the_week_that_comes(now: datetime, expected: Due) -> None:
    assert next_due(now, Send(6, 18), {}, ME) == expected
    assert next_due(now, Send(6, 18), {week_name(MONDAY): DONE}, ME) == Due(NEXT, at(22, 18))


def test_what_was_sent_is_not_sent_again_and_what_may_have_been_neither() -> None:
    for state in (SENT, SENDING):
        weeks = {week_name(MONDAY): MailWeek({ME[0]: Sending(state, "")}, 1)}
        assert next_due(at(16, 9), Send(), weeks, ME) == Due(NEXT, at(23, 7))
    assert next_due(at(16, 9), Send(), weeks, [*ME, "eva@example.org"]).monday == MONDAY


@pytest.mark.parametrize(
    ("failures", "is_lasting", "minutes"),
    [(1, False, 5), (2, False, 10), (5, False, 80), (99, False, 80), (1, True, 60), (3, True, 240), (99, True, 960)],
)
def test_after_failures_it_waits_twice_as_long_each_time(failures: int, is_lasting: bool, minutes: int) -> None:
    tried = at(16, 9)
    week = MailWeek(failures=failures, tried=tried.timestamp(), is_lasting=is_lasting)
    for later in (timedelta(), timedelta(minutes=3)):
        assert next_due(tried + later, Send(), {week_name(MONDAY): week}, ME).at == tried + timedelta(minutes=minutes)
    assert next_due(at(19, 9), Send(), {week_name(MONDAY): week}, ME).at <= at(19, 9)


def test_a_clock_that_was_set_back_makes_nobody_wait_for_years() -> None:
    week = MailWeek(failures=1, tried=at(30, 9).timestamp())
    assert next_due(at(16, 9), Send(), {week_name(MONDAY): week}, ME).at == at(16, 9, 5)


@pytest.mark.parametrize("hour", [0, 2, 3, 23])
@pytest.mark.parametrize("day", [date(2026, 3, 23), date(2026, 10, 19)], ids=["to summer", "to winter"])
def test_a_night_in_which_the_clock_is_set_has_one_mail(day: date, hour: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sunday 29 March 2026 has no 2:30 in Berlin, Sunday 25 October has it twice."""
    from time import tzset

    monkeypatch.setenv("TZ", "Europe/Berlin")
    tzset()
    send = Send(6, hour)
    weeks = {week_name(day): DONE}
    start = datetime(day.year, day.month, day.day).timestamp() + 5 * 86400  # noqa: DTZ001
    sent = []
    for minute in range(0, 3 * 24 * 60, 5):
        now = datetime.fromtimestamp(start + 60 * minute)  # noqa: DTZ006 - local
        due = next_due(now, send, weeks, ME)
        if due.at <= now:
            sent.append((now, due.monday))
            weeks[week_name(due.monday)] = DONE
    monkeypatch.undo()
    tzset()
    ((when, monday),) = sent
    assert monday == day + timedelta(7)
    assert when.date() == day + timedelta(6)
    assert when.hour == (3 if (hour, day.month) == (2, 3) else hour)


@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)), st.integers(0, 6), st.integers(0, 23))  # noqa: DTZ001
def test_there_is_always_a_next_one_and_each_week_has_one(now: datetime, weekday: int, hour: int) -> None:
    send = Send(weekday, hour)
    first = next_due(now, send, {}, ME)
    second = next_due(now, send, {week_name(first.monday): DONE}, ME)
    assert second.monday - first.monday == timedelta(7)
    assert second.at > now
    assert second.at - first.at == timedelta(7)
    assert first.monday + timedelta(7) > now.date()


# By the config


CONFIG = "mail: {to: max@example.org, host: localhost}\nsend: {weekday: monday, hour: 7}\n"


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PRMVAULT_STATE_DIR", str(tmp_path / "state"))
    return tmp_path / "state"


def test_nothing_is_sent_without_settings_or_for_another_vault_than_the_users(tmp_path: Path) -> None:
    def due(text: str) -> Due | None:
        return due_of(str(tmp_path), parse_config("c.yaml", text), at(16, 9))

    assert due("") is None
    assert due("send: {hour: 7}") is None
    assert due("mail: {to: max@example.org, host: localhost}") is None
    assert due(CONFIG) == Due(MONDAY, at(16, 7))
    assert due(f"{CONFIG}vault: {tmp_path}/../{tmp_path.name}") == Due(MONDAY, at(16, 7))
    assert due(f"{CONFIG}vault: {tmp_path}/other") is None


# At work


@pytest.fixture
def config(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return a function that sets the user's config."""

    def set_to(text: str) -> None:
        parsed: UserConfig = parse_config("c.yaml", text)
        monkeypatch.setattr("prmvault.app.watch_mail.read_config", lambda: parsed)

    set_to(CONFIG)
    return set_to


def mailing(root: Path, script: str, log: list[str], now: datetime) -> MailInBackground:
    return MailInBackground(str(root), lambda week: [sys.executable, "-c", script, week], log.append, lambda: now)


def test_what_it_says_is_logged_in_one_line(tmp_path: Path, config: Callable[[str], None]) -> None:
    log: list[str] = []
    script = "import sys; print('prmvault: sent', sys.argv[1]); print('    → hint')"
    assert mailing(tmp_path, script, log, at(16, 6)).look() == LOOK_S
    assert log == []
    assert mailing(tmp_path, script, log, at(16, 8)).look() == LOOK_S
    assert log == ["mail: sent 2026-W47"]


def test_a_failure_is_said_with_the_next_try_and_that_is_later_each_time(
    tmp_path: Path, config: Callable[[str], None]
) -> None:
    log: list[str] = []
    background = mailing(tmp_path, "raise SystemExit('prmvault: no way')", log, at(16, 8))
    assert [background.look() for _ in range(3)] == [LOOK_S, 2 * LOOK_S, 4 * LOOK_S]
    keep_week(str(tmp_path), week_name(MONDAY), MailWeek(failures=3, tried=at(16, 8).timestamp()))
    assert background.look() == LOOK_S  # kept with the mail: not yet
    assert log == [f"mail: no way; next try in {minutes} min" for minutes in (5, 10, 20)]


def test_what_is_wrong_with_the_config_is_said_once(tmp_path: Path, config: Callable[[str], None]) -> None:
    log: list[str] = []
    background = mailing(tmp_path, "", log, at(16, 8))
    config("mail: 1\n")
    for _ in range(3):
        assert background.look() == LOOK_S
    config("foo: 1\n")
    background.look()
    assert log == [
        "mail: c.yaml:1: mail takes to, host and more [bad-setting]",
        "mail: c.yaml:1: the setting 'foo' is not known [bad-setting]",
    ]


def test_a_damaged_state_is_said_and_nothing_sent(tmp_path: Path, state: Path, config: Callable[[str], None]) -> None:
    log: list[str] = []
    keep_week(str(tmp_path), "2026-W01", MailWeek())
    next(state.glob("*.json")).write_text("{")
    background = mailing(tmp_path, "print('sent')", log, at(16, 8))
    assert [background.look(), background.look()] == [LOOK_S, LOOK_S]
    assert log == ["mail: what was sent can't be read: it is damaged"]


def test_ending_it_ends_a_mail_that_hangs(tmp_path: Path, config: Callable[[str], None]) -> None:
    began: queue.Queue[str] = queue.Queue()
    script = "import time; time.sleep(600)"

    def command(week: str) -> list[str]:
        began.put(week)
        return [sys.executable, "-c", script]

    log: list[str] = []
    background = MailInBackground(str(tmp_path), command, log.append, lambda: at(16, 8))
    background.begin()
    assert began.get(timeout=30) == "2026-W47"
    background.end()
    assert log == []
