"""Relations between people: their types in pairs, and the words for them in English and German.

In Lena's note, `parent: "[[Tom]]"` means that Tom is Lena's parent (vCard RELATED, RFC 6350 §6.6.6). One side in one
file is enough: the other side is derived when it is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from prmvault.core.messages import Message, word
from prmvault.core.names import fold

_INVERSES = {
    "parent": "child",
    "grandparent": "grandchild",
    "great-grandparent": "great-grandchild",
    "step-parent": "step-child",
    "parent-in-law": "child-in-law",
    "uncle-aunt": "nephew-niece",
    "godparent": "godchild",
    "manager": "report",
    "mentor": "mentee",
    "teacher": "student",
    "spouse": "spouse",
    "partner": "partner",
    "ex-spouse": "ex-spouse",
    "ex-partner": "ex-partner",
    "sibling": "sibling",
    "step-sibling": "step-sibling",
    "sibling-in-law": "sibling-in-law",
    "cousin": "cousin",
    "friend": "friend",
    "colleague": "colleague",
    "neighbour": "neighbour",
    "contact": "contact",
}
# type: words of any gender | female | male
_WORDS = {
    "parent": "parents eltern elternteil|mother mum mom mama mutter mutti|father dad papa vater vati",
    "child": "children kid kids kind kinder|daughter daughters tochter töchter|son sons sohn söhne",
    "grandparent": "grandparents großeltern|grandmother grandma granny oma großmutter|"
    "grandfather grandpa opa großvater",
    "grandchild": "grandchildren enkelkind enkelkinder|granddaughter enkelin|grandson enkel",
    "great-grandparent": "great-grandparents urgroßeltern|great-grandmother uroma urgroßmutter|"
    "great-grandfather uropa urgroßvater",
    "great-grandchild": "great-grandchildren urenkelkind|great-granddaughter urenkelin|great-grandson urenkel",
    "step-parent": "stepparent stiefeltern|stepmother stiefmutter|stepfather stiefvater",
    "step-child": "stepchild stiefkind|stepdaughter stieftochter|stepson stiefsohn",
    "parent-in-law": "parents-in-law schwiegereltern|mother-in-law schwiegermutter|father-in-law schwiegervater",
    "child-in-law": "schwiegerkind|daughter-in-law schwiegertochter|son-in-law schwiegersohn",
    "spouse": "spouses ehepartner verheiratet|wife wives frau ehefrau|husband mann ehemann",
    "partner": "partners lebenspartner|girlfriend partnerin lebensgefährtin|boyfriend lebensgefährte",
    "ex-spouse": "ex-spouses|ex-wife exfrau ex-frau|ex-husband exmann ex-mann",
    "ex-partner": "ex-partners ex|ex-girlfriend exfreundin ex-freundin|ex-boyfriend exfreund ex-freund",
    "sibling": "siblings geschwister|sister sisters schwester schwestern|brother brothers bruder brüder",
    "step-sibling": "step-siblings|stepsister half-sister halbschwester stiefschwester|"
    "stepbrother half-brother halbbruder stiefbruder",
    "sibling-in-law": "siblings-in-law|sister-in-law schwägerin|brother-in-law schwager",
    "uncle-aunt": "uncle/aunt onkel/tante|aunt aunts tante|uncle uncles onkel",
    "nephew-niece": "nephew/niece|niece nieces nichte|nephew nephews neffe",
    "cousin": "cousins|cousine kusine base|vetter",
    "godparent": "godparents taufpaten pate|godmother patentante patin|godfather patenonkel",
    "godchild": "godchildren patenkind|goddaughter patentochter|godson patensohn",
    "friend": "friends freunde|freundin|freund",
    "colleague": "colleagues coworker co-worker kollegen|kollegin|kollege",
    "manager": "boss chief vorgesetzte|chefin|chef vorgesetzter",
    "report": "reports employee mitarbeiter assistant|mitarbeiterin|",
    "mentor": "mentors|mentorin|",
    "mentee": "mentees||",
    "teacher": "teachers|lehrerin|lehrer",
    "student": "students pupil|schülerin|schüler",
    "neighbour": "neighbours neighbor neighbors nachbarn|nachbarin|nachbar",
    "contact": "contacts kontakt||",
}
_GENDERED = (
    *("parent", "child", "grandparent", "grandchild", "great-grandparent", "great-grandchild", "spouse", "ex-spouse"),
    *("sibling", "sibling-in-law", "parent-in-law", "child-in-law", "step-parent", "step-child", "uncle-aunt"),
    *("nephew-niece", "godparent", "godchild"),
)
"""The types whose first words for a gender are the English ones for it, and say no more than the type."""
_PLURAL_ENDINGS = ("s", "n", "en", "nen", "e")


class Relation(NamedTuple):
    """A relation type and the gender that the word told: F, M or nothing."""

    type: str
    gender: str = ""


More = Mapping[str, Mapping[str, Any]]
"""Relations of the settings: type → `inverse` (a type, or empty) and lists of `words`, `female` and `male` ones."""


def relation_words(more: More | None = None, language: More | None = None) -> dict[str, Relation]:
    """Return folded word → relation, for every word known, before these those of a further language, then of `more`."""
    table: dict[str, Relation] = {}
    for kind, words in _WORDS.items():
        for gender, group in zip(("", "F", "M"), words.split("|"), strict=True):
            for each in group.split():
                table.setdefault(fold(each), Relation(kind, gender))
        table[fold(kind)] = Relation(kind)
    for kind, told in (*(language or {}).items(), *(more or {}).items()):
        for gender, key in (("", "words"), ("F", "female"), ("M", "male")):
            table.update((fold(each), Relation(kind, gender)) for each in told[key])
    for kind, told in (more or {}).items():
        table[fold(kind)] = Relation(kind)
        if told["inverse"]:
            table.setdefault(fold(told["inverse"]), Relation(told["inverse"]))
    return table


def relation_of(text: str, table: dict[str, Relation]) -> Relation:
    """Return what a word means, in the plural too; an unknown word is a type of its own, inverse to itself."""
    key = fold(text.strip())
    for ending in ("", *_PLURAL_ENDINGS):
        if key.endswith(ending) and key.removesuffix(ending) in table:
            return table[key.removesuffix(ending)]
    return Relation(text.strip())


def inverse_type(kind: str, more: More | None = None) -> str:
    """Return what the owner of the note is to the linked person: parent → child. `more` are the settings' types."""
    declared = {name: str(told["inverse"]) for name, told in (more or {}).items() if told["inverse"]}
    if kind in declared:
        return declared[kind]
    for left, right in (*_INVERSES.items(), *declared.items()):
        if kind == left:
            return right
        if kind == right:
            return left
    return kind


def word_for(kind: str, gender: str, more: More | None = None) -> str:
    """Return the English word for a type and a gender (F, M or nothing): child, F → daughter; else the type.

    Types of the settings have the first of their own words for the gender.
    """
    told = (more or {}).get(kind)
    if told is not None:
        own = {"F": told["female"], "M": told["male"]}.get(gender)
        return str(own[0]) if own else kind
    if gender not in ("F", "M") or kind not in _GENDERED:
        return kind
    return _WORDS[kind].split("|")["?FM".index(gender)].split()[0]


def told_relation(typed: str, kind: str, gender: str) -> str:
    """Return the word of a relation as it was typed, such that it can be told in the reader's language.

    For German the gender is needed (`friend`: Freund, Freundin). A word of one's own (`granny`, `Oma`) stays as it is,
    also in another language: only a type, and the English word for its gender, is told.
    """
    if kind not in _WORDS or fold(typed) not in {fold(word_for(kind, each)) for each in ("", "F", "M")}:
        return typed
    return word(_CONTEXTS[gender], word_for(kind, gender), shown=typed)


def relation_names() -> Iterator[tuple[str, str, Message]]:
    """Return all types for each gender (F, M, nothing), with the word that a catalogue tells in its language."""
    for gender, context in _CONTEXTS.items():
        for kind in _WORDS:
            yield kind, gender, word(context, word_for(kind, gender))


_CONTEXTS = {"": "relation", "F": "relation, female", "M": "relation, male"}


def gender_letter(text: str) -> str:
    """Return F or M for what a note's `gender` says, in English or German, or nothing: `female`, `weiblich`, `M;he`."""
    told = fold(text.partition(";")[0]).strip()
    if told in ("f", "w", "female", "woman", "girl", "weiblich", "frau"):
        return "F"
    return "M" if told in ("m", "male", "man", "boy", "mannlich", "mann") else ""
