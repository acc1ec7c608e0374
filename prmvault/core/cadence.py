"""When somebody is to be contacted next, by a rule: the person's own, a tag's, or everybody's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from prmvault.core.messages import message
from prmvault.core.names import fold

if TYPE_CHECKING:
    from prmvault.core.model import Note

SETTINGS_FILE = "prmvault.yaml"

_NEVER = ("never", "nie", "niemals")


class NextContact(NamedTuple):
    """When somebody is to be contacted next, until when at the latest, and why.

    `rule` names the rule (`cadence 3 weeks`, `#friend every 2 months`), `path` and `line` are where it stands (line 0:
    not known), `since` tells from what it counts. `is_past_latest` is as of the day that was asked for. `snoozed` is
    the day before which the user does not want to think of it, where that is what makes the day.
    """

    due: date
    latest: date | None
    rule: str
    since: str
    path: str
    line: int
    is_past_latest: bool = False
    snoozed: date | None = None


class _Rule(NamedTuple):
    """`kind` is own, own limit, default, or the tag with its #."""

    every: str
    at_most: str
    kind: str
    path: str
    line: int


def next_contact(
    note: Note,
    last: str,
    *,
    by_tag: Mapping[str, str],
    today: date,
    lines: Mapping[str, int] | None = None,
    until: date | None = None,
) -> NextContact | None:
    """Return when the person of `note` is to be contacted next, after the last contact on day `last` (ISO or "").

    The rule is the person's own `cadence`, else the shortest of the person's tags', else the default; an `at_most`
    alone is the rule. Without any contact yet it counts from `created`, else it is due today. It is not before the day
    of `snoozed`, as long as that is after the last contact. `lines` are those of `by_tag` in the settings. None: no
    rule, `never`, the person is dead, or it is after `until`.
    """
    from prmvault.core.dates import DateError, parse_iso_date
    from prmvault.core.periods import add_period, parse_period

    rule = None if note.fields.get("deceased") else _rule_of(note, by_tag, lines or {})
    if rule is None:
        return None
    begin = last or str(note.fields.get("created", ""))
    latest = None
    try:
        start = parse_iso_date(begin) if begin else today
        due = add_period(start, parse_period(rule.every)) if begin else today
        if begin and rule.at_most:
            latest = add_period(start, parse_period(rule.at_most))
    except DateError:
        return None  # Beyond the year 9999.
    due = min(due, latest or due)
    snoozed = _snoozed(note, last) if "snoozed" in note.fields else None
    is_snoozed = snoozed is not None and snoozed > due
    due = max(due, snoozed or due)
    if until is not None and due > until:
        return None
    since = message("in the vault since {day}", day=start)
    if last:
        since = message("last contact {day}", day=start)
    elif not begin:
        since = message("never in touch yet")
    is_past = latest is not None and latest < today
    text = _rule_text(rule.kind, rule.every)
    return NextContact(due, latest, text, since, rule.path, rule.line, is_past, snoozed if is_snoozed else None)


def reason_text(due: NextContact, *, place: bool = True) -> str:
    """Return why somebody is due: the rule with the place where it stands (or without), from when it counts, the limit.

    For example `cadence 2 weeks (people/Ann.md:9); last contact 2026-11-08; at the latest 2026-11-29`.
    """
    at = f"{due.path}:{due.line}" if due.line else due.path
    rule = message("{rule} ({place})", rule=due.rule, place=at) if place else due.rule
    since = due.since
    if due.snoozed:
        since = message("{since}; put off until {day}", since=since, day=due.snoozed)
    if due.latest is None:
        return message("{rule}; {since}", rule=rule, since=since)
    if due.is_past_latest:
        return message("{rule}; {since}; at the latest {day}, which has passed", rule=rule, since=since, day=due.latest)
    return message("{rule}; {since}; at the latest {day}", rule=rule, since=since, day=due.latest)


def _snoozed(note: Note, last: str) -> date | None:
    """Return the day before which the person is not to be thought of, unless one was in touch since or on it."""
    from prmvault.core.dates import day_or_none

    day = day_or_none(str(note.fields.get("snoozed") or ""))
    return day if day is not None and day.isoformat() > last else None


def _rule_of(note: Note, by_tag: Mapping[str, str], lines: Mapping[str, int]) -> _Rule | None:
    own = note.fields.get("cadence")
    if own:
        every = own.get("every") or own["at_most"]
        kind = "own" if own.get("every") else "own limit"
        rule = _Rule(every, own.get("at_most", ""), kind, note.path, note.lines.get("cadence", 1))
        return None if fold(every) in _NEVER else rule
    tag = _tag_with_rule(note.fields.get("tags", ()), by_tag)
    kind = f"#{tag}"
    if tag is None and "default" in by_tag:
        tag, kind = "default", "default"
    if not tag or fold(by_tag[tag]) in _NEVER:
        return None
    return _Rule(by_tag[tag], "", kind, SETTINGS_FILE, lines.get(tag, 0))


@lru_cache(maxsize=256)
def _rule_text(kind: str, every: str) -> str:
    """Return a rule in words: many people share few rules."""
    from prmvault.core.phrases import describe_period

    every = describe_period(every)
    if kind == "own":
        return message("cadence {every}", every=every)
    if kind == "own limit":
        return message("cadence at most {every}", every=every)
    if kind == "default":
        return message("everybody every {every}", every=every)
    return message("{tag} every {every}", tag=kind, every=every)


def _tag_with_rule(tags: Iterable[str], by_tag: Mapping[str, str]) -> str | None:
    """Return the one of the tags, or of the tags above them, whose rule counts; nothing for `never`, None for none."""
    from prmvault.core.periods import parse_period

    best: tuple[int, str] | None = None
    for tag in tags:
        known = next((above for above in _tag_and_those_above(tag) if above in by_tag), None)
        if known is None:
            continue
        if fold(by_tag[known]) in _NEVER:
            return ""
        months, days = parse_period(by_tag[known])
        length = months * 30 + days, known
        best = min(best or length, length)
    return best[1] if best else None


def _tag_and_those_above(tag: str) -> list[str]:
    parts = tag.split("/")
    return ["/".join(parts[:count]) for count in range(len(parts), 0, -1)]
