"""Full-text search: the index brought up to date, or what it lacks searched beside it; then hits with snippets."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, NamedTuple, TypeVar

from prmvault.app.names import person_keys
from prmvault.app.texts import note_data, note_text
from prmvault.app.vault import Vault
from prmvault.search.compile import Wanted
from prmvault.search.document import document
from prmvault.search.index import (
    Busy,
    Hit,
    Progress,
    Search,
    Source,
    delete_index,
    index_state,
    is_current,
    nobody_writing,
    update_index,
)
from prmvault.search.query import parse_query
from prmvault.search.snippets import Snippet, has_exact, snippet
from prmvault.vault.files import decode_note
from prmvault.vault.refresh import content_hash, types_of

T = TypeVar("T")

_WAIT_S = 0.5
_WAIT_LONG_S = 20.0
_FEW = 200
"""Up to this many notes are sooner searched in memory than another writer is waited for."""


class Found(NamedTuple):
    """A hit with its snippet."""

    hit: Hit
    snippet: Snippet


class Answer(NamedTuple):
    """The best hits, and how many there are in all."""

    found: tuple[Found, ...]
    total: int


def index_source(vault: Vault) -> Source:
    """Return where the index gets the vault's notes."""
    facts = vault.facts
    seq = facts.newest_seq()
    documents = _Documents(vault, seq)
    return Source(facts.identity, seq, facts.changed_since, facts.removed_since, documents, lambda: documents.covered)


class _Documents:
    """Makes documents of notes, and lowers `covered` where a file is no longer what the facts know of it.

    Once such a file is again as it was, the facts see no change; so the index must not count it as taken in.
    """

    def __init__(self, vault: Vault, seq: int) -> None:
        self._vault = vault
        self.covered = seq
        self._unindexed: dict[str, set[str]] | None = None

    def __call__(self, paths: Iterable[str]) -> Iterator[tuple[str, dict[str, Any]]]:
        facts = self._vault.facts
        for path in paths:
            note = facts.note(path)
            data = note_data(self._vault.root, path)
            if note is not None and (data is None or content_hash(data) != facts.hash_of(path)):
                self.covered = min(self.covered, facts.seq_of(path) - 1)
            if note is not None and data is not None:
                yield path, document(note, decode_note(path, data)[0], self._unindexed_keys(note.type))

    def _unindexed_keys(self, note_type: str) -> set[str]:
        """Return the keys of a type that are to be left out of the index."""
        if self._unindexed is None:
            self._unindexed = {
                name: {key for key, field in declared.fields.items() if not field.indexed}
                for name, declared in types_of(self._vault.settings).items()
            }
        return self._unindexed.get(note_type, set())


def refresh_index(vault: Vault, progress: Callable[[str, int], Progress] | None = None) -> int:
    """Bring the index up to date; return the number of notes that it took in. Raises Busy and OSError."""
    return update_index(vault.cache, index_source(vault), wait=_WAIT_LONG_S, progress=_display(progress))


def search(
    vault: Vault,
    text: str,
    *,
    most: int | None,
    by_date: bool = False,
    note_type: str = "",
    progress: Callable[[str, int], Progress] | None = None,
) -> Answer:
    """Return the hits for the query `text` in the notes as they are now."""
    from prmvault.search import query as ask

    node = parse_query(text)
    if note_type:
        node = ask.And((node, ask.Keyed("type", note_type)))
    source = index_source(vault)
    _try_update(vault, source, progress)
    stem = _Stemmers(vault.settings.languages)
    keys_of = partial(person_keys, vault.facts)
    # More hits than asked for are looked at, so that an exact spelling can come before a folded one.
    wide = None if by_date or most is None else max(2 * most, 30)

    def ask_index() -> tuple[list[Hit], Wanted, int]:
        return Search(vault.cache, source, _display(progress)).find(node, wide, stem, keys_of)

    hits, wanted, total = _healed(vault, source, ask_index, progress)
    if by_date:
        hits.sort(key=lambda hit: (hit.date, hit.path), reverse=True)
        hits = hits[:most]
    found = []
    for hit in hits:
        body = note_text(vault.root, hit.path)
        if body is not None:
            shown = snippet(body, wanted, names=f"{hit.title}\n{hit.path}")
            # A note may be found by its file name alone, and hold no text.
            found.append(Found(hit, shown if shown.text else shown._replace(text=hit.title)))
    if not by_date:
        # A person's own note often has the name in the file name only.
        found.sort(key=lambda each: not (each.snippet.exact or has_exact(f"{each.hit.title}\n{each.hit.path}", wanted)))
    return Answer(tuple(found[:most]), total)


def _healed(
    vault: Vault, source: Source, ask_index: Callable[[], T], progress: Callable[[str, int], Progress] | None
) -> T:
    """Return the index's answer; an index that can't give one is built again.

    Damaged bytes lead Whoosh into any exception there is, and so does an index that another process replaces while it
    is read: what fails while nobody writes is damage.
    """
    try:
        return ask_index()
    except Exception as error:  # noqa: BLE001 - see above
        what = type(error).__name__
    with contextlib.suppress(Busy), nobody_writing(vault.cache, _WAIT_LONG_S):
        try:
            return ask_index()
        except Exception:  # noqa: BLE001 - see above
            vault.say(f"the search index was damaged ({what}); it is built again")
            delete_index(vault.cache)
    _try_update(vault, source, progress)
    return ask_index()


def _try_update(vault: Vault, source: Source, progress: Callable[[str, int], Progress] | None) -> None:
    """Update the index if that can be done now; say why where it can't."""
    if is_current(vault.cache, source):
        return
    state = index_state(vault.cache)
    usable = state is not None and state.identity == source.identity
    few = len(source.changed(state.seq if usable and state else 0)) <= _FEW
    try:
        update_index(vault.cache, source, wait=_WAIT_S if few else _WAIT_LONG_S, progress=_display(progress))
    except Busy:
        vault.say("another prmvault writes the search index; what it lacks is searched beside it")
    except OSError as error:
        vault.say(f"the search index can't be written ({error.strerror or error}); searched without it")


def _display(progress: Callable[[str, int], Progress] | None) -> Progress | None:
    """Return a display that begins only when there is much to index."""
    if progress is None:
        return None
    shown: list[Progress] = []

    def report(done: int, total: int) -> None:
        if not shown and total >= _FEW:
            shown.append(progress("indexing", total))
        if shown:
            shown[0](done, total)

    return report


class _Stemmers:
    """Loads the stemming functions when they are first asked for."""

    def __init__(self, languages: Iterable[str]) -> None:
        self._languages = tuple(languages)
        self._loaded: tuple[Callable[[str], str], ...] | None = None

    def __call__(self) -> tuple[Callable[[str], str], ...]:
        if self._loaded is None:
            from prmvault.search.analysis import stemmers

            self._loaded = stemmers(self._languages)
        return self._loaded
