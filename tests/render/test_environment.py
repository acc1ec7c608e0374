"""Templates: the vault's before the shipped ones, and none can do harm."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from prmvault.core.frontmatter import parse_yaml_text
from prmvault.core.problems import PrmvaultError
from prmvault.core.yaml_text import yaml_text
from prmvault.render import environment
from prmvault.render.environment import MAX_CHARACTERS, has_template, render_template, render_text


def refused(source: str, **values: Any) -> str:
    with pytest.raises(PrmvaultError) as told:
        render_text(source, "x.md.j2", values)
    return str(told.value)


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ ''['__class__'] }}",
        "{{ ''|attr('__class__') }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ self.__init__.__globals__ }}",
        "{{ lipsum.__globals__['os'] }}",
        "{{ namespace.__init__ }}",
        "{{ joiner.__init__.__globals__ }}",
        "{{ values.items.__self__.__class__ }}",
        "{{ '{0.__class__.__mro__}'.format('') }}",
        "{{ '{0.__class__}'.format_map({'0': ''}) }}",
        "{{ ('{0.__cl' ~ 'ass__}').format('') }}",
        "{% for x in [''] %}{{ x.__class__ }}{% endfor %}",
        "{{ range.__class__.__base__.__subclasses__() }}",
    ],
)
def test_a_template_reaches_no_code(source: str) -> None:
    told = ""
    try:
        text = render_text(source, "x.md.j2", {"values": {"a": "b"}})
    except PrmvaultError as error:
        text, told = "", str(error)
    assert text == ""
    assert not told or "[bad-template]" in told


@pytest.mark.parametrize(
    "source",
    [
        "{% include '/etc/passwd' %}",
        "{% import 'x' as y %}",
        "{% extends '../../x' %}",
        "{{ open('/etc/passwd').read() }}",
        "{{ config }}",
        "{{ request }}",
    ],
)
def test_a_template_reaches_no_file(source: str) -> None:
    assert "[bad-template]" in refused(source)


@pytest.mark.parametrize(
    "source",
    ["{% set _ = values.update({'a': 1}) %}", "{{ values.clear() }}", "{{ items.append(1) }}", "{{ items.pop() }}"],
)
def test_a_template_changes_nothing(source: str) -> None:
    values = {"values": {"a": "b"}, "items": ["a"]}
    with pytest.raises(PrmvaultError):
        render_text(source, "x.md.j2", values)
    assert values == {"values": {"a": "b"}, "items": ["a"]}


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("a\nb\n{{ nothing }}", 3),
        ("{% for %}", 1),
        ("a\n{{ 1 / 0 }}", 2),
        ("a\n\n{{ [][3] }}\n{{ 'x' + 1 }}", 3),
        ("a\n{{ 'x' + 1 }}", 2),
        ("{# open", 1),
        ("{% macro f() %}{{ f() }}{% endmacro %}\n{{ f() }}", 1),
        ("{{ 'x'|nonsense }}", 1),
    ],
)
def test_a_mistake_is_told_with_name_and_line(source: str, line: int) -> None:
    assert refused(source).startswith(f"x.md.j2:{line}: ")


def test_the_output_has_a_limit() -> None:
    assert f"more than {MAX_CHARACTERS:,} characters" in refused(
        "{% for i in range(99999) %}" + "x" * 50 + "{% endfor %}"
    )


def test_what_is_not_known_is_a_mistake_and_not_an_empty_text() -> None:
    assert "'birthdy' is undefined" in refused("{{ birthdy }}")


# The vault's own templates run in a process of their own.


def test_the_vaults_template_comes_first(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/journal.md.j2").write_text("day {{ date }} ä\n", encoding="utf-8")
    assert render_template(str(tmp_path), "journal.md.j2", {"date": "2026-11-20"}) == "day 2026-11-20 ä\n"


def test_without_one_the_shipped_template_is_used(tmp_path: Path) -> None:
    assert "type: journal\ndate: 2026-11-20\n" in render_template(
        str(tmp_path), "journal.md.j2", {"date": "2026-11-20"}
    )


@pytest.mark.parametrize("what", ["file", "folder"])
def test_a_symbolic_link_is_not_followed(tmp_path: Path, what: str) -> None:
    root, outside = tmp_path / "vault", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    (outside / "journal.md.j2").write_text("secret")
    (outside / "book.md.j2").write_text("secret")
    if what == "folder":
        (root / "templates").symlink_to(outside)
    else:
        (root / "templates").mkdir()
        for name in ("journal.md.j2", "book.md.j2"):
            (root / "templates" / name).symlink_to(outside / name)
    assert "secret" not in render_template(str(root), "journal.md.j2", {"date": "2026-11-20"})
    assert not has_template(str(root), "book.md.j2")
    with pytest.raises(PrmvaultError, match=r"there is no template book\.md\.j2"):
        render_template(str(root), "book.md.j2", {})


def own(root: Path, source: str) -> str:
    (root / "templates").mkdir(exist_ok=True)
    (root / "templates/x.md.j2").write_text(source, encoding="utf-8")
    try:
        return render_template(str(root), "x.md.j2", {"name": "Ann"})
    except PrmvaultError as error:
        return f"refused: {error}"


def test_endless_work_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "SECONDS", 1)
    loops = "".join(f"{{% for i{n} in range(99999) %}}" for n in range(4)) + "{% endfor %}" * 4
    assert own(tmp_path, loops) == "refused: templates/x.md.j2: the template took more than 1 s [bad-template]"


@pytest.mark.skipif(os.name != "posix", reason="limits of memory are POSIX's")
@pytest.mark.parametrize(
    "source",
    [
        "{{ ('a' * 10**9) * 4 }}",
        "{{ 'a'.ljust(4 * 10**9) }}",
        "{{ '%4000000000d' % 1 }}",
        "{{ '{:>4000000000}'.format(1) }}",
        "{{ 'a'|center(4000000000) }}",
        "{{ [0] * 10**9 }}",
    ],
)
def test_memory_has_a_limit(tmp_path: Path, source: str) -> None:
    answer = own(tmp_path, source)
    assert answer.startswith("refused: templates/x.md.j2")
    assert "too much memory" in answer


def test_a_huge_number_is_no_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "SECONDS", 2)
    assert own(tmp_path, "{{ 9 ** (9 ** 9) }}").startswith("refused: ")


def test_a_template_that_is_not_utf8_is_read_as_well_as_can_be(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/x.md.j2").write_bytes(b"M\xfcller {{ name }}")
    assert render_template(str(tmp_path), "x.md.j2", {"name": "Ann"}) == "M\ufffdller Ann"


def test_nothing_of_the_vault_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("prmvault.py", "json.py", "jinja2.py", "sitecustomize.py"):
        (tmp_path / name).write_text("raise SystemExit('run')")
    monkeypatch.chdir(tmp_path)
    assert own(tmp_path, "{{ name }}") == "Ann"


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufdd0\ufdd1\ufdd2\ufdd3")))
@example("no")
@example("0123")
@example("~")
@example("a: b")
@example("- a")
@example("2026-11-20")
@example("a\u2028b\u0085c\x7f\x00")
@example("ends with blank ")
@example("=")
@example("\ufeffa")
@example("\ufffe")
def test_any_text_reads_back_from_yaml(text: str) -> None:
    front = parse_yaml_text("x.md", f"key: {yaml_text(text)}\nlist:\n  - {yaml_text(text)}\n")
    assert front.problems == ()
    assert front.values == {"key": text, "list": [text]}
