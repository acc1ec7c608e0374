"""Words of notes and of the program that are told in the reader's language: labels, states of gifts, kinds."""

from __future__ import annotations

from prmvault.core.messages import Message, word

_LABELS = (
    *(word("label", "home"), word("label", "work"), word("label", "cell"), word("label", "mobile")),
    *(word("label", "fax"), word("label", "other"), word("label", "date"), word("label", "reminder")),
    *(word("label", "birthday"), word("label", "wedding"), word("label", "wedding day"), word("label", "anniversary")),
    *(word("label", "wedding anniversary"), word("label", "engagement"), word("label", "name day")),
    *(word("label", "baptism"), word("label", "graduation"), word("label", "Christmas"), word("label", "Easter")),
)
_GIFTS = (
    *(word("gift", "idea"), word("gift", "planned"), word("gift", "given"), word("gift", "received")),
    word("gift", "wish"),
)
_COLUMNS = (
    *(word("column", "name"), word("column", "what"), word("column", "status"), word("column", "for")),
    *(word("column", "amount"), word("column", "date"), word("column", "place"), word("column", "by")),
    *(word("column", "settled"), word("column", "on"), word("column", "text"), word("column", "repeat")),
    *(word("column", "lead"), word("column", "done"), word("column", "label"), word("column", "birthday")),
    *(word("column", "org"), word("column", "phone"), word("column", "email"), word("column", "tags")),
    *(word("column", "path"), word("column", "title"), word("column", "action"), word("column", "from")),
)
_ACTIONS = (word("action", "create"), word("action", "update"), word("action", "conflict"))
_OWING = (word("debt", "them"), word("debt", "me"))
_PRIORITIES = (
    *(word("priority", "highest"), word("priority", "high"), word("priority", "medium")),
    *(word("priority", "low"), word("priority", "lowest")),
)
_KINDS = (
    *(word("kind", "birthday"), word("kind", "date"), word("kind", "plan"), word("kind", "reminder")),
    *(word("kind", "task"), word("kind", "contact"), word("kind", "anniversary"), word("kind", "nameday")),
)


def action_name(action: str) -> str:
    """Return what an import does with a record as it is told to people in their language."""
    return _known(_ACTIONS, action)


def label_name(label: str) -> str:
    """Return a label as it is told to people in their language; one that is not known as it is."""
    return _known(_LABELS, label)


def gift_status(status: str) -> str:
    """Return the status of a gift as it is told to people in their language."""
    return _known(_GIFTS, status)


def kind_name(kind: str) -> str:
    """Return the kind of a reminder as it is told to people in their language."""
    return _known(_KINDS, kind)


def priority_name(priority: str) -> str:
    """Return a task's priority as it is told to people in their language."""
    return _known(_PRIORITIES, priority)


def owing_name(who: str) -> str:
    """Return who owes (`them`, `me`) as it is told to people in their language."""
    return _known(_OWING, who)


def column_name(key: str) -> str:
    """Return the head of a table's column as it is told to people in their language."""
    return _known(_COLUMNS, key)


def _known(names: tuple[Message, ...], text: str) -> str:
    return next((name for name in names if name == text), text)
