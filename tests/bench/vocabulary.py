"""Words and names for the synthetic vaults: a made-up German and English with a realistic shape of frequencies."""

from __future__ import annotations

import unicodedata
from itertools import accumulate, islice, product
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from random import Random


def listed(words: str) -> list[str]:
    """Return the words of a text: a long list of words is easier to read and to change as a text."""
    return words.split()


# Real text follows Zipf's law in its head and falls faster behind it; the bend keeps the number of
# distinct words growing with the size of the vault as it does in real notes.
BEND, TAIL_EXPONENT = 2_500, 1.9

GERMAN_COMMON = listed("""
der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er hat dass sie nach
wird bei einer um am sind noch wie einem über einen so zum war haben nur oder aber vor zur bis mehr durch man sein wurde sei
wir ich uns mir mich ihr ihm ihn du dann schon wenn kann was hier heute morgen gestern wieder immer sehr viel gut alles
abends mittags zusammen später früh lange erst doch jetzt etwas nichts ganz unter zwischen gegen ohne während müssen können
möchte hätte würde wäre ging kam sagte erzählte fragte Haus Garten Küche Straße Abend Morgen Tag Woche Jahr Zeit Kaffee Buch
Arbeit Kinder Mutter Vater Schwester Bruder Großmutter Freund Freundin Wetter Regen Sonne Zug Bahn Auto Fahrrad Brief Bild
grün schön müde fröhlich groß klein neu alt weiß süß spät
""")
ENGLISH_COMMON = listed("""
the of and to a in is that for it as was with be by on not he his but at are this have from or had an they which one you were
all her she there would their we him been has when who will no more if out so up what about into than them can only other time
some could these two may then do first any my now such like our over me even most made after also did many before must through
back years where much your way well down should because each just those people how too little good very make still see own work
long get here both between being under never day same another know while last might us great old year off come since against go
came right used take three house garden kitchen street evening morning week coffee book mother father sister brother friend
weather rain sun train car bike letter picture green tired happy late early
""")

GERMAN_ONSETS = listed(
    "b bl br d dr f fl fr g gl gr h j k kl kn kr l m n p pf pl r s sch schl schm schn schw sp st str t tr w z zw"
)
GERMAN_VOWELS = listed("a a e e i i o u ä ö ü ei au ie eu a e")
GERMAN_CODAS = listed(
    "b cht ck d ft g hl hn hr k l ll lm m mm n nd ng nk nn nz p r rb rg rk rm rn rt rz s sch ss st t tt tz ß"
)
GERMAN_ENDINGS = (
    "",
    "e",
    "en",
    "er",
    "es",
    "ern",
    "te",
    "ten",
    "ung",
    "ungen",
    "lich",
    "liche",
    "ig",
    "keit",
    "lein",
)
ENGLISH_ONSETS = listed(
    "b bl br c ch cl cr d dr f fl fr g gl gr h j k l m n p pl pr qu r s sc sh sl sm sn sp st str t th tr w"
)
ENGLISH_VOWELS = listed("a a e e i i o o u ai ea ee oa oo ou")
ENGLISH_CODAS = listed("b ck d ft g ld ll lt m mp n nd ng nk nt p r rd rk rm rn rt sh sk ss st t th tch x")
ENGLISH_ENDINGS = ("", "s", "ed", "ing", "er", "ers", "ly", "y", "ness", "ful", "able")

GIVEN_NAMES = listed("""
Anna Ben Clara David Emma Felix Greta Hannes Ida Jakob Katharina Lukas Marie Nils Olivia Paul Ronja Simon Tilda Uwe Vera
Wolfgang Yvonne Zacharias Jürgen Günther Jörg Björn Käthe Bärbel Sören Gül Özlem Zoë Chloë José Łukasz Renée Aoife Siân
Alice Brian Charlotte Daniel Eleanor Frank Grace Henry Isabel James Kate Liam Megan Noah Oscar Poppy Quentin Ruth Samuel Tessa
Ursula Victor Wendy Adele Bernd Carla Dieter Elke Friedrich Gisela Helga Inge Johannes Karl Lena Moritz Nora Otto Petra Rainer
Sabine Thomas Ulrike Volker Wiebke Anton Birgit Christoph Doris Erik Frieda Georg Hilde Ingo Judith Klaus Lotte Martin Nadja
Oskar Pia Rosa Stefan Theo Viktoria Walter Ahmed Mehmet Fatima Priya Ravi Mei Hiroshi Yuki Ivan Olga Svetlana Marek Agnieszka
""")
FAMILY_NAMES = listed("""
Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter Klein Wolf Schröder
Neumann Schwarz Zimmermann Braun Krüger Hartmann Lange Werner Krause Lehmann Köhler Maier Huber Fuchs Groß Weiß Jäger Böhm
Smith Jones Taylor Brown Williams Wilson Johnson Davies Patel Wright Walker White Thompson Evans Hughes Hall Green Lewis Clarke
Yılmaz Nowak Kowalski Novák García Rossi Dubois Jensen Østergaard Svensson Nakamura Nguyen Singh Okafor O'Brien
""")
NAME_FRONTS = listed("""
Linden Rosen Stein Berg Wald Eichen Buch Kirch Mühl Grün Sonnen Winter Sommer Silber Gold Eisen Feld Ober Nieder Alten Neu
Birken Hasel König Löwen Bären Vogel Stern Mond Hoch Tief Lang Kurz Weiden Brunnen Sand Wiesen Korn Honig Schön Ash Black Wood
""")
NAME_BACKS = listed("""
berg bauer hofer mann feld thal stein bach meier baum dorfer müller wald hauser brück au schmied kamp holz garten er
rath scheid wirth brunn see burger steiner ford well
""")
PLACES = listed("""
Berlin Hamburg München Köln Leipzig Zürich Wien Göttingen Münster Würzburg Lübeck London Bristol York Leeds Dublin Tübingen Bonn
""")


class Words(NamedTuple):
    """One language: its words by rank, and the running sum of their weights for `random.choices`."""

    words: list[str]
    cumulative: list[float]


class Vocabulary(NamedTuple):
    """Both languages; `common` words come first in each."""

    german: Words
    english: Words


def fold(text: str) -> str:
    """Return the text in lower case ASCII letters, as in an e-mail address or as a key for comparison."""
    plain = unicodedata.normalize("NFKD", text.lower().replace("ß", "ss").replace("ı", "i").replace("ø", "o"))
    return "".join(char for char in plain.replace("ł", "l") if char.isascii())


def build_vocabulary(rng: Random, reserved: Iterable[str]) -> Vocabulary:
    """Make some 400,000 words; none begins like a word of `reserved`, so that those stay countable."""
    taken = tuple(fold(word)[:6] for word in reserved)
    german_stems = _stems(rng, (GERMAN_ONSETS, GERMAN_VOWELS, GERMAN_CODAS), 3_000)
    english_stems = _stems(rng, (ENGLISH_ONSETS, ENGLISH_VOWELS, ENGLISH_CODAS), 2_500)
    german = _ranked(rng, german_stems, GERMAN_ENDINGS, compounds=250_000)
    english = _ranked(rng, english_stems, ENGLISH_ENDINGS, compounds=80_000)
    return Vocabulary(
        _weighted((*GERMAN_COMMON, *german), taken),
        _weighted((*ENGLISH_COMMON, *english), taken),
    )


def people_names(rng: Random, count: int, reserved: Iterable[str]) -> list[str]:
    """Make `count` different names of people, none of them in `reserved`; some have two given names."""
    families = FAMILY_NAMES * 6 + [front + back for front, back in product(NAME_FRONTS, NAME_BACKS)]
    seen = {fold(name) for name in reserved}
    names: list[str] = []
    while len(names) < count:
        given = " ".join(rng.sample(GIVEN_NAMES, 2)) if rng.random() < 0.06 else rng.choice(GIVEN_NAMES)
        name = f"{given} {rng.choice(families)}"
        if (key := fold(name)) not in seen:
            seen.add(key)
            names.append(name)
    return names


def _stems(rng: Random, parts: tuple[list[str], list[str], list[str]], count: int) -> list[str]:
    onsets, vowels, codas = parts
    stems: dict[str, None] = {}
    while len(stems) < count:
        stem = rng.choice(onsets) + rng.choice(vowels) + rng.choice(codas)
        if rng.random() < 0.45:
            stem += rng.choice("aeio") + rng.choice(codas)
        if len(stem) > 3:
            stems[stem] = None
    return list(stems)


def _ranked(rng: Random, stems: list[str], endings: tuple[str, ...], *, compounds: int) -> list[str]:
    """Order the words as frequencies would: short forms first on the whole, compounds behind."""
    simple = [
        (stem_rank * (2 + ending_rank) * rng.lognormvariate(0, 1), stem + ending)
        for stem_rank, stem in enumerate(stems, 1)
        for ending_rank, ending in enumerate(endings)
    ]
    simple.sort()
    return [*(word for _, word in simple), *islice(_compounds(rng, stems), compounds)]


def _compounds(rng: Random, stems: list[str]) -> Iterator[str]:
    ranks = list(accumulate(1 / (rank + 200) for rank in range(len(stems))))
    while True:
        for first, second in zip(
            rng.choices(stems, cum_weights=ranks, k=1_000),
            rng.choices(stems, cum_weights=ranks, k=1_000),
            strict=True,
        ):
            yield (first.capitalize() + rng.choice(("", "", "s", "en")) + second + rng.choice(("", "", "e", "en", "s")))


def _weighted(ranked: Iterable[str], taken: tuple[str, ...]) -> Words:
    words = [word for word in dict.fromkeys(ranked) if not fold(word).startswith(taken)]
    return Words(words, list(accumulate(_weight(rank) for rank in range(len(words)))))


def _weight(rank: int) -> float:
    head = 1 / (min(rank, BEND) + 2.7)
    return head if rank <= BEND else head * (BEND / rank) ** TAIL_EXPONENT
