"""Three machines that edit one vault and sync it, at random: is an edit lost, a note invalid, a clone different?

Two of the machines have prmvault; the third merges with plain git, without the driver, and its user settles what git
leaves open. Syncs are killed at random points. Each edit has a word of its own, which has to be somewhere in the end,
unless somebody who saw it took it away. `tests/bench/sync_simulation.py` runs it at length.
"""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from prmvault.core.fences import split_note
from prmvault.core.frontmatter import parse_front_matter
from prmvault.core.merge import merge_notes

TOKEN = re.compile(r"\bt[0-9]{4}t\b")
DONE = re.compile(r"- \[x\] [^\n]{0,80}?\b(t[0-9]{4}t)\b")
MARKERS = re.compile(r"^(<<<<<<<|>>>>>>>)", re.MULTILINE)
PEOPLE = ("Anna Müller", "Tom Berg", "Gerda Roth", "Max O'Neil")
KEYS = ("org", "title", "role")
LISTS = ("likes", "wishes")
DAYS = ("2026-11-19", "2026-11-20", "2026-11-21")
SETTINGS = "# settings\n"
ENVIRONMENT = {"PYTHONUTF8": "1", "GIT_CONFIG_NOSYSTEM": "1"}


class Report(NamedTuple):
    """What came of it."""

    steps: int
    counts: Counter[str]
    edits: int
    lost: list[str]
    unticked: list[str]
    invalid: list[str]
    diverged: list[str]
    seconds: float

    def is_good(self) -> bool:
        return not (self.lost or self.unticked or self.invalid or self.diverged)


class World:
    """The clones, the remote, and what has been written and taken away so far."""

    def __init__(self, base: Path, seed: int, run: Callable[..., int]) -> None:
        self.base = base
        self.chance = random.Random(seed)
        self.run = run
        self.made: set[str] = set()
        self.count = 0
        self.last = ""
        self.gone: set[str] = set()
        self.ticked: set[str] = set()
        self.unticked: set[str] = set()
        self.counts: Counter[str] = Counter()
        self.invalid: list[str] = []
        self.clones = [base / name for name in ("laptop", "desktop", "plain")]

    def token(self) -> str:
        self.count += 1
        self.last = f"t{self.count:04d}t"
        self.made.add(self.last)
        return self.last


def simulate(base: Path, seed: int, steps: int, run: Callable[..., int], *, kills: bool = True) -> Report:
    """Make a world in `base` and let `steps` things happen in it; `run(root, *arguments)` runs prmvault."""
    began = time.monotonic()
    world = World(base, seed, run)
    _begin(world)
    happenings: list[tuple[Callable[[World, Path], None], int]] = [
        (_set_key, 10), (_add_item, 8), (_log, 10), (_by_hand, 8), (_tick, 4), (_drop_item, 4), (_drop_key, 3),
        (_new_note, 3), (_rename, 2), (_remove, 2), (_crlf, 1), (_copy, 2), (_sync, 22), (_killed_sync, 6 if kills else 0),
    ]  # fmt: skip
    acts = [act for act, _ in happenings]
    weights = [weight for _, weight in happenings]
    for _ in range(steps):
        act = world.chance.choices(acts, weights)[0]
        clone = world.chance.choice(world.clones)
        before = _texts(clone)
        act(world, clone)
        world.counts[act.__name__.strip("_")] += 1
        if act not in (_sync, _killed_sync):
            _account(world, before, _texts(clone))
    _end(world)
    texts = [_texts(clone) for clone in world.clones]
    everything = "\n".join(texts[0].values())
    there = set(TOKEN.findall(everything))
    lost = sorted(world.made - world.gone - there)
    done = set(DONE.findall(everything))
    unticked = sorted((world.ticked - world.unticked) & there - done)
    for path, text in texts[0].items():
        _check(world, path, text)
    diverged = sorted({path for one in texts for path in {*one, *texts[0]} if one.get(path) != texts[0].get(path)})
    merges = _git(world.clones[0], "rev-list", "--merges", "--count", "HEAD").strip()
    world.counts["merges"] = int(merges)
    world.counts["conflict entries"] = everything.count("{key: ")
    edits = len(world.made)
    return Report(steps, world.counts, edits, lost, unticked, world.invalid, diverged, time.monotonic() - began)


def _begin(world: World) -> None:
    remote = world.base / "remote.git"
    _git(world.base, "init", "-q", "--bare", "-b", "main", str(remote))
    first = world.clones[0]
    first.mkdir()
    (first / "prmvault.yaml").write_text(SETTINGS)
    _git(first, "init", "-q", "-b", "main")
    _git(first, "remote", "add", "origin", str(remote))
    for name in PEOPLE:
        token = world.token()
        text = f"---\ntype: person\norg: {token}\n---\n\nAbout {name}.\n\n- [ ] ask about {world.token()}\n\n## Log\n"
        _write(first, f"people/{name}.md", text)
    assert world.run(str(first), "sync") == 0
    for clone in world.clones[1:]:
        _git(world.base, "clone", "-q", str(remote), str(clone))


def _end(world: World) -> None:
    """Let all of them sync until nobody has anything new."""
    for _ in range(4):
        for clone in world.clones:
            _sync(world, clone)


def _account(world: World, before: dict[str, str], after: dict[str, str]) -> None:
    """Remember what the user has taken away, knowing it."""
    old, new = "\n".join(before.values()), "\n".join(after.values())
    if world.last not in new:
        world.made.discard(world.last)  # It came to nothing: there was no note to write it in.
    world.gone |= set(TOKEN.findall(old)) - set(TOKEN.findall(new))
    world.ticked |= set(DONE.findall(new)) - set(DONE.findall(old))
    world.unticked |= set(DONE.findall(old)) - set(DONE.findall(new))


def _check(world: World, path: str, text: str) -> None:
    front = parse_front_matter(path, text, split_note(text))
    doubled = any(problem.code == "duplicate-key" for problem in front.problems)
    if not front.readable or doubled or MARKERS.search(text):
        world.invalid.append(path)


def _note(world: World, clone: Path) -> str:
    paths = [path for path in _texts(clone) if path.startswith("people/")]
    return world.chance.choice(paths) if paths else ""


def _set_key(world: World, clone: Path) -> None:
    _edit(world, clone, "set", f"{world.chance.choice(KEYS)}={world.token()}")


def _add_item(world: World, clone: Path) -> None:
    _edit(world, clone, "set", f"{world.chance.choice(LISTS)}+={world.token()}")


def _edit(world: World, clone: Path, *words: str) -> None:
    path = _note(world, clone)
    if path and clone != world.clones[2]:
        assert world.run(str(clone), words[0], path.removesuffix(".md"), *words[1:]) == 0
    elif path:
        key, _, value = words[1].partition("=")
        text = _read(clone, path)
        value = f"[{value}]" if key.endswith("+") else value
        _write(clone, path, _with_key(text, key.rstrip("+"), value))


def _with_key(text: str, key: str, value: str) -> str:
    """Set a key as one does it in an editor."""
    line = f"{key}: {value}"
    if re.search(rf"^{key}:", text, re.MULTILINE):
        return (
            re.sub(rf"^{key}:.*(?:\n(?: |- ).*)*$", line, text, count=1, flags=re.MULTILINE)
            if "\r" not in text
            else text
        )
    return text.replace("\ntype: person", f"\ntype: person\n{line}", 1)


def _log(world: World, clone: Path) -> None:
    day, token = world.chance.choice(DAYS), world.token()
    line = f"call with {world.chance.choice(PEOPLE)} about {token}"
    if clone != world.clones[2]:
        assert world.run(str(clone), "log", "-d", day, line) == 0
        return
    path = f"journal/2026/{day}.md"
    text = _read(clone, path) or f"---\ntype: journal\ndate: {day}\n---\n\n"
    _write(clone, path, text.rstrip("\n") + f"\n- {line}\n")


def _by_hand(world: World, clone: Path) -> None:
    """Change or add a line of the body, as with sed."""
    path = _note(world, clone)
    if not path:
        return
    lines = _read(clone, path).split("\n")
    body = [at for at, line in enumerate(lines) if line.startswith("About")]
    if body and world.chance.random() < 0.5:
        at = body[0]
        lines[at] = f"{lines[at].rstrip()} And {world.token()}." + ("\r" if lines[at].endswith("\r") else "")
    else:
        lines.insert(len(lines) - 1, f"- 2026-11-{world.chance.randint(1, 28):02d} met, {world.token()}")
    _write(clone, path, "\n".join(lines))


def _tick(world: World, clone: Path) -> None:
    path = _note(world, clone)
    if path:
        _write(clone, path, _read(clone, path).replace("- [ ]", "- [x]", 1))


def _drop_item(world: World, clone: Path) -> None:
    paths = [path for path in _texts(clone) if path.startswith("journal/")]
    if paths:
        path = world.chance.choice(paths)
        lines = _read(clone, path).split("\n")
        items = [at for at, line in enumerate(lines) if line.startswith("- call")]
        if items:
            del lines[world.chance.choice(items)]
            _write(clone, path, "\n".join(lines))


def _drop_key(world: World, clone: Path) -> None:
    path = _note(world, clone)
    key = world.chance.choice(KEYS)
    if path and clone != world.clones[2] and re.search(rf"^{key}:", _read(clone, path), re.MULTILINE):
        assert world.run(str(clone), "unset", path.removesuffix(".md"), key) == 0


def _new_note(world: World, clone: Path) -> None:
    # A name that two machines may choose at the same time.
    path = f"people/New {world.chance.randint(1, 5)}.md"
    if not (clone / path).exists():
        _write(clone, path, f"---\ntype: person\ntitle: {world.token()}\n---\n\nAbout it.\n\n- [ ] {world.token()}\n")


def _rename(world: World, clone: Path) -> None:
    path = _note(world, clone)
    new = f"people/Renamed {world.chance.randint(1, 60)}.md"
    if path and not (clone / new).exists():
        os.rename(clone / path, clone / new)


def _remove(world: World, clone: Path) -> None:
    path = _note(world, clone)
    if path and len(_texts(clone)) > 5:
        os.unlink(clone / path)


def _crlf(world: World, clone: Path) -> None:
    path = _note(world, clone)
    if path:
        _write(clone, path, _read(clone, path).replace("\r\n", "\n").replace("\n", "\r\n"))


def _copy(world: World, clone: Path) -> None:
    """A file sync tool leaves a copy of a conflict, made of the note as it is or as it was committed; it is joined."""
    path = _note(world, clone)
    if not path or clone == world.clones[2]:
        return
    marks = (".sync-conflict-20261120-120000-ABCDEFG.md", " (conflicted copy 2026-11-20).md")
    copy = path.removesuffix(".md") + world.chance.choice(marks)
    committed = _at(clone, "HEAD", path) if world.chance.random() < 0.5 else ""
    _write(clone, copy, (committed or _read(clone, path)).rstrip("\n") + f"\nFrom the phone, {world.token()}.\n")
    assert world.run(str(clone), "conflicts", "--join", copy) == 0
    assert not (clone / copy).exists()


def _sync(world: World, clone: Path) -> None:
    if clone == world.clones[2]:
        _plain_sync(world, clone)
        return
    code = world.run(str(clone), "sync")
    assert code == 0, (clone, code)
    for path, text in _texts(clone).items():
        _check(world, path, text)


def _killed_sync(world: World, clone: Path) -> None:
    if clone == world.clones[2]:
        return
    command = [sys.executable, "-m", "prmvault", "-C", str(clone), "sync"]
    process = subprocess.Popen(
        command,
        env={**os.environ, **ENVIRONMENT},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(world.chance.uniform(0.05, 0.8))
        world.counts["not killed"] += 1
    except subprocess.TimeoutExpired:
        with_children = world.chance.random() < 0.5
        (os.killpg if with_children else os.kill)(process.pid, signal.SIGKILL)
        process.wait()


def _plain_sync(world: World, clone: Path) -> None:
    """Sync as one does with git alone; what it leaves open a careful user settles."""
    _git(clone, "add", "-A")
    if _git(clone, "status", "--porcelain"):
        _git(clone, "commit", "-q", "-m", "by hand")
    for _ in range(5):
        _git(clone, "fetch", "-q")
        command = ["git", "merge", "-q", "--no-commit", "--no-ff", "origin/main"]
        done = subprocess.run(command, cwd=clone, capture_output=True, check=False)
        if (clone / ".git" / "MERGE_HEAD").exists():
            if done.returncode:
                world.counts["settled by hand"] += 1
                _settle(clone)
            _repair(world, clone)
            _git(clone, "commit", "-q", "--no-edit")
        if subprocess.run(["git", "push", "-q"], cwd=clone, capture_output=True, check=False).returncode == 0:
            break


def _repair(world: World, clone: Path) -> None:
    """Put right what git's merge of lines has broken without a word: two sides added one key in two places."""
    base = _git(clone, "merge-base", "HEAD", "MERGE_HEAD").split()[0]
    for path, text in _texts(clone).items():
        front = parse_front_matter(path, text, split_note(text))
        if not front.readable or any(problem.code == "duplicate-key" for problem in front.problems):
            world.counts["repaired by hand"] += 1
            versions = [_at(clone, revision, path) for revision in (base, "HEAD", "MERGE_HEAD")]
            result = merge_notes(*versions, kind="journal" if path.startswith("journal") else "note")
            assert result.ok, path
            _write(clone, path, result.text)
            _git(clone, "add", path)


def _at(clone: Path, revision: str, path: str) -> str:
    done = subprocess.run(["git", "show", f"{revision}:{path}"], cwd=clone, capture_output=True, check=False)
    return "" if done.returncode else done.stdout.decode()


def _settle(clone: Path) -> None:
    open_paths: dict[str, dict[int, str]] = {}
    for line in _git(clone, "ls-files", "-u", "-z").split("\0"):
        if line:
            told, _, path = line.partition("\t")
            open_paths.setdefault(path, {})[int(told.split()[2])] = told.split()[1]
    merged = {number: oid for stages in open_paths.values() if len(stages) == 1 for number, oid in stages.items()}
    for path, stages in open_paths.items():
        sides = [number for number in stages if number > 1]
        if not sides:
            _git(clone, "rm", "-q", "--cached", path)
            (clone / path).unlink(missing_ok=True)
            continue
        if len(sides) == 2 or set(merged) == {1, 2, 3}:
            versions = stages if len(sides) == 2 else merged
            texts = [_blob(clone, versions[number]) if number in versions else "" for number in (1, 2, 3)]
            result = merge_notes(*texts, kind="journal" if path.startswith("journal") else "note")
            assert result.ok, path
            _write(clone, path, result.text)
        else:
            _write(clone, path, _blob(clone, stages[sides[0]]))
        _git(clone, "add", path)


def _texts(clone: Path) -> dict[str, str]:
    return {
        str(path.relative_to(clone)): path.read_bytes().decode()
        for path in sorted(clone.rglob("*.md"))
        if not str(path.relative_to(clone)).startswith((".", "digest"))
    }


def _read(clone: Path, path: str) -> str:
    target = clone / path
    return target.read_bytes().decode() if target.exists() else ""


def _write(clone: Path, path: str, text: str) -> None:
    target = clone / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(text.encode())


def _blob(clone: Path, oid: str) -> str:
    return subprocess.run(["git", "cat-file", "blob", oid], cwd=clone, capture_output=True, check=True).stdout.decode()


def _git(clone: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=clone, capture_output=True, check=False)
    assert done.returncode == 0, (arguments, done.stdout, done.stderr)
    return done.stdout.decode()
