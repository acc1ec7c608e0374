"""`import`: other programs' contacts into the vault."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from prmvault.cli.context import command, opened_vault, tell_of, today
from prmvault.cli.output import clean, echo_json, echo_problems, echo_table, one_line, progress_bar, say, say_hint
from prmvault.core.label_names import action_name
from prmvault.core.problems import EXIT_NOTHING_FOUND, EXIT_USAGE, PrmvaultError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from prmvault.app.import_apply import Report
    from prmvault.app.import_plan import Choices
    from prmvault.app.import_read import Source
    from prmvault.interop.drafts import Draft
    from prmvault.interop.registry import Asked

_SHOWN = 20
"""So many of each kind of conflict and of the problems are told one by one; --json has all."""

_ASKED = "--same NAME takes it for that one, --new NAME makes another note (NAME may be all, for every such name)"
"""What to do about several names."""


def _complete_formats(_context: click.Context, _parameter: click.Parameter, typed: str) -> list[Any]:
    from click.shell_completion import CompletionItem

    from prmvault.interop.registry import FORMATS

    return [
        CompletionItem(name, help=made.about) for name, made in FORMATS.items() if made.read and name.startswith(typed)
    ]


def _complete_files(_context: click.Context, _parameter: click.Parameter, typed: str) -> list[Any]:
    from click.shell_completion import CompletionItem

    return [CompletionItem(typed, type="file")]


@command("import")
@click.argument("files", metavar="FILE…", nargs=-1, shell_complete=_complete_files)
@click.option(
    "--from", "format_name", metavar="FORMAT", default="", shell_complete=_complete_formats, help="Else the file tells."
)
@click.option("-n", "--dry-run", is_flag=True, help="Tell what would be done, and do nothing.")
@click.option("--prefer", type=click.Choice(["file", "vault"]), help="Whose value counts where the two differ.")
@click.option(
    "--same", metavar="NAME[=NOTE]", multiple=True, help="A record of this name is the note of this name, or NOTE."
)
@click.option("--new", metavar="NAME", multiple=True, help="It is somebody else: another note.")
@click.option("--tag", default="", help="Give everybody in the files this tag.")
@click.option(
    "--map", "mapping", metavar="COLUMN=KEY", multiple=True, help='For CSV, such as "Tel privat=phones:home".'
)
@click.option("--encoding", default="", help="For CSV that is neither UTF-8 nor Windows-1252.")
@click.option("--date-order", type=click.Choice(["dmy", "mdy", "ymd"]), help="For CSV: what 03/04/1990 means.")
@click.option("--json", "as_json", is_flag=True, help="The report as one JSON object.")
@click.option("--list", "as_list", is_flag=True, help="List the formats.")
def import_command(
    files: tuple[str, ...], format_name: str, dry_run: bool, as_json: bool, as_list: bool, **given: Any
) -> int:
    """Take contacts from files into the vault: new people become notes, known ones get what they lack.

    FILE is a file, a folder of files, or - for standard input. A record is somebody of the vault by uid, e-mail, phone
    or LinkedIn address, never by name alone: then it is left to you (--same, --new; NAME may be all). What you wrote is
    never overwritten: where the two differ, it is told, or --prefer decides. In a git vault it is one commit, which
    undo takes back. The same import again does nothing. Exit 1 if anything is left to you.

    Of namesakes --same says which one: NOTE is a path, or a name that means one note.

    \b
    Example:
      prmvault import contacts.vcf --dry-run
      prmvault import ~/Downloads/contacts.csv --tag google
      prmvault import club.csv --map "Member=name" --map "Tel privat=phones:home"
      prmvault import contacts.vcf --same "Anna Müller" --new "Peter Braun"
      prmvault import contacts.vcf --same "Tom Müller=people/Tom Müller (2).md"
    """
    from prmvault.interop.registry import FORMATS

    known = {name: made for name, made in FORMATS.items() if made.read}
    if as_list:
        echo_table(("format", "about"), [(name, made.about) for name, made in known.items()])
        return 0
    if format_name and format_name not in known:
        hint = f"known are {', '.join(known)}"
        raise PrmvaultError(f"there is no format {format_name!r} to import", exit_code=EXIT_USAGE, hint=hint)
    if not files:
        raise PrmvaultError(
            "a file is needed", exit_code=EXIT_USAGE, hint="prmvault import contacts.vcf, or - for stdin"
        )
    from prmvault.app.import_apply import MANY, apply_plan, report_of
    from prmvault.app.import_plan import Planner
    from prmvault.app.import_read import find_sources, read_source

    asked, choices = _asked(given), _choices(given)
    found = list(find_sources(files, format_name or ("csv" if asked.mapping else "")))
    sources: list[Source] = [each for each in found if not isinstance(each, Problem)]
    for source in sources:
        if source.spool:
            click.get_current_context().call_on_close(source.spool.close)
    vault = opened_vault()
    asked = asked._replace(me=vault.settings.me_addresses)

    def parts() -> Iterator[Draft | Problem]:
        for source in sources:
            yield from read_source(source, asked)

    planner = Planner(vault, choices, today().isoformat())
    plan = planner.plan_parts(parts(), [each for each in found if isinstance(each, Problem)])
    if not dry_run:
        total = sum(step.action != "skip" for step in plan.steps)
        progress = progress_bar("importing", total) if total >= MANY else lambda _done, _total: None
        plan = apply_plan(vault, planner, plan, parts, progress)
    report = report_of(plan)
    if as_json:
        echo_json(report._asdict())
    elif dry_run:
        _echo_plan(report, tell_of(vault))
    _tell(report, dry_run=dry_run, as_json=as_json)
    if (report.created or report.updated) and sys.stderr.isatty():
        say_hint(_way_back(vault.root, dry_run=dry_run))
    return EXIT_NOTHING_FOUND if report.conflicts or _wrong(report) else 0


def _asked(given: dict[str, Any]) -> Asked:
    """Return how the files are to be read."""
    from prmvault.interop.csv_columns import parse_mapping
    from prmvault.interop.registry import Asked

    encoding = given["encoding"]
    if encoding:
        import codecs

        try:
            codecs.lookup(encoding)
        except LookupError:
            hint = "such as utf-8, cp1252, latin-1, mac-roman"
            raise PrmvaultError(f"there is no encoding {encoding!r}", exit_code=EXIT_USAGE, hint=hint) from None
    return Asked(parse_mapping(given["mapping"]), encoding, given["date_order"] or "")


def _choices(given: dict[str, Any]) -> Choices:
    """Return what the user says beforehand."""
    from prmvault.app.import_match import Settled
    from prmvault.app.import_plan import Choices

    return Choices(given["prefer"] or "", Settled(given["same"], given["new"]), given["tag"])


def _echo_plan(report: Report, tell: Callable[[str], str]) -> None:
    """Print what would be done, a row for each record that is not as before, in the order of the files."""
    rows = [("create", entry, "") for entry in report.created]
    rows += [("update", entry, ", ".join(entry["keys"])) for entry in report.updated]
    rows += [("conflict", entry, _differing(entry)) for entry in report.conflicts]
    rows.sort(key=lambda row: (row[1]["source"], row[1]["line"]))
    shown = (lambda action: tell(action_name(action))) if sys.stdout.isatty() else str
    cells = [(shown(action), _place(entry), entry["name"], entry["path"], what) for action, entry, what in rows]
    if cells:
        echo_table(("action", "from", "name", "path", "what"), cells, gives_way=("from", "path"), tell=tell)


def _differing(entry: dict[str, Any]) -> str:
    return f"{entry['key']}: {_shown(entry['vault'])} ≠ {_shown(entry['file'])}" if entry["key"] else entry["message"]


def _shown(value: Any) -> str:
    from prmvault.core.model import texts_in

    told = {key: part for key, part in value.items() if key != "pref"} if isinstance(value, dict) else value
    return one_line(", ".join(texts_in(told)))[:80]


def _place(entry: dict[str, Any]) -> str:
    return f"{entry['source']}:{entry['line']}" if entry["line"] else str(entry["source"])


def _tell(report: Report, *, dry_run: bool, as_json: bool) -> None:
    """Tell what is left to the user, and the sum."""
    if not as_json:
        _tell_left(report)
        _tell_own(report)
    wrong = _wrong(report)
    counted = {
        "to create" if dry_run else "created": report.created,
        "to update" if dry_run else "updated": report.updated,
        "as before": report.skipped,
        "left to you": report.conflicts,
        "problem" if len(wrong) == 1 else "problems": wrong,
    }
    told = [f"{len(entries)} {name}" for name, entries in counted.items() if entries]
    say(", ".join(told) or "nothing is in there")


def _wrong(report: Report) -> list[dict[str, Any]]:
    """Return the problems without what was left out on purpose: that is told, and there is nothing to decide."""
    return [entry for entry in report.problems if entry["code"] != "left-out"]


def _tell_own(report: Report) -> None:
    """Tell which files have what the vault itself has exported."""
    from collections import Counter

    for source, count in Counter([entry["source"] for entry in report.skipped if entry["path"] is None]).items():
        entries = "1 entry is" if count == 1 else f"{count} entries are"
        say(f"{one_line(source)}: {entries} the vault's own, exported by prmvault: there is nothing to do")


def _tell_left(report: Report) -> None:
    """Tell the problems and what is to be settled: each kind together, with the remedy once, below the last of it."""
    problems = [
        Problem(entry["source"], entry["line"], entry["code"], entry["message"], entry["hint"])
        for entry in report.problems
    ]
    differing = [entry for entry in report.conflicts if entry["key"]]
    asked = [entry for entry in report.conflicts if not entry["key"] and entry["hint"].startswith("--same")]
    others = [entry for entry in report.conflicts if not entry["key"] and entry not in asked]
    kinds = [problems[:_SHOWN], *[_with_one_hint(entries[:_SHOWN]) for entries in (differing, asked)]]
    kinds.append([Problem(_place(each), 0, "import-conflict", _told(each), each["hint"]) for each in others[:_SHOWN]])
    for kind in kinds:
        echo_problems(kind)
    more = len(report.problems) + len(report.conflicts) - sum(map(len, kinds))
    if more:
        say(f"and {more} more; --json has all")


def _with_one_hint(entries: Sequence[dict[str, Any]]) -> list[Problem]:
    hints = {entry["hint"] for entry in entries}
    hint = hints.pop() if len(hints) == 1 else _ASKED
    places = [(_place(entry), _told(entry)) for entry in entries]
    last = len(places) - 1
    return [
        Problem(place, 0, "import-conflict", told, hint if at == last else "")
        for at, (place, told) in enumerate(places)
    ]


def _way_back(root: str, *, dry_run: bool) -> str:
    """Return what the user should know of taking it back."""
    from prmvault.vault.git import is_repository

    if is_repository(root):
        return "without --dry-run it is done, as one commit" if dry_run else "prmvault undo takes it back"
    lasting = "the vault is not kept in git, so undo can't take it back"
    return f"without --dry-run it is done; {lasting}" if dry_run else lasting


def _told(entry: dict[str, Any]) -> str:
    if not entry["key"]:
        return clean(f"{entry['name']}: {entry['message']}: {_shown(entry['vault'])}")
    return clean(f"{entry['path']}: {_differing(entry)}")
