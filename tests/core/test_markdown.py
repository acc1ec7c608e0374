from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prmvault.core.markdown import Body, parse_body, parse_links, parse_tags, plain_text
from prmvault.core.model import Task


def targets(text: str) -> list[str]:
    return [link.target for link in parse_body(text).links]


def task(text: str) -> Task:
    (only,) = parse_body(text).tasks
    return only


@pytest.mark.parametrize(
    ("written", "target", "shown"),
    [
        ("[[Anna Müller]]", "Anna Müller", ""),
        ("[[Anna|my sister]]", "Anna", "my sister"),
        ("[[Anna|]]", "Anna", ""),
        ("[[Anna#Log]]", "Anna", ""),
        ("[[Anna#Log|then]]", "Anna", "then"),
        ("[[Anna#^a1b2]]", "Anna", ""),
        ("[[people/Anna]]", "people/Anna", ""),
        ("[[Anna.md]]", "Anna", ""),
        ("[[ Anna ]]", "Anna", ""),
        ("[[李小龍]]", "李小龍", ""),
    ],
)
def test_a_link_has_a_target_and_what_it_shows(written: str, target: str, shown: str) -> None:
    (link,) = parse_links(f"with {written}, today", 7)
    assert link == (target, 7, shown, False)


def test_an_embedded_file_is_a_link_that_says_so() -> None:
    (link,) = parse_links("![[photo.jpg|200]]")
    assert (link.target, link.embed) == ("photo.jpg", True)


def test_a_table_escapes_the_bar_of_a_link() -> None:
    body = parse_body("| who | what |\n|---|---|\n| [[Anna\\|my sister]] | [[Ben]] |")
    assert [(link.target, link.shown, link.line) for link in body.links] == [
        ("Anna", "my sister", 3),
        ("Ben", "", 3),
    ]


@pytest.mark.parametrize(
    "text", ["[[]]", "[[#Heading]]", "[[ ]]", "[Anna](Anna.md)", "[[Anna]", "[[An\nna]]", "[[a[b]]"]
)
def test_what_names_no_note_is_no_link(text: str) -> None:
    assert targets(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "`[[Anna]] #tag`",
        "``[[Anna]] #tag``",
        "```\n[[Anna]] #tag\n- [ ] task\n```",
        "~~~ python\n[[Anna]] #tag\n```\n- [ ] task\n~~~",
        "````\n```\n[[Anna]] #tag\n- [ ] task\n````",
        "- item\n    ```\n    [[Anna]] #tag\n    - [ ] task\n    ```",
        "- ```\n  [[Anna]] #tag\n  - [ ] task\n  ```",
        "> ```\n> [[Anna]] #tag\n> - [ ] task\n> ```",
        "```\r\n[[Anna]] #tag\r\n```\r\n",
        "```\n[[Anna]] never closed #tag",
    ],
)
def test_code_holds_no_links_tags_or_tasks(text: str) -> None:
    body = parse_body(text)
    assert (body.links, body.tags, body.tasks) == ((), (), ())


@pytest.mark.parametrize(
    "text",
    [
        "```\ncode\n```\n[[Ben]]",
        "- ```\n  code\n  ```\n[[Ben]]",
        "> ```\n> code\n> ```\n[[Ben]]",
        "`a` [[Ben]] `b`",
        "``` x ``` [[Ben]]",
        "~~a~~ [[Ben]]",
    ],
)
def test_after_code_everything_counts_again(text: str) -> None:
    assert targets(text) == ["Ben"]


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("#family first", ["family"]),
        ("last #family", ["family"]),
        ("(#family) #work/team, #a-b. #c_d!", ["family", "work/team", "a-b", "c_d"]),
        ("#Frühling #größe #日本", ["Frühling", "größe", "日本"]),
        ("#Fru\u0308hling", ["Fru\u0308hling"]),
        ("## Heading #tag", ["tag"]),
        ("\t#tab", ["tab"]),
        ("> #quoted", ["quoted"]),
        ("#y2026 #2026-11 #a/", ["y2026", "2026-11", "a"]),
        ("#1 #2026 # #- #/", []),
        ("a#b https://x.org/#c [d](#e) [[Anna#f]] # g &#8217;", []),
    ],
)
def test_tags_are_obsidians(text: str, tags: list[str]) -> None:
    assert parse_tags(text) == tags


def test_each_tag_is_told_once_in_the_order_of_the_text() -> None:
    assert parse_body("#b #a\n#b\n").tags == ("b", "a")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("call [[Anna]]", "call Anna"),
        ("[[people/Anna Müller|Anna]] came", "Anna came"),
        ("[[people/Anna Müller]] came", "Anna Müller came"),
        ("came ^a1b2", "came"),
        ("2 ^ 3", "2 ^ 3"),
    ],
)
def test_plain_text_is_what_a_person_reads(text: str, shown: str) -> None:
    assert plain_text(text) == shown


def test_a_task_has_the_signs_of_obsidian_tasks() -> None:
    written = "- [ ] buy bulbs for [[Oma]] ⏫ 🔁 every year 🛫 2026-10-01 ⏳ 2026-11-01 📅 2026-12-01 ^b1"
    assert task(written) == Task(
        line=1,
        text="buy bulbs for [[Oma]]",
        status="open",
        due="2026-12-01",
        scheduled="2026-11-01",
        start="2026-10-01",
        priority="high",
        repeat="every year",
        links=("Oma",),
    )


@pytest.mark.parametrize(
    ("box", "status"),
    [(" ", "open"), ("x", "done"), ("X", "done"), ("-", "cancelled"), ("/", "open"), ("!", "open")],
)
def test_the_box_of_a_task_tells_its_status(box: str, status: str) -> None:
    assert task(f"- [{box}] call ✅ 2026-11-20") == Task(1, "call", status, done="2026-11-20")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("call [due:: 2026-12-01]", Task(1, "call", "open", due="2026-12-01")),
        (
            "call (scheduled::2026-12-01) [priority:: high]",
            Task(1, "call", "open", scheduled="2026-12-01", priority="high"),
        ),
        ("call [completion:: 2026-12-01]", Task(1, "call", "open", done="2026-12-01")),
        ("call [due:: 2026-12-02] 📅 2026-12-01", Task(1, "call", "open", due="2026-12-01")),
        ("call 📅2026-12-01", Task(1, "call", "open", due="2026-12-01")),
        ("call 📅\ufe0f 2026-12-01", Task(1, "call", "open", due="2026-12-01")),
        ("call 🔽 #work", Task(1, "call #work", "open", priority="low")),
        ("call [mood:: good] 📅 tomorrow", Task(1, "call [mood:: good] 📅 tomorrow", "open")),
    ],
)
def test_dataview_fields_and_signs_are_read_and_the_rest_stays_text(written: str, expected: Task) -> None:
    assert task(f"- [ ] {written}") == expected


@pytest.mark.parametrize(
    "text",
    [
        "* [ ] call",
        "+ [ ] call",
        "1. [ ] call",
        "2) [ ] call",
        "-\t[ ]\tcall",
        "\t- [ ] call",
        "-   [ ]   call\r",
        "> - [ ] call",
        "> > - [ ] call",
        ">- [ ] call",
        "> [!todo] now\n> - [ ] call",
    ],
)
def test_a_task_may_stand_in_any_list_and_in_a_quotation(text: str) -> None:
    assert task(text).text == "call"


@pytest.mark.parametrize(
    "text",
    ["- []call", "- [ ]call", "-[ ] call", "[ ] call", "- [[x]] call", "- [xx] call", "- [ ](link) call"],
)
def test_what_only_resembles_a_task_is_none(text: str) -> None:
    assert parse_body(text).tasks == ()


def test_nested_tasks_are_tasks_each_with_its_own_line_and_links() -> None:
    body = parse_body("- visit [[Anna]]\n  - [ ] send [[Ben]] the photos\n\t- [x] wash\n")
    assert [(each.line, each.text, each.links) for each in body.tasks] == [
        (2, "send [[Ben]] the photos", ("Ben",)),
        (3, "wash", ()),
    ]
    assert [item.links for item in body.items] == [("Anna", "Ben")]


def test_an_item_holds_what_is_indented_under_it() -> None:
    body = parse_body(
        "## Day\n- call [[Anna]] #gift\n  about [[Ben]]\n\n  - and [[Cleo]] #wish\n    `code [[X]]`\n\nProse [[Dora]].\n  [[Emil]]\n"
    )
    (item,) = body.items
    assert item.line == 2
    assert item.text == "call [[Anna]] #gift"
    assert item.more == ("about [[Ben]]", "and [[Cleo]] #wish", "`code [[X]]`")
    assert item.links == ("Anna", "Ben", "Cleo")
    assert item.tags == ("gift", "wish")
    assert item.heading == "Day"


@pytest.mark.parametrize(
    "text",
    [
        "- call [[Anna]]\n- visit [[Ben]]",
        "  - call [[Anna]]\n  - visit [[Ben]]",
        "\t- call [[Anna]]\n\t- visit [[Ben]]",
        "    - call [[Anna]]\n  - visit [[Ben]]",
        "- call [[Anna]]\n\n* visit [[Ben]]",
        "1. call [[Anna]]\r\n2. visit [[Ben]]\r\n",
    ],
)
def test_items_on_one_level_are_items_of_their_own(text: str) -> None:
    assert [item.links for item in parse_body(text).items] == [("Anna",), ("Ben",)]


@pytest.mark.parametrize(
    "after",
    [
        "`code` [[Ben]]",
        "Prose [[Ben]]",
        "# [[Ben]]",
        "> [[Ben]]",
        "> - [[Ben]]",
        "| [[Ben]] |",
        "```\nx\n```\n  [[Ben]]",
    ],
)
def test_what_stands_at_the_margin_is_no_part_of_an_item(after: str) -> None:
    body = parse_body(f"- call [[Anna]]\n{after}")
    assert [item.links for item in body.items] == [("Anna",)]
    assert [link.target for link in body.links] == ["Anna", "Ben"]


def test_code_in_an_item_stays_in_its_text_but_links_nobody() -> None:
    (item,) = parse_body("- `a [[X]]` and [[Anna]]").items
    assert (item.text, item.links) == ("`a [[X]]` and [[Anna]]", ("Anna",))


@pytest.mark.parametrize(
    ("heading", "name"),
    [("# Log", "Log"), ("###   Log ##", "Log"), ("## Log #tag", "Log #tag"), ("#Log", "")],
)
def test_an_item_knows_its_heading(heading: str, name: str) -> None:
    assert parse_body(f"{heading}\n- x").items[0].heading == name


@pytest.mark.parametrize("comment", ["<!-- [[Anna]] -->", "%% [[Anna]] %%"])
def test_comments_are_the_users_text_and_their_links_count(comment: str) -> None:
    assert targets(comment) == ["Anna"]


@pytest.mark.parametrize("char", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\r"])
def test_only_a_line_feed_ends_a_line(char: str) -> None:
    body = parse_body(f"a{char}b [[Anna]]\r\n- [ ] call{char}now\r\n", 10)
    assert [link.line for link in body.links] == [10]
    assert [(each.line, each.text) for each in body.tasks] == [(11, f"call{char}now")]


def test_a_body_may_begin_on_any_line_of_its_file() -> None:
    body = parse_body("[[A]]\n\n- [[B]]\n", 5)
    assert [link.line for link in body.links] == [5, 7]
    assert [item.line for item in body.items] == [7]


def test_an_empty_body_holds_nothing() -> None:
    assert parse_body("") == Body((), (), (), ())


markdown_like = st.text(st.sampled_from("ab1 [[]]|#-*+`~>!\t\n\r:.()^xü📅🔁⏫2026-12\u2028\\"), max_size=200)


@given(markdown_like, st.integers(1, 1000))
def test_any_body_is_read_with_lines_in_range(text: str, first: int) -> None:
    body = parse_body(text, first)
    lines = [link.line for link in body.links] + [each.line for each in body.tasks] + [item.line for item in body.items]
    assert all(first <= line <= first + text.count("\n") for line in lines)
    assert {target for item in body.items for target in item.links} <= {link.target for link in body.links}
    assert all(tag and not tag.isdigit() for tag in body.tags)
