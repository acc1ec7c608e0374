from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from prmvault.core.model import Value
from prmvault.core.problems import EXIT_USAGE, PrmvaultError, Problem
from prmvault.interop.csv_columns import find_columns, header_key, parse_mapping, parse_target, plain_key
from prmvault.interop.csv_read import is_csv, read_csv
from prmvault.interop.csv_rows import Row
from prmvault.interop.drafts import Draft

GOOGLE_NEW = (
    "First Name,Middle Name,Last Name,Phonetic First Name,Phonetic Middle Name,Phonetic Last Name,Name Prefix,Name Suffix,"
    "Nickname,File As,Organization Name,Organization Title,Organization Department,Birthday,Notes,Photo,Labels,"
    "E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Label,E-mail 2 - Value,Phone 1 - Label,Phone 1 - Value,Phone 2 - Label,"
    "Phone 2 - Value,Address 1 - Label,Address 1 - Formatted,Address 1 - Street,Address 1 - City,Address 1 - PO Box,"
    "Address 1 - Region,Address 1 - Postal Code,Address 1 - Country,Address 1 - Extended Address,Relation 1 - Label,"
    "Relation 1 - Value,Website 1 - Label,Website 1 - Value,Event 1 - Label,Event 1 - Value,Custom Field 1 - Label,"
    "Custom Field 1 - Value"
)
GOOGLE_OLD = (
    "Name,Given Name,Additional Name,Family Name,Yomi Name,Given Name Yomi,Additional Name Yomi,Family Name Yomi,"
    "Name Prefix,Name Suffix,Initials,Nickname,Short Name,Maiden Name,Birthday,Gender,Location,Billing Information,"
    "Directory Server,Mileage,Occupation,Hobby,Sensitivity,Priority,Subject,Notes,Language,Photo,Group Membership,"
    "E-mail 1 - Type,E-mail 1 - Value,IM 1 - Type,IM 1 - Service,IM 1 - Value,Phone 1 - Type,Phone 1 - Value,"
    "Organization 1 - Type,Organization 1 - Name,Organization 1 - Yomi Name,Organization 1 - Title,"
    "Organization 1 - Department,Organization 1 - Symbol,Organization 1 - Location,Organization 1 - Job Description,"
    "Organization 2 - Name"
)
OUTLOOK_COM = (
    "First Name,Middle Name,Last Name,Title,Suffix,Nickname,Given Yomi,Surname Yomi,E-mail Address,E-mail 2 Address,"
    "E-mail 3 Address,Home Phone,Home Phone 2,Business Phone,Business Phone 2,Mobile Phone,Car Phone,Other Phone,"
    "Primary Phone,Pager,Business Fax,Home Fax,Other Fax,Company Main Phone,Callback,Radio Phone,Telex,TTY/TDD Phone,"
    "IMAddress,Job Title,Department,Company,Office Location,Manager's Name,Assistant's Name,Assistant's Phone,"
    "Company Yomi,Business Street,Business City,Business State,Business Postal Code,Business Country/Region,Home Street,"
    "Home City,Home State,Home Postal Code,Home Country/Region,Other Street,Other City,Other State,Other Postal Code,"
    "Other Country/Region,Personal Web Page,Spouse,Schools,Hobby,Location,Web Page,Birthday,Anniversary,Notes"
)
OUTLOOK_ENGLISH = (
    "Title,First Name,Middle Name,Last Name,Suffix,Company,Department,Job Title,Business Street,Business Street 2,"
    "Business Street 3,Business City,Business State,Business Postal Code,Business Country/Region,Home Street,"
    "Home Street 2,Home Street 3,Home City,Home State,Home Postal Code,Home Country/Region,Other Street,Other Street 2,"
    "Other Street 3,Other City,Other State,Other Postal Code,Other Country/Region,Assistant's Phone,Business Fax,"
    "Business Phone,Business Phone 2,Callback,Car Phone,Company Main Phone,Home Fax,Home Phone,Home Phone 2,ISDN,"
    "Mobile Phone,Other Fax,Other Phone,Pager,Primary Phone,Radio Phone,TTY/TDD Phone,Telex,Account,Anniversary,"
    "Assistant's Name,Billing Information,Birthday,Business Address PO Box,Categories,Children,Directory Server,"
    "E-mail Address,E-mail Type,E-mail Display Name,E-mail 2 Address,E-mail 2 Type,E-mail 2 Display Name,"
    "E-mail 3 Address,E-mail 3 Type,E-mail 3 Display Name,Gender,Government ID Number,Hobby,Home Address PO Box,Initials,"
    "Internet Free Busy,Keywords,Language,Location,Manager's Name,Mileage,Notes,Office Location,"
    "Organizational ID Number,Other Address PO Box,Priority,Private,Profession,Referred By,Sensitivity,Spouse,User 1,"
    "User 2,User 3,User 4,Web Page"
)
OUTLOOK_GERMAN = (
    "Anrede,Vorname,Weitere Vornamen,Nachname,Suffix,Firma,Abteilung,Position,Straße geschäftlich,Straße geschäftlich 2,"
    "Straße geschäftlich 3,Ort geschäftlich,Region geschäftlich,Postleitzahl geschäftlich,Land/Region geschäftlich,"
    "Straße privat,Straße privat 2,Straße privat 3,Ort privat,Bundesland/Kanton privat,Postleitzahl privat,"
    "Land/Region privat,Weitere Straße,Weitere Straße 2,Weitere Straße 3,Weiterer Ort,Weiteres/r Bundesland/Kanton,"
    "Weitere Postleitzahl,Weiteres/e Land/Region,Telefon Assistent,Fax geschäftlich,Telefon geschäftlich,"
    "Telefon geschäftlich 2,Rückmeldung,Autotelefon,Telefon Firma,Fax privat,Telefon (privat),Telefon (privat 2),ISDN,"
    "Mobiltelefon,Weiteres Fax,Weiteres Telefon,Pager,Haupttelefon,Mobiltelefon 2,Telefon für Hörbehinderte,Telex,"
    "Abrechnungsinformation,Assistent(in),Benutzer 1,Benutzer 2,Benutzer 3,Benutzer 4,Beruf,Büro,E-Mail-Adresse,"
    "E-Mail-Typ,E-Mail: Angezeigter Name,E-Mail 2: Adresse,E-Mail 2: Typ,E-Mail 2: Angezeigter Name,E-Mail 3: Adresse,"
    "E-Mail 3: Typ,E-Mail 3: Angezeigter Name,Empfohlen von,Geburtstag,Geschlecht,Hobby,Initialen,"
    "Internet Frei/Gebucht,Jahrestag,Kategorien,Kinder,Konto,Name des/r Vorgesetzten,Notizen,Organisationsnr.,Ort,"
    "Partner,Postfach geschäftlich,Postfach privat,Priorität,Privat,Reisekilometer,Sozialversicherungsnr.,Sprache,"
    "Stichwörter,Vertraulichkeit,Verzeichnisserver,Webseite,Weiteres Postfach"
)
LINKEDIN = (
    "Notes:\n"
    '"Some addresses are missing, as ""not everybody"" shows them.\nSee the settings, please."\n'
    "\n"
    "First Name,Last Name,URL,Email Address,Company,Position,Connected On\n"
)


def sheet(header: str, *rows: dict[str, str], encoding: str = "utf-8", mark: str = ",") -> bytes:
    """Return a file with all columns of `header` and the cells that the rows name."""
    names = header.split(",")
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, names, restval="", delimiter=mark)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def read(data: bytes | str, **options: Any) -> tuple[list[Draft], list[Problem]]:
    found = list(read_csv(data.encode() if isinstance(data, str) else data, "people.csv", **options))
    return [one for one in found if isinstance(one, Draft)], [one for one in found if isinstance(one, Problem)]


def one(data: bytes | str, **options: Any) -> Draft:
    drafts, problems = read(data, **options)
    assert not problems
    assert len(drafts) == 1
    return drafts[0]


def fields(data: bytes | str, **options: Any) -> dict[str, Value]:
    return one(data, **options).fields


ANNA = {
    "First Name": "Anna",
    "Last Name": "Müller",
    "Name Prefix": "Dr.",
    "Nickname": "Annie ::: Änni",
    "Organization Name": "Stadtkarten eG",
    "Organization Title": "Cartographer",
    "Organization Department": "Atlases",
    "Birthday": " --03-14",
    "Notes": "Allergic\nto cats.",
    "Labels": "* myContacts ::: Choir friends ::: * starred",
    "E-mail 1 - Label": "* Work",
    "E-mail 1 - Value": "anna@example.org ::: mueller@example.org",
    "E-mail 2 - Label": "Ferien",
    "E-mail 2 - Value": "am.see@example.org",
    "Phone 1 - Label": "Mobile",
    "Phone 1 - Value": "+49 170 123456",
    "Phone 2 - Label": "Work Fax",
    "Phone 2 - Value": "030 99",
    "Address 1 - Label": "Home",
    "Address 1 - Formatted": "Am Weg 3\n04668 Grimma",
    "Address 1 - Street": "Am Weg 3",
    "Address 1 - City": "Grimma",
    "Address 1 - Postal Code": "04668",
    "Relation 1 - Label": "Mother",
    "Relation 1 - Value": "Gerda Lang",
    "Website 1 - Value": "https://example.org/anna",
    "Event 1 - Label": "Anniversary",
    "Event 1 - Value": "2016-08-20",
    "Custom Field 1 - Label": "Shoe size",
    "Custom Field 1 - Value": "38",
}


def test_a_new_google_export_is_read_with_labels_several_values_and_a_birthday_without_year() -> None:
    draft = one(sheet(GOOGLE_NEW, ANNA))
    assert (draft.kind, draft.name, draft.line) == ("person", "Anna Müller", 2)
    assert draft.notes == "Allergic\nto cats."
    assert draft.fields == {
        "name": "Anna Müller",
        "names": {"family": "Müller", "given": "Anna", "prefix": "Dr."},
        "aliases": ["Annie", "Änni"],
        "emails": [
            {"value": "anna@example.org", "label": "work", "pref": "yes"},
            {"value": "mueller@example.org", "label": "work"},
            {"value": "am.see@example.org", "label": "Ferien"},
        ],
        "phones": [{"value": "+49 170 123456", "label": "mobile"}, {"value": "030 99", "label": "work fax"}],
        "urls": ["https://example.org/anna"],
        "addresses": [{"label": "home", "street": "Am Weg 3", "locality": "Grimma", "postcode": "04668"}],
        "birthday": "--03-14",
        "dates": [{"label": "anniversary", "date": "2016-08-20"}],
        "org": ["Stadtkarten eG", "Atlases"],
        "title": "Cartographer",
        "related": [{"type": "mother", "person": "Gerda Lang"}],
        "tags": ["Choir-friends", "starred"],
        "shoe_size": "38",
    }


def test_an_address_in_one_piece_counts_where_it_has_no_parts() -> None:
    row = {"First Name": "Ida", "Address 1 - Formatted": "Hof 1\n04668 Grimma"}
    assert fields(sheet(GOOGLE_NEW, row))["addresses"] == [{"street": "Hof 1, 04668 Grimma"}]


def test_of_an_address_in_one_piece_what_the_parts_do_not_say_is_the_street() -> None:
    row = {"First Name": "Ida", "Address 1 - Formatted": "Hof 1\n04668 Grimma", "Address 1 - City": "Grimma"}
    assert fields(sheet(GOOGLE_NEW, row))["addresses"] == [{"street": "Hof 1", "locality": "Grimma"}]
    found = fields("Name,Adresse,PLZ,Ort\nIda,Hof 1,04668,Grimma\n")
    assert found["addresses"] == [{"street": "Hof 1", "locality": "Grimma", "postcode": "04668"}]


def test_two_addresses_in_one_column_of_google_are_two() -> None:
    row = {"First Name": "Ida", "Address 1 - Street": "Hof 1 ::: Weg 2", "Address 1 - City": "Grimma ::: Leipzig"}
    assert fields(sheet(GOOGLE_NEW, row))["addresses"] == [
        {"street": "Hof 1", "locality": "Grimma"},
        {"street": "Weg 2", "locality": "Leipzig"},
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_an_old_google_export_is_read_in_every_encoding(encoding: str) -> None:
    row = {
        "Name": "Jürgen Groß",
        "Given Name": "Jürgen",
        "Family Name": "Groß",
        "Maiden Name": "Öhler",
        "Occupation": "baker",
        "Group Membership": "* myContacts ::: Bäcker",
        "E-mail 1 - Type": "* Home",
        "E-mail 1 - Value": "j@example.org",
        "IM 1 - Type": "Other",
        "IM 1 - Service": "Jabber",
        "IM 1 - Value": "j@jabber.example",
        "Organization 1 - Name": "Brot & Söhne",
        "Organization 1 - Department": "Ofen",
        "Organization 2 - Name": "Chor",
        "Gender": "male",
    }
    found = fields(sheet(GOOGLE_OLD, row, encoding=encoding))
    assert found["name"] == "Jürgen Groß"
    assert found["names"] == {"family": "Groß", "given": "Jürgen", "maiden": "Öhler"}
    assert found["emails"] == [{"value": "j@example.org", "label": "home", "pref": "yes"}]
    assert found["im"] == [{"service": "Jabber", "user": "j@jabber.example", "label": "other"}]
    assert (found["org"], found["organization_2_name"]) == (["Brot & Söhne", "Ofen"], "Chor")
    assert (found["role"], found["tags"], found["gender"]) == ("baker", ["Bäcker"], "M")


def test_a_company_without_a_person_is_an_organization() -> None:
    row = {"Organization Name": "Brightwater Books", "Organization Department": "Sales", "Phone 1 - Value": "+44 20 1"}
    draft = one(sheet(GOOGLE_NEW, row))
    assert (draft.kind, draft.name) == ("organization", "Brightwater Books")
    assert draft.fields == {"name": "Brightwater Books", "phones": ["+44 20 1"], "units": ["Sales"]}


def test_outlook_com_is_read_with_its_61_columns() -> None:
    assert len(OUTLOOK_COM.split(",")) == 61
    row = {
        "First Name": "Tom",
        "Last Name": "Becker",
        "E-mail Address": "tom@example.org",
        "E-mail 2 Address": "becker@example.org",
        "Home Phone": "030 1",
        "Home Phone 2": "030 2",
        "Company": "Becker Ltd",
        "Department": "Roofs",
        "Job Title": "Roofer",
        "IMAddress": "tom@im.example",
        "Manager's Name": "Ida Groß",
        "Assistant's Phone": "030 3",
        "Business Street": "Dachweg 1\nHinterhaus",
        "Business City": "Leipzig",
        "Home City": "Grimma",
        "Spouse": "Lena Becker",
        "Web Page": "https://example.org",
        "Birthday": "1969-12-28",
        "Anniversary": "0/0/00",
        "Notes": "likes penguins",
    }
    draft = one(sheet(OUTLOOK_COM, row))
    assert draft.notes == "likes penguins"
    assert draft.fields == {
        "name": "Tom Becker",
        "names": {"family": "Becker", "given": "Tom"},
        "emails": ["tom@example.org", "becker@example.org"],
        "phones": [
            {"value": "030 1", "label": "home"},
            {"value": "030 2", "label": "home"},
            {"value": "030 3", "label": "assistant"},
        ],
        "urls": ["https://example.org"],
        "addresses": [
            {"label": "work", "street": "Dachweg 1, Hinterhaus", "locality": "Leipzig"},
            {"label": "home", "locality": "Grimma"},
        ],
        "im": [{"value": "tom@im.example"}],
        "birthday": "1969-12-28",
        "org": ["Becker Ltd", "Roofs"],
        "title": "Roofer",
        "related": [{"type": "manager", "person": "Ida Groß"}, {"type": "spouse", "person": "Lena Becker"}],
    }


LOTTE = {
    "Anrede": "Frau",
    "Vorname": "Lotte",
    "Nachname": "Weiß",
    "Firma": "Weiß GmbH",
    "Straße privat": "Am Teich 7",
    "Straße privat 2": "3. Stock",
    "Postleitzahl privat": "01067",
    "Ort privat": "Dresden",
    "Postfach geschäftlich": "12 34",
    "Telefon (privat)": "0351 1",
    "Mobiltelefon": "+49 171 2",
    "Fax geschäftlich": "0351 3",
    "E-Mail-Adresse": "lotte@example.org",
    "E-Mail-Typ": "SMTP",
    "E-Mail: Angezeigter Name": "Lotte Weiß (lotte@example.org)",
    "Geburtstag": "14.3.1987",
    "Jahrestag": "0/0/00",
    "Geschlecht": "Weiblich",
    "Kategorien": "Chor;Nachbarn",
    "Kinder": "Mia, Tom",
    "Priorität": "Normal",
    "Vertraulichkeit": "Normal",
    "Privat": "Falsch",
    "Notizen": "mag Tee",
}


def test_of_old_german_outlook_what_nobody_chose_is_left_out() -> None:
    draft = one(sheet(OUTLOOK_GERMAN, {**LOTTE, "Privat": "Aus"}))
    assert "privat" not in draft.fields


@pytest.mark.parametrize(("encoding", "mark"), [("cp1252", ","), ("utf-8-sig", ";"), ("utf-16", "\t")])
def test_german_outlook_is_read_as_windows_writes_it(encoding: str, mark: str) -> None:
    draft = one(sheet(OUTLOOK_GERMAN, LOTTE, encoding=encoding, mark=mark))
    assert draft.notes == "mag Tee"
    assert draft.fields == {
        "name": "Lotte Weiß",
        "names": {"family": "Weiß", "given": "Lotte", "prefix": "Frau"},
        "emails": ["lotte@example.org"],
        "phones": [
            {"value": "0351 3", "label": "work fax"},
            {"value": "0351 1", "label": "home"},
            {"value": "+49 171 2", "label": "mobile"},
        ],
        "addresses": [
            {"label": "home", "street": "Am Teich 7, 3. Stock", "locality": "Dresden", "postcode": "01067"},
            {"label": "work", "pobox": "12 34"},
        ],
        "birthday": "1987-03-14",
        "org": "Weiß GmbH",
        "related": [{"type": "child", "person": "Mia"}, {"type": "child", "person": "Tom"}],
        "gender": "F",
        "tags": ["Chor", "Nachbarn"],
    }


@pytest.mark.parametrize(
    ("header", "name", "left"),
    [
        (GOOGLE_NEW, "google", {"File As"}),
        (
            GOOGLE_OLD,
            "google",
            {"Location", "Billing Information", "Directory Server", "Mileage", "Hobby", "Sensitivity", "Priority"}
            | {"Subject", "Organization 1 - Symbol", "Organization 1 - Location", "Organization 1 - Yomi Name"}
            | {"Initials", "Yomi Name", "Organization 2 - Name"},
        ),
        (OUTLOOK_COM, "outlook", {"Office Location", "Schools", "Hobby", "Location", "Company Yomi"}),
        (
            OUTLOOK_ENGLISH,
            "outlook",
            {"Account", "Billing Information", "Government ID Number", "Hobby", "Keywords", "Location", "Mileage"}
            | {"Office Location", "Organizational ID Number", "Priority", "Private", "Sensitivity", "Initials"}
            | {f"User {number}" for number in range(1, 5)},
        ),
        (
            OUTLOOK_GERMAN,
            "outlook",
            {"Abrechnungsinformation", "Büro", "Hobby", "Konto", "Organisationsnr.", "Ort", "Priorität", "Privat"}
            | {"Reisekilometer", "Sozialversicherungsnr.", "Stichwörter", "Vertraulichkeit", "Initialen"}
            | {f"Benutzer {number}" for number in range(1, 5)},
        ),
    ],
)
def test_every_column_of_a_known_program_has_its_place(header: str, name: str, left: set[str]) -> None:
    names = header.split(",")
    columns = find_columns({",": [Row(1, names)]}, {})
    assert columns is not None
    assert columns.format == name
    kept = [target for target in columns.targets if target.is_left]
    assert {one for one, target in zip(names, columns.targets, strict=True) if target in kept} == left
    assert all(target.is_known for target in kept)


def test_columns_of_the_program_itself_are_kept_without_a_word_and_those_of_nobody_are_told() -> None:
    row = {"First Name": "Ife", "Last Name": "Adeyemi", "Hobby": "Chess", "Initials": "I.A.", "Mileage": "12"}
    assert one(sheet(OUTLOOK_ENGLISH, row)).fields == {
        "name": "Ife Adeyemi",
        "names": {"family": "Adeyemi", "given": "Ife"},
        "hobby": "Chess",
        "mileage": "12",
    }
    _, problems = read(sheet(f"{OUTLOOK_ENGLISH},Shoe Size", {**row, "Shoe Size": "38"}))
    assert [problem.message for problem in problems] == [
        'columns that nobody knows are kept as keys of your own: "Shoe Size" as shoe_size'
    ]


def test_columns_that_are_only_kept_do_not_make_a_sheet_a_program_s() -> None:
    columns = find_columns({",": [Row(1, ["Name", "Telefon", "Hobby", "Location", "Subject"])]}, {})
    assert columns is not None
    assert [(target.key, target.is_known) for target in columns.targets] == [
        ("name", False),
        ("phones", False),
        ("hobby", False),
        ("location", False),
        ("subject", False),
    ]


def test_initials_are_kept_where_they_are_not_made_of_the_name() -> None:
    row = {"Name": "Ana Vega Ruiz", "Given Name": "Ana", "Family Name": "Vega Ruiz"}
    found = fields(sheet(GOOGLE_OLD, {**row, "Initials": "ALV", "Yomi Name": "a-na"}))
    assert (found["initials"], found["yomi_name"]) == ("ALV", "a-na")
    assert "initials" not in fields(sheet(GOOGLE_OLD, {**row, "Initials": "A. V."}))


def test_a_second_organization_of_google_is_no_unit_of_the_first() -> None:
    row = {
        "Name": "Owen",
        "Organization 1 - Name": "Boats ::: Choir",
        "Organization 1 - Title": "Owner :::  ",
        "Organization 2 - Name": "River Club",
    }
    assert fields(sheet(GOOGLE_OLD, row)) == {
        "name": "Owen",
        "org": "Boats",
        "title": "Owner",
        "organization_2_name": "Choir",
        "organization_2_name_2": "River Club",
    }
    header = f"{GOOGLE_OLD},Organization 2 - Title"
    found = fields(sheet(header, {"Name": "Owen", "Organization 1 - Title": "a", "Organization 2 - Title": "b"}))
    assert (found["title"], found["organization_2_title"]) == ("a", "b")


EMPTY = {
    "E-Mail-Typ": "SMTP",
    "Geburtstag": "0.0.00",
    "Geschlecht": "Keine Angabe",
    "Priorität": "Normal",
    "Privat": "Aus",
}


def test_a_row_in_which_is_only_what_outlook_writes_into_all_is_empty() -> None:
    assert read(sheet(OUTLOOK_GERMAN, EMPTY, LOTTE))[1] == []
    drafts, problems = read(sheet(OUTLOOK_GERMAN, {**EMPTY, "Notizen": "Zettel"}))
    assert drafts == []
    assert [(problem.line, problem.code) for problem in problems] == [(2, "bad-csv")]


def test_what_to_do_about_a_row_that_names_nobody_depends_on_who_made_the_table() -> None:
    (problem,) = read(sheet(OUTLOOK_GERMAN, {**EMPTY, "Notizen": "Zettel"}))[1]
    assert problem.hint == "give it a name in the file"
    (problem,) = read("Name,E-Mail,PLZ\n,,04668\n")[1]
    assert problem.hint.startswith("map a column to name")


def test_an_address_of_exchange_is_no_e_mail_address() -> None:
    exchange = "/o=ExchangeLabs/ou=Group/cn=Recipients/cn=callum"
    row = {"First Name": "Callum", "E-mail Address": exchange, "E-mail Type": "EX", "E-mail 2 Address": "c@b.example"}
    found = fields(sheet(OUTLOOK_ENGLISH, row))
    assert (found["emails"], found["e_mail_address"]) == (["c@b.example"], exchange)
    assert fields("uid,name,E-mail 1 - Value\n1,Callum,/o=x\n")["emails"] == ["/o=x"]


@pytest.mark.parametrize(
    ("cell", "name", "names"),
    [
        ("Winkler, Rosemarie", "Rosemarie Winkler", {"family": "Winkler", "given": "Rosemarie"}),
        ("van den Berg,Jean-Luc P.", "Jean-Luc P. van den Berg", {"family": "van den Berg", "given": "Jean-Luc P."}),
        ("King, Jr.", "King, Jr.", None),
        ("Quill & Sons, Ltd.", "Quill & Sons, Ltd.", None),
        ("Uwe, Ines, Paul", "Uwe, Ines, Paul", None),
        ("Hof 1, Grimma", "Hof 1, Grimma", None),
        ("Ida,", "Ida,", None),
    ],
)
def test_in_a_sheet_a_name_with_the_family_first_is_turned(cell: str, name: str, names: dict[str, str] | None) -> None:
    draft = one(f'Wer,Telefon\n"{cell}",1\n', mapping={"Wer": "name"})
    assert (draft.name, draft.fields["name"], draft.fields.get("names")) == (name, name, names)
    assert one(f'uid,name\n1,"{cell}"\n').name == cell


def test_linkedin_is_read_behind_its_preamble_and_the_day_of_the_connection_comes_once() -> None:
    data = LINKEDIN + 'Priya,Raman,https://www.linkedin.com/in/priya,,"Brightwater, Books",Editor,15 Jun 2026\n'
    draft = one(data)
    assert draft.line == 6
    assert draft.fields == {
        "name": "Priya Raman",
        "names": {"family": "Raman", "given": "Priya"},
        "urls": [{"value": "https://www.linkedin.com/in/priya", "label": "linkedin"}],
        "dates": [{"label": "connected on LinkedIn", "date": "2026-06-15", "repeat": "none"}],
        "org": "Brightwater, Books",
        "title": "Editor",
    }


def test_a_sheet_of_ones_own_is_understood_by_its_words() -> None:
    data = "Nr;Name;E-Mail;Handy;Geburtsdatum;Straße;PLZ;Ort;Gruppe\n1;Ida Groß;a@b.example, c@d.example;0170;1.2.1990;Hof 1;04668;Grimma;Chor\n"
    drafts, problems = read(data)
    assert drafts[0].fields == {
        "name": "Ida Groß",
        "emails": ["a@b.example", "c@d.example"],
        "phones": [{"value": "0170", "label": "mobile"}],
        "addresses": [{"street": "Hof 1", "locality": "Grimma", "postcode": "04668"}],
        "birthday": "1990-02-01",
        "tags": ["Chor"],
        "nr": "1",
    }
    assert [problem.code for problem in problems] == ["unknown-column"]


def test_our_own_keys_are_names_of_columns_too() -> None:
    found = fields("name,emails,cadence,likes,birthday\nIda,a@b.example,3 weeks,tea; plums,14.3.1987\n")
    assert found == {
        "name": "Ida",
        "emails": ["a@b.example"],
        "birthday": "1987-03-14",
        "cadence": "3 weeks",
        "likes": ["tea", "plums"],
    }


def test_a_mapping_makes_any_file_readable_and_what_it_does_not_name_is_kept_and_told_once() -> None:
    data = (
        "Spalte;Tel privat;Strasse;Chef;Farbe;Egal\nida@example.org;030 1;Hof 1;Tom;rot;x\nmax@example.org;;;;blau;y\n"
    )
    mapping = {"spalte": "emails", "Tel privat": "phones:home", "Strasse": "addresses:home.street"}
    drafts, problems = read(data, mapping={**mapping, "Chef": "related:manager", "Egal": "-"})
    assert drafts[0].fields == {
        "name": "ida@example.org",
        "emails": ["ida@example.org"],
        "phones": [{"value": "030 1", "label": "home"}],
        "addresses": [{"label": "home", "street": "Hof 1"}],
        "related": [{"type": "manager", "person": "Tom"}],
        "farbe": "rot",
    }
    assert drafts[1].fields["farbe"] == "blau"
    assert [(problem.line, problem.code) for problem in problems] == [(1, "unknown-column")]
    assert '"Farbe" as farbe' in problems[0].message


def test_a_mapping_goes_before_what_is_known() -> None:
    row = {"First Name": "Tom", "Last Name": "Becker", "Hobby": "chess", "Nickname": "x"}
    found = fields(sheet(OUTLOOK_COM, row), mapping={"Hobby": "likes", "Nickname": "-"})
    assert found["likes"] == ["chess"]
    assert "aliases" not in found


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("emails", ("emails", "", "value")),
        ("phones:home", ("phones", "home", "value")),
        ("addresses:home.street", ("addresses", "home", "street")),
        ("addresses.postcode", ("addresses", "", "postcode")),
        ("related:ex-wife", ("related", "ex-wife", "person")),
        ("im:signal", ("im", "signal", "user")),
        ("names.given", ("names", "", "given")),
        ("met.where", ("met", "", "where")),
        ("shoe size", ("shoe size", "", "")),
        ("-", ("", "", "-")),
    ],
)
def test_a_target_is_a_key_with_a_label_and_a_part(text: str, target: tuple[str, str, str]) -> None:
    found = parse_target(text)
    assert (found.key, found.label, found.part) == target


@pytest.mark.parametrize(
    "text", ["birthday:x", "names", "met", "addresses.city", "org:x", ":x", "a:b:c", "emails.x", "x.y"]
)
def test_a_target_that_cannot_be_is_an_error_with_the_remedy(text: str) -> None:
    with pytest.raises(PrmvaultError) as caught:
        parse_target(text)
    assert caught.value.exit_code == EXIT_USAGE
    assert caught.value.hint


def test_a_mapping_is_typed_as_column_and_key_and_columns_may_have_an_equals_sign() -> None:
    assert parse_mapping(["Tel privat=phones:home", "a=b=emails", "x = -"]) == {
        "Tel privat": "phones:home",
        "a=b": "emails",
        "x": "-",
    }
    for bad in ("emails", "=emails", "x=birthday:y"):
        with pytest.raises(PrmvaultError) as caught:
            parse_mapping([bad])
        assert caught.value.exit_code == EXIT_USAGE


def test_a_column_without_a_name_is_kept_and_one_with_a_strange_name_is_told_on_one_line() -> None:
    drafts, problems = read('Name,E-Mail,,"a\n\x1b[31mb"\nIda,a@b.example,x,y\n')
    assert drafts[0].fields == {"name": "Ida", "emails": ["a@b.example"], "column": "x", "a_31mb": "y"}
    assert problems[0].message.endswith('"" as column, "a [31mb" as a_31mb')


def test_the_dead_and_those_of_no_gender_are_read_as_sheets_say_it() -> None:
    data = "name,deceased,gender\nIda,ja,Unspecified\nTom,3.4.2001,Weiblich\n"
    assert [draft.fields for draft in read(data)[0]] == [
        {"name": "Ida", "deceased": "yes"},
        {"name": "Tom", "deceased": "2001-04-03", "gender": "F"},
    ]


def test_no_column_says_what_type_of_note_it_likes() -> None:
    drafts, _ = read("uid,name,type\n1,Ida,../x\n2,Shop,organization\n")
    assert [draft.kind for draft in drafts] == ["person", "organization"]


def test_a_mapped_column_that_is_not_there_is_an_error_that_names_the_columns() -> None:
    with pytest.raises(PrmvaultError, match='no column is called "Fax"') as caught:
        read("Name,E-Mail\nIda,a@b.example\n", mapping={"Fax": "phones:fax"})
    assert "E-Mail" in caught.value.hint


def test_a_file_whose_columns_nobody_knows_asks_for_a_mapping() -> None:
    drafts, problems = read("foo;bar\n1;2\n")
    assert not drafts
    assert [problem.code for problem in problems] == ["unknown-header"]
    assert "foo, bar" in problems[0].message
    assert "--map" in problems[0].hint


@pytest.mark.parametrize("data", ["", "\n\n", "\ufeff", "\x00\x00", "   \n,,,\n"])
def test_an_empty_file_is_one_problem(data: str) -> None:
    drafts, problems = read(data)
    assert (drafts, len(problems)) == ([], 1)


def test_names_of_columns_are_compared_without_case_accents_and_signs() -> None:
    assert header_key("  Straße (geschäftlich) ") == header_key("strasse geschaeftlich")
    assert header_key("Manager’s Name") == header_key("MANAGER'S NAME")


def test_an_unknown_column_never_becomes_a_key_that_means_something() -> None:
    assert plain_key("User 1") == "user_1"
    assert plain_key("Photo") == "csv_photo"
    assert plain_key("Notes") == "csv_notes"
    assert plain_key("§§") == "column"
    drafts, _ = read("Name,E-Mail,Farbe,farbe!\nIda,a@b.example,rot,blau\n")
    assert (drafts[0].fields["farbe"], drafts[0].fields["farbe_2"]) == ("rot", "blau")


def test_the_order_of_day_and_month_is_decided_by_the_rows_of_the_file() -> None:
    head = "First Name,Last Name,Birthday\n"
    american = head + "A,B,3/4/1987\nC,D,5/26/1990\n"
    british = head + "A,B,3/4/1987\nC,D,26/5/1990\n"
    assert [draft.fields["birthday"] for draft in read(american)[0]] == ["1987-03-04", "1990-05-26"]
    assert [draft.fields["birthday"] for draft in read(british)[0]] == ["1987-04-03", "1990-05-26"]


@pytest.mark.parametrize(
    "rows",
    [
        "A,B,3/4/1987\nC,D,5/6/1990\nE,F,7/7/1970\n",
        "A,B,3/4/1987\nC,D,5/6/1990\nX,Y,26/5/1990\nE,F,7/7/1970\nG,H,5/26/1990\n",
    ],
)
def test_where_no_row_decides_or_two_disagree_the_order_is_asked_for_once(rows: str) -> None:
    data = "First Name,Last Name,Birthday\n" + rows
    drafts, problems = read(data)
    assert [(problem.line, problem.code) for problem in problems] == [(2, "ambiguous-date")]
    assert "2 dates" in problems[0].message
    assert "--date-order" in problems[0].hint
    assert "birthday" not in drafts[0].fields
    assert {"birthday": "1970-07-07"}.items() <= {
        **next(draft for draft in drafts if draft.name == "E F").fields
    }.items()
    told, none = read(data, date_order="dmy")
    assert (told[0].fields["birthday"], told[1].fields["birthday"], none) == ("1987-04-03", "1990-06-05", [])


def test_a_date_that_is_none_is_told_with_its_row_and_the_rest_is_read() -> None:
    drafts, problems = read("Name,E-Mail,Geburtstag\nIda,a@b.example,im Mai\nTom,t@b.example,31.2.1990\n")
    assert [draft.name for draft in drafts] == ["Ida", "Tom"]
    assert [(problem.line, problem.code) for problem in problems] == [(2, "bad-date"), (3, "bad-date")]
    assert problems[0].message == 'birthday of "Ida": "im Mai" is not a date, and is kept as geburtstag'
    assert [draft.fields.get("geburtstag") for draft in drafts] == ["im Mai", "31.2.1990"]
    assert not any("birthday" in draft.fields for draft in drafts)


def test_every_day_that_is_none_is_kept_under_the_name_of_its_own_column() -> None:
    (draft,), problems = read(
        "First Name,Birthday,Event 1 - Label,Event 1 - Value,Event 2 - Label,Event 2 - Value\n"
        "Ida,12.11.48,Hochzeit,2016-08-20,Taufe,Mai\n"
    )
    assert (draft.fields["csv_birthday"], draft.fields["event_2_value"]) == ("12.11.48", "Mai")
    assert draft.fields["dates"] == [{"label": "Hochzeit", "date": "2016-08-20"}]
    assert "birthday" not in draft.fields
    assert {problem.message.rpartition(" ")[2] for problem in problems} == {"csv_birthday", "event_2_value"}


def test_lines_are_those_of_the_file_where_cells_have_several() -> None:
    drafts, problems = read(
        'Name,E-Mail,Notiz\r\nIda,a@b.example,"x\r\ny\r\nz"\r\nTom,t@b.example,\r\nMax,m,"bad"x\r\n'
    )
    assert [(draft.name, draft.line) for draft in drafts] == [("Ida", 2), ("Tom", 5)]
    assert drafts[0].notes == "x\ny\nz"
    assert [(problem.line, problem.code) for problem in problems] == [(6, "bad-csv")]


def test_an_open_quote_does_not_swallow_the_rows_behind_it() -> None:
    drafts, problems = read('Name,E-Mail\nIda,a@b.example\n"Tom,t@b.example\nMax,m@b.example\nUte,u@b.example\n')
    assert [draft.name for draft in drafts] == ["Ida", "Max", "Ute"]
    assert [(problem.line, problem.code) for problem in problems] == [(3, "bad-csv")]


def test_a_row_with_too_many_cells_is_told_lest_they_be_mixed_up() -> None:
    drafts, problems = read("Name,E-Mail\nMüller, Ida,a@b.example\nTom,t@b.example,\nMax\n")
    assert [draft.name for draft in drafts] == ["Tom", "Max"]
    assert [(problem.line, problem.code) for problem in problems] == [(2, "bad-csv")]


def test_control_characters_and_line_breaks_do_not_get_into_names_and_values() -> None:
    found = fields('Name,E-Mail,Firma\n"Ida\nGroß\x1b[31m\u202e",\x00a@b.example,"x\ry"\n')
    assert found == {"name": "Ida Groß[31m", "emails": ["a@b.example"], "org": ["x", "y"]}


def test_a_formula_that_somebody_made_harmless_is_read_as_it_was() -> None:
    found = fields("Name,E-Mail,Telefon,Notizen\nIda,a@b.example,+49 30 1,'=1+1\n")
    assert found["phones"] == ["+49 30 1"]
    assert one("Name,E-Mail,Notizen\nIda,a@b.example,'=1+1\n").notes == "=1+1"
    assert one("Name,E-Mail,Notizen\nIda,a@b.example,'tis\n").notes == "'tis"


def test_a_row_that_names_nobody_is_told() -> None:
    drafts, problems = read("Name,E-Mail,PLZ\nIda,a@b.example,1\n,,04668\n")
    assert [draft.name for draft in drafts] == ["Ida"]
    assert [(problem.line, problem.code) for problem in problems] == [(3, "bad-csv")]


def test_another_encoding_can_be_named_and_one_that_is_none_is_an_error() -> None:
    data = "Name,E-Mail\nJürgen,j@b.example\n"
    assert one(data.encode("cp850"), encoding="cp850").name == "Jürgen"
    for none in ("klingon", "hex"):
        with pytest.raises(PrmvaultError, match="there is no encoding"):
            read(data, encoding=none)


def test_a_file_is_recognised_by_its_beginning() -> None:
    assert is_csv(sheet(GOOGLE_NEW, ANNA)[:2000])
    assert is_csv(LINKEDIN.encode())
    assert not is_csv(b"BEGIN:VCARD\nFN:Ida\nEND:VCARD\n")
    assert not is_csv(b"Dear Ida,\nhello, how are you?\n")


def test_a_table_of_too_many_columns_is_told_once() -> None:
    header = ",".join(["name", "emails", *[f"c{number}" for number in range(2000)]])
    data = f"{header}\n{'x,' * 2001}x\n{'y,' * 2001}y\n".encode()
    (problem,) = [part for part in read_csv(data, "a.csv") if isinstance(part, Problem)]
    assert problem.message == "the table has 2,002 columns, more than 2,000: nothing of it is read"
