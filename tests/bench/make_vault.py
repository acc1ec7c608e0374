"""Write a synthetic vault of any size, the same one for the same seed: `python make_vault.py FOLDER NOTES [SEED]`."""

from __future__ import annotations

import datetime as dt
import os
import sys
import time
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from vocabulary import FAMILY_NAMES, PLACES, Vocabulary, Words, build_vocabulary, fold, listed, people_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

GENERATOR = 1  # raise it when the vaults change, so that kept ones are written anew
TODAY = dt.date(2026, 11, 20)
MOST_PEOPLE = 10_000
MOST_DAYS = 16_436  # 45 years of journal
ME = "Max Mustermann"
ONLY_ONE = "Xaver Quittenbaum"  # nobody else has either of the two names

RARE, MEDIUM, COMMON = "Zwetschgendatschi", "Trompetenkonzert", "Projektwerkstatt"
PAIR = ("Hollunderblüte", "Umzugskarton")
PHRASE_END = "Hinterhofgarten"
PHRASE = f"quer durch den {PHRASE_END}"
MEDIUM_STEP, COMMON_STEP, PHRASE_STEP = 100, 5, 200
PAIR_STEPS = (12, 15)  # both words meet in every 60th note
RESERVED = (RARE, MEDIUM, COMMON, *PAIR, PHRASE_END, "Quittenbaum", "Xaver")

SETTINGS = f"""\
language: de
languages: [de, en]
me: "[[{ME}]]"
cadence: {{family: 2 weeks, friend: 2 months, colleague: 4 months}}
digest: {{horizon: 4 weeks}}
types:
  person: {{fields: {{t_shirt: {{kind: choice, of: [S, M, L, XL]}}, seat: text}}}}
"""
TAGS = listed(
    "family friend colleague choir school university neighbour climbing work/berlin work/london book-club chess"
)
DAY_TAGS = listed("travel garden work health music reading family cooking hiking")
CHANNELS = listed("call Anruf visit besucht meeting getroffen meal gegessen mail letter Brief chat video telefoniert")
RELATIONS = listed(
    "parent child sibling spouse friend colleague Schwester Bruder Oma cousin godparent mentor neighbour"
)
TASKS = (
    "call back",
    "Geschenk besorgen für",
    "send photos to",
    "Buch zurückgeben an",
    "invite",
    "Termin klären mit",
)


class Query(NamedTuple):
    """A query and the exact number of notes of the vault that hold it."""

    text: str
    notes: int


class Queries(NamedTuple):
    """What to ask a vault for."""

    rare: Query
    medium: Query
    common: Query
    pair: Query
    phrase: Query
    person: str


class Counts(NamedTuple):
    """How many notes of each kind."""

    people: int
    organizations: int
    events: int
    days: int
    plain: int


class Cast(NamedTuple):
    """Who and what the notes are about; `fame` is the running weight of the people: a few are met all the time."""

    people: list[str]
    fame: list[float]
    organizations: list[str]
    vocabulary: Vocabulary


def sample_queries(notes: int, seed: int = 1) -> Queries:
    """Return queries of known frequency for `make_vault(folder, notes, seed)`."""
    medium, common, phrase = (len(range(0, notes, step)) for step in (MEDIUM_STEP, COMMON_STEP, PHRASE_STEP))
    both = sum(1 for index in range(0, notes, PAIR_STEPS[0]) if index % PAIR_STEPS[1] == 0)
    return Queries(
        Query(RARE, len(_rare_notes(notes, seed))),
        Query(MEDIUM, medium),
        Query(COMMON, common),
        Query(" ".join(PAIR), both),
        Query(f'"{PHRASE}"', phrase),
        ONLY_ONE,
    )


def note_counts(notes: int) -> Counts:
    """Divide a number of notes: about a third are people, most others are days."""
    people = min(MOST_PEOPLE, round(notes * 0.34))
    few = min(1_000, notes // 50)
    rest = notes - people - 2 * few
    days = min(MOST_DAYS, rest)
    return Counts(people, few, few, days, rest - days)


def make_vault(folder: Path, notes: int, seed: int = 1) -> None:
    """Write a vault of `notes` notes and its settings into `folder`, which is made; at least 50 notes."""
    rng = Random(seed)
    counts = note_counts(notes)
    cast = _cast(rng, counts)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "prmvault.yaml").write_text(SETTINGS, encoding="utf-8")
    rare = _rare_notes(notes, seed)
    made: set[str] = set()
    for index, (path, head, items) in enumerate(_notes(rng, counts, cast)):
        parent, _ = path.rsplit("/", 1)
        if parent not in made:
            (folder / parent).mkdir(parents=True, exist_ok=True)
            made.add(parent)
        text = f"---\n{head}---\n\n{_body(rng, cast, items, _planted(index, rare))}"
        # open() of 100,000 files by text wrapper would cost as much as the words do
        descriptor = os.open(f"{folder}/{path}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        os.write(descriptor, text.encode())
        os.close(descriptor)


def _rare_notes(notes: int, seed: int) -> frozenset[int]:
    return frozenset(Random(seed * 7 + notes).sample(range(notes), 3))


def _planted(index: int, rare: frozenset[int]) -> list[str]:
    sentences = []
    if index in rare:
        sentences.append(f"Zum Kaffee gab es {RARE} mit Sahne.")
    if index % MEDIUM_STEP == 0:
        sentences.append(f"Abends waren wir im {MEDIUM} und danach noch essen.")
    if index % COMMON_STEP == 0:
        sentences.append(f"In der {COMMON} ging es um die nächsten Wochen.")
    if index % PAIR_STEPS[0] == 0:
        sentences.append(f"Die {PAIR[0]} war schon vorbei.")
    if index % PAIR_STEPS[1] == 0:
        sentences.append(f"Noch ein {PAIR[1]} steht im Flur.")
    if index % PHRASE_STEP == 0:
        sentences.append(f"We went {PHRASE} to the station.")
    if index % 40 == 3:  # the phrase's rarest word stands elsewhere too, so that positions matter
        sentences.append(f"Im {PHRASE_END} blüht es.")
    return sentences


def _cast(rng: Random, counts: Counts) -> Cast:
    vocabulary = build_vocabulary(rng, RESERVED)
    others = people_names(rng, counts.people - 2, (ME, ONLY_ONE))
    people = [ME, *others[:20], ONLY_ONE, *others[20:]]
    kinds = ("GmbH", "AG", "Ltd", "e.V", "Verlag", "School")
    organizations = [
        f"{rng.choice(FAMILY_NAMES)} {rng.choice(PLACES)} {rng.choice(kinds)} {n}" for n in range(counts.organizations)
    ]
    fame = [0.0, *(1 / (rank + 5) for rank in range(1, len(people)))]  # nobody meets themselves
    return Cast(people, list(accumulate(fame)), organizations, vocabulary)


def _notes(rng: Random, counts: Counts, cast: Cast) -> Iterator[tuple[str, str, list[str]]]:
    """Yield path, front matter and list items of each note."""
    for name in cast.people:
        yield f"people/{name}.md", _person(rng, cast, name), _person_items(rng, cast)
    for name in cast.organizations:
        yield f"organizations/{name}.md", _organization(rng, name), []
    for number in range(counts.events):
        yield _event(rng, cast, number)
    for back in reversed(range(counts.days)):
        day = TODAY - dt.timedelta(days=back)
        yield f"journal/{day:%Y}/{day}.md", _day(rng, day), _day_items(rng, cast, day)
    for number in range(counts.plain):
        title = " ".join(word.capitalize() for word in _draw(rng, cast.vocabulary.german, 2))
        day = TODAY - dt.timedelta(days=rng.randrange(MOST_DAYS))
        yield (
            f"notes/{day:%Y}/{title} {number}.md",
            f"tags: [{rng.choice(DAY_TAGS)}]\n",
            _day_items(rng, cast, day)[:2],
        )


def _person(rng: Random, cast: Cast, name: str) -> str:
    given, family = name.split(" ", 1)[0], name.rsplit(" ", 1)[1]
    mail = f"{fold(given)}.{fold(family)}".replace("'", "")
    lines = [
        "type: person",
        f"birthday: {_birthday(rng)}",
        f"tags: [{', '.join(rng.sample(TAGS, rng.randint(1, 3)))}]",
    ]
    optional: tuple[tuple[float, Callable[[], str]], ...] = (
        (0.25, lambda: f"aliases: [{given[:3]}i {family}]"),
        (0.8, lambda: f"emails:\n  - {mail}@example.{rng.choice(('org', 'net', 'com'))}"),
        (0.2, lambda: f"  - {{value: {mail}.{rng.randrange(99)}@example.edu, label: work}}"),
        (0.7, lambda: f'phones: ["+49 {rng.randrange(30, 999)} {rng.randrange(10**5, 10**8)}"]'),
        (0.6, lambda: _address(rng)),
        (
            0.4,
            lambda: (
                f'org: "[[{rng.choice(cast.organizations)}]]"\ntitle: {rng.choice(("Lehrer", "engineer", "nurse", "Tischler"))}'
            ),
        ),
        (0.5, lambda: _related(rng, cast)),
        (0.25, lambda: f"cadence: {rng.randint(1, 9)} {rng.choice(('weeks', 'months'))}"),
        (0.2, lambda: f"dates:\n  - {{label: wedding, date: {_date(rng, 15_000)}}}"),
        (0.3, lambda: f"likes: [{', '.join(_draw(rng, cast.vocabulary.german, 3))}]"),
        (0.1, lambda: f"gifts:\n  - {{what: {_draw(rng, cast.vocabulary.german, 1)[0]}, status: idea}}"),
        (0.05, lambda: f"debts:\n  - {{amount: {rng.randint(5, 90)} EUR, by: me, date: {_date(rng, 400)}}}"),
        (
            0.1,
            lambda: f"reminders:\n  - {{text: ask about the garden, on: {_date(rng, 300, ahead=60)}, repeat: yearly}}",
        ),
        (0.3, lambda: f"t_shirt: {rng.choice(('S', 'M', 'L', 'XL'))}\nseat: {rng.randrange(99)}"),
        (0.15, lambda: f"skat_runde: {rng.choice(PLACES)}"),
    )
    had_mail = False
    for chance, make in optional:
        line = make()
        if line.startswith("  - ") and not had_mail:
            continue
        if kept := rng.random() < chance:
            lines.append(line)
        had_mail = kept and line.startswith("emails")
    return "\n".join(lines) + "\n"


def _address(rng: Random) -> str:
    street = f"{rng.choice(FAMILY_NAMES).replace(chr(39), '')}straße {rng.randrange(1, 120)}"
    return f'addresses:\n  - {{street: {street}, postcode: "{rng.randrange(1000, 99999):05}", locality: {rng.choice(PLACES)}}}'


def _related(rng: Random, cast: Cast) -> str:
    lines = ["related:"]
    for other in rng.sample(cast.people, rng.randint(1, 3)):
        kind = rng.choice(RELATIONS)
        lines.append(
            f'  - {kind}: "[[{other}]]"' if rng.random() < 0.5 else f'  - {{type: {kind}, person: "[[{other}]]"}}'
        )
    return "\n".join(lines)


def _birthday(rng: Random) -> str:
    born = _date(rng, 30_000)
    return rng.choices((born, f"--{born[5:]}", born[:4], f"~{born[:4]}"), (80, 12, 5, 3))[0]


def _date(rng: Random, back: int, *, ahead: int = 0) -> str:
    return str(TODAY + dt.timedelta(days=rng.randint(-back, ahead)))


def _person_items(rng: Random, cast: Cast) -> list[str]:
    items = []
    if rng.random() < 0.3:
        items.append("## Log\n")
        items += [
            f"- {_date(rng, 3_000)} {rng.choice(CHANNELS)}: {_some_words(rng, cast)}" for _ in range(rng.randint(1, 4))
        ]
    if rng.random() < 0.2:
        items.append(_task(rng, cast, TODAY - dt.timedelta(days=rng.randrange(900))))
    return items


def _organization(rng: Random, name: str) -> str:
    return f"type: organization\nurls: [https://{fold(name).replace(' ', '-').replace(chr(39), '')}.example]\ntags: [work]\n{_address(rng)}\n"


def _event(rng: Random, cast: Cast, number: int) -> tuple[str, str, list[str]]:
    title = f"{' '.join(_draw(rng, cast.vocabulary.german, 1)).capitalize()}fest {number}"
    start = _date(rng, 4_000, ahead=90)
    guests = ", ".join(f'"[[{name}]]"' for name in _companions(rng, cast, rng.randint(1, 5)))
    head = f"type: event\ntitle: {title}\nstart: {start} 18:00\nplace: {rng.choice(PLACES)}\npeople: [{guests}]\n"
    return f"events/{title}.md", head + ("repeat: FREQ=YEARLY\n" if rng.random() < 0.1 else ""), []


def _day(rng: Random, day: dt.date) -> str:
    head = f"type: journal\ndate: {day}\nmood: {rng.randint(1, 5)}\n"
    if rng.random() < 0.4:
        head += f"tags: [{rng.choice(DAY_TAGS)}]\n"
    return head + (f"place: {rng.choice(PLACES)}\n" if rng.random() < 0.5 else "")


def _day_items(rng: Random, cast: Cast, day: dt.date) -> list[str]:
    items = []
    for name in _companions(rng, cast, rng.choices((0, 1, 2, 3, 4), (20, 35, 25, 15, 5))[0]):
        clock = f"{rng.randrange(8, 23):02}:{rng.randrange(0, 60, 5):02} " if rng.random() < 0.7 else ""
        tag = rng.choices(("", " #gift", " #wish", f" #{rng.choice(DAY_TAGS)}"), (80, 4, 2, 14))[0]
        items.append(f"- {clock}{rng.choice(CHANNELS)} [[{name}]]: {_some_words(rng, cast)}{tag}")
    if rng.random() < 0.15:
        items.append(_task(rng, cast, day))
    return items


def _task(rng: Random, cast: Cast, day: dt.date) -> str:
    due = day + dt.timedelta(days=rng.randint(1, 60))
    what = f"{rng.choice(TASKS)} [[{_companions(rng, cast, 1)[0]}]] 📅 {due}"
    is_open = due > TODAY or rng.random() < 0.02
    return f"- [ ] {what}" if is_open else f"- [x] {what} ✅ {due - dt.timedelta(days=1)}"


def _companions(rng: Random, cast: Cast, count: int) -> list[str]:
    return list(dict.fromkeys(rng.choices(cast.people, cum_weights=cast.fame, k=count)))


def _draw(rng: Random, language: Words, count: int) -> list[str]:
    return rng.choices(language.words, cum_weights=language.cumulative, k=count)


def _some_words(rng: Random, cast: Cast) -> str:
    return " ".join(_draw(rng, cast.vocabulary[rng.randrange(2)], rng.randint(4, 14)))


def _body(rng: Random, cast: Cast, items: list[str], planted: list[str]) -> str:
    language, other = cast.vocabulary if rng.random() < 0.55 else cast.vocabulary[::-1]
    count = max(15, min(3_000, round(rng.lognormvariate(5.37, 0.6))))
    foreign = count // 6 if rng.random() < 0.4 else 0
    sentences = [
        *_sentences(rng, _draw(rng, language, count - foreign)),
        *_sentences(rng, _draw(rng, other, foreign)),
    ]
    for sentence in planted:
        sentences.insert(rng.randrange(len(sentences) + 1), sentence)
    paragraphs = []
    while sentences:
        size = rng.randint(3, 7)
        paragraphs.append(" ".join(sentences[:size]))
        del sentences[:size]
    if rng.random() < 0.3:
        mentioned = _companions(rng, cast, 1)[0]
        paragraphs[0] += f" {rng.choice(('Gesehen auch', 'With', 'Wie'))} [[{mentioned}]]."
    if len(paragraphs) > 3:
        paragraphs.insert(2, "## Später" if language is cast.vocabulary.german else "## Later")
    lists = "\n".join(items)
    return (
        f"{chr(10).join(f'{paragraph}{chr(10)}' for paragraph in paragraphs)}\n{lists}\n"
        if lists
        else "\n\n".join(paragraphs) + "\n"
    )


def _sentences(rng: Random, words: list[str]) -> Iterator[str]:
    start = 0
    while start < len(words):
        stop = start + rng.randint(5, 17)
        sentence = " ".join(words[start:stop])
        yield sentence[0].upper() + sentence[1:] + "."
        start = stop


def main() -> None:
    """Write a vault as the command line says and print what to ask it for."""
    if len(sys.argv) not in {3, 4}:
        sys.exit("usage: make_vault.py FOLDER NOTES [SEED]")
    folder, notes, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) == 4 else 1
    began = time.perf_counter()
    make_vault(folder, notes, seed)
    print(f"{folder}: {notes} notes in {time.perf_counter() - began:.1f} s; {note_counts(notes)}")
    for kind, query in sample_queries(notes, seed)._asdict().items():
        print(f"  {kind:7} {query if isinstance(query, str) else f'{query.text}  ({query.notes} notes)'}")


if __name__ == "__main__":
    main()
