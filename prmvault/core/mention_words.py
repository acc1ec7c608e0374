"""Words that tell names in prose from something else: titles, months, given names that are common words.

All are in their folded form. Used by `mentions`.
"""

from __future__ import annotations

from prmvault.core.names import fold

TITLES_OF_NAMES = ("dr", "prof")
# Hours and Fridays are written so, too, but not with a capital letter before a name.
SHORT_TITLES = frozenset(("hr", "fr"))
TITLES = SHORT_TITLES | frozenset(
    (*TITLES_OF_NAMES, "herr", "herrn", "frau", "mr", "mrs", "ms", "miss", "mister", "doctor", "doktor", "professor")
)
_MONTHS = frozenset(
    (
        *("january", "february", "march", "april", "may", "june", "july", "august", "september", "october"),
        *("november", "december", "januar", "februar", "marz", "mai", "juni", "juli", "oktober", "dezember"),
    )
)
_DAYS = frozenset(
    (
        *("monday", fold("tuesday"), "wednesday", "thursday", "friday", "saturday", "sunday", "today", "tomorrow"),
        *("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonnabend", "sonntag"),
    )
)
NO_FAMILY = _MONTHS | _DAYS | TITLES
# Given names that are more often something else, wherever they stand (German writes nouns with a capital letter) …
NEVER_ALONE = _MONTHS | {"mark", "rose", "heide", "ernst", "angel", "summer", "autumn", "winter", "sommer"}
# … and those that are something else with the capital letter of a sentence's first word.
NOT_FIRST = frozenset(
    ("will", "grant", "chase", "drew", "bill", fold("sue"), "hope", "faith", "joy", "dawn", "art", "guy")
)
# An s at their end is no genitive of Andrea, Luca or Jen.
NO_GENITIVE = frozenset(
    (
        *("andreas", "carlos", "elias", "ellis", "hannes", "hans", "ines", "jens", "johannes", "jonas", "jules"),
        *("lucas", "louis", "lukas", "marcos", "mats", "nicolas", "niklas", "nikolas"),
    )
)
# Words by which a text is German: there a noun may follow a name, in English only another name begins with a capital.
GERMAN = frozenset(
    (
        *("und", "mit", "das", "bei", "beim", "vom", "zum", "zur", "ein", "eine", "einen", "ist", "nicht", "auch"),
        *("fur", "uber", "ich", "wir", "nach", "aus", "auf", "wegen"),
    )
)

# Given names somewhere on earth that are also words or places which people type in small letters …
_ALSO_NAMES = """
amber angel apr art ask aud aug austin autumn bar barb bart basil bent bill bin bing birke bishop blanche blaze blue
brooke brooklyn buck bunny can candy carol cat charity chase cher cherry china chip christian chuck clay clement
cliff colt constant cookie cooper coral cricket crystal daisy dale dallas dang dawn dean dec deep den desire destiny
dez dick dolly don door dot dove drake drew duke dung dusty earl earnest easter eden engel ernest ernst eve even faith
falk falke fang feb fee felicity fern finch fleur flora florence forest frank fre french fri gabe gal gang gay gene
geneva georgia german ginger glen gold grace grant guy hai hang happy hardy harmony hat hazel heath heather heide
helle hen henne herb hind holly honey honor honour hope horst hung hunter india iris ivy jack jade jan jasmine jean
jet jewel job joy judge jun kai king kit kitty lan lance lane laurel lee liebe lies lila lily linde line live london
lone long lot love loyal lucky mac major malte man mar marge marin marina marine mark martini max melody mercedes
mercy merit merry mies milan miles min mina mine ming miss missy mit mon nan noble norm nov nova nur oct odd okt
olive opal or page pan pansy paris pat patience paz peace pearl peg penny pepper per pierce ping pip poppy porter
precious prince princess prudence queen rain ram ran reed rein reine reiner rich ring rio rob rock rocky rod roman
rome rosa rose rosemary ruby rush rusty sage said salvador sandy sat savannah scarlet scout sep sept serenity sherry
sienna sine skip sky skye sol solange sommer son song sonne sonny star sterling stern stew stone storm sue sugar
summer sun sunny sydney tad tag tai tan tanner temple thu ties till tin ting ton tor trace trinity tue twin una van
velvet vienna viola violet virginia volker wade ward wed wen whitney wild will willow wing winter wolf wren yam yin
young
"""
# … and the small words of English and German, one of which may be somebody's name, or an s more than that.
_SMALL = """
about above after again alas alias all alone along already also always and any are around asked away back bad became
because been before began behind being below best better between big both bought brought but buy call called came
cannot come could day days did does doing done down during each early else enough ever every few first for found four
free from full gave get getting give go goes going gone good got great had half has have having he hear heard help her
here hers herself him himself his home how into its itself just keep kept knew know last late later least left less
let like little long look lost lot made make many maybe me meet met might mine more most much must near need never new
next nice nine none not nothing now off often old once one only open other our ours out over own paid past perhaps
phoned play poor put quite rather read really right run sad same sat saw says see seem seen sent set she should show
sick since six small some soon still stop such sure take talked tell ten text than thanks that the their them then
there these they thing think this those though three through time tired together told tomorrow tonight too took
towards two under until upon use used very via visit visited want was way week well went were what when where which
while who whole whom whose why wife with within without work would year years yes yesterday yet you your yours

aber alle allein allem allen aller alles als also alt alte am andere anderen anders ans auch auf aus bald bei beide
beiden beim besser bin bis bisher bist bitte da dabei dafür daheim damals damit danach dank danke dann daran darauf
darin darum das dass davon dazu dein deine dem den denn der deren des dessen dich die dies diese diesem diesen dieser
dieses dir doch dort drei drin du durch ein eine einem einen einer eines einmal endlich er erst erste es etwas euch
euer fast fein fest früh fünf für ganz gar gegen gehen geht gerade gern gerne gestern ging groß große gut gute guten
habe haben hat hatte hatten heim her heute hier hin hinter hoch ich ihm ihn ihnen ihr ihre ihrem ihren ihrer immer ins
ist ja jede jedem jeden jeder jemand jetzt kam kann kein keine keinen klar klein kleine kommen kommt krank kurz lang
lange laut leid leider lieb lieber los mach mache machen macht mal malte man mehr mein meine meinem meinen meiner
meist mich mir mit morgen muss nach nachts nahe neben nein neu neue neun nicht nichts nie noch nun nur ob oben oder
ohne paar rund sagt sagte schon schön sehr sein seine seinem seinen seiner seit selbst sich sie sieht sind so sogar
soll sollte somit sonst spät statt süß tags toll um und uns unser unsere unter viel viele vier vom von vor vorbei war
waren warm warum was weg wegen weil weit weiter wen wenig wenn wer werden wie wieder will wir wird wo wohl wollte zehn
zu zum zur zusammen zwar zwei zwischen über
"""
NEVER_SMALL = (
    frozenset(map(fold, (_ALSO_NAMES + _SMALL).split())) | _MONTHS | _DAYS | TITLES | NEVER_ALONE | NOT_FIRST | GERMAN
)
"""Words that are no name of a person where they are written in small letters."""
