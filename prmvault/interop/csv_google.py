"""The columns of Google Contacts, new and old: their names → where their cells go (`csv_columns.parse_target`)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "Name": "name",
        "First Name": "names.given",
        "Given Name": "names.given",
        "Middle Name": "names.middle",
        "Additional Name": "names.middle",
        "Last Name": "names.family",
        "Family Name": "names.family",
        "Name Prefix": "names.prefix",
        "Name Suffix": "names.suffix",
        "Phonetic First Name": "names.phonetic_given",
        "Phonetic Middle Name": "names.phonetic_middle",
        "Phonetic Last Name": "names.phonetic_family",
        "Given Name Yomi": "names.phonetic_given",
        "Additional Name Yomi": "names.phonetic_middle",
        "Family Name Yomi": "names.phonetic_family",
        "Maiden Name": "names.maiden",
        "Nickname": "aliases",
        "Short Name": "aliases",
        "Birthday": "birthday",
        "Gender": "gender",
        "Organization Name": "org.name",
        "Organization Department": "org.unit",
        "Organization Title": "title",
        "Occupation": "role",
        "Language": "languages",
        "Photo": "photo_url",
        "Notes": "notes",
        "Labels": "tags",
        "Group Membership": "tags",
    }
)

NUMBERED: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "E-mail": {"Label": "emails.label", "Type": "emails.label", "Value": "emails.value"},
        "Phone": {"Label": "phones.label", "Type": "phones.label", "Value": "phones.value"},
        "Website": {"Label": "urls.label", "Type": "urls.label", "Value": "urls.value"},
        "Event": {"Label": "dates.label", "Type": "dates.label", "Value": "dates.date"},
        "Relation": {"Label": "related.label", "Type": "related.label", "Value": "related.person"},
        "IM": {"Label": "im.label", "Type": "im.label", "Service": "im.service", "Value": "im.user"},
        "Custom Field": {"Label": "custom.label", "Type": "custom.label", "Value": "custom.value"},
        "Organization": {
            "Name": "org.name",
            "Department": "org.unit",
            "Title": "title",
            "Job Description": "role",
            "Type": "-",
        },
        "Address": {
            "Label": "addresses.label",
            "Type": "addresses.label",
            "Formatted": "addresses.formatted",
            "Street": "addresses.street",
            "City": "addresses.locality",
            "PO Box": "addresses.pobox",
            "Region": "addresses.region",
            "Postal Code": "addresses.postcode",
            "Country": "addresses.country",
            "Extended Address": "addresses.extended",
        },
    }
)
"""What is there several times, `E-mail 1 - Value`: the first word(s) → the last word(s) → where it goes."""

KEPT = (
    *("File As", "Yomi Name", "Initials", "Location", "Billing Information", "Directory Server", "Mileage", "Hobby"),
    *("Sensitivity", "Priority", "Subject"),
)
KEPT_NUMBERED = ("Organization", "Calendar Link", "Jot", "External ID")
"""Google's own columns that are kept under their names, as the vault has no place for them."""

LABELS: Mapping[str, str] = MappingProxyType(
    {
        "Home": "home",
        "Work": "work",
        "Mobile": "mobile",
        "Main": "main",
        "Other": "other",
        "Pager": "pager",
        "Home Fax": "home fax",
        "Work Fax": "work fax",
        "Work Mobile": "work mobile",
        "Home Page": "homepage",
        "Profile": "profile",
        "Blog": "blog",
        "Anniversary": "anniversary",
        "Spouse": "spouse",
        "Partner": "partner",
        "Domestic Partner": "partner",
        "Mother": "mother",
        "Father": "father",
        "Parent": "parent",
        "Child": "child",
        "Brother": "brother",
        "Sister": "sister",
        "Friend": "friend",
        "Manager": "manager",
        "Assistant": "assistant",
    }
)
"""Google's own labels → ours."""
