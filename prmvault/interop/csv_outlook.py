"""The columns of Outlook.com and of Outlook on the desktop, in English and in German, and what is no news in them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_PHONES = {
    "Home Phone": "home",
    "Home Phone 2": "home",
    "Business Phone": "work",
    "Business Phone 2": "work",
    "Mobile Phone": "mobile",
    "Mobile Phone 2": "mobile",
    "Car Phone": "car",
    "Other Phone": "other",
    "Primary Phone": "main",
    "Pager": "pager",
    "Business Fax": "work fax",
    "Home Fax": "home fax",
    "Other Fax": "other fax",
    "Company Main Phone": "company",
    "Assistant's Phone": "assistant",
    "Callback": "callback",
    "Radio Phone": "radio",
    "Telex": "telex",
    "TTY/TDD Phone": "textphone",
    "ISDN": "isdn",
    "Telefon privat": "home",
    "Telefon (privat)": "home",
    "Telefon privat 2": "home",
    "Telefon geschäftlich": "work",
    "Telefon geschäftlich 2": "work",
    "Mobiltelefon": "mobile",
    "Mobiltelefon 2": "mobile",
    "Autotelefon": "car",
    "Weiteres Telefon": "other",
    "Haupttelefon": "main",
    "Fax geschäftlich": "work fax",
    "Fax privat": "home fax",
    "Weiteres Fax": "other fax",
    "Telefon Firma": "company",
    "Telefon Assistent": "assistant",
    "Rückmeldung": "callback",
    "Funkruf": "pager",
    "Funktelefon": "radio",
    "Telefon für Hörbehinderte": "textphone",
}
_PLACES = {"Business": "work", "Home": "home", "Other": "other"}
_PARTS = {
    "Street": "street",
    "Street 2": "street",
    "Street 3": "street",
    "City": "locality",
    "State": "region",
    "Postal Code": "postcode",
    "Country": "country",
    "Country/Region": "country",
    "Address PO Box": "pobox",
    "Address": "formatted",
}
_GERMAN_PLACES = {"geschäftlich": "work", "privat": "home"}
_GERMAN_PARTS = {
    "Straße {}": "street",
    "Straße {} 2": "street",
    "Straße {} 3": "street",
    "Ort {}": "locality",
    "Region {}": "region",
    "Bundesland/Kanton {}": "region",
    "Postleitzahl {}": "postcode",
    "Land {}": "country",
    "Land/Region {}": "country",
    "Postfach {}": "pobox",
}
_GERMAN_OTHER = {
    "Weitere Straße": "street",
    "Weitere Straße 2": "street",
    "Weitere Straße 3": "street",
    "Weiterer Ort": "locality",
    "Weitere Region": "region",
    "Weiteres/r Bundesland/Kanton": "region",
    "Weitere Postleitzahl": "postcode",
    "Weiteres Land": "country",
    "Weiteres/e Land/Region": "country",
    "Weiteres Postfach": "pobox",
}

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "First Name": "names.given",
        "Middle Name": "names.middle",
        "Last Name": "names.family",
        "Title": "names.prefix",
        "Suffix": "names.suffix",
        "Nickname": "aliases",
        "Given Yomi": "names.phonetic_given",
        "Surname Yomi": "names.phonetic_family",
        "E-mail Address": "emails",
        "E-mail 2 Address": "emails",
        "E-mail 3 Address": "emails",
        **{f"E-mail{number} {what}": "-" for number in ("", " 2", " 3") for what in ("Type", "Display Name")},
        "IMAddress": "im.value",
        "Company": "org.name",
        "Department": "org.unit",
        "Job Title": "title",
        "Profession": "role",
        "Manager's Name": "related:manager",
        "Assistant's Name": "related:assistant",
        "Spouse": "related:spouse",
        "Children": "related:child",
        "Referred By": "met.through",
        "Web Page": "urls",
        "Personal Web Page": "urls:home",
        "Birthday": "birthday",
        "Anniversary": "dates:anniversary",
        "Gender": "gender",
        "Language": "languages",
        "Categories": "tags",
        "Notes": "notes",
        "Directory Server": "-",
        "Internet Free Busy": "-",
        "Anrede": "names.prefix",
        "Vorname": "names.given",
        "Weitere Vornamen": "names.middle",
        "Nachname": "names.family",
        "Spitzname": "aliases",
        "E-Mail-Adresse": "emails",
        "E-Mail 2: Adresse": "emails",
        "E-Mail 3: Adresse": "emails",
        "E-Mail-Typ": "-",
        **{f"E-Mail{number}: {what}": "-" for number in ("", " 2", " 3") for what in ("Typ", "Angezeigter Name")},
        "Firma": "org.name",
        "Abteilung": "org.unit",
        "Position": "title",
        "Beruf": "role",
        "Name des/r Vorgesetzten": "related:manager",
        "Name des/der Vorgesetzten": "related:manager",
        "Assistent(in)": "related:assistant",
        "Name Assistent": "related:assistant",
        "Partner": "related:partner",
        "Partner/in": "related:partner",
        "Kinder": "related:child",
        "Empfohlen von": "met.through",
        "Webseite": "urls",
        "Geburtstag": "birthday",
        "Jahrestag": "dates:anniversary",
        "Geschlecht": "gender",
        "Sprache": "languages",
        "Kategorien": "tags",
        "Notizen": "notes",
        "Verzeichnisserver": "-",
        "Internet-Frei/Gebucht": "-",
        "Internet Frei/Gebucht": "-",
        **{name: f"phones:{label}" for name, label in _PHONES.items()},
        **{
            f"{place} {name}": f"addresses:{label}.{part}"
            for place, label in _PLACES.items()
            for name, part in _PARTS.items()
        },
        **{
            name.format(place): f"addresses:{label}.{part}"
            for place, label in _GERMAN_PLACES.items()
            for name, part in _GERMAN_PARTS.items()
        },
        **{name: f"addresses:other.{part}" for name, part in _GERMAN_OTHER.items()},
    }
)

KEPT = (
    *("Account", "Billing Information", "Company Yomi", "Government ID Number", "Hobby", "Initials", "Keywords"),
    *("Location", "Mileage", "Office Location", "Organizational ID Number", "Priority", "Private", "Schools"),
    *("Sensitivity", *[f"User {number}" for number in range(1, 5)]),
    *("Abrechnungsinformation", "Büro", "Initialen", "Konto", "Organisationsnr.", "Ort", "Priorität", "Privat"),
    *("Reisekilometer", "Sozialversicherungsnr.", "Stichwörter", "Vertraulichkeit"),
    *[f"Benutzer {number}" for number in range(1, 5)],
)
"""Outlook's own columns that are kept under their names, as the vault has no place for them."""

SAYS_NOTHING = (
    "normal",
    "false",
    "falsch",
    "unspecified",
    "keine angabe",
    "nicht angegeben",
    "0",
    "smtp",
    "aus",
    "off",
)
"""What Outlook writes into columns that nobody ever filled."""
