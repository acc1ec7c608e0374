"""The catalogues tell all that there is to tell, and the compiled ones what the others say."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from prmvault.render import catalogues
from prmvault.render.language import BUILT_IN, FOLDER

REMEDY = "run python -m prmvault.render.catalogues, and translate what it tells"
SHIPPED = catalogues.languages()


def texts(catalogue: Any) -> dict[tuple[str, Any], Any]:
    """Return (context, text) → translation."""
    found = {}
    for each in catalogue:
        if each.id:
            key = tuple(each.id) if isinstance(each.id, list | tuple) else each.id
            string = tuple(each.string) if isinstance(each.string, list | tuple) else each.string
            # Babel reads the context of a compiled catalogue as bytes.
            context = each.context.decode() if isinstance(each.context, bytes) else each.context
            found[context or "", key] = string
    return found


def parts(text: str) -> set[str]:
    return set(re.findall(r"\{([^{}]*)\}", text))


def test_german_is_shipped() -> None:
    assert set(SHIPPED) >= set(BUILT_IN) - {"en"}


@pytest.mark.parametrize("language", SHIPPED)
def test_every_message_of_code_and_templates_is_translated_and_no_other(language: str) -> None:
    known = texts(catalogues.read(language))
    wanted = texts(catalogues.updated(language))
    assert sorted(map(str, wanted.keys() - known.keys())) == [], REMEDY
    assert sorted(map(str, known.keys() - wanted.keys())) == [], REMEDY
    assert [each.id for each in catalogues.gaps(catalogues.read(language))] == [], REMEDY
    assert not catalogues.read(language).obsolete, REMEDY


@pytest.mark.parametrize("language", SHIPPED)
def test_what_is_compiled_is_what_is_written(language: str) -> None:
    with Path(FOLDER, language, "LC_MESSAGES/prmvault.mo").open("rb") as file:
        compiled = read_mo(file)
    assert texts(compiled) == texts(catalogues.read(language)), REMEDY
    assert compiled.plural_expr == catalogues.read(language).plural_expr


def test_the_template_for_a_new_language_is_that_of_the_code() -> None:
    with Path(FOLDER, "prmvault.pot").open("rb") as file:
        assert texts(read_po(file)).keys() == texts(catalogues.template()).keys(), REMEDY


@pytest.mark.parametrize("language", SHIPPED)
def test_a_translation_has_the_parts_of_its_text(language: str) -> None:
    for (_, text), told in texts(catalogues.read(language)).items():
        forms = (text,) if isinstance(text, str) else text
        wanted = parts(forms[-1])
        for form in (told,) if isinstance(told, str) else told:
            # One of something may go without its number: `jede Woche`.
            assert wanted - {"count"} <= parts(form) <= wanted, text
        assert parts((told,)[0] if isinstance(told, str) else told[-1]) == wanted, text


@pytest.mark.parametrize("language", SHIPPED)
def test_a_translation_is_one_clean_line(language: str) -> None:
    for (_, text), told in texts(catalogues.read(language)).items():
        for form in (told,) if isinstance(told, str) else told:
            assert form.isprintable(), text
            assert form == form.strip(), text
            assert '"' not in form, f"{text}: German quotes are „…“"


def test_a_catalogue_is_written_the_same_each_time() -> None:
    first, second = (catalogues.updated("de") for _ in range(2))
    assert catalogues.po_bytes(first) == catalogues.po_bytes(second)
    assert catalogues.mo_bytes(first) == catalogues.mo_bytes(second)
    again = read_po(BytesIO(catalogues.po_bytes(first)), locale="de")
    assert texts(again) == texts(first)


def test_words_that_the_program_reads_itself_are_for_further_languages_only() -> None:
    assert any(context == catalogues.DAY_WORDS for context, _ in texts(catalogues.template()))
    assert not any(context == catalogues.DAY_WORDS for context, _ in texts(catalogues.read("de")))
