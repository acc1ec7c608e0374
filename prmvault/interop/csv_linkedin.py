"""The columns of LinkedIn's connections, and the words that people write above the columns of a sheet of their own."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "First Name": "names.given",
        "Last Name": "names.family",
        "URL": "urls:linkedin",
        "Email Address": "emails",
        "Company": "org.name",
        "Position": "title",
        "Connected On": "dates:connected on LinkedIn.once",
    }
)

_SAME = {
    "name": "Name, Full Name, Display Name, Anzeigename, Voller Name",
    "names.given": "First Name, Given Name, Vorname",
    "names.middle": "Middle Name, Zweiter Vorname",
    "names.family": "Last Name, Family Name, Surname, Nachname, Familienname",
    "names.prefix": "Prefix, Titel, Anrede",
    "names.suffix": "Suffix",
    "aliases": "Nickname, Alias, Spitzname",
    "emails": "E-mail, Email, Mail, E-mail Address, Email Address, E-Mail-Adresse, Mailadresse, E-mail 2, Email 2, "
    "Primary Email, Secondary Email",
    "emails:home": "E-mail (home), Home E-mail, Private E-mail, E-Mail privat, E-Mail (privat)",
    "emails:work": "E-mail (work), Work E-mail, E-Mail dienstlich, E-Mail geschäftlich, E-Mail (geschäftlich)",
    "phones": "Phone, Telephone, Tel, Phone Number, Telefon, Telefonnummer, Phone 2, Telefon 2",
    "phones:home": "Home Phone, Phone (home), Telefon privat, Tel privat, Telefon (privat), Festnetz",
    "phones:work": "Work Phone, Phone (work), Telefon dienstlich, Telefon geschäftlich, Tel dienstlich",
    "phones:mobile": "Mobile, Mobile Phone, Mobile Number, Cell, Cell Phone, Handy, Mobil, Mobiltelefon, Mobilnummer, "
    "Handynummer",
    "phones:fax": "Fax",
    "birthday": "Birthday, Birth Date, Date of Birth, Born, Geburtstag, Geburtsdatum, geboren, geboren am",
    "addresses.formatted": "Address, Adresse, Anschrift",
    "addresses.street": "Street, Straße, Straße und Hausnummer, Straße Nr",
    "addresses.postcode": "Postal Code, Postcode, Zip, Zip Code, PLZ, Postleitzahl",
    "addresses.locality": "City, Town, Ort, Stadt, Wohnort",
    "addresses.region": "Region, State, Bundesland",
    "addresses.country": "Country, Land",
    "org.name": "Company, Organization, Organisation, Employer, Firma, Arbeitgeber",
    "org.unit": "Department, Abteilung",
    "title": "Job Title, Position",
    "urls": "Website, Web Page, Web, URL, Webseite, Homepage",
    "tags": "Tags, Labels, Groups, Group, Categories, Gruppe, Gruppen, Kategorie, Kategorien",
    "notes": "Notes, Note, Comment, Comments, Notiz, Notizen, Bemerkung, Bemerkungen, Anmerkung, Anmerkungen",
}

SHEET: Mapping[str, str] = MappingProxyType(
    {name: target for target, names in _SAME.items() for name in names.split(", ")}
)
"""A sheet of one's own, in English or German."""
