"""Break the merge in one place after the other, and show which test notices it, a property in nearly all cases: `python merge_mutants.py`.

Each mutant is a copy of the package with one line changed, on which the tests run, the properties
first. A mutant that they do not kill is a hole in them; the exit code is then 1. `--all` goes on after the first test that kills it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

REPOSITORY = Path(__file__).resolve().parents[2]
TESTS = ("tests/core/test_merge_properties.py", "tests/core/test_merge.py")
SLOW = "tests/core/test_merge.py::test_hostile_texts_are_merged_soon"


class Mutant(NamedTuple):
    """A change of one place in one module of the merge."""

    name: str
    module: str
    old: str
    new: str


MUTANTS = [
    # Values.
    Mutant("a removal beats an edit", "merge_values", "return Settled(right if left is None else left)", "return Settled(None)"),
    Mutant("our value wins though only they changed it", "merge_values", "    if left in (right, base):\n        return Settled(right)\n", ""),
    Mutant("what lost is forgotten", "merge_values", "return Settled(kept, () if is_known else (Lost(path, kept, other),))", "return Settled(kept, ())"),
    Mutant("the winner is the side that is named first", "merge_values", "sorted((left, right), key=lambda value: _rank(key, value), reverse=True)", "(left, right)"),
    Mutant("items that one side adds to a list are lost", "merge_values", "dict.fromkeys([*signs[1], *signs[2]])", "dict.fromkeys(signs[1])"),
    Mutant("items that one side took out come back", "merge_values", "settled = _settle_item(path, *(each.get(sign) for each in named))", "settled = _settle_item(path, None, *(each.get(sign) for each in named[1:]))"),
    Mutant("lists are not united but clash", "merge_values", "    lists = (base, left, right)\n", "    return _settle_clash(path, list(left), list(right))\n    lists = (base, left, right)\n"),
    Mutant("items are known by all of them only", "merge_values", "            return keys\n    return ()", "            pass\n    return ()"),
    Mutant("parts of a map that one side adds are lost", "merge_values", "for key in weave(Order(str), list(base), list(left), list(right)):", "for key in left:"),
    Mutant("a record of an item does not say which item", "merge_values", "return {**{key: item[key] for key in keys if key in item}, **value}", "return {}"),
    Mutant("equal items are two", "merge_values", "numbered.append((whole, str(seen[whole])) if sign in twice else sign)", "numbered.append((*sign, str(id(items))))"),
    # Front matter.
    Mutant("records are not written", "merge_front", "for key, record in _records(lost):", "for key, record in ():"),
    Mutant("keys are merged without their base", "merge_front", "settle((key,), values[0], values[1], values[2])", "settle((key,), None, values[1], values[2])"),
    Mutant("what stands above a key is lost", "merge_front", "text += carried + _merged_text(*above)", "text += carried"),
    Mutant("every key is written anew", "merge_front", '    old = base.text if base else ""\n', '    return yaml_entry(key, value) + chr(10)\n    old = ""\n'),
    Mutant("a removed key comes back", "merge_front", "    if texts[1] in (texts[2], texts[0]):\n        return Settled(values[2])\n", "    if texts[1] in (texts[2], texts[0]):\n        return Settled(values[2] or values[0])\n"),
    Mutant("a note that one side changed is taken from the other", "merge", "    if theirs == base:\n        return Merged(ours)\n", "    if theirs == base:\n        return Merged(theirs)\n"),
    Mutant("the sides are not sorted, and ours comes first", "merge", "bodies = sorted([cut.body for cut in sides])", "bodies = [cut.body for cut in sides]"),
    Mutant("front matter is not sorted", "merge", 'sorted([cut.yaml for cut in sides], key=lambda yaml: yaml or "")', "[cut.yaml for cut in sides]"),
    # Order.
    Mutant("what both add comes with ours first", "merge_order", "if is_gone[1] if is_gone[0] != is_gone[1] else by_text:", "if is_gone[1] and not is_gone[0]:"),
    Mutant("what both add is ordered by text only", "merge_order", "time = order.when(key) or time", "time = ''"),
    Mutant("a run of additions is turned round", "merge_order", "return merged + first[at:]", "return (merged + first[at:])[::-1]"),
    Mutant("additions of one side go to the end", "merge_order", "        woven += _together(first, second, order, is_gone)\n", "        woven += first\n        tail = [*(tail if anchor is not None else []), *second]\n    woven += tail\n"),
    Mutant("what is gone has no place", "merge_order", "[_with_ghosts(order, base, left, right), _with_ghosts(order, base, right, left)]", "[list(left), list(right)]"),
    Mutant("newest first is not seen", "merge_order", "newest_first = newest_first and order.newest_first()", "newest_first = False"),
    # Body.
    Mutant("lines that they add are lost", "merge_items", "for number in woven\n    ]", "for number in woven if number < len(old) or number in named[0]\n    ]"),
    Mutant("lines that one side took out come back", "merge_items", "base is not None and only.lines == base.lines", "False"),
    Mutant("a removed item stays removed though the other side changed it", "merge_items", "is_gone = only is None or (base is not None and only.lines == base.lines)", "is_gone = only is None or base is not None"),
    Mutant("of two wordings one is lost", "merge_items", "return [*first, *below], clashes", "return [first[-1], *below], clashes"),
    Mutant("of two lines one is lost", "merge_items", "*first, *between, *(line for other in more for line in other)]", "*first]"),
    Mutant("a tick is lost when the text was changed", "merge_items", "box = max(chosen(was and was.box, mine.box, other.box), key=_box_rank)", "box = mine.box"),
    Mutant("an open box wins", "merge_items", "key=_box_rank)", "key=lambda each: -_box_rank(each)[0])"),
    Mutant("the day of a tick is lost", "merge_items", "{_with_done(text, done)}", "{text}"),
    Mutant("what is under an item is not merged", "merge_items", "below, clashes = unite_units(", "below, clashes = list(left.lines[1:]), []; unite_units("),
    Mutant("items in another wording are other items", "merge_items", "if -score >= _SAME", "if -score > 2"),
    Mutant("what both add is there twice", "merge_items", "for sign in (None, _whole, _time_and_text):\n        if sign is not None:", "for sign in ():\n        if sign is not None:"),
    Mutant("sections that they add are lost", "merge_body", "weave(Order(texts.__getitem__), *(list(each) for each in sections))", "sections[1]"),
    Mutant("a section under a new heading is another one", "merge_body", "sections[side] = _renamed(sections[0], sections[side])", "pass"),
    Mutant("a heading goes though something under it stays", "merge_body", "_written(there[0]._replace(lines=tuple(lines))) if lines or not is_same else []", "lines"),
]  # fmt: skip


def main() -> int:
    """Try every mutant, print a table, and return 1 if one has survived."""
    chosen = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    tried = survivors = 0
    print(f"{'mutant':66} killed by")
    with tempfile.TemporaryDirectory() as folder:
        copy_project(Path(folder))
        unbroken = killers(Path(folder), stop_early=True)
        if unbroken:
            print(f"{'(the merge itself)':66} {unbroken[0]}: the tests fail without a mutant")
            return 1
        for mutant in MUTANTS:
            if chosen and not any(word in mutant.name for word in chosen):
                continue
            tried += 1
            path = Path(folder, "prmvault", "core", f"{mutant.module}.py")
            text = path.read_text(encoding="utf-8")
            if text.count(mutant.old) != 1:
                print(f"{mutant.name:66} - its place is there {text.count(mutant.old)} times")
                survivors += 1
                continue
            path.write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")
            names = killers(Path(folder), stop_early="--all" not in sys.argv)
            path.write_text(text, encoding="utf-8")
            survivors += not names
            print(f"{mutant.name:66} {', '.join(names) or '- SURVIVES'}", flush=True)
    print(f"{survivors} of {tried} survive")
    return 1 if survivors else 0


def copy_project(folder: Path) -> None:
    """Copy what the property tests need."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(REPOSITORY / "prmvault", folder / "prmvault", ignore=ignored)
    (folder / "tests" / "core").mkdir(parents=True)
    for name in ("pyproject.toml", "tests/conftest.py", "tests/fixtures.py", "tests/core/test_hostile_text.py", *TESTS):
        shutil.copy(REPOSITORY / name, folder / name)


def killers(folder: Path, *, stop_early: bool) -> list[str]:
    """Return the names of the tests that fail on the copy."""
    arguments = [
        "-p",
        "no:cacheprovider",
        "-q",
        "--tb=no",
        "-rfE",
        *(["-x"] if stop_early else []),
        *TESTS,
        "--deselect",
        SLOW,
    ]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "HYPOTHESIS_STORAGE_DIRECTORY": str(folder / "found")},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    shutil.rmtree(folder / "found", ignore_errors=True)
    names = re.findall(r"^(?:FAILED|ERROR) \S+::(\w+)", run.stdout, re.MULTILINE)
    return names or ([] if run.returncode == 0 else [f"pytest ended with {run.returncode}"])


if __name__ == "__main__":
    sys.exit(main())
