from __future__ import annotations

import errno
import gc
import random
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prmvault.search import whoosh_speed
from prmvault.search.whoosh_speed import (
    bulk_writer,
    create_index,
    import_whoosh,
    open_index,
    terms_field,
    update_writer,
    words_field,
)

import_whoosh()

from whoosh import fields, index  # noqa: E402 # only after import_whoosh()
from whoosh.fields import UnknownFieldError  # noqa: E402
from whoosh.filedb.filestore import FileStorage  # noqa: E402
from whoosh.filedb.structfile import BufferFile  # noqa: E402
from whoosh.index import LockError  # noqa: E402
from whoosh.query import And, NumericRange, Phrase, Prefix, SpanNear, Term  # noqa: E402
from whoosh.scoring import BM25F  # noqa: E402
from whoosh.writing import IndexingError, SegmentWriter  # noqa: E402

from prmvault.search import whoosh_write  # noqa: E402
from prmvault.search.whoosh_read import (  # noqa: E402
    MappedStorage,
    ViewFile,
    WordFormat,
    decode_positions,
    encode_positions,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

Note = dict[str, Any]


def schema() -> Any:
    return fields.Schema(
        path=fields.ID(stored=True, unique=True),
        type=fields.ID(stored=True),
        title=words_field(stored=True),
        body=words_field(),
        fields=terms_field(),
        date=fields.NUMERIC(int, bits=32, signed=False),
        day=fields.NUMERIC(int, bits=32, signed=False, sortable=True),
        prose=fields.TEXT(field_boost=1.5),
    )


def notes(count: int, seed: int = 1) -> list[Note]:
    chance = random.Random(seed)
    common = ["der", "the", "und", "and", "müller", "straße", "čapek", "日本", "x" * 200, "a"]
    rare = [f"w{number}" for number in range(3000)]
    made = []
    for number in range(count):
        length = chance.choice((0, 1, 5, 40, 300, 900))
        body = [chance.choice(common) if chance.random() < 0.5 else chance.choice(rare) for _ in range(length)]
        if number % 97 == 3:
            body += ["often"] * 700  # more than a byte can count
        note: Note = {
            "path": f"people/{number}.md",
            "type": chance.choice(("person", "meeting")),
            "title": chance.choices(common, k=chance.randint(0, 4)),
            "body": body,
            "fields": [f"tag:{chance.randrange(9)}", f"tag:{chance.randrange(9)}", f"city:{number}"],
            "date": chance.randrange(700_000, 800_000),
            "day": chance.randrange(30),
            "prose": " ".join(body[:20]),
        }
        if number % 5 == 0:
            del note["body"]
        if number % 7 == 0:
            note["title"] = None
            note["_stored_title"] = "not indexed, not stored"
        if number % 11 == 0:
            note["_stored_title"] = "stored in another form"
        made.append(note)
    return made


def contents(opened: Any) -> dict[str, Any]:
    """Read all that an index holds: each posting with weight, positions, length, each term's record, what is stored."""
    reader = opened.reader()
    terms = {}
    for name, text in reader.all_terms():
        field = reader.schema[name]
        matcher = reader.postings(name, text)
        found = []
        while matcher.is_active():
            number = matcher.id()
            found.append(
                (
                    number,
                    matcher.weight(),
                    matcher.value_as("frequency"),
                    matcher.value_as("positions") if field.supports("positions") else None,
                    reader.doc_field_length(number, name) if field.scorable else None,
                )
            )
            matcher.next()
        info = reader.term_info(name, text)
        record = (info.weight(), info.doc_frequency(), info.max_weight(), info.min_id(), info.max_id())
        lengths = (info.min_length(), info.max_length()) if field.scorable else None
        if found:
            terms[name, text] = (found, record, lengths)
    days = reader.column_reader("day")
    held = {
        "terms": terms,
        "order": [term for term in reader.all_terms() if term in terms],
        "stored": list(reader.iter_docs()),
        "days": [days[number] for number in reader.all_doc_ids()],
        "counts": (reader.doc_count(), reader.doc_count_all()),
        "lengths": {name: reader.field_length(name) for name in reader.schema.names()},
    }
    reader.close()
    return held


class Pair:
    """The same changes made with Whoosh's own writer and with ours."""

    def __init__(self, folder: Path) -> None:
        self.stock_folder, self.our_folder = folder / "stock", folder / "ours"
        self.stock_folder.mkdir()
        self.our_folder.mkdir()
        self.stock = index.create_in(str(self.stock_folder), schema())
        self.ours = create_index(self.our_folder, schema())

    def change(self, change: Callable[[Any], None], **options: Any) -> None:
        for writer in (self.stock.writer(), update_writer(self.ours)):
            change(writer)
            writer.commit(**options)

    def add(self, some: list[Note], **options: Any) -> None:
        def adding(writer: Any) -> None:
            for note in some:
                writer.add_document(**note)

        self.change(adding, **options)

    def check(self) -> dict[str, Any]:
        stock = contents(self.stock)
        assert contents(self.ours) == stock
        return stock


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    return Pair(tmp_path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "index"
    place.mkdir()
    create_index(place, schema())
    return place


def add(folder: Path, *some: Note) -> None:
    with update_writer(open_index(folder)) as writer:
        for note in some:
            writer.add_document(**note)


def paths(folder: Path, query: Any) -> list[str]:
    with open_index(folder).searcher(weighting=BM25F()) as searcher:
        return [hit["path"] for hit in searcher.search(query, limit=None)]


# What is written


def test_every_posting_is_the_same_as_from_whooshs_own_writer(pair: Pair) -> None:
    pair.add(notes(400))
    held = pair.check()
    assert any(len(found) > 300 for found, *_ in held["terms"].values()), "no term has several blocks"
    assert any(weight > 255 for found, *_ in held["terms"].values() for _, weight, *_ in found)


def test_deleting_and_merging_leaves_the_same_postings_as_whooshs_own_writer(pair: Pair) -> None:
    all_notes = notes(500, seed=2)
    pair.add(all_notes[:300])

    def change(writer: Any) -> None:
        for note in all_notes[0:300:7]:
            assert writer.delete_by_term("path", note["path"]) == 1
        for note in all_notes[300:330]:
            writer.add_document(**note)

    pair.change(change, merge=False)
    pair.check()
    for note in all_notes[330:345]:
        pair.add([note])
    pair.check()
    pair.add(all_notes[345:], optimize=True)
    held = pair.check()
    assert held["counts"] == (457, 457)
    assert len(pair.ours._segments()) == 1


def test_merging_what_whoosh_wrote_itself_keeps_its_postings(tmp_path: Path) -> None:
    opened = index.create_in(str(tmp_path), schema())
    with opened.writer() as writer:
        for note in notes(200):
            writer.add_document(**note)
    before = contents(open_index(tmp_path))
    update_writer(open_index(tmp_path)).commit(optimize=True)
    after = contents(open_index(tmp_path))
    # Whoosh adds up the lengths as rounded in the old segment, whoever merges.
    assert after | {"lengths": 0} == before | {"lengths": 0}


def test_whoosh_alone_reads_and_merges_what_we_wrote(pair: Pair) -> None:
    pair.add(notes(150))
    pair.add(notes(20, seed=9), merge=False)
    assert contents(index.open_dir(str(pair.our_folder))) == contents(pair.stock)
    index.open_dir(str(pair.our_folder)).optimize()
    pair.stock.optimize()
    pair.check()


def test_updating_a_document_replaces_it(folder: Path) -> None:
    add(folder, {"path": "a.md", "body": ["old"]}, {"path": "b.md", "body": ["other"]})
    with update_writer(open_index(folder)) as writer:
        writer.update_document(path="a.md", body=["new"])
    assert paths(folder, Term("body", "old")) == []
    assert paths(folder, Term("body", "new")) == ["a.md"]
    assert paths(folder, Term("body", "other")) == ["b.md"]


def test_a_commit_without_changes_or_with_deletions_only_leaves_a_readable_index(folder: Path) -> None:
    add(folder, *notes(3))
    update_writer(open_index(folder)).commit()
    with update_writer(open_index(folder)) as writer:
        assert writer.delete_by_term("path", "people/1.md") == 1
    assert open_index(folder).doc_count() == 2
    assert {file.suffix for file in folder.iterdir()} == {".seg", ".toc", ""}


def test_five_hundred_single_commits_keep_the_number_of_segments_small(folder: Path) -> None:
    most = 0
    for number in range(500):
        with update_writer(open_index(folder)) as writer:
            writer.delete_by_term("path", f"{number % 60}.md")
            writer.add_document(path=f"{number % 60}.md", body=["word", f"w{number}"])
        most = max(most, len(open_index(folder)._segments()))
    assert most <= 12
    assert open_index(folder).doc_count() == 60
    assert paths(folder, Term("body", "w499")) == ["19.md"]
    assert paths(folder, Term("body", "w439")) == []


def test_a_bulk_writer_leaves_the_segments_before_alone_unless_asked(folder: Path) -> None:
    for _ in range(8):
        with bulk_writer(open_index(folder)) as writer:
            writer.add_document(path="a.md", body=["word"])
    assert len(open_index(folder)._segments()) == 8
    with bulk_writer(open_index(folder), multisegment=False) as writer:
        writer.add_document(path="b.md", body=["word"])
    assert len(open_index(folder)._segments()) < 8


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"body": "a string"}, TypeError),
        ({"body": ["fine", 3]}, TypeError),
        ({"body": ["\ud800"]}, UnicodeEncodeError),
        ({"fields": "tag:x"}, TypeError),
        ({"date": -1}, ValueError),
        ({"nothing": ["x"]}, UnknownFieldError),
    ],
)
def test_a_wrong_document_leaves_nothing_of_itself(folder: Path, wrong: Note, error: type[Exception]) -> None:
    writer = update_writer(open_index(folder))
    with pytest.raises(error):
        writer.add_document(**{"path": "bad.md", "title": ["bad"], "body": ["bad"], "prose": "bad"} | wrong)
    writer.add_document(path="good.md", title=["good"])
    writer.commit()
    assert open_index(folder).doc_count() == 1
    assert [text for _, text in open_index(folder).reader().all_terms()] == [b"good.md", b"good"]


def test_no_document_is_added_after_a_segment_was_merged(folder: Path) -> None:
    add(folder, *notes(3))
    opened = open_index(folder)
    reader = opened.reader()
    with update_writer(opened) as writer:
        writer.add_reader(reader)
        with pytest.raises(IndexingError):
            writer.add_document(path="late.md")
    reader.close()
    assert len(paths(folder, Prefix("path", "people/"))) == 6


def test_a_field_with_vectors_is_refused(tmp_path: Path) -> None:
    opened = create_index(tmp_path, fields.Schema(prose=fields.TEXT(vector=True)))
    with pytest.raises(NotImplementedError), update_writer(opened) as writer:
        writer.add_document(prose="words")
    update_writer(opened).cancel()


# Searching


def test_phrases_and_nearness_use_the_positions(folder: Path) -> None:
    add(
        folder,
        {"path": "a.md", "body": ["anna", "fährt", "nach", "graz"]},
        {"path": "b.md", "body": ["nach", "graz", "fährt", "anna", *["und"] * 200, "anna", "nach"]},
    )
    assert paths(folder, Phrase("body", ["nach", "graz"])) == ["a.md", "b.md"]
    assert paths(folder, Phrase("body", ["fährt", "nach"])) == ["a.md"]
    assert paths(folder, Phrase("body", ["anna", "nach"])) == ["b.md"]
    assert paths(folder, Phrase("body", ["anna", "nach"], slop=2)) == ["a.md", "b.md"]
    near = SpanNear(Term("body", "anna"), Term("body", "graz"), slop=2, ordered=False)
    assert paths(folder, near) == ["b.md"]


def test_terms_ranges_and_prefixes_find_the_same_in_the_same_order_as_with_whooshs_own_writer(
    pair: Pair,
) -> None:
    pair.add(notes(200))
    pair.add(notes(40, seed=5), merge=False)
    queries = [
        Term("body", "müller"),
        Term("body", "w17"),
        Term("title", "der"),
        Term("fields", "tag:3"),
        Term("prose", "und"),
        NumericRange("date", 720_000, 750_000),
        Prefix("body", "w29"),
        And([Term("body", "und"), Term("fields", "tag:1"), Term("body", "w5")]),
        Phrase("body", ["der", "und"]),
    ]
    with pair.stock.searcher() as stock, pair.ours.searcher() as ours:
        for query in queries:
            for limit in (3, None):
                found = [[(hit.docnum, hit.score) for hit in s.search(query, limit=limit)] for s in (stock, ours)]
                assert found[0] == found[1]
                assert found[0], query


def test_a_terms_field_scores_all_documents_alike_and_finds_whole_terms(folder: Path) -> None:
    add(
        folder,
        {"path": "a.md", "fields": ["city:new york", "tag:x", "tag:x"]},
        {"path": "b.md", "fields": ["tag:x"]},
    )
    with open_index(folder).searcher() as searcher:
        hits = searcher.search(Term("fields", "tag:x"))
        assert [hit.score for hit in hits] == [1.0, 1.0]
    assert paths(folder, Term("fields", "city:new york")) == ["a.md"]
    assert paths(folder, Term("fields", "york")) == []


def test_stored_words_come_back_as_they_were_given(folder: Path) -> None:
    add(
        folder,
        {"path": "a.md", "title": ["anna"], "_stored_title": "Anna"},
        {"path": "b.md", "title": ["bo"]},
    )
    with open_index(folder).searcher() as searcher:
        assert searcher.document(path="a.md") == {"path": "a.md", "title": "Anna"}
        assert searcher.document(path="b.md") == {"path": "b.md", "title": ["bo"]}


# Positions


ascending = st.lists(st.integers(min_value=0, max_value=2**40), unique=True).map(sorted)


@given(ascending)
def test_positions_are_read_as_they_were_written(positions: list[int]) -> None:
    data = encode_positions(positions)
    assert decode_positions(data) == positions
    assert WordFormat().decode_frequency(data) == len(positions)
    assert WordFormat().decode_position_boosts(data) == [(position, 1) for position in positions]


@given(ascending, ascending)
def test_combined_positions_are_those_of_both(some: list[int], others: list[int]) -> None:
    both = WordFormat().combine([encode_positions(some), encode_positions(others)])
    assert decode_positions(both) == sorted({*some, *others})


@pytest.mark.parametrize(
    ("positions", "data"),
    [([], b""), ([0], b"\0"), ([127], b"\x7f"), ([128], b"\x80\x01"), ([5, 6, 306], b"\x05\x01\xac\x02")],
)
def test_positions_have_this_form_on_the_disk(positions: list[int], data: bytes) -> None:
    assert encode_positions(positions) == data


# Reading in place


@given(st.binary(min_size=40, max_size=200), st.data())
def test_a_mapped_file_reads_what_whooshs_own_file_reads(content: bytes, data: Any) -> None:
    ours, stock = ViewFile(memoryview(content), "ours"), BufferFile(memoryview(content), "stock")
    place = st.integers(min_value=0, max_value=30)
    steps: dict[str, Callable[[Any, int, int], Any]] = {
        "read": lambda f, a, _: f.read(a),
        "seek": lambda f, a, b: f.seek(a, b % 3 if b % 3 != 1 else 0) and None,
        "tell": lambda f, _, __: f.tell(),
        "readline": lambda f, _, __: f.readline(),
        "get": lambda f, a, b: f.get(a, b),
        "byte": lambda f, a, _: f.get_byte(a),
        "int": lambda f, a, _: f.get_int(a),
        "uint": lambda f, a, _: f.get_uint(a),
        "ushort": lambda f, a, _: f.get_ushort(a),
        "long": lambda f, a, _: f.get_long(a),
        "array": lambda f, a, b: f.get_array(a, "HIq"[b % 3], 1),
        "rest": lambda f, a, b: f.subset(a, b).read(),
    }
    for name in data.draw(st.lists(st.sampled_from(sorted(steps)), max_size=12)):
        a, b = data.draw(place), data.draw(place)
        assert steps[name](ours, a, b) == steps[name](stock, a, b), name
    ours.close()


def test_a_mapped_file_stands_after_a_pickle_short_or_long() -> None:
    import pickle

    short, long = {"a": 1}, ["x" * 50] * 3 + ["y" * 500]
    file = ViewFile(memoryview(b"??" + pickle.dumps(short, 2) + pickle.dumps(long, 4) + b"end"), "file")
    file.seek(2)
    assert (file.read_pickle(), file.read_pickle(), file.read()) == (short, long, b"end")


def mapped_segments() -> int:
    with open("/proc/self/maps", encoding="utf-8") as maps:
        return sum(1 for line in maps if line.rstrip().endswith((".seg", ".seg (deleted)")))


@pytest.fixture
def no_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_closing_a_searcher_gives_its_memory_back_without_the_garbage_collector(
    folder: Path, no_collector: None
) -> None:
    add(folder, *notes(30))
    add(folder, *notes(10))
    before = mapped_segments()
    opened = open_index(folder)
    searcher = opened.searcher()
    assert mapped_segments() == before + 2
    assert len(searcher.search(Term("body", "und")))
    searcher.close()
    assert mapped_segments() == before
    for _ in range(20):
        update_writer(opened).cancel()
        with update_writer(opened) as writer:
            writer.delete_by_term("path", "people/1.md")
    assert mapped_segments() == before


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_a_searcher_that_is_dropped_gives_its_memory_back_too(folder: Path, no_collector: None) -> None:
    add(folder, *notes(10))
    before = mapped_segments()
    searcher = open_index(folder).searcher()
    assert mapped_segments() == before + 1
    del searcher
    assert mapped_segments() == before


def test_an_open_searcher_keeps_seeing_the_index_that_it_opened(folder: Path) -> None:
    add(folder, {"path": "a.md", "body": ["word"]})
    with open_index(folder).searcher() as before:
        with update_writer(open_index(folder)) as writer:
            writer.delete_by_term("path", "a.md")
            writer.add_document(path="b.md", body=["word"])
        update_writer(open_index(folder)).commit(optimize=True)
        assert [hit["path"] for hit in before.search(Term("body", "word"))] == ["a.md"]


@pytest.mark.parametrize("optimize", [True, False])
def test_a_refreshed_searcher_sees_no_document_that_was_deleted(folder: Path, optimize: bool) -> None:
    add(folder, {"path": "a.md", "body": ["word"]}, {"path": "b.md", "body": ["word"]})
    before = open_index(folder).searcher()
    with update_writer(open_index(folder)) as writer:
        writer.delete_by_term("path", "a.md")
        writer.optimize = optimize
        writer.merge = False
    with before.refresh() as after:
        assert [hit["path"] for hit in after.search(Term("body", "word"))] == ["b.md"]
    assert before.is_closed


# Faults


def test_only_one_writer_is_let_in_and_the_one_refused_leaves_its_lock_alone(folder: Path) -> None:
    first = update_writer(open_index(folder))
    for _ in range(2):
        with pytest.raises(LockError):
            update_writer(open_index(folder))
    first.add_document(path="a.md", body=["word"])
    first.commit()
    assert paths(folder, Term("body", "word")) == ["a.md"]


def test_a_cancelled_writer_leaves_the_folder_as_it_was(folder: Path) -> None:
    add(folder, *notes(5))
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    writer = update_writer(open_index(folder))
    writer.delete_by_term("path", "people/1.md")
    for note in notes(3):
        writer.add_document(**note)
    writer.cancel()
    writer.cancel()
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    add(folder, *notes(1))


class FullDisk:
    """Refuses to write after so many steps; a step is a new file, a write or a rename."""

    def __init__(self, patch: pytest.MonkeyPatch, steps: int) -> None:
        self.steps = steps
        storage = whoosh_write.TrackedStorage
        create, rename = storage.create_file, storage.rename_file

        def creating(within: Any, *args: Any, **options: Any) -> Any:
            self.step()
            file = create(within, *args, **options)
            write = file.write

            def writing(data: bytes) -> Any:
                self.step()
                return write(data)

            file.write = writing
            return file

        def renaming(within: Any, *args: Any, **options: Any) -> None:
            self.step()
            rename(within, *args, **options)

        patch.setattr(storage, "create_file", creating)
        patch.setattr(storage, "rename_file", renaming)

    def step(self) -> None:
        self.steps -= 1
        if self.steps < 0:
            raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_at_any_step_leaves_the_old_index_and_gives_the_lock_back(folder: Path) -> None:
    old: list[Note] = [{"path": f"{number}.md", "body": ["word"], "day": 1} for number in range(6)]
    new: Note = {"path": "new.md", "title": ["new"], "body": ["word"], "day": 3}
    for note in old:
        with bulk_writer(open_index(folder)) as writer:
            writer.add_document(**note)
    before = contents(open_index(folder))
    files = {file.name for file in folder.iterdir()}
    for steps in range(10_000):
        try:
            with pytest.MonkeyPatch.context() as patch:
                FullDisk(patch, steps)
                with update_writer(open_index(folder)) as writer:
                    writer.delete_by_term("path", "4.md")
                    writer.add_document(**new)
        except OSError as error:
            assert error.errno == errno.ENOSPC  # noqa: PT017 # one of the steps must not raise
            assert {file.name for file in folder.iterdir()} == files
            if steps % 10 == 0:
                assert contents(open_index(folder)) == before
        else:
            break
    assert steps > 50
    assert len(open_index(folder)._segments()) < 6
    assert len(paths(folder, Term("body", "word"))) == 6


def test_an_error_after_the_new_index_is_in_place_does_not_take_it_away(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: Any) -> None:
        raise KeyboardInterrupt

    writer = update_writer(open_index(folder))
    writer.add_document(path="a.md", body=["word"])
    monkeypatch.setattr(index, "clean_files", failing)
    with pytest.raises(KeyboardInterrupt):
        writer.commit()
    monkeypatch.undo()
    assert paths(folder, Term("body", "word")) == ["a.md"]
    add(folder, {"path": "b.md", "body": ["word"]})
    assert paths(folder, Term("body", "word")) == ["a.md", "b.md"]


# Imports and versions


def run(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_import_leaves_out_what_a_search_does_not_need() -> None:
    out = run(
        "import sys\n"
        "from prmvault.search.whoosh_speed import import_whoosh\n"
        "before = set(sys.modules)\n"
        "import_whoosh()\n"
        "print(*set(sys.modules) - before)"
    )
    loaded = set(out.split())
    assert {"whoosh.searching", "whoosh.query", "whoosh.index", "whoosh.codec.whoosh3"} <= loaded
    unwanted = {
        "asyncio",
        "ssl",
        "urllib.request",
        "http.client",
        "email",
        "cached_property",
        "hashlib",
        "pickle",
    }
    assert not loaded & (unwanted | {"random", "tempfile", "shutil", "whoosh.lang.morph_en", "whoosh.lang.porter"})


def test_after_the_import_every_module_that_was_put_off_is_the_real_one() -> None:
    out = run(
        "from prmvault.search.whoosh_speed import import_whoosh, _PUT_OFF\n"
        "import_whoosh()\n"
        "import importlib\n"
        "for name in [*_PUT_OFF, 'pickle', 'cached_property']:\n"
        "    module = importlib.import_module(name)\n"
        "    assert module.__spec__ is not None and module.__file__, name\n"
        "import pickle, urllib.request, asyncio\n"
        "assert pickle.loads(pickle.dumps([1])) == [1] and pickle._Pickler and urllib.request.Request\n"
        "from whoosh.compat import htmlescape, urlretrieve\n"
        "from whoosh.filedb import filestore\n"
        "from whoosh import analysis, collectors, fields, sorting, util\n"
        "assert htmlescape('<') == '&lt;' and filestore.tempfile.gettempdir()\n"
        "assert len(util.random_name(9)) == 9 and collectors.sorting.Facets is sorting.Facets\n"
        "assert [t.text for t in analysis.StemmingAnalyzer()('rendering')] == ['render']\n"
        "print('well')"
    )
    assert out == "well\n"


def test_modules_that_are_there_before_the_import_stay_what_they_are() -> None:
    assert (
        run(
            "import sys, pickle, random, tempfile, hashlib\n"
            "before = dict(sys.modules)\n"
            "from prmvault.search.whoosh_speed import import_whoosh\n"
            "import_whoosh()\n"
            "import whoosh.compat, whoosh.util\n"
            "assert all(sys.modules[name] is module for name, module in before.items())\n"
            "assert whoosh.compat.pickle is pickle and whoosh.util.random is random\n"
            "print('well')"
        )
        == "well\n"
    )


def test_an_index_that_whoosh_wrote_is_searched_after_the_light_import(tmp_path: Path) -> None:
    with index.create_in(
        str(tmp_path), fields.Schema(path=fields.ID(stored=True), body=fields.TEXT)
    ).writer() as writer:
        writer.add_document(path="a.md", body="some words rendering")
    out = run(
        "from prmvault.search.whoosh_speed import open_index\n"
        f"opened = open_index({str(tmp_path)!r})\n"
        "from whoosh.query import FuzzyTerm, Term, Variations\n"
        "with opened.searcher() as searcher:\n"
        "    for query in (Term('body', 'words'), FuzzyTerm('body', 'wirds'), Variations('body', 'render')):\n"
        "        print(*(hit['path'] for hit in searcher.search(query)))"
    )
    assert out == "a.md\n" * 3


def test_with_another_version_whooshs_own_parts_do_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whoosh_speed, "CHECKED_VERSION", (9, 9, 9))
    opened = create_index(tmp_path, schema())
    assert type(opened.storage) is FileStorage
    some = notes(60)
    with bulk_writer(opened) as writer:
        assert type(writer) is SegmentWriter
        for note in some:
            writer.add_document(**note)
    assert open_index(tmp_path).doc_count() == 60
    stock = contents(open_index(tmp_path))
    monkeypatch.undo()
    assert type(open_index(tmp_path).storage) is MappedStorage
    assert contents(open_index(tmp_path)) == stock


def test_the_light_import_is_not_tried_with_another_version() -> None:
    out = run(
        "import sys\n"
        "import whoosh\n"
        "whoosh.__version__ = (2, 7, 6)\n"
        "from prmvault.search.whoosh_speed import import_whoosh\n"
        "import_whoosh()\n"
        "print('asyncio' in sys.modules, 'urllib.request' in sys.modules)"
    )
    assert out == "True True\n"
