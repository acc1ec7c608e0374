"""From the tree of a query to Whoosh's queries, and to what is to be highlighted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any, NamedTuple

from prmvault.core.names import fold, name_key
from prmvault.search import query as ask
from prmvault.search.analysis import EXACT, same_stem, stem_prefix, words
from prmvault.search.document import keyed_terms

_NAMES_BOOST = 3.0
_OTHER_FORM_BOOST = 0.4
_EXACT_BOOST = 2.0
_MAX_CANDIDATES = 500
_SHORT = 3
_MAX_CANDIDATES_OF_SHORT = 150
"""Many words begin with the same three letters, and few of them are forms of each other."""
_MAX_EXPANSION = 100


class Wanted(NamedTuple):
    """What a hit shows: folded words, beginnings and phrases to mark; exact spellings and keyed words to prefer."""

    words: frozenset[str] = frozenset()
    prefixes: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    spelled: frozenset[str] = frozenset()
    keyed: frozenset[str] = frozenset()

    def joined(self, other: Wanted) -> Wanted:
        """Return both together (of the same query over two readers)."""
        return other._replace(words=self.words | other.words, keyed=self.keyed | other.keyed)


class Compiler:
    """Turns a query's tree into a Whoosh query over one reader, and collects what to highlight.

    `stem` are the stemming functions; `keys_of` gives the link keys of the person whom a name means (or nothing).
    """

    def __init__(
        self, reader: Any, stem: Callable[[], tuple[Callable[[str], str], ...]], keys_of: Callable[[str], Iterable[str]]
    ) -> None:
        from whoosh import query

        self._query = query
        self._reader = reader
        self._stem = stem
        self._keys_of = keys_of
        self._wanted = Wanted()

    def compile(self, node: ask.Node) -> Any:
        """Return Whoosh's query for the whole tree."""
        return self._node(node).normalize()

    def wanted(self) -> Wanted:
        """Return what `compile` found to be shown."""
        return self._wanted

    def _show(
        self,
        found: Iterable[str] = (),
        *,
        prefix: tuple[str, ...] = (),
        phrase: tuple[str, ...] = (),
        spelled: tuple[str, ...] = (),
        keyed: Iterable[str] = (),
    ) -> None:
        """Add to what is to be shown."""
        kept = self._wanted
        self._wanted = Wanted(
            words=kept.words.union(found, keyed),
            prefixes=kept.prefixes + prefix,
            phrases=kept.phrases + phrase,
            spelled=kept.spelled.union(spelled),
            keyed=kept.keyed.union(keyed),
        )

    def _node(self, node: ask.Node) -> Any:
        q = self._query
        if isinstance(node, ask.Or):
            return q.Or([self._node(part) for part in node.nodes])
        if isinstance(node, ask.And | ask.Not):
            # Whoosh's own Not gets lost within Or and within another Not; AndNot does not.
            parts = node.nodes if isinstance(node, ask.And) else (node,)
            wanted = [self._node(part) for part in parts if not isinstance(part, ask.Not)]
            unwanted = [self._unmarked(part.node) for part in parts if isinstance(part, ask.Not)]
            # A negation by itself means everything but that.
            every = q.And(wanted) if wanted else q.Every()
            return q.AndNot(every, q.Or(unwanted)) if unwanted else every
        return self._leaf(node)

    def _unmarked(self, node: ask.Node) -> Any:
        """What is not to be there is not to be marked."""
        kept = self._wanted
        query = self._node(node)
        self._wanted = kept
        return query

    def _leaf(self, node: ask.Node) -> Any:
        q = self._query
        if isinstance(node, ask.Word):
            return self._word(node)
        if isinstance(node, ask.Prefix):
            self._show(prefix=(node.text,))
            return self._any(self._expanded(node.text, _MAX_EXPANSION))
        if isinstance(node, ask.Fuzzy):
            found = self._similar(node.text)
            self._show(found)
            return self._any(found)
        if isinstance(node, ask.Phrase):
            self._show(node.words, phrase=(" ".join(node.words),))
            if len(node.words) == 1:
                return self._any([node.words[0]])
            phrase = list(node.words)
            return q.Or([q.Phrase("names", phrase, boost=_NAMES_BOOST), q.Phrase("body", phrase)])
        if isinstance(node, ask.DateRange):
            return q.NumericRange("date", node.first, node.last)
        assert isinstance(node, ask.Keyed)
        return self._keyed(node)

    def _word(self, node: ask.Word) -> Any:
        """The word itself counts most, its exact spelling more, other forms of it less."""
        q = self._query
        self._show([node.text], spelled=(node.spelled,))
        parts = [
            q.Term("names", node.text, boost=_NAMES_BOOST),
            q.Term("body", node.text),
        ]
        if not node.spelled.isascii():
            parts.append(q.Term("terms", EXACT + node.spelled, boost=_EXACT_BOOST))
        forms = self._other_forms(node.text)
        self._show(forms)
        for form in forms:
            parts.append(q.Term("body", form, boost=_OTHER_FORM_BOOST))
            parts.append(q.Term("names", form, boost=_OTHER_FORM_BOOST))
        return q.Or(parts)

    def _other_forms(self, word: str) -> list[str]:
        stem = self._stem()
        prefix = stem_prefix(word, stem)
        if not prefix:
            return []
        most = _MAX_CANDIDATES if len(prefix) > _SHORT else _MAX_CANDIDATES_OF_SHORT
        candidates = list(islice(self._reader.expand_prefix("body", prefix), most))
        near = [text for text in map(_text, candidates) if text != word and len(text) <= len(word) + 4]
        return same_stem(word, near, stem)

    def _keyed(self, node: ask.Keyed) -> Any:
        q = self._query
        value = node.value.rstrip("*")
        if node.key in ("tag", "tags"):
            self._show(keyed=words(value))
            return self._term(f"tag={fold(value.lstrip('#'))}", prefix=value != node.value)
        if node.key == "person":
            keys = list(self._keys_of(value))
            if keys:
                self._show(keyed=[word for key in keys for word in key.split()])
                return q.Or([q.Term("terms", f"person={key}") for key in keys])
        key = node.key
        whole, *single = keyed_terms(key, value)
        if value != node.value:
            self._show(prefix=tuple(words(value)[-1:]))
            return self._term(f"{key}={name_key(value)}", prefix=True)
        if key != "type":  # That a person is a person is nothing to show.
            self._show(keyed=[term.split("=", 1)[1] for term in single])
        if key == "related":
            self._show(keyed=_words_of_relation(value))
        exact = q.Term("terms", whole)
        if not single:
            return exact
        return q.Or([exact, q.And([q.Term("terms", term) for term in single])])

    def _term(self, term: str, *, prefix: bool) -> Any:
        q = self._query
        if not prefix:
            return q.Term("terms", term)
        found = islice(self._reader.expand_prefix("terms", term), _MAX_EXPANSION)
        return q.Or([q.Term("terms", _text(each)) for each in found])

    def _any(self, any_of: Iterable[str]) -> Any:
        q = self._query
        parts = []
        for word in any_of:
            parts += [q.Term("names", word, boost=_NAMES_BOOST), q.Term("body", word)]
        return q.Or(parts)

    def _expanded(self, prefix: str, most: int) -> list[str]:
        """Return the words that begin so; where there are too many, those that stand in the most notes."""
        found: dict[str, int] = {}
        for field in ("names", "body"):
            for term in self._reader.expand_prefix(field, prefix):
                text = _text(term)
                found[text] = found.get(text, 0) + self._reader.doc_frequency(field, term)
        return sorted(found, key=lambda text: (-found[text], text))[:most]

    def _similar(self, word: str) -> list[str]:
        """Return the words that differ by one letter (two from eight letters on) and begin alike."""
        distance = 2 if len(word) >= 8 else 1  # noqa: PLR2004 - long words bear more
        begin = min(2, len(word) - 1)
        found: dict[str, None] = {}
        for field in ("names", "body"):
            similar = self._reader.terms_within(field, word, distance, prefix=begin)
            found.update(dict.fromkeys(_text(term) for term in islice(similar, _MAX_EXPANSION)))
        return list(found)


def _words_of_relation(value: str) -> list[str]:
    """Return the words that a note may have for a relation type: child → child, Kind, Tochter and more."""
    from prmvault.core.relations import relation_of, relation_words

    table = relation_words()
    asked = relation_of(value, table)
    if asked.gender:
        return []
    return [word for word, relation in table.items() if relation.type == asked.type]


def _text(term: Any) -> str:
    return term.decode("utf-8") if isinstance(term, bytes) else str(term)
