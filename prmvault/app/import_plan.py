"""What an import is going to do, decided before anything is written: create, update, skip, or leave it to the user.

A record belongs to a note by uid, e-mail, phone or profile (`import_match`), never by name alone. What it adds to the
note is found by `core/fill.py`. Planning the same file again after it was imported finds nothing to do.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from prmvault.app import import_pictures as pictures
from prmvault.app.edit import editable_text, read_note
from prmvault.app.import_links import Linking
from prmvault.app.import_match import BY_BIRTHDAY, BY_NAME, Index, Match, Settled
from prmvault.app.import_tags import with_tags
from prmvault.app.names import link_meanings
from prmvault.app.new_paths import NewPaths, file_stem
from prmvault.core.file_names import stem_of
from prmvault.core.fill import Clash, Filling, filled, own_names, plan_filling, values_of
from prmvault.core.frontmatter import known_front_matter
from prmvault.core.identity import uid_of_note, uid_of_record
from prmvault.core.join import Joining
from prmvault.core.names import name_key
from prmvault.core.note import is_conflict_copy
from prmvault.core.notes_section import HEADINGS, with_notes
from prmvault.core.people import linked_name
from prmvault.core.phones import phone_reader, region_of
from prmvault.core.problems import PrmvaultError, Problem
from prmvault.core.relations import relation_of
from prmvault.interop.drafts import ATTACHMENTS, OWN_ENTRY, Draft
from prmvault.vault.refresh import types_of

if TYPE_CHECKING:
    from prmvault.app.vault import Vault
    from prmvault.core.model import Note, Value

_ROUNDS = 10
"""So often it is asked again whose the doubtful records are, at most."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_BY_FILE = ("event",)
"""Of these the file's program is the master: a meeting that was moved there has moved."""


class Choices(NamedTuple):
    """What the user says beforehand: whose value counts in a clash (empty: it is reported), names, a tag for all."""

    prefer: str = ""
    settled: Settled = Settled()
    tag: str = ""


class Conflict(NamedTuple):
    """What the import leaves to the user: who is meant (`key` is empty), or a key of which the two say other things."""

    path: str
    draft: Draft
    key: str
    ours: Value
    theirs: Value
    why: str
    hint: str


class Step(NamedTuple):
    """What is to be done with one note: `drafts` are the records that it is made of, or that go into it.

    `action` is create, update or skip; `text` is that of a note that is created; for each draft, `keys` are what it
    changes, and `by` tells by what it was matched.
    """

    action: str
    path: str
    drafts: tuple[Draft, ...]
    keys: tuple[tuple[str, ...], ...] = ()
    by: tuple[str, ...] = ()
    text: str = ""


class Plan(NamedTuple):
    """What an import is going to do, in the order of the file; `own` is what the vault itself has exported."""

    steps: tuple[Step, ...]
    conflicts: tuple[Conflict, ...]
    problems: tuple[Problem, ...]
    own: tuple[Draft, ...] = ()


class Planner:
    """The planning of one import: what is known of the vault, and of the notes that are going to be."""

    def __init__(self, vault: Vault, choices: Choices, today: str) -> None:
        self.vault, self.choices, self.today = vault, choices, today
        choices.settled.check(vault)
        self.types = types_of(vault.settings)
        self.phone_of = phone_reader(region_of(vault.settings.region, vault.settings.language))
        self.heading = HEADINGS.get(vault.settings.language[:2], HEADINGS["en"])
        self.conflicts: list[Conflict] = []
        self._indexes: dict[str, Index] = {}
        self._paths = NewPaths(vault.root)
        self._people: dict[str, str] = {}
        self._new: dict[str, Draft] = {}
        self._linking = Linking(vault, lambda: self._index("person"), self._new)
        self._is_outside = pictures.is_outside(vault.root)
        self._words = vault.settings.relation_words()

    def plan_parts(self, parts: Iterable[Draft | Problem], problems: Iterable[Problem] = ()) -> Plan:
        """Return what the records (and problems) of files do to the vault; nothing is written.

        The data of attachments is not kept: `import_apply` reads it again when it is written.
        """
        drafts: list[Draft] = []
        told = [*problems]
        for part in parts:
            if isinstance(part, Problem):
                told.append(part)
            else:
                bare = [each._replace(data=b"") for each in part.attachments]
                drafts.append(part._replace(attachments=tuple(bare)))
        return self.plan(drafts, told)

    def plan(self, drafts: Sequence[Draft], problems: Sequence[Problem]) -> Plan:
        """Return what is to be done with these records."""
        told = [*problems]
        if self._is_outside:
            told += pictures.left_out(drafts)
            drafts = [draft._replace(attachments=()) for draft in drafts]
        people = [draft for draft in drafts if draft.kind in self.types]
        groups = [draft for draft in drafts if draft.kind == "group"]
        people, unknown = with_tags(people, groups, self.choices.tag, self._member)
        told += unknown
        where: dict[str, list[Draft]] = {}
        by: dict[int, str] = {}
        people, unknown = self._without_cancelled(people)
        told += unknown
        doubtful = self._placed(people, where, by)
        for _ in range(_ROUNDS):
            # A record further down may have brought the address that tells who it is.
            still = self._placed([draft for draft, _ in doubtful], where, by)
            if len(still) == len(doubtful):
                break
            doubtful = still
        for draft, match in doubtful:
            self._leave(draft, match)
        self._remember(where, by)
        steps = []
        for path, own in where.items():
            try:
                steps.append(self._step(path, own, by))
            except PrmvaultError as error:
                told += [Problem(draft.source, draft.line, "not-imported", str(error), error.hint) for draft in own]
        told.sort(key=lambda problem: problem.path)
        own = [draft for draft in drafts if draft.kind == OWN_ENTRY]
        return Plan(tuple(steps), tuple(self.conflicts), tuple(told), tuple(own))

    def _without_cancelled(self, drafts: Sequence[Draft]) -> tuple[list[Draft], list[Problem]]:
        """Leave out the meetings that were cancelled before the vault knew of them, and tell how many these are."""
        kept: list[Draft] = []
        unknown: Counter[str] = Counter()
        series = {draft.fields.get("uid") for draft in drafts if draft.kind == "event" and draft.fields.get("except")}
        for draft in drafts:
            if draft.kind == "event" and draft.fields.get("status") == "cancelled" and not self._match(draft).path:
                # A turn is left out by its series, too, where that is in the file.
                unknown[draft.source] += str(draft.fields.get("uid", "")).rpartition("/")[0] not in series
            else:
                kept.append(draft)
        return kept, [
            Problem(source, 0, "left-out", f"left out: {_counted(count)} that no note is about")
            for source, count in unknown.items()
            if count
        ]

    def _placed(
        self, drafts: Sequence[Draft], where: dict[str, list[Draft]], by: dict[int, str]
    ) -> list[tuple[Draft, Match]]:
        """Put records to the notes (old and new) that they belong to; return those of which it is not clear."""
        doubtful: list[tuple[Draft, Match]] = []
        for draft in drafts:
            match = self._match(draft)
            if match.doubt:
                doubtful.append((draft, match))
                continue
            path = match.path or self._paths.free(self.types[draft.kind].folder, [_stem(draft)])
            where.setdefault(path, []).append(draft)
            by[id(draft)] = match.by
            if not match.path:
                self._new[path] = draft
            self._index(draft.kind).add(path, [draft.name], self._identified(draft))
        return doubtful

    def _remember(self, where: Mapping[str, Sequence[Draft]], by: dict[int, str]) -> None:
        """Have those found again whose address is another's, too, when all is done: as if the user had said so."""
        for path, drafts in where.items():
            for draft in drafts:
                if by[id(draft)] not in ("", "uid") and not draft.fields.get("uid"):
                    found = self._index(draft.kind).match(draft.name, draft.fields, self.choices.settled)
                    by[id(draft)] = by[id(draft)] if found.path == path else BY_NAME

    def filling(self, path: str, ours: Mapping[str, Any], draft: Draft, by: str = "") -> Filling:
        """Return what a record changes in the fields of a note, as read or typed."""
        if self._is_outdated(ours, draft):
            return Filling((), ())
        fields = self._fields_of(draft)
        uid = fields.get("uid", "")
        if uid == uid_of_note(path):
            fields.pop("uid")
        if not uid and by in (BY_NAME, BY_BIRTHDAY):
            fields["uid"] = self._uid(draft)  # Whoever it was found to be is found the next time, too.
        for key in ("photo",):
            if key in fields and ours.get(key) and self._is_same_file(ours[key], fields[key]):
                del fields[key]
        wins = self.choices.prefer == "file" or (draft.kind in _BY_FILE and self.choices.prefer != "vault")
        return plan_filling(ours, fields, self._joining(path, ours, draft), file_wins=wins)

    def change(self, path: str, draft: Draft, by: str = "") -> Callable[[str], str]:
        """Return the change of a note's text that takes a record in."""

        def change(text: str) -> str:
            values = values_of(known_front_matter(text))
            changed = filled(text, self.filling(path, values, draft, by).edits)
            return changed if self._is_outdated(values, draft) else self._noted(changed, draft)

        return change

    def _is_outdated(self, ours: Mapping[str, Any], draft: Draft) -> bool:
        """Tell whether the note knows a later version of a meeting than the file."""
        if draft.kind not in _BY_FILE or self.choices.prefer == "file":
            return False
        days = [value[:10] if isinstance(value := each.get("updated"), str) else "" for each in (draft.fields, ours)]
        return all(map(_DAY.fullmatch, days)) and days[0] < days[1]

    def _noted(self, text: str, draft: Draft) -> str:
        headings = tuple(heading.casefold() for heading in self.vault.settings.log_headings)
        return with_notes(text, draft.notes, self.heading, headings) if draft.notes.strip() else text

    def _index(self, kind: str) -> Index:
        if kind not in self._indexes:
            self._indexes[kind] = Index(self.vault, kind, self.phone_of)
        return self._indexes[kind]

    def _uid(self, draft: Draft) -> str:
        uid = draft.fields.get("uid", "")
        if isinstance(uid, str) and uid:
            return uid
        known = {key: value for key, value in draft.fields.items() if key != "tags"}
        return uid_of_record(draft.kind, draft.name, known, draft.notes)

    def _identified(self, draft: Draft) -> dict[str, Value]:
        return {**draft.fields, "uid": self._uid(draft)}

    def _match(self, draft: Draft) -> Match:
        if draft.kind not in ("person", "organization"):
            path = self._index(draft.kind).path_of_uid(self._uid(draft))
            return Match(path, "uid" if path else "")
        return self._index(draft.kind).match(draft.name, self._identified(draft), self.choices.settled)

    def _leave(self, draft: Draft, match: Match) -> None:
        name = draft.name.replace('"', "'")
        hint = f'--same "{name}" takes it for that one, --new "{name}" makes another note (or all, for every such name)'
        if len(match.paths) > 1:
            note = match.paths[-1].replace('"', "'")
            hint = f'say which one: --same "{name}={note}", or --new "{name}"; or join them with prmvault merge'
        self.conflicts.append(Conflict(match.paths[0], draft, "", [*match.paths], draft.name, match.doubt, hint))

    def _step(self, path: str, drafts: list[Draft], by: Mapping[int, str]) -> Step:
        """Return what is to be done with the note at `path`."""
        keys: list[tuple[str, ...]] = []
        told = tuple([by.get(id(draft), "") for draft in drafts])
        if path in self._new:
            text = self._new_text(path, drafts[0])
            keys.append(tuple(drafts[0].fields))
            for draft in drafts[1:]:
                text, changed = self._taken_in(path, text, draft, by)
                keys.append(changed)
            return Step("create", path, tuple(drafts), tuple(keys), told, text)
        note = self.vault.facts.note(path)
        if len(drafts) == 1 and note is not None and not note.problems:
            keys.append(self._keys_of(note, drafts[0], by))
        else:
            text = self._text(path)
            for draft in drafts:
                text, changed = self._taken_in(path, text, draft, by)
                keys.append(changed)
        action = "update" if any(keys) else "skip"
        return Step(action, path, tuple(drafts), tuple(keys), told)

    def _keys_of(self, note: Note, draft: Draft, by: Mapping[int, str]) -> tuple[str, ...]:
        """Return what a record changes, from what is known of the note: its file is read only for its body."""
        filling = self.filling(note.path, note.fields, draft, by.get(id(draft), ""))
        self._clashing(note.path, draft, filling.clashes)
        noted = False
        if draft.notes.strip() and not self._is_outdated(note.fields, draft):
            text = self._text(note.path)
            noted = self._noted(text, draft) != text
        lost = pictures.gone(self.vault.root, note.fields, draft)
        return (*dict.fromkeys([*filling.keys, *lost]), *(["notes"] if noted else []))

    def _taken_in(self, path: str, text: str, draft: Draft, by: Mapping[int, str]) -> tuple[str, tuple[str, ...]]:
        values = values_of(known_front_matter(text))
        filling = self.filling(path, values, draft, by.get(id(draft), ""))
        self._clashing(path, draft, filling.clashes)
        changed = filled(text, filling.edits)
        noted = changed if self._is_outdated(values, draft) else self._noted(changed, draft)
        lost = () if path in self._new else pictures.gone(self.vault.root, values, draft)
        return noted, (*dict.fromkeys([*filling.keys, *lost]), *(["notes"] if noted != changed else []))

    def _text(self, path: str) -> str:
        return editable_text(path, read_note(self.vault, path))

    def _clashing(self, path: str, draft: Draft, clashes: Iterable[Clash]) -> None:
        if self.choices.prefer == "vault":
            return
        for clash in clashes:
            why, hint = (
                "the note says something else",
                "--prefer file takes the file's value, --prefer vault the note's",
            )
            self.conflicts.append(Conflict(path, draft, clash.key, clash.ours, clash.theirs, why, hint))

    def _new_text(self, path: str, draft: Draft) -> str:
        from prmvault.core.new_note import new_note

        fields = self._fields_of(draft)
        uid = self._uid(draft)
        return new_note(draft.kind, uid, stem_of(path), fields, draft.notes, self.today, self.heading)

    def _member(self, uid: str) -> tuple[str, str]:
        """Return the name and uid of whom a group names, if the vault has them; else nothing."""
        index = self._index("person")
        for each in (f"urn:uuid:{uid}", uid):
            path = index.path_of_uid(each)
            if path:
                return self.vault.facts.title(path), each
        return "", ""

    def _fields_of(self, draft: Draft) -> dict[str, Value]:
        fields = self._linking.fields_of(draft)
        return pictures.without_files(fields) if self._is_outside else fields

    def _joining(self, path: str, ours: Mapping[str, Any], draft: Draft) -> Joining:
        kind = draft.kind if draft.kind in self.types else "note"
        real = draft.name if _is_name(draft) else ""
        return Joining(
            fields=self.types[kind].fields,
            names=(real,) if real and kind in ("person", "organization") else (),
            own_names=own_names(path, ours),
            name_keys=("name",),
            person_of=self._person_of,
            relation_of=lambda word: relation_of(word, self._words).type,
            log_headings=(),
            phone_of=self.phone_of,
        )

    def _person_of(self, name: str) -> str:
        """Return whom a link or a name means, as a path or a folded name."""
        if name not in self._people:
            facts = self.vault.facts
            paths = link_meanings(facts, name, of_type="person") or link_meanings(facts, name)
            self._people[name] = paths[0] if len(paths) == 1 else name_key(name)
        return self._people[name]

    def _is_same_file(self, ours: Any, theirs: Value) -> bool:
        """Tell whether the note's picture is the one of the record: its name in `attachments/` tells what it holds."""
        from prmvault.interop.vcard_facts import photo_name
        from prmvault.vault.files import read_file

        if not isinstance(ours, str) or not isinstance(theirs, str) or not theirs.startswith(ATTACHMENTS):
            return False
        try:
            data = read_file(self.vault.root, linked_name(ours)).data
        except (OSError, ValueError):
            return False
        return ATTACHMENTS + photo_name(data) == theirs


def _counted(count: int) -> str:
    return "1 cancelled meeting" if count == 1 else f"{count} cancelled meetings"


def _stem(draft: Draft) -> str:
    """Return what the file of a record's note is called; meetings have their day before their name."""
    day = str(draft.fields.get("start", ""))[:10] if draft.kind == "event" else ""
    stem = file_stem(f"{day} {file_stem(draft.name)}".strip())
    return stem.translate({ord("("): None, ord(")"): None, ord("."): " "}) if is_conflict_copy(f"{stem}.md") else stem


def _is_name(draft: Draft) -> bool:
    """Tell whether a record's name is one, and not the address that stands for it where it has none."""
    signs = str([draft.fields.get(key, "") for key in ("emails", "phones", "org")])
    return draft.name != "unnamed" and not (
        "@" in draft.name or (draft.name in signs and not draft.fields.get("names"))
    )
