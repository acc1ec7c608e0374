"""The fields that a record gives a note: whom it names by uid or address becomes a link."""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import TYPE_CHECKING

from prmvault.app.import_match import Index, Settled
from prmvault.app.links import link_targets
from prmvault.core.file_names import stem_of
from prmvault.core.identity import is_same_name
from prmvault.core.model import texts_in
from prmvault.interop.drafts import Draft

if TYPE_CHECKING:
    from prmvault.app.vault import Vault
    from prmvault.core.model import Value


class Linking:
    """The people who may be named: those of the vault, and the notes (`new`, by path) that the import makes."""

    def __init__(self, vault: Vault, people: Callable[[], Index], new: Container[str]) -> None:
        self._people, self._new = people, new
        self._link_of = link_targets(vault)

    def fields_of(self, draft: Draft) -> dict[str, Value]:
        """Return a record's fields as those of a note, without what is not for one."""
        fields = {key: value for key, value in draft.fields.items() if key not in ("type", "members")}
        names = fields.get("names")
        if (
            draft.kind == "organization"
            and isinstance(names, dict)
            and is_same_name(" ".join(texts_in(names)), draft.name)
        ):
            del fields["names"]  # A card has to have them, and a firm has none.
        related = fields.get("related")
        if isinstance(related, list):
            fields["related"] = [self._related(entry) for entry in related]
        people = fields.get("people")
        if draft.kind == "event" and isinstance(people, list):
            from prmvault.interop.ical_read import people_texts

            fields["people"] = [*people_texts(people, self._link_of_address)]
        return fields

    def _related(self, entry: Value) -> Value:
        person = entry.get("person", "") if isinstance(entry, dict) else ""
        if not isinstance(person, str) or not isinstance(entry, dict) or ":" not in person:
            return entry
        index = self._people()
        path = index.path_of_uid(person) or index.path_of_uid(person.removeprefix("urn:uuid:"))
        return {**entry, "person": self._link(path)} if path else entry

    def _link_of_address(self, address: str) -> str:
        match = self._people().match("", {"emails": [address]}, Settled())
        return self._link(match.path) if match.path else ""

    def _link(self, path: str) -> str:
        return f"[[{stem_of(path) if path in self._new else self._link_of(path)}]]"
