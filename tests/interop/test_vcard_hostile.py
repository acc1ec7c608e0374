"""The patterns of the vCard modules meet 100 kB of hostile text, as those of the core do."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, Any

import pytest

import prmvault.interop
from tests.core.test_hostile_text import SECONDS, SIZE, TEXTS, at_most, patterns_in

if TYPE_CHECKING:
    import re

MODULES = [
    found.name
    for found in pkgutil.iter_modules(prmvault.interop.__path__)
    if found.name.startswith(("vcard_", "content_"))
]
PIECES = ["\\;", '";', "^n", ";TYPE=", "item1.", "=3D", "-", "A", "_$!<", "--01", "9", "data:a/b;c=d;", "X-CUSTOM("]
MORE = [
    *((piece * (SIZE // len(piece) + 1))[:SIZE] for piece in PIECES),
    *(f"{begin}{'a' * SIZE}" for begin in ("data:", 'A;B="', "_$!<", ";X-CUSTOM(", "BEGIN:", "AGENT;")),
]


def patterns() -> dict[str, re.Pattern[Any]]:
    found = {}
    for module in MODULES:
        for name, value in vars(importlib.import_module(f"prmvault.interop.{module}")).items():
            for number, pattern in enumerate(patterns_in(value)):
                found[f"{module}.{name}.{number}"] = pattern
    return found


PATTERNS = patterns()


def test_the_patterns_of_the_vcard_modules_are_found() -> None:
    assert len(MODULES) >= 8
    assert len(PATTERNS) >= 20


@pytest.mark.parametrize("name", PATTERNS)
def test_every_pattern_is_done_with_hostile_text_soon(name: str) -> None:
    pattern = PATTERNS[name]
    for text in [*TEXTS, *MORE]:
        subject = text.encode() if isinstance(pattern.pattern, bytes) else text
        with at_most(SECONDS, f"{name} on {text[:20]!r}…"):
            pattern.fullmatch(subject)
            for _ in pattern.finditer(subject):
                pass
