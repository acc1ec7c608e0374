"""The rooms import only what the architecture allows; docs/architecture.md draws it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "prmvault"

ALLOWED = {
    "core": {"core"},
    "vault": {"core", "vault"},
    "search": {"core", "search"},
    "render": {"core", "render"},
    "interop": {"core", "interop"},
    "app": {"core", "vault", "search", "render", "interop", "app"},
    "cli": {"core", "vault", "search", "render", "interop", "app", "cli"},
}
HEAVY = {
    *("whoosh", "jinja2", "watchdog", "dateutil", "icalendar", "rich", "snowballstemmer", "pathspec", "platformdirs"),
    *("rapidfuzz", "babel", "phonenumbers", "segno"),
}
AT_THE_TOP_OF = {
    # Modules that are themselves imported only inside the functions that need them.
    "search/whoosh_read.py": {"whoosh"},
    "search/whoosh_write.py": {"whoosh"},
    "search/whoosh_codec.py": {"whoosh"},
}


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if "_data" not in path.parts)


def imports(path: Path, *, only_top: bool = False) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found: set[str] = set()
    for node in tree.body if only_top else ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found.add(node.module or "")
    return found


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_imports_only_the_rooms_below_it(path: Path) -> None:
    room = path.relative_to(PACKAGE).parts[0]
    if room not in ALLOWED:
        return  # __init__ and __main__ of the package
    ours = {name.split(".")[1] for name in imports(path) if name.startswith("prmvault.")}
    assert ours <= ALLOWED[room]


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_heavy_libraries_are_imported_where_they_are_needed(path: Path) -> None:
    top = {name.split(".")[0] for name in imports(path, only_top=True)}
    assert top & HEAVY <= AT_THE_TOP_OF.get(str(path.relative_to(PACKAGE)), set())


def test_core_reads_neither_files_nor_the_clock() -> None:
    forbidden = {"os", "pathlib", "time", "subprocess", "sqlite3", "socket", "shutil", "tempfile"}
    for path in (PACKAGE / "core").glob("*.py"):
        assert not imports(path) & forbidden, path
        source = path.read_text(encoding="utf-8")
        assert "date.today(" not in source, path
        assert "open(" not in source, path


def test_no_module_has_grown_past_what_one_can_read_at_once() -> None:
    long = {str(path): count for path in modules() if (count := len(path.read_text("utf-8").splitlines())) > 450}
    assert not long
