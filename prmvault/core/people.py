"""People: the names by which they are found, and whom a link means."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from prmvault.core.model import IDEA_TAGS
from prmvault.core.names import name_key

if TYPE_CHECKING:
    from prmvault.core.model import Contact, Note

RANK_PATH, RANK_NAME, RANK_ALIAS, RANK_EMAIL, RANK_PHONE, RANK_ORG, RANK_UID = range(7)
"""What a name row is; links resolve by the first three, in this order."""

_REMEMBERED = (
    *("birthday", "deceased", "dates", "reminders", "cadence", "tags", "created", "gifts", "wishes"),
    *("debts", "snoozed"),
)
_BESIDE = ("likes",)
"""What is remembered of those of whom there is more to remember."""
_MIN_PHONE_DIGITS = 5
_ALMOST = 10
_CLEARLY_WORSE = 8
"""Points of 100 by which a misspelled name is less like another one than like the one that is meant."""


class Name(NamedTuple):
    """One way to name a note: its comparison key, what kind of name it is, the note, and the name as written."""

    key: str
    rank: int
    path: str
    text: str


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
    for uid in (note.fields.get("uid"), *note.fields.get("former_uids", ())):
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


def remembered(note: Note) -> tuple[dict[str, Any], dict[str, int]] | None:
    """Return the fields and lines of a person that reminders and the digest read, or None where there is nothing."""
    fields = {key: note.fields[key] for key in _REMEMBERED if key in note.fields} if note.type == "person" else {}
    lines = {key: line for key, line in note.lines.items() if key.partition(".")[0] in fields}
    if fields:
        fields.update((key, note.fields[key]) for key in _BESIDE if key in note.fields)
    return (fields, lines) if fields else None


def contact_keys(note: Note) -> tuple[tuple[str, str, Contact], ...]:
    """Return each item about people once for each link in it: the link's key, its target, and the item for this one."""
    return tuple(
        (name_key(target), target, _without_idea(contact) if target in contact.no_idea_for else contact)
        for contact in note.contacts
        for target in contact.targets
    )


def _without_idea(contact: Contact) -> Contact:
    return contact._replace(tags=tuple(tag for tag in contact.tags if tag not in IDEA_TAGS))


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


def partly_so_named(query: str, rows: Iterable[Name], *, beginnings: bool = True) -> list[str]:
    """Return the paths of those in whose name or alias every word of `query` is a word, else the beginning of one."""
    words = name_key(query).replace("-", " ").split()
    whole: dict[str, None] = {}
    begun: dict[str, None] = {}
    for row in rows:
        if row.rank not in (RANK_NAME, RANK_ALIAS) or not words:
            continue
        parts = row.key.replace("-", " ").split()
        if all(word in parts for word in words):
            whole[row.path] = None
        elif all(any(part.startswith(word) for part in parts) for word in words):
            begun[row.path] = None
    return list(whole or (begun if beginnings else ()))


def almost_so_named(query: str, rows: Iterable[Name]) -> list[str]:
    """Return the paths of those whose name is spelled almost like `query`, without those that are clearly worse."""
    scored = _scored(query, rows, most=_ALMOST)
    return [path for path, score in scored.items() if score > max(scored.values()) - _CLEARLY_WORSE]


def tolerant_matches(query: str, rows: Iterable[Name], *, most: int = 10) -> list[str]:
    """Return the paths of those whose name is spelled almost like `query`, best first."""
    return list(_scored(query, rows, most=most))[:most]


def _scored(query: str, rows: Iterable[Name], *, most: int) -> dict[str, float]:
    """Return how much (of 100) the name of each is like `query`, best first."""
    from rapidfuzz import fuzz, process

    candidates: dict[str, list[str]] = {}
    for row in rows:
        if row.rank in (RANK_NAME, RANK_ALIAS):
            for key in {row.key, *row.key.split()}:
                candidates.setdefault(key, []).append(row.path)
    wanted = name_key(query)
    cutoff = 75 if len(wanted) > 4 else 80  # noqa: PLR2004 - short words differ by a letter too easily
    matches = process.extract(wanted, list(candidates), scorer=fuzz.ratio, limit=3 * most, score_cutoff=cutoff)
    found: dict[str, float] = {}
    for key, score, _ in matches:
        for path in candidates[key]:
            found.setdefault(path, score)
    return found


def _values(note: Note, key: str) -> list[str]:
    entries: list[dict[str, Any]] = note.fields.get(key, [])
    preferred = sorted(entries, key=lambda entry: entry.get("pref") in (None, "", "false"))
    return [entry["value"] for entry in preferred if entry.get("value")]
