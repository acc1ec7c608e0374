"""When somebody is to be contacted next, by a rule: the person's own, a tag's, or everybody's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from prmvault.core.names import fold

if TYPE_CHECKING:
    from prmvault.core.model import Note

SETTINGS_FILE = "prmvault.yaml"

_NEVER = ("never", "nie", "niemals")


class NextContact(NamedTuple):
    """When somebody is to be contacted next, until when at the latest, and why.

    `rule` names the rule (`cadence 3 weeks`, `#friend every 2 months`), `path` and `line` are where it stands (line 0:
    not known), `since` tells from what it counts. `is_past_latest` is as of the day that was asked for.
    """

    due: date
    latest: date | None
    rule: str
    since: str
    path: str
    line: int
    is_past_latest: bool = False


class _Rule(NamedTuple):
    every: str
    at_most: str
    text: str
    path: str
    line: int


def next_contact(
    note: Note,
    last: str,
    *,
    by_tag: Mapping[str, str],
    today: date,
    lines: Mapping[str, int] | None = None,
) -> NextContact | None:
    """Return when the person of `note` is to be contacted next, after the last contact on day `last` (ISO or "").

    The rule is the person's own `cadence`, else the shortest of the person's tags', else the default; an `at_most`
    alone is the rule. Without any contact yet it counts from `created`, else it is due today. `lines` are those of
    `by_tag` in the settings. None: no rule, `never`, or the person is dead.
    """
    from prmvault.core.dates import DateError, parse_iso_date
    from prmvault.core.periods import add_period, parse_period

    rule = None if note.fields.get("deceased") else _rule_of(note, by_tag, lines or {})
    if rule is None:
        return None
    begin = last or str(note.fields.get("created", ""))
    if not begin:
        return NextContact(today, None, rule.text, "never in touch yet", rule.path, rule.line)
    try:
        start = parse_iso_date(begin)
        due = add_period(start, parse_period(rule.every))
        latest = add_period(start, parse_period(rule.at_most)) if rule.at_most else None
    except DateError:
        return None  # Beyond the year 9999.
    since = f"last contact {begin}" if last else f"in the vault since {begin}"
    is_past = latest is not None and latest < today
    return NextContact(min(due, latest or due), latest, rule.text, since, rule.path, rule.line, is_past)


def reason_text(due: NextContact, *, place: bool = True) -> str:
    """Return why somebody is due: the rule with the place where it stands (or without), from when it counts, the limit.

    For example `cadence 2 weeks (people/Ann.md:9); last contact 2026-11-08; at the latest 2026-11-29`.
    """
    at = f" ({due.path}:{due.line})" if due.line else f" ({due.path})"
    limit = f"; at the latest {due.latest}" if due.latest else ""
    return f"{due.rule}{at if place else ''}; {due.since}{limit}{', which has passed' if due.is_past_latest else ''}"


def _rule_of(note: Note, by_tag: Mapping[str, str], lines: Mapping[str, int]) -> _Rule | None:
    own = note.fields.get("cadence")
    if own:
        every = own.get("every") or own["at_most"]
        text = f"cadence {own['every']}" if own.get("every") else f"cadence at most {every}"
        rule = _Rule(every, own.get("at_most", ""), text, note.path, note.lines.get("cadence", 1))
        return None if fold(every) in _NEVER else rule
    tag, who = _tag_with_rule(note.fields.get("tags", ()), by_tag), ""
    if tag is None and "default" in by_tag:
        tag, who = "default", "everybody"
    if not tag or fold(by_tag[tag]) in _NEVER:
        return None
    text = f"{who or f'#{tag}'} every {by_tag[tag]}"
    return _Rule(by_tag[tag], "", text, SETTINGS_FILE, lines.get(tag, 0))


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
