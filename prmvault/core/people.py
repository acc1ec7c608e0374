"""People: the names by which they are found, whom a link means, and when they are to be contacted next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from prmvault.core.names import fold, name_key

if TYPE_CHECKING:
    from prmvault.core.model import Contact, Note

RANK_PATH, RANK_NAME, RANK_ALIAS, RANK_EMAIL, RANK_PHONE, RANK_ORG, RANK_UID = range(7)
"""What a name row is; links resolve by the first three, in this order."""

_MIN_PHONE_DIGITS = 5


class Name(NamedTuple):
    """One way to name a note: its comparison key, what kind of name it is, the note, and the name as written."""

    key: str
    rank: int
    path: str
    text: str


class NextContact(NamedTuple):
    """When somebody is to be contacted next, until when at the latest, and which rule says so.

    `path` and `line` are where the rule stands (line 0: in the settings).
    """

    due: date
    latest: date | None
    reason: str
    path: str
    line: int


def note_names(note: Note) -> tuple[tuple[str, int, str], ...]:
    """Return (key, rank, text) of every name, e-mail, phone, organization and uid under which a note is found."""
    bare = note.path.removesuffix(".md")
    stem = bare.rsplit("/", 1)[-1]
    rows = {(name_key(bare), RANK_PATH): bare, (name_key(stem), RANK_NAME): stem}
    rows.setdefault((name_key(note.title), RANK_NAME), note.title)
    for alias in note.fields.get("aliases", ()):
        rows.setdefault((name_key(alias), RANK_ALIAS), alias)
    if note.type in ("person", "organization"):
        for email in _values(note, "emails"):
            rows.setdefault((email.casefold(), RANK_EMAIL), email)
        for phone in _values(note, "phones"):
            rows.setdefault((phone_key(phone), RANK_PHONE), phone)
        for org in organizations(note)[:1]:
            rows.setdefault((name_key(org), RANK_ORG), org)
    uid = note.fields.get("uid")
    if isinstance(uid, str):
        rows[uid, RANK_UID] = uid
    return tuple((key, rank, text) for (key, rank), text in rows.items() if key)


def phone_key(text: str) -> str:
    """Return the digits by which a phone number is found, without what differs at home and abroad.

    `+49 171 3920021` and `0171 3920021` both give `1713920021`; shorter texts give nothing.
    """
    digits = "".join([c for c in text if c.isdigit()])
    international = text.strip().startswith(("+", "00"))
    digits = digits.lstrip("0")
    if international and len(digits) > 9:  # noqa: PLR2004 - shorter ones have no country code to drop
        digits = (digits[2:] if digits[0] not in "17" else digits[1:]).lstrip("0")
    return digits if len(digits) >= _MIN_PHONE_DIGITS else ""


def organizations(note: Note) -> list[str]:
    """Return a person's employer and its units, links as their names."""
    return [linked_name(text) for text in note.fields.get("org", ())] if note.type == "person" else []


def person_row(note: Note) -> tuple[str, str, str, str, str, str] | None:
    """Return name, birthday, organization, first phone, first e-mail and tags for the table of people."""
    if note.type != "person":
        return None
    phones, emails = _values(note, "phones"), _values(note, "emails")
    return (
        note.title,
        str(note.fields.get("birthday", "")),
        ", ".join(organizations(note)[:1]),
        phones[0] if phones else "",
        emails[0] if emails else "",
        " ".join(note.fields.get("tags", ())),
    )


def contact_keys(note: Note) -> tuple[tuple[str, str, Contact], ...]:
    """Return each item about people once for each link in it: the link's key, its target, and the item."""
    return tuple((name_key(target), target, contact) for contact in note.contacts for target in contact.targets)


def relation_rows(note: Note) -> tuple[tuple[str, str], ...]:
    """Return (key of the person, relation word) for each relation that the note states.

    In notes whose type does not have it, `related` is the user's own and may be anything.
    """
    related = note.fields.get("related", ())
    entries = [entry for entry in related if isinstance(entry, dict) and {"person", "type"} <= entry.keys()]
    return tuple(
        (name_key(linked_name(entry["person"])), entry["type"])
        for entry in entries
        if isinstance(entry["person"], str) and isinstance(entry["type"], str)
    )


def linked_name(text: str) -> str:
    """Return the name in a link, or the text itself where it is none: `"[[Max|M]]"` → `Max`."""
    if text.startswith("[[") and text.endswith("]]"):
        return text[2:-2].partition("|")[0].partition("#")[0].strip().removesuffix(".md")
    return text.strip()


def meant(target: str, rows: Iterable[Name]) -> tuple[str, ...]:
    """Return the paths that `target` may mean among `rows` (those of its key): one, none, or a tie.

    A path goes before a name, a name before an alias, and within these exactly the same spelling before another.
    """
    wanted = target.removesuffix(".md")
    best: dict[str, None] = {}
    best_order = (RANK_EMAIL, True)
    for row in rows:
        order = (row.rank, row.text != wanted)
        if row.rank > RANK_ALIAS or order > best_order:
            continue
        if order < best_order:
            best_order, best = order, {}
        best[row.path] = None
    return tuple(best)


def find_people(query: str, rows: Iterable[Name]) -> list[str]:
    """Return the paths of those whom `query` may name among `rows`, best first.

    Whole names go before beginnings, these before words, these before parts of e-mail, phone and organization.
    """
    key = name_key(query)
    digits = phone_key(query)
    words = key.split()
    found: dict[str, tuple[int, int]] = {}
    for row in rows:
        place = _place(row, key, words, digits, query)
        if place is not None and place < found.get(row.path, (99, 99)):
            found[row.path] = place
    return sorted(found, key=lambda path: (found[path], path))


def _place(row: Name, key: str, words: list[str], digits: str, query: str) -> tuple[int, int] | None:
    if row.rank == RANK_PHONE:
        return (4, row.rank) if digits and digits in row.key else None
    if row.rank == RANK_EMAIL:
        return (3, row.rank) if query.casefold() in row.key else None
    if row.key == key and row.rank != RANK_UID:
        return (0, row.rank)
    if row.rank in (RANK_NAME, RANK_ALIAS, RANK_ORG) and key:
        begin = 5 if row.rank == RANK_ORG else 1
        if row.key.startswith(key):
            return (begin, row.rank)
        parts = row.key.replace("-", " ").split()
        if all(any(part.startswith(word) for part in parts) for word in words):
            return (begin + 1, row.rank)
    return None


def tolerant_matches(query: str, rows: Iterable[Name], *, most: int = 10) -> list[str]:
    """Return the paths of those whose name is spelled almost like `query`, best first."""
    from rapidfuzz import fuzz, process

    candidates: dict[str, list[str]] = {}
    for row in rows:
        if row.rank in (RANK_NAME, RANK_ALIAS):
            for key in {row.key, *row.key.split()}:
                candidates.setdefault(key, []).append(row.path)
    wanted = name_key(query)
    cutoff = 75 if len(wanted) > 4 else 80  # noqa: PLR2004 - short words differ by a letter too easily
    matches = process.extract(wanted, list(candidates), scorer=fuzz.ratio, limit=3 * most, score_cutoff=cutoff)
    paths = dict.fromkeys(path for key, _, _ in matches for path in candidates[key])
    return list(paths)[:most]


def next_contact(
    note: Note,
    last: str,
    *,
    by_tag: Mapping[str, str],
    today: date,
) -> NextContact | None:
    """Return when the person of `note` is to be contacted next, after the last contact on day `last` (ISO or "").

    The rule is the person's own `cadence`, else the shortest of the person's tags', else the default; an `at_most`
    alone is the rule. Without any contact yet it counts from `created`, else it is due today. None: no rule, `never`,
    or the person is dead.
    """
    from prmvault.core.dates import DateError, parse_iso_date
    from prmvault.core.recurrence import add_period, parse_period

    if note.fields.get("deceased"):
        return None
    rule, source, line = _cadence_of(note, by_tag)
    every = rule.get("every") or rule.get("at_most", "")
    if not every or fold(every) in ("never", "nie", "niemals"):
        return None
    begin = last or str(note.fields.get("created", ""))
    if not begin:
        return NextContact(today, None, f"{source}; no contact yet", note.path if line else "prmvault.yaml", line)
    try:
        start = parse_iso_date(begin)
        due = add_period(start, parse_period(every))
        latest = add_period(start, parse_period(rule["at_most"])) if rule.get("at_most") else None
    except DateError:
        return None  # Beyond the year 9999.
    since = f"last contact {begin}" if last else f"in the vault since {begin}"
    place = note.path if line else "prmvault.yaml"
    told = ""
    if latest is not None:
        due = min(due, latest)
        told = f"; at the latest {latest}" + (", which has passed" if latest < today else "")
    return NextContact(due, latest, f"{source}; {since}{told}", place, line)


def _cadence_of(note: Note, by_tag: Mapping[str, str]) -> tuple[dict[str, str], str, int]:
    """Return the rule, how to name it, and its line in the note (0: the settings)."""
    from prmvault.core.recurrence import parse_period

    own = note.fields.get("cadence")
    if own:
        source = own.get("every") or f"at most {own['at_most']}"
        return own, f"cadence {source}", note.lines.get("cadence", 1)
    best: tuple[int, str] | None = None
    for tag in note.fields.get("tags", ()):
        for rule_tag in _tag_and_parents(tag):
            period = by_tag.get(rule_tag)
            if period is None:
                continue
            if fold(period) in ("never", "nie", "niemals"):
                return {}, "", 0
            months, days = parse_period(period)
            best = min(best or (months * 30 + days, rule_tag), (months * 30 + days, rule_tag))
            break
    if best is not None:
        return {"every": by_tag[best[1]]}, f"#{best[1]} every {by_tag[best[1]]}", 0
    if "default" in by_tag:
        return {"every": by_tag["default"]}, f"everybody every {by_tag['default']}", 0
    return {}, "", 0


def _tag_and_parents(tag: str) -> list[str]:
    parts = tag.split("/")
    return ["/".join(parts[:count]) for count in range(len(parts), 0, -1)]


def _values(note: Note, key: str) -> list[str]:
    entries: list[dict[str, Any]] = note.fields.get(key, [])
    preferred = sorted(entries, key=lambda entry: entry.get("pref") in (None, "", "false"))
    return [entry["value"] for entry in preferred if entry.get("value")]
