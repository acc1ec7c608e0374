"""What could be given to whom: gift ideas and wishes that journal days and logs tell of."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from prmvault.core.model import IDEA_TAGS

if TYPE_CHECKING:
    from prmvault.app.vault import Vault
    from prmvault.core.gifts import Idea
    from prmvault.vault.fact_rows import Told

_IDEA_TAG = re.compile(rf"(?:^|(?<=\s))#(?:{'|'.join(IDEA_TAGS)})(?![\w/-])")
_PLACE = "\0"
_MENTION_TAG = re.compile(r"(?:^|(?<=\s))#mention(?=\s|$)")


def told_ideas(vault: Vault, meant: Callable[[str], str]) -> list[Idea]:
    """Return all ideas that items with `#gift` or `#wish` tell, newest first; `meant` gives the path behind a link."""
    ideas = ((meant(told.target), told) for told in vault.facts.contacts_tagged(IDEA_TAGS))
    return [idea_of(path, told) for path, told in ideas if path]


def ideas_among(path: str, items: Iterable[Told]) -> list[Idea]:
    """Return the ideas for one person among the items about that person."""
    return [idea_of(path, told) for told in items if any(tag in told.contact.tags for tag in IDEA_TAGS)]


def idea_of(path: str, told: Told) -> Idea:
    """Return the idea that an item tells for the person at `path`."""
    from prmvault.core.gifts import Idea

    contact = told.contact
    kind = "wish" if "wish" in contact.tags else "gift"
    text = _idea_text(contact.text)
    return Idea(path, text, told.path, contact.line, kind, contact.date, _idea_gist(contact.text) or text)


def _idea_text(text: str) -> str:
    """Return the lines of an item that hold the tag, without it; the whole where it stands elsewhere."""
    tagged = [line for line in text.split(" – ") if _IDEA_TAG.search(line)]
    return " ".join(_MENTION_TAG.sub("", _IDEA_TAG.sub("", " – ".join(tagged) or text)).split())


def _idea_gist(text: str) -> str:
    """Return the clause of an item that holds the tag: `call Ann: fine; her bags are worn #gift` → `her bags are worn`.

    Where the tag stands by itself, it is what stands before it.
    """
    from prmvault.core.gists import clauses, wish_in, without_lead

    told = clauses(_IDEA_TAG.sub(_PLACE, _MENTION_TAG.sub("", text)))
    at = next((at for at, clause in enumerate(told) if _PLACE in clause), -1)
    if at < 0:
        return ""
    gist = without_lead(" ".join(told[at].replace(_PLACE, " ").split()))
    return wish_in(gist if gist or not at else without_lead(told[at - 1]))
