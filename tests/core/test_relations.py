from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prmvault.core.relations import Relation, gender_letter, inverse_type, relation_of, relation_words, word_for

WORDS = relation_words()
TYPES = sorted({relation.type for relation in WORDS.values()})


@pytest.mark.parametrize(
    ("words", "relation"),
    [
        ("parent parents Eltern Elternteil", Relation("parent")),
        ("mother Mutter Mama mothers Mütter", Relation("parent", "F")),
        ("father Vater Väter dads", Relation("parent", "M")),
        ("child children Kind Kinder kids", Relation("child")),
        ("sibling siblings Geschwister", Relation("sibling")),
        ("brother brothers Bruder Brüder Brueder", Relation("sibling", "M")),
        ("sister Schwester Schwestern", Relation("sibling", "F")),
        ("Oma Omas Großmutter Grossmutter grandma grandmothers", Relation("grandparent", "F")),
        ("Opa Opas", Relation("grandparent", "M")),
        ("Enkelin Enkelinnen granddaughters", Relation("grandchild", "F")),
        ("Enkel", Relation("grandchild", "M")),
        ("Uroma", Relation("great-grandparent", "F")),
        ("Schwiegermutter mother-in-law", Relation("parent-in-law", "F")),
        ("wife wives Frau Ehefrau", Relation("spouse", "F")),
        ("husband husbands Mann", Relation("spouse", "M")),
        ("girlfriend Partnerin", Relation("partner", "F")),
        ("friend friends Freunde", Relation("friend")),
        ("Freundin Freundinnen", Relation("friend", "F")),
        ("Freund", Relation("friend", "M")),
        ("aunt aunts Tante Tanten", Relation("uncle-aunt", "F")),
        ("uncle uncles Onkel Onkels", Relation("uncle-aunt", "M")),
        ("Nichte nieces Nichten", Relation("nephew-niece", "F")),
        ("Neffe Neffen", Relation("nephew-niece", "M")),
        ("Cousine Cousinen", Relation("cousin", "F")),
        ("Patentante godmother", Relation("godparent", "F")),
        ("Kollegin Kolleginnen", Relation("colleague", "F")),
        ("Chef chefs", Relation("manager", "M")),
        ("neighbor neighbours Nachbarn", Relation("neighbour")),
        ("ex-wife Exfrau Ex-Frau", Relation("ex-spouse", "F")),
        ("Schwägerin Schwaegerin Schwägerinnen", Relation("sibling-in-law", "F")),
    ],
)
def test_words_in_both_languages_and_numbers_are_understood_with_their_gender(words: str, relation: Relation) -> None:
    for word in words.split():
        assert relation_of(word, WORDS) == relation, word
        assert relation_of(f" {word.upper()} ", WORDS) == relation, word


@pytest.mark.parametrize("word", ["bandmate", "Sparringspartnerinhaber", "chess", "", "s"])
def test_an_unknown_word_is_a_type_of_its_own_and_its_own_inverse(word: str) -> None:
    assert relation_of(f" {word} ", WORDS) == Relation(word)
    assert inverse_type(word) == word


@pytest.mark.parametrize(
    ("kind", "inverse"),
    [
        *(
            ("parent", "child"),
            ("grandparent", "grandchild"),
            ("uncle-aunt", "nephew-niece"),
            ("godparent", "godchild"),
        ),
        *(
            ("manager", "report"),
            ("mentor", "mentee"),
            ("spouse", "spouse"),
            ("sibling", "sibling"),
            ("friend", "friend"),
        ),
    ],
)
def test_types_come_in_pairs(kind: str, inverse: str) -> None:
    assert inverse_type(kind) == inverse
    assert inverse_type(inverse) == kind


@pytest.mark.parametrize("kind", TYPES)
def test_every_type_is_a_word_for_itself_and_the_inverse_of_its_inverse(kind: str) -> None:
    assert relation_of(kind, WORDS).type == kind
    assert inverse_type(inverse_type(kind)) == kind
    assert inverse_type(kind) in TYPES


MORE = {
    "landlord": {"inverse": "tenant", "words": ["Vermieter", "house owner"], "female": ["Vermieterin"], "male": []},
    "guardian": {"inverse": "child", "words": [], "female": [], "male": []},
    "friend": {"inverse": "", "words": ["Pate"], "female": [], "male": ["Kumpel"]},
    "Bandmate": {"inverse": "", "words": [], "female": [], "male": []},
}


@pytest.mark.parametrize(
    ("word", "relation"),
    [
        ("vermieterin", Relation("landlord", "F")),
        ("Vermieterinnen", Relation("landlord", "F")),
        ("House Owner", Relation("landlord")),
        ("landlords", Relation("landlord")),
        ("tenants", Relation("tenant")),
        ("Kumpel", Relation("friend", "M")),
        ("Freundin", Relation("friend", "F")),
        ("Pate", Relation("friend")),
        ("bandmate", Relation("Bandmate")),
        ("child", Relation("child")),
    ],
)
def test_the_settings_add_types_and_words_which_go_before_the_known_ones(word: str, relation: Relation) -> None:
    assert relation_of(word, relation_words(MORE)) == relation


@pytest.mark.parametrize(
    ("kind", "inverse"),
    [
        *(("landlord", "tenant"), ("tenant", "landlord"), ("guardian", "child"), ("child", "parent")),
        *(("friend", "friend"), ("Bandmate", "Bandmate"), ("parent", "child"), ("chess", "chess")),
    ],
)
def test_an_inverse_of_the_settings_need_not_be_declared_itself(kind: str, inverse: str) -> None:
    assert inverse_type(kind, MORE) == inverse


def test_no_word_has_two_meanings() -> None:
    assert WORDS["freundin"].type == WORDS["freund"].type == "friend"
    assert all(relation_of(word, WORDS) == relation for word, relation in WORDS.items())


@given(st.text(max_size=30))
def test_any_word_is_a_relation(word: str) -> None:
    assert relation_of(word, WORDS).type in (word.strip(), *TYPES)


@pytest.mark.parametrize(
    ("kind", "female", "male"),
    [
        *(("child", "daughter", "son"), ("parent", "mother", "father"), ("sibling", "sister", "brother")),
        *(
            ("spouse", "wife", "husband"),
            ("grandparent", "grandmother", "grandfather"),
            ("uncle-aunt", "aunt", "uncle"),
        ),
        *(("nephew-niece", "niece", "nephew"), ("parent-in-law", "mother-in-law", "father-in-law")),
        *(("friend", "friend", "friend"), ("partner", "partner", "partner"), ("cousin", "cousin", "cousin")),
        *(("step-sibling", "step-sibling", "step-sibling"), ("chess", "chess", "chess")),
    ],
)
def test_a_type_has_a_word_for_each_gender_where_english_has(kind: str, female: str, male: str) -> None:
    assert [word_for(kind, gender) for gender in ("F", "M", "")] == [female, male, kind]


def test_the_word_for_a_gender_means_the_same_type() -> None:
    for kind in TYPES:
        for gender in ("F", "M"):
            word = word_for(kind, gender)
            assert relation_of(word, WORDS) in (Relation(kind, gender), Relation(kind))


def test_a_type_of_the_settings_has_the_words_of_the_settings() -> None:
    assert [word_for("landlord", gender, MORE) for gender in ("F", "M", "")] == ["Vermieterin", "landlord", "landlord"]


@pytest.mark.parametrize(
    ("text", "gender"),
    [
        *(("F", "F"), ("female", "F"), ("weiblich", "F"), ("w", "F"), ("F;she", "F"), ("Frau", "F")),
        *(("M", "M"), ("male", "M"), ("männlich", "M"), ("Mann", "M"), (" m ", "M")),
        *(("", ""), ("non-binary", ""), ("divers", ""), ("O", ""), ("Mystery", ""), ("fluid", "")),
    ],
)
def test_a_gender_is_read_in_english_and_german_and_never_guessed(text: str, gender: str) -> None:
    assert gender_letter(text) == gender
