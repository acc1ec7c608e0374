"""The rows of the benchmark: what is run, against which yardstick, and the target of each."""

from __future__ import annotations

import json
import random
import shutil
import statistics
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from make_vault import sample_queries
from measure import (
    WARM_UP,
    Command,
    MeasurementError,
    Paired,
    Run,
    Watched,
    cpu_seconds,
    median_seconds,
    percentile,
    resident_megabytes,
    run_once,
    run_paired,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

MIDDLE, LARGE = 5_650, 30_000
NOT_INSTALLED = "not installed"
SAVES, LOST_IN_A_ROW, LINE_TIMEOUT = 40, 3, 15.0


class Bench(NamedTuple):
    """What all rows of one size share."""

    program: str
    vault: Path
    notes: int
    env: dict[str, str]
    quick: bool

    def ours(self, *arguments: str, accept: Callable[[str], bool] = bool, timeout: float = 60) -> Command:
        """Return the program's command in the vault; by default any output will do."""
        return Command([self.program, *arguments], self.env, self.vault, accept, timeout)

    @property
    def click(self) -> Command:
        """The yardstick of all short commands."""
        return Command([sys.executable, "-c", "import click"], self.env, self.vault)


class Result(NamedTuple):
    """One row; `measured` and `yardstick` are in `unit`, the ratio is of the two."""

    work: str
    notes: int
    measured: float | None
    yardstick: float | None
    ratio: float | None
    unit: str
    target: str
    verdict: str
    remark: str = ""
    samples: tuple[float, ...] = ()
    yardstick_samples: tuple[float, ...] = ()


class Group(NamedTuple):
    """Rows that are measured together; `measure` gets the names of those wanted."""

    names: tuple[str, ...]
    measure: Callable[[Bench, Sequence[str]], Iterator[Result]]


def failure(bench: Bench, name: str, why: str) -> Result:
    """Return the row of what could not be measured."""
    missing = not Path(bench.program).exists()
    return Result(name, bench.notes, None, None, None, "", "-", NOT_INSTALLED if missing else "failed", why)


def by_size(bench: Bench, middle: float, large: float) -> float | None:
    """Return the target for the vault's size; beyond the large one there is none."""
    if bench.notes <= MIDDLE:
        return middle
    return large if bench.notes <= LARGE else None


def ratio_row(bench: Bench, name: str, runs: Paired, target: float | None) -> Result:
    """Return the row of seconds against the yardstick's; the target is of the ratio."""
    ours, theirs = median_seconds(runs.ours), median_seconds(runs.yardstick)
    ratio = ours / theirs
    row = Result(name, bench.notes, ours, theirs, ratio, "s", _limit(target, ""), _verdict(ratio, target))
    samples, others = (tuple(run.seconds for run in side) for side in runs)
    return row._replace(samples=samples, yardstick_samples=others)


def value_row(bench: Bench, name: str, value: float, unit: str, target: float | None, **more: Any) -> Result:
    """Return the row of a value with a target of its own."""
    verdict = _verdict(value, target)
    return Result(name, bench.notes, value, None, None, unit, _limit(target, f" {unit}"), verdict)._replace(**more)


def _verdict(value: float, target: float | None) -> str:
    if target is None:
        return "-"
    return "ok" if value <= target else "missed"


def _limit(target: float | None, unit: str) -> str:
    return "-" if target is None else f"≤ {target:g}{unit}"


def _measure_start(bench: Bench, names: Sequence[str]) -> Iterator[Result]:
    for name in names:
        yield _short_command(bench, name, bench.ours(name), 1.2)


def _measure_questions(bench: Bench, names: Sequence[str]) -> Iterator[Result]:
    queries = sample_queries(bench.notes)
    person, pair, many = queries.person, queries.pair.text, str(min(20, queries.common.notes))
    facts = by_size(bench, 1.7, 4)
    search = by_size(bench, 3, 6)
    commands = {
        "find NAME": (bench.ours("find", person, accept=lambda text: person in text), facts),
        "find NAME --json": (
            bench.ours("find", person, "--json", accept=lambda text: _is_person(text, person)),
            facts,
        ),
        "list person": (bench.ours("list", "person", accept=lambda text: person in text), facts),
        "show NAME": (bench.ours("show", person, accept=lambda text: person in text), by_size(bench, 2.2, 4.5)),
        "get NAME name": (
            bench.ours("get", person, "name", accept=lambda text: person in text),
            by_size(bench, 2, 4.5),
        ),
        "upcoming": (bench.ours("upcoming", accept=lambda text: "birthday" in text), by_size(bench, 4.5, 16)),
        "stale": (bench.ours("stale", accept=lambda text: "overdue" in text), by_size(bench, 4.5, 16)),
        "search WORD": (bench.ours("search", queries.medium.text, accept=lambda text: ".md" in text), search),
        'search "WORD WORD"': (bench.ours("search", pair, accept=lambda text: ".md" in text), search),
        "search, 20 snippets": (
            bench.ours("search", queries.common.text, "-n", many, accept=lambda text: text.count(".md") >= int(many)),
            search,
        ),
        "digest --stdout": (bench.ours("digest", "--stdout", accept=lambda text: "## " in text), None),
        "digest --html": (
            bench.ours("digest", "--html", "-", accept=lambda text: "</html>" in text),
            None,
        ),
        "export ical": (bench.ours("export", "ical", accept=lambda text: "END:VCALENDAR" in text), None),
    }
    for name in names:
        command, target = commands[name]
        yield _short_command(bench, name, command, target)


def _short_command(bench: Bench, name: str, command: Command, target: float | None) -> Result:
    try:
        runs = run_paired(command, bench.click, 7 if bench.quick else 21)
    except (MeasurementError, OSError) as error:
        return failure(bench, name, str(error))
    return ratio_row(bench, name, runs, target)


def _is_person(text: str, person: str) -> bool:
    try:
        found = json.loads(text)
    except ValueError:
        return False
    return isinstance(found, list) and any(isinstance(one, dict) and one.get("name") == person for one in found)


def _measure_build(bench: Bench, names: Sequence[str]) -> Iterator[Result]:
    recoll = shutil.which("recollindex")
    ours, theirs = _build_both(bench, recoll)
    remark = "" if recoll else f"recollindex is {NOT_INSTALLED} (Debian: recollcmd)"
    if BUILD_TIME in names:
        seconds = median_seconds(ours)
        if theirs:
            yield ratio_row(bench, BUILD_TIME, Paired(ours, theirs), 1.5)
        else:
            row = Result(BUILD_TIME, bench.notes, seconds, None, None, "s", "≤ 1.5", NOT_INSTALLED)
            yield row._replace(remark=remark, samples=tuple(run.seconds for run in ours))
    if BUILD_MEMORY in names:
        peak = statistics.median(run.megabytes for run in ours)
        row = value_row(bench, BUILD_MEMORY, peak, "MB", None if bench.notes > LARGE else 450)
        if theirs:
            other = statistics.median(run.megabytes for run in theirs)
            row = row._replace(yardstick=other, ratio=peak / other)
        yield row


def _build_both(bench: Bench, recoll: str | None) -> tuple[list[Run], list[Run]]:
    """Build both indexes from nothing, in turn; both sides read the notes from the page cache."""
    cache = Path(bench.env["PRMVAULT_CACHE_DIR"])
    config = cache.parent / f"recoll-{bench.notes}"
    command = bench.ours("watch", "--once", accept=lambda _: True, timeout=3_600)
    for note in bench.vault.rglob("*.md"):
        note.read_bytes()
    ours, theirs = [], []
    for _ in range(1 if bench.quick or bench.notes > LARGE else 3):
        shutil.rmtree(cache, ignore_errors=True)
        shutil.rmtree(bench.vault / "digest", ignore_errors=True)
        ours.append(run_once(command))
        if recoll:
            theirs.append(_build_recoll(bench, recoll, config))
    if recoll:
        _check_recoll(bench, config)
    shutil.rmtree(config, ignore_errors=True)
    return ours, theirs


def _build_recoll(bench: Bench, recoll: str, config: Path) -> Run:
    shutil.rmtree(config, ignore_errors=True)
    config.mkdir()
    # Its courtesy to other programs (nice 19, idle disk) would make it look slow on a busy machine.
    # Spelling suggestions and other types of files are no part of the work; threads stay as they are.
    settings = {
        "topdirs": f'"{bench.vault}"',
        "dbdir": str(config / "xapiandb"),
        "skippedNames": "",
        "skippedPaths": "",
        "indexedmimetypes": "text/plain",
        "noaspell": "1",
        "idxniceprio": "0",
        "monioniceclass": "2",
        "loglevel": "2",
    }
    (config / "recoll.conf").write_text("".join(f"{key} = {value}\n" for key, value in settings.items()), "utf-8")
    (config / "mimemap").write_text(".md = text/plain\n", "utf-8")  # as the shipped one of newer versions says
    return run_once(_recoll(bench, config, recoll, "-z"))


def _check_recoll(bench: Bench, config: Path) -> None:
    """See that the yardstick did the same work: every note that holds the word is found."""
    asker = shutil.which("recollq")
    expected = sample_queries(bench.notes).common
    if asker:
        answer = run_once(_recoll(bench, config, asker, "-n", "1", expected.text), keep_output=True).output
        if f"{expected.notes} results" not in answer:
            raise MeasurementError(f"recoll should find {expected.notes} notes with {expected.text}: {answer[:100]!r}")


def _recoll(bench: Bench, config: Path, *argv: str) -> Command:
    return Command(argv, bench.env | {"RECOLL_CONFDIR": str(config)}, bench.vault, timeout=3_600)


def _measure_changed(bench: Bench, names: Sequence[str]) -> Iterator[Result]:
    """Search right after a note was changed, in turn with the same search again."""
    with _borrowed(bench, 1) as (note,):
        paired = Paired([], [])
        for turn in range(WARM_UP + (5 if bench.quick else 15)):
            word = _unique(f"change{turn}")
            _append(note, word)
            command = bench.ours("search", word, accept=_holds(word, note.name))
            changed, unchanged = (run_once(command, keep_output=True) for _ in range(2))
            if turn >= WARM_UP:
                paired.ours.append(changed)
                paired.yardstick.append(unchanged)
        for name in names:
            yield ratio_row(bench, name, paired, 1.3)
    run_once(bench.ours("watch", "--once", accept=lambda _: True, timeout=600))


def _measure_heard(bench: Bench, names: Sequence[str]) -> Iterator[Result]:
    """Ask right after somebody wrote on the digest's page: the question listens to it first."""
    person = sample_queries(bench.notes).person
    command = bench.ours("find", person, accept=lambda text: person in text)
    page = bench.vault / run_once(bench.ours("digest"), keep_output=True).output.strip()
    paired = Paired([], [])
    for turn in range(WARM_UP + (7 if bench.quick else 21)):
        _append(page, _unique(f"heard{turn}"))
        touched, yardstick = (run_once(each, keep_output=True) for each in (command, bench.click))
        if turn >= WARM_UP:
            paired.ours.append(touched)
            paired.yardstick.append(yardstick)
    page.unlink()
    for name in names:
        yield ratio_row(bench, name, paired, None)


def _measure_watcher(bench: Bench, names: Sequence[str]) -> Iterator[Result]:
    saves = 8 if bench.quick else SAVES
    with _borrowed(bench, saves + 1) as notes, Watched(bench.ours("watch")) as watcher:
        _wait_until_ready(watcher, notes[0])
        if SAVED in names:
            yield _saves_row(bench, watcher, notes[1:])
        if not Path("/proc/self/stat").exists():
            yield from (failure(bench, name, "needs Linux' /proc") for name in names if name != SAVED)
            return
        watcher.settle(3, at_most=60)
        seconds = 5 if bench.quick else 20
        before = cpu_seconds(watcher.process.pid)
        time.sleep(seconds)
        share = 100 * (cpu_seconds(watcher.process.pid) - before) / seconds
        if REST_CPU in names:
            yield value_row(bench, REST_CPU, share, "%", 0.5)
        if REST_MEMORY in names:
            yield value_row(bench, REST_MEMORY, resident_megabytes(watcher.process.pid), "MB", by_size(bench, 80, 150))


def _wait_until_ready(watcher: Watched, probe: Path) -> None:
    """Save a note until the watcher says so: a save during its start may be taken in without a word."""
    for turn in range(40):
        _append(probe, _unique(f"probe{turn}"))
        if watcher.wait_for(_tells_of(probe), 3) is not None:
            watcher.settle(1, at_most=30)
            return
    raise MeasurementError(f"the watcher never told of a saved note; last lines: {watcher.last_words()}")


def _saves_row(bench: Bench, watcher: Watched, notes: Sequence[Path]) -> Result:
    chance = random.Random(1)
    delays: list[float] = []
    lost = in_a_row = 0
    for turn, note in enumerate(notes):
        save = _append if turn % 2 else _replace
        began = time.perf_counter()
        save(note, _unique(f"save{turn}"))
        told = watcher.wait_for(_tells_of(note), LINE_TIMEOUT)
        if told is None:
            lost, in_a_row = lost + 1, in_a_row + 1
            if in_a_row == LOST_IN_A_ROW:
                raise MeasurementError(f"{LOST_IN_A_ROW} saves went unnoticed; last lines: {watcher.last_words()}")
        else:
            in_a_row = 0
            delays.append(told - began)
        time.sleep(chance.uniform(0.1, 0.7))  # so that the saves do not march in step with any timer of the watcher
    late = percentile(delays, 0.95)
    row = value_row(bench, SAVED, late, "s", by_size(bench, 0.6, 0.8), samples=tuple(delays))
    row = row._replace(
        remark=f"median {statistics.median(delays):.3f} s, slowest {max(delays):.3f} s of {len(notes)} saves"
    )
    return row._replace(verdict="missed", remark=f"{row.remark}, {lost} unnoticed") if lost else row


def _tells_of(note: Path) -> Callable[[str], bool]:
    return lambda line: note.name in line and "index" in line


def _holds(*texts: str) -> Callable[[str], bool]:
    """Accept an output with any of the texts in it."""
    return lambda output: any(text in output for text in texts)


def _unique(label: str) -> str:
    """Return a word that no run before has used and whose stem nothing shares."""
    return f"quux{time.time_ns():x}{label}"


def _append(note: Path, word: str) -> None:
    """Save in place, as nano does."""
    with note.open("a", encoding="utf-8") as file:
        file.write(f"\nEin neuer Satz mit {word}.\n")


def _replace(note: Path, word: str) -> None:
    """Save by a new file and a rename, as vim and prmvault itself do."""
    fresh = note.with_name(f".{note.name}.new")
    fresh.write_bytes(note.read_bytes() + f"\nEin neuer Satz mit {word}.\n".encode())
    fresh.replace(note)


@contextmanager
def _borrowed(bench: Bench, count: int) -> Iterator[list[Path]]:
    """Lend notes of people and days for changes, and put back their texts afterwards."""
    found = [sorted((bench.vault / folder).rglob("*.md")) for folder in ("people", "journal")]
    chance = random.Random(count)
    notes = [chance.choice(found[turn % 2]) for turn in range(count * 3)]
    notes = list(dict.fromkeys(notes))[:count]
    texts = [note.read_bytes() for note in notes]
    try:
        yield notes
    finally:
        for note, text in zip(notes, texts, strict=True):
            note.write_bytes(text)


BUILD_TIME, BUILD_MEMORY = "first build", "first build, peak memory"
CHANGED = "search after a change"
HEARD = "find NAME, page touched"
SAVED, REST_CPU, REST_MEMORY = "save to found, p95", "watcher at rest, CPU", "watcher at rest, memory"

START_ROWS = (Group(("--version", "--help"), _measure_start),)
BUILD_ROWS = (Group((BUILD_TIME, BUILD_MEMORY), _measure_build),)
LATER_ROWS = (
    Group(
        (
            "find NAME",
            "find NAME --json",
            "list person",
            "show NAME",
            "get NAME name",
            "upcoming",
            "stale",
            "search WORD",
            'search "WORD WORD"',
            "search, 20 snippets",
            "digest --stdout",
            "digest --html",
            "export ical",
        ),
        _measure_questions,
    ),
    Group((CHANGED,), _measure_changed),
    Group((HEARD,), _measure_heard),
    Group((SAVED, REST_CPU, REST_MEMORY), _measure_watcher),
)
