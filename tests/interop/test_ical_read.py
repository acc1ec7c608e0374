"""Calendars of other programs as drafts: what each of them writes, and what is no calendar at all."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prmvault.core.problems import Problem
from prmvault.core.recurrence import parse_repeat
from prmvault.interop.drafts import OWN_ENTRY, Draft, Reading, gathered
from prmvault.interop.ical_read import is_ical, people_texts, read_ical
from prmvault.interop.ical_write import PRODUCT

EUROPE = """\
BEGIN:STANDARD
DTSTART:16011028T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010325T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
"""


def zone(name: str, parts: str = EUROPE) -> str:
    return f"BEGIN:VTIMEZONE\nTZID:{name}\n{parts}END:VTIMEZONE\n"


def calendar(*events: str, head: str = "", rest: str = "") -> bytes:
    inner = "".join([f"BEGIN:VEVENT\n{event}\nEND:VEVENT\n" for event in events])
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//other//EN\n{head}{inner}{rest}END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


def read_all(data: bytes, **options: Any) -> Reading:
    return gathered(read_ical(data, "a.ics", **options))


def drafts(data: bytes, **options: Any) -> list[Draft]:
    return [*read_all(data, **options).drafts]


def only(event: str, **options: Any) -> dict[str, Any]:
    """Return the fields of the one event."""
    reading = read_all(calendar(event, head=options.pop("head", "")), **options)
    assert [str(problem) for problem in reading.problems] == []
    (draft,) = reading.drafts
    return dict(draft.fields)


def problems(data: bytes) -> list[tuple[int, str, str]]:
    return [(each.line, each.code, each.message) for each in read_all(data).problems]


def test_a_meeting_becomes_an_event_with_all_that_it_says() -> None:
    data = calendar(
        "UID:7f3\nDTSTAMP:20261101T080000Z\nLAST-MODIFIED:20261030T120000Z\nSEQUENCE:2\n"
        "SUMMARY:Plan\\, Teil 2\nDTSTART;TZID=Europe/Berlin:20261205T193000\nDTEND;TZID=Europe/Berlin:20261205T220000\n"
        "LOCATION:Saal\\nHinterhof\nDESCRIPTION:Bitte Noten\\nmitbringen\n"
        'ATTENDEE;CN="Müller, Anna";ROLE=REQ-PARTICIPANT:mailto:anna@example.org\n'
        "ATTENDEE;CN=tom@example.org:MAILTO:Tom@example.org\n"
        "ATTENDEE;CN=Raum 3;CUTYPE=ROOM:mailto:raum3@example.org\n"
        "ORGANIZER;CN=Max:mailto:max@example.org\nURL:https://example.org/m\n"
        "BEGIN:VALARM\nTRIGGER:-PT15M\nDESCRIPTION:no\nEND:VALARM"
    )
    (draft,) = drafts(data, me=["Max@example.org"])
    assert draft == Draft(
        "event",
        "Plan, Teil 2",
        {
            "title": "Plan, Teil 2",
            "start": "2026-12-05 19:30",
            "end": "2026-12-05 22:00",
            "timezone": "Europe/Berlin",
            "place": "Saal, Hinterhof",
            "people": [
                {"name": "Müller, Anna", "address": "anna@example.org"},
                {"name": "", "address": "Tom@example.org"},
            ],
            "url": "https://example.org/m",
            "updated": "2026-10-30",
            "uid": "7f3",
        },
        "Bitte Noten\nmitbringen",
        (),
        "a.ics",
        4,
    )


def test_people_are_linked_by_their_address_and_others_stay_by_name() -> None:
    people: Any = [
        {"name": "Anna M.", "address": "anna@example.org"},
        {"name": "Tom", "address": "tom@example.org"},
        {"name": "", "address": "x@example.org"},
        {"name": "", "address": "x@example.org"},
    ]
    known = {"anna@example.org": "[[Anna Müller]]"}
    assert people_texts(people, lambda address: known.get(address, "")) == ["[[Anna Müller]]", "Tom", "x@example.org"]


@pytest.mark.parametrize(
    ("lines", "start", "end"),
    [
        ("DTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20270102", "2026-12-24", "2027-01-01"),
        ("DTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20261225", "2026-12-24", None),
        ("DTSTART;VALUE=DATE:20261224\nDURATION:P2D", "2026-12-24", "2026-12-25"),
        ("DTSTART:20261224", "2026-12-24", None),
        ("DTSTART:20261205T193000", "2026-12-05 19:30", None),
        ("DTSTART:20261205T193000\nDURATION:PT1H30M", "2026-12-05 19:30", "2026-12-05 21:00"),
        ("DTSTART:20261205T193000\nDURATION:-PT1H", "2026-12-05 19:30", "!"),
        ("DTSTART:20261205T193000\nDTEND:20261204T193000", "2026-12-05 19:30", "!"),
        ("DTSTART:2026-12-05T19:30:00\nDTEND:20261206T000000", "2026-12-05 19:30", "2026-12-06 00:00"),
        ("DTSTART:20261205T240000", "2026-12-06 00:00", None),
        ("DTSTART:99991231T233000\nDURATION:PT1H", "9999-12-31 23:30", "!"),
        (
            "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE\nDTSTART:20261224T000000\nDTEND:20261226T000000",
            "2026-12-24",
            "2026-12-25",
        ),
    ],
)
def test_days_and_moments_are_read_in_each_form(lines: str, start: str, end: str | None) -> None:
    reading = read_all(calendar(f"UID:1\nSUMMARY:x\n{lines}"))
    fields = reading.drafts[0].fields
    assert fields["start"] == start
    assert fields.get("end", "!" if reading.problems else None) == end


@pytest.mark.parametrize(
    ("tzid", "declared", "zone_name"),
    [
        ("W. Europe Standard Time", "", "Europe/Berlin"),
        ("Eastern Standard Time", "", "America/New_York"),
        ("/mozilla.org/20050126_1/Europe/Berlin", "", "Europe/Berlin"),
        ("/softwarestudio.org/Olson_20011030_5/America/Argentina/Buenos_Aires", "", "America/Argentina/Buenos_Aires"),
        ('"Europe/Vienna"', "", "Europe/Vienna"),
        ("(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "", "Europe/Berlin"),
        ("tzone://Microsoft/Utc", "", "UTC"),
        ("Customized Time Zone", zone("Customized Time Zone"), "Europe/Berlin"),
        ("Mine", zone("Mine", "X-LIC-LOCATION:Europe/Zurich\n" + EUROPE), "Europe/Zurich"),
    ],
)
def test_a_zone_is_known_by_any_name(tzid: str, declared: str, zone_name: str) -> None:
    shown = tzid if tzid.startswith('"') else f'"{tzid}"'
    fields = only(f"UID:1\nSUMMARY:x\nDTSTART;TZID={shown}:20260705T193000", head=declared)
    assert (fields["start"], fields["timezone"]) == ("2026-07-05 19:30", zone_name)


def test_a_zone_of_nobody_is_told_by_its_rules_or_else_reported() -> None:
    odd = zone("Odd", "BEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETTO:+0117\nEND:STANDARD\n")
    fields = only("UID:1\nSUMMARY:x\nDTSTART;TZID=Odd:20260705T193000", head=odd)
    assert (fields["start"], fields["timezone"]) == ("2026-07-05 18:13", "UTC")
    once = zone(
        "Once",
        "BEGIN:STANDARD\nDTSTART:20240101T000000\nTZOFFSETTO:+1200\nEND:STANDARD\n"
        "BEGIN:DAYLIGHT\nDTSTART:20240505T080000\nTZOFFSETTO:+1000\nEND:DAYLIGHT\n",
    )
    assert only("UID:1\nSUMMARY:x\nDTSTART;TZID=Once:20240303T080000", head=once)["start"] == "2024-03-02 20:00"
    assert only("UID:1\nSUMMARY:x\nDTSTART;TZID=Once:20240803T080000", head=once)["start"] == "2024-08-02 22:00"
    reading = read_all(calendar("UID:1\nSUMMARY:x\nDTSTART;TZID=Nowhere:20260705T193000"))
    assert [problem.code for problem in reading.problems] == ["unknown-zone"]
    assert "timezone" not in reading.drafts[0].fields


def test_a_moment_in_utc_is_told_by_the_clock_at_home_but_in_a_series() -> None:
    single, series = "UID:1\nSUMMARY:x\nDTSTART:20260705T173000Z", "\nRRULE:FREQ=WEEKLY"
    assert only(single)["timezone"] == "UTC"
    assert only(single, zone="Europe/Berlin")["start"] == "2026-07-05 19:30"
    own = only(single, head="X-WR-TIMEZONE:America/New_York\n", zone="Europe/Berlin")
    assert (own["start"], own["timezone"]) == ("2026-07-05 13:30", "America/New_York")
    assert only(single + series, zone="Europe/Berlin")["timezone"] == "UTC"


@pytest.mark.parametrize(
    ("rule", "repeat"),
    [
        ("FREQ=WEEKLY", "weekly"),
        ("FREQ=WEEKLY;WKST=MO;INTERVAL=2;BYDAY=TU", "every 2 weeks"),
        ("FREQ=WEEKLY;BYDAY=TU,TH", "FREQ=WEEKLY;BYDAY=TU,TH"),
        ("FREQ=DAILY;COUNT=3", "FREQ=DAILY;COUNT=3"),
        ("FREQ=MONTHLY;BYMONTHDAY=6", "monthly"),
        ("FREQ=MONTHLY;BYDAY=1TU", "FREQ=MONTHLY;BYDAY=1TU"),
        ("FREQ=YEARLY;BYMONTH=10;BYMONTHDAY=6", "yearly"),
        ("FREQ=YEARLY;BYMONTH=10", "FREQ=YEARLY;BYMONTH=10"),
        ("FREQ=WEEKLY;UNTIL=20261222T183000Z", "FREQ=WEEKLY;UNTIL=20261222"),
        ("FREQ=WEEKLY;UNTIL=20261222T182959Z", "FREQ=WEEKLY;UNTIL=20261221"),
        ("FREQ=WEEKLY;UNTIL=20261222", "FREQ=WEEKLY;UNTIL=20261222"),
        ("FREQ=DAILY;BYHOUR=19;BYMINUTE=30;BYSECOND=0", "daily"),
        ("FREQ=DAILY;COUNT=1000000000", "daily"),
    ],
)
def test_a_rule_becomes_a_repeat_that_the_vault_reads(rule: str, repeat: str) -> None:
    fields = only(f"UID:1\nSUMMARY:x\nDTSTART;TZID=Europe/Berlin:20261006T193000\nRRULE:{rule}")
    assert fields["repeat"] == repeat
    assert parse_repeat(repeat)


@pytest.mark.parametrize(
    "rule", ["FREQ=SECONDLY;COUNT=1000000000", "FREQ=DAILY;BYHOUR=9,15", "W1 MO #0", "FREQ=DAILY;INTERVAL=0", "FREQ="]
)
def test_a_rule_that_the_vault_cannot_say_is_kept_and_told(rule: str) -> None:
    reading = read_all(calendar(f"UID:1\nSUMMARY:x\nDTSTART:20261006T193000\nRRULE:{rule}"))
    assert [(problem.line, problem.code) for problem in reading.problems] == [(8, "bad-repeat")]
    assert reading.drafts[0].fields["rrule"] == [rule]
    assert "repeat" not in reading.drafts[0].fields


def test_the_31st_and_the_29th_of_february_stay_rules() -> None:
    assert only("UID:1\nSUMMARY:x\nDTSTART:20260131\nRRULE:FREQ=MONTHLY")["repeat"] == "FREQ=MONTHLY"
    assert only("UID:1\nSUMMARY:x\nDTSTART:20240229\nRRULE:FREQ=YEARLY")["repeat"] == "FREQ=YEARLY"


SERIES = (
    "UID:s\nSUMMARY:Choir\nDTSTART;TZID=Europe/Berlin:20261006T193000\nDURATION:PT2H\nRRULE:FREQ=WEEKLY\n"
    "EXDATE;TZID=Europe/Berlin:20261103T193000,20261201T193000\nEXDATE:20261208T183000Z"
)
MOVED = "UID:s\nRECURRENCE-ID;TZID=Europe/Berlin:20261110T193000\nSUMMARY:Choir, late\nDTSTART;TZID=Europe/Berlin:20261111T200000"


@pytest.mark.parametrize("order", [1, -1])
def test_what_is_left_out_or_moved_in_a_series_is_told_by_it(order: int) -> None:
    series, moved = sorted(drafts(calendar(*[SERIES, MOVED][::order])), key=lambda draft: str(draft.fields["uid"]))
    assert series.fields["repeat"] == "weekly"
    assert series.fields["except"] == ["2026-11-03", "2026-11-10", "2026-12-01", "2026-12-08"]
    assert (moved.fields["uid"], moved.fields["start"]) == ("s/2026-11-10T19:30", "2026-11-11 20:00")
    assert "repeat" not in moved.fields


LINK = "https://meet.example.com/abc"
GOOGLE = f"-::~:~::~:~::-\\nJoin: {LINK}\\n\\nPlease do not edit.\\n-::~:~::~:~::-"
TEAMS = f"{'_' * 80}\\nMicrosoft Teams-Besprechung\\nHier klicken <{LINK}>\\n"


@pytest.mark.parametrize(
    ("description", "notes"),
    [
        (f"Bring tea.\\n\\n{GOOGLE}\\nAnd cake.", "Bring tea.\n\nAnd cake."),
        (f"Bring tea.\\n{TEAMS}{'_' * 80}\\n", "Bring tea."),
        (f"Bring tea.\\n________\\nand cake\\n{TEAMS}", "Bring tea.\n________\nand cake"),
        (TEAMS.replace("Microsoft Teams", "Zoom"), ""),
        (f"a\\n________\\nour room: {LINK}", f"a\n________\nour room: {LINK}"),
        (GOOGLE.replace("abc", "other"), GOOGLE.replace("abc", "other").replace("\\n", "\n")),
    ],
)
def test_what_a_video_call_writes_below_the_notes_goes_where_its_link_is_the_event_s(
    description: str, notes: str
) -> None:
    event = f"UID:1\nSUMMARY:x\nDTSTART:20260101\nDESCRIPTION:{description}"
    (draft,) = drafts(calendar(f"{event}\nX-GOOGLE-CONFERENCE:{LINK}"))
    assert draft.notes == notes
    (draft,) = drafts(calendar(event))
    assert draft.notes == description.replace("\\n", "\n").strip()


def test_a_moved_turn_without_its_series_has_the_same_uid() -> None:
    assert [draft.fields["uid"] for draft in drafts(calendar(MOVED))] == ["s/2026-11-10T19:30"]


def test_a_turn_that_was_moved_and_then_taken_out_is_cancelled() -> None:
    later = SERIES.replace(":20261103T193000", ":20261110T193000") + "\nSEQUENCE:2"
    assert [draft.fields.get("status") for draft in drafts(calendar(later, MOVED))] == [None, "cancelled"]
    assert [draft.fields.get("status") for draft in drafts(calendar(later, f"{MOVED}\nSEQUENCE:3"))] == [None, None]


def test_a_day_that_is_added_and_left_out_or_a_turn_anyway_is_none() -> None:
    event = "UID:s\nSUMMARY:x\nDTSTART:20261006T193000\nRDATE:20261013T193000\n"
    assert len(drafts(calendar(f"{event}EXDATE:20261013T193000"))) == 1
    assert len(drafts(calendar(f"{event}RRULE:FREQ=WEEKLY"))) == 1
    assert len(drafts(calendar(event))) == 2


def test_days_that_are_added_are_events_of_their_own() -> None:
    event = "UID:s\nSUMMARY:x\nDTSTART:20261006T193000\nDURATION:PT1H\nRDATE:20261009T180000,20261006T193000"
    found = [(draft.fields["uid"], draft.fields["start"], draft.fields["end"]) for draft in drafts(calendar(event))]
    assert found == [
        ("s", "2026-10-06 19:30", "2026-10-06 20:30"),
        ("s/2026-10-09T18:00", "2026-10-09 18:00", "2026-10-09 19:00"),
    ]


def test_two_rules_are_two_series() -> None:
    event = "UID:s\nSUMMARY:x\nDTSTART:20261006\nRRULE:FREQ=WEEKLY\nRRULE:FREQ=MONTHLY"
    found = [(draft.fields["uid"], draft.fields["repeat"]) for draft in drafts(calendar(event))]
    assert found == [("s", "weekly"), ("s/rule-2", "monthly")]


def test_what_was_changed_last_counts_whatever_its_place() -> None:
    old = "UID:1\nSEQUENCE:1\nDTSTAMP:20260103T000000Z\nSUMMARY:old\nDTSTART:20260101"
    new = "UID:1\nSEQUENCE:2\nDTSTAMP:20260102T000000Z\nSUMMARY:new\nDTSTART:20260101"
    assert [draft.name for draft in drafts(calendar(old, new))] == ["new"]
    assert [draft.name for draft in drafts(calendar(new, old))] == ["new"]


def test_what_is_cancelled_is_marked() -> None:
    event = "UID:1\nSUMMARY:x\nDTSTART:20260101"
    assert only(f"{event}\nSTATUS:CANCELLED")["status"] == "cancelled"
    assert only(event, head="METHOD:CANCEL\n")["status"] == "cancelled"
    assert "status" not in only(event, head="METHOD:REQUEST\n")


def test_only_what_goes_on_in_the_days_that_are_asked_for_is_read() -> None:
    events = [
        "UID:before\nSUMMARY:x\nDTSTART:20261101\nDTEND:20261110",
        "UID:into\nSUMMARY:x\nDTSTART:20261101\nDTEND:20261111",
        "UID:after\nSUMMARY:x\nDTSTART:20261121",
        "UID:ended\nSUMMARY:x\nDTSTART:20200101\nRRULE:FREQ=DAILY;COUNT=5",
        "UID:endless\nSUMMARY:x\nDTSTART:20200101\nRRULE:FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=15",
        "UID:later\nSUMMARY:x\nDTSTART:20261125\nRRULE:FREQ=DAILY",
        "UID:long\nSUMMARY:x\nDTSTART:20191109\nDTEND:20191112\nRRULE:FREQ=YEARLY",
    ]
    found = drafts(calendar(*events), first=date(2026, 11, 10), last=date(2026, 11, 20))
    assert [draft.fields["uid"] for draft in found] == ["into", "endless", "long"]


def test_a_meeting_that_one_declined_and_what_is_no_event_is_counted() -> None:
    declined = "UID:1\nSUMMARY:x\nDTSTART:20260101\nATTENDEE;PARTSTAT=DECLINED:mailto:me@example.org"
    todo = "BEGIN:VTODO\nUID:2\nSUMMARY:y\nEND:VTODO\n"
    reading = read_all(calendar(declined, rest=todo * 2), me=["me@example.org"])
    assert reading.drafts == ()
    assert [(problem.code, problem.message) for problem in reading.problems] == [
        ("left-out", "left out: tasks (VTODO): 2"),
        ("left-out", "left out: meetings that you declined: 1"),
    ]
    assert [bool(problem.hint) for problem in reading.problems] == [True, False]


def test_our_own_export_is_told_apart() -> None:
    data = calendar("UID:1\nSUMMARY:x\nDTSTART:20260101").replace(b"-//other//EN", PRODUCT.encode())
    assert [(draft.kind, draft.name, draft.fields) for draft in drafts(data)] == [(OWN_ENTRY, "x", {})]
    assert problems(data) == []


def test_events_with_a_uid_of_ours_that_came_through_another_program_are_left_out() -> None:
    data = calendar("UID:ours\nSUMMARY:x\nDTSTART:20260101", "UID:theirs\nSUMMARY:y\nDTSTART:20260101")
    assert [draft.name for draft in drafts(data, own={"ours"})] == ["y"]


def test_an_event_without_uid_has_the_same_one_each_time() -> None:
    event = "SUMMARY:x\nDTSTART:20260101"
    assert only(event)["uid"] == only(event)["uid"]
    assert only(event)["uid"] != only("SUMMARY:x\nDTSTART:20260102")["uid"]


NEXTCLOUD = (
    "CATEGORIES:Birthday\nX-NEXTCLOUD-BC-FIELD-TYPE:BDAY\nDTSTART;VALUE=DATE:19800203\nRRULE:FREQ=YEARLY\n"
    "CREATED:20260101T000000Z\n"
)
KDE = (
    "SUMMARY:Gerda's birthday\nX-KDE-KABC-BIRTHDAY:YES\nX-KDE-KABC-NAME-1:Gerda Lang\nX-KDE-KABC-UID-1:k-77\n"
    "X-KDE-KABC-EMAIL-1:gerda@example.org\nDTSTART;VALUE=DATE:20200512\nRRULE:FREQ=YEARLY"
)
ANNIVERSARY = "X-NEXTCLOUD-BC-FIELD-TYPE:ANNIVERSARY\nX-NEXTCLOUD-BC-YEAR:2016\nSUMMARY:💍 Anna Müller (2016)"


@pytest.mark.parametrize(
    ("event", "head", "fields"),
    [
        (
            NEXTCLOUD + "SUMMARY:🎂 Tom Becker (1980)\nX-NEXTCLOUD-BC-UNKNOWN-YEAR:0\nX-NEXTCLOUD-BC-YEAR:1980",
            "",
            {"name": "Tom Becker", "birthday": "1980-02-03"},
        ),
        (
            NEXTCLOUD + "SUMMARY:🎂 Tom Becker\nX-NEXTCLOUD-BC-UNKNOWN-YEAR:1\nX-NEXTCLOUD-BC-YEAR:1980",
            "",
            {"name": "Tom Becker", "birthday": "--02-03"},
        ),
        (
            f"{ANNIVERSARY}\nDTSTART;VALUE=DATE:20160820\nRRULE:FREQ=YEARLY",
            "",
            {"name": "Anna Müller", "dates": [{"label": "anniversary", "date": "2016-08-20"}]},
        ),
        (
            KDE,
            "",
            {"name": "Gerda Lang", "uid": "k-77", "emails": ["gerda@example.org"], "birthday": "--05-12"},
        ),
        (
            "SUMMARY:Anna Müller’s birthday\nDTSTART;VALUE=DATE:20270314\nDTEND;VALUE=DATE:20270315",
            "X-WR-CALNAME:Birthdays\n",
            {"name": "Anna Müller", "birthday": "--03-14"},
        ),
        (
            "SUMMARY:Anna Müller hat Geburtstag\nDTSTART;VALUE=DATE:20270314",
            "X-WR-CALNAME:Geburtstage\n",
            {"name": "Anna Müller", "birthday": "--03-14"},
        ),
        (
            "SUMMARY:Anna Müllers 39. Geburtstag\nURL:addressbook://AB-12\nDTSTART;VALUE=DATE:16040314\nRRULE:FREQ=YEARLY",
            "X-WR-CALNAME:Geburtstage\n",
            {"name": "Anna Müllers 39. Geburtstag", "uid": "AB-12", "birthday": "--03-14"},
        ),
        (
            "SUMMARY:Geburtstag von Anna Müller\nDTSTART;VALUE=DATE:19870314\nRRULE:FREQ=YEARLY\nCREATED:20210101T000000Z",
            "",
            {"name": "Anna Müller", "birthday": "1987-03-14"},
        ),
        (
            "SUMMARY:Anna Müller's Birthday\nDTSTART;VALUE=DATE:20210314\nRRULE:FREQ=YEARLY\nCREATED:20210101T000000Z",
            "",
            {"name": "Anna Müller", "birthday": "--03-14"},
        ),
    ],
)
def test_birthdays_are_days_of_people(event: str, head: str, fields: dict[str, Any]) -> None:
    (draft,) = drafts(calendar(f"UID:b\n{event}", head=head))
    assert (draft.kind, dict(draft.fields)) == ("person", fields)


@pytest.mark.parametrize(
    "event",
    [
        "SUMMARY:Papas 70. Geburtstag\nDTSTART:20261121T150000",
        "SUMMARY:Anna's birthday\nDTSTART:20261121T150000\nRRULE:FREQ=YEARLY",
        "SUMMARY:Anna's birthday\nDTSTART;VALUE=DATE:20261121",
        "SUMMARY:Geburtstagskarten kaufen\nDTSTART;VALUE=DATE:20261121\nRRULE:FREQ=YEARLY",
        "SUMMARY:Our Blissful Anniversary\nCATEGORIES:ANNIVERSARY\nDTSTART;VALUE=DATE:19971102\nRRULE:FREQ=YEARLY",
        "SUMMARY:Urlaub\nCATEGORIES:Holiday\nDTSTART;VALUE=DATE:20261121\nRRULE:FREQ=YEARLY",
    ],
)
def test_what_only_looks_like_a_birthday_is_an_event(event: str) -> None:
    assert [draft.kind for draft in drafts(calendar(f"UID:b\n{event}"))] == ["event"]


def test_the_days_of_one_person_in_a_calendar_are_one_record() -> None:
    days = [
        "X-NEXTCLOUD-BC-FIELD-TYPE:BDAY\nX-NEXTCLOUD-BC-YEAR:1955\nSUMMARY:🎂 Otto Blum (1955)\nDTSTART:19550410",
        "X-NEXTCLOUD-BC-FIELD-TYPE:DEATHDATE\nX-NEXTCLOUD-BC-YEAR:2021\nSUMMARY:⚰️ Otto Blum (2021)\nDTSTART:20211105",
        "X-NEXTCLOUD-BC-FIELD-TYPE:ANNIVERSARY\nX-NEXTCLOUD-BC-YEAR:1980\nSUMMARY:💍 Otto Blum (1980)\nDTSTART:19800410",
    ]
    (draft,) = drafts(calendar(*[f"UID:{number}\n{day}\nRRULE:FREQ=YEARLY" for number, day in enumerate(days)]))
    assert (draft.kind, draft.name) == ("person", "Otto Blum")
    assert draft.fields == {
        "name": "Otto Blum",
        "birthday": "1955-04-10",
        "deceased": "2021-11-05",
        "dates": [{"label": "anniversary", "date": "1980-04-10"}],
    }


def test_days_of_two_people_of_one_name_stay_apart() -> None:
    head = "X-WR-CALNAME:Geburtstage\n"
    day = "SUMMARY:Anna hat Geburtstag\nDTSTART;VALUE=DATE:2027"
    assert len(drafts(calendar(f"UID:1\n{day}0314", f"UID:2\n{day}0315", head=head))) == 2
    wedding = "SUMMARY:Anna – Jahrestag\nDTSTART;VALUE=DATE:20270314\nURL:addressbook://"
    one, other = drafts(calendar(f"UID:1\n{day}0314\nURL:addressbook://a", f"UID:2\n{wedding}b", head=head))
    assert (one.name, other.name, one.fields["uid"], other.fields["uid"]) == ("Anna", "Anna", "a", "b")


@pytest.mark.parametrize("summary", ["Herzlichen Glückwunsch zum Geburtstag!", "Happy birthday!", "Dein Geburtstag"])
def test_a_birthday_that_names_nobody_is_counted(summary: str) -> None:
    events = [f"UID:{year}\nSUMMARY:{summary}\nDTSTART;VALUE=DATE:{year}0915" for year in (2026, 2027)]
    reading = read_all(calendar(*events, head="X-WR-CALNAME:Geburtstage\n"))
    assert reading.drafts == ()
    assert [problem.message for problem in reading.problems] == ["left out: birthdays that name nobody: 1"]
    assert [draft.kind for draft in drafts(calendar(events[0]))] == ["event"]


def test_a_birthday_for_each_year_is_one() -> None:
    events = [f"UID:{year}\nSUMMARY:Anna's birthday\nDTSTART;VALUE=DATE:{year}0314" for year in range(2020, 2030)]
    assert len(drafts(calendar(*events, head="X-WR-CALNAME:Birthdays\n"))) == 1


def test_one_bad_event_never_stops_the_rest() -> None:
    data = calendar(
        "UID:1\nSUMMARY:one\nDTSTART:2026",
        "UID:2\nSUMMARY:two\nDTSTART;VALUE=DATE:20260230",
        "UID:3\nSUMMARY:three",
        "UID:4\nno property\nSUMMARY:fo\x07ur\nDTSTART:20260101\nDTEND:nonsense",
        "UID:5\nSUMMARY:five\nDTSTART:20260101\nRECURRENCE-ID:x",
        "UID:6\nSUMMARY:six\nDTSTART:20260101",
    )
    assert [draft.name for draft in drafts(data)] == ["four", "six"]
    assert [(line, code) for line, code, _ in problems(data)] == [
        (7, "bad-date"),
        (12, "bad-date"),
        (14, "bad-ical"),
        (20, "bad-ical"),
        (21, "control-character"),
        (22, "bad-date"),
        (28, "bad-date"),
    ]


def test_an_end_that_is_missing_is_told_once() -> None:
    data = b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:a\nDTSTART:20260101\nBEGIN:VEVENT\nSUMMARY:b\nDTSTART:20260102\n"
    assert [draft.name for draft in drafts(data)] == ["a", "b"]
    assert problems(data) == [(2, "bad-ical", "an END is missing (2 times)")]


def test_several_calendars_in_one_file_are_read_each_with_its_zone() -> None:
    event = "UID:{}\nSUMMARY:x\nDTSTART:20260705T173000Z"
    data = calendar(event.format(1), head="X-WR-TIMEZONE:Europe/Berlin\n") + calendar(event.format(2))
    assert [draft.fields["timezone"] for draft in drafts(data)] == ["Europe/Berlin", "UTC"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_other_encodings_and_folded_lines_are_read(encoding: str) -> None:
    text = calendar("UID:1\nSUMMARY:Mül\n ler\nDTSTART:20260101").decode()
    assert [draft.name for draft in drafts(text.encode(encoding))] == ["Müller"]


def test_what_is_no_calendar_is_one_problem() -> None:
    for data in (b"", b"hello", b"BEGIN:VCARD\nFN:x\nEND:VCARD\n", b"\0" * 1000):
        assert [problem.code for problem in read_all(data).problems] == ["bad-ical"]


@pytest.mark.parametrize("deep", ["VEVENT", "VALARM", "VTODO", "VTIMEZONE", "X-FOO"])
def test_ten_thousand_nested_components_end_in_a_few_lines(deep: str) -> None:
    data = b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x\nDTSTART:20260101\n" + f"BEGIN:{deep}\n".encode() * 10_000
    reading = read_all(data)
    assert [draft.name for draft in reading.drafts] == ["x"]
    assert 0 < len(reading.problems) <= 25


def test_a_line_of_many_megabytes_and_endless_lists_are_bounded() -> None:
    event = "UID:1\nSUMMARY:" + "x" * 17_000_000 + "\nDTSTART:20260101\nDESCRIPTION:" + "y" * 100_000
    days = ",".join(["20260102"] * 100_000)
    many = f"UID:2\nSUMMARY:z\nDTSTART:20260101\nRRULE:FREQ=DAILY\nEXDATE:{days}\nRDATE:{days}"
    people = "\n".join([f"ATTENDEE:mailto:a{number}@example.org" for number in range(5_000)])
    reading = read_all(calendar(event, many, f"UID:3\nSUMMARY:p\nDTSTART:20260101\n{people}"))
    assert [draft.name for draft in reading.drafts] == ["unnamed", "z", "p"]
    assert sum(len(str(draft)) for draft in reading.drafts) < 60_000
    assert [problem.code for problem in reading.problems] == ["too-large"] * 4


def test_control_characters_and_line_breaks_stay_out_of_titles_and_uids() -> None:
    fields = only("UID:a\\nb	c\nSUMMARY:one\\ntwo\nDTSTART:20260101\nURL:javascript:alert(1)")
    assert (fields["title"], fields["uid"]) == ("one two", "a b c")
    assert "url" not in fields


LINES = st.sampled_from(
    [
        *("BEGIN:VCALENDAR", "END:VCALENDAR", "BEGIN:VEVENT", "END:VEVENT", "BEGIN:VTIMEZONE", "END:VTIMEZONE"),
        *("BEGIN:STANDARD", "END:STANDARD", "DTSTART:20260101", "DTSTART;TZID=Odd:20260101T120000", "UID:1", "UID:2"),
        *("RRULE:FREQ=WEEKLY", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3", "EXDATE:20260108", "RDATE:00010101T000000"),
        *("RECURRENCE-ID:20260108", "TZID:Odd", "TZOFFSETTO:-2359", "DTSTART:16010101T000000", "DURATION:P999999W"),
        *("DTSTART:99991231T235959Z", "DTSTART:00010101T000000Z", "DTEND:99991231", "CATEGORIES:birthday", "SUMMARY:x"),
        *("X-WR-TIMEZONE:Pacific/Kiritimati", "STATUS:CANCELLED", "METHOD:CANCEL", "CREATED:x", "SEQUENCE:²"),
    ]
)


@given(st.lists(LINES | st.text(max_size=20), max_size=40))
def test_any_lines_are_read_without_an_error(lines: list[str]) -> None:
    data = "\n".join(["BEGIN:VCALENDAR", *lines]).encode("utf-8", "surrogatepass")
    for part in read_ical(data, "a.ics", first=date(2026, 1, 1), zone="Pacific/Apia"):
        assert isinstance(part, Problem) or (part.kind in ("event", "person") and part.name)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_without_an_error(data: bytes) -> None:
    assert len([*read_ical(b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260101\n" + data, "a.ics")]) < 200


def test_a_calendar_is_known_by_its_beginning() -> None:
    assert is_ical(b"\xef\xbb\xbfbegin:vcalendar\n")
    assert is_ical("BEGIN:VCALENDAR".encode("utf-16"))
    assert not is_ical(b"BEGIN:VCARD")


def test_a_series_without_a_day_is_left_out_and_counted() -> None:
    never = "SUMMARY:Never\nDTSTART:20260101T100000\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"
    reading = read_all(calendar(f"UID:1\n{never}", f"UID:2\n{never}"))
    assert reading.drafts == ()
    assert [problem.message for problem in reading.problems] == ["left out: series that have no day: 2"]


def test_ten_thousand_calendars_that_do_not_end_are_told_in_a_few_lines() -> None:
    reading = read_all(b"BEGIN:VCALENDAR\r\n" * 10_000)
    assert [problem.line for problem in reading.problems] == [1, 0]
    assert "9999 more of the same" in reading.problems[-1].message


def test_of_problems_of_one_sort_twenty_are_told() -> None:
    reading = read_all(calendar(*[f"UID:{number}\nSUMMARY:{number}" for number in range(25)]))
    assert len(reading.problems) == 21
    assert "5 more of the same" in reading.problems[-1].message
