"""The text of a note as it is in its file now."""

from __future__ import annotations

from prmvault.vault.files import decode_note, read_file


def note_data(root: str, path: str) -> bytes | None:
    """Return the bytes of a note, or None where it went away."""
    try:
        return read_file(root, path).data
    except OSError:
        return None


def note_text(root: str, path: str) -> str | None:
    """Return the text of a note, or None where it went away."""
    data = note_data(root, path)
    return None if data is None else decode_note(path, data)[0]
