"""Characters that are no text, as parts of a regular expression's class: `[{LOW}{UNSEEN}]`.

Most text has none: `str.isprintable` is the quick question before such an expression is even compiled.
"""

from __future__ import annotations

import re

LOW = "\x00-\x08\x0b-\x1f"
"""C0 but tab and line feed."""

HALVES = "\ud800-\udfff"
"""Halves of characters (surrogates)."""

UNSEEN = f"\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb{HALVES}"
"""C1, and what is not seen but moves or turns what is around it; not the joiners of scripts and emoji."""

NOT_IN_NOTES = "\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202d\u202e"
"""What no note should have: C0 and C1 but tab and line ends, and what turns all text around.

NUL is told where the file is read. Marks of direction are kept, as names in some scripts have them.
"""


def escaped_json(text: str) -> str:
    """Return JSON with escapes for what a terminal would obey and some readers refuse; the joiner of emoji stays."""
    return text if text.isprintable() else re.sub(f"[{UNSEEN}\u200c]", lambda found: f"\\u{ord(found[0]):04x}", text)
