"""Reading `prmvault.yaml`: every key is optional, what is unknown or wrong is reported, never fatal."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from prmvault.core.problems import Problem
from prmvault.vault.files import SETTINGS_FILE
from prmvault.vault.settings import Settings


def parse_settings(text: str) -> Settings:
    """Read the text of `prmvault.yaml`; what cannot be used is left at its default and reported."""
    from prmvault.core.frontmatter import parse_yaml_text
    from prmvault.core.schema import FOLDERS

    front = parse_yaml_text(SETTINGS_FILE, text)
    problems = list(front.problems)
    values: dict[str, Any] = {}
    for key, value in front.values.items():
        line = front.lines.get(key, 1)

        def report(message: str, hint: str = "", *, at: int = line) -> None:
            problems.append(Problem(SETTINGS_FILE, at, "bad-setting", message, hint))

        reader = _READERS.get(key)
        if reader is None:
            report(f"the setting {key!r} is not known", f"known are {', '.join(_READERS)}")
        elif value not in ("", [], {}):
            values.update(reader(key, value, report))
    for tag in values.get("cadence", ()):
        lines = (front.lines.get(f"cadence.{written}") for written in (tag, f"#{tag}"))
        values.setdefault("cadence_lines", {})[tag] = next(filter(None, lines), front.lines.get("cadence", 1))
    known_types = {**FOLDERS, **values.get("types", {})}
    for name in [name for name in values.get("folders", {}) if name not in known_types]:
        del values["folders"][name]
        line, hint = front.lines.get("folders", 1), f"known are {', '.join(known_types)}"
        problems.append(Problem(SETTINGS_FILE, line, "bad-setting", f"folders: there is no type {name!r}", hint))
    used = _used_by(values)
    if used:
        folder, line = values.pop("digest_folder"), front.lines.get("digest", 1)
        message = f"digest: the folder {folder!r} is {used}"
        problems.append(Problem(SETTINGS_FILE, line, "bad-setting", message, "give the pages one of their own: digest"))
    return Settings(**values, problems=tuple(problems))


def _used_by(values: dict[str, Any]) -> str:
    """Tell what the digest's folder is used for already, or nothing: there no note would be read."""
    from prmvault.core.schema import FOLDERS

    folder = values.get("digest_folder", "").casefold()
    if not folder:
        return ""
    if any(part.startswith(".") for part in folder.split("/")):
        return "a hidden one"
    if folder.split("/")[0] == "templates":
        return "that of the templates"
    types, folders = values.get("types", {}), values.get("folders", {})
    for name in {**FOLDERS, **types}:
        used = types.get(name, {}).get("folder") or folders.get(name, FOLDERS.get(name, name))
        place = used.casefold()
        if place and (f"{folder}/".startswith(f"{place}/") or f"{place}/".startswith(f"{folder}/")):
            return f"that of notes ({name}: {used})"
    return ""


_Tell = Callable[..., None]


def _text(key: str, value: Any, report: _Tell) -> dict[str, Any]:
    if isinstance(value, str):
        return {key: value}
    report(f"{key} takes a text")
    return {}


def _language(key: str, value: Any, report: _Tell) -> dict[str, Any]:
    """Whether there is a catalogue for the language depends on the machine, and is told by `check`."""
    if isinstance(value, str) and re.fullmatch(r"[a-z]{2,3}(?:_[A-Za-z]{2,8}){0,2}", value):
        return {key: value}
    report(f"{key} takes a code such as de, en or pt_BR")
    return {}


def _texts(key: str, value: Any, report: _Tell) -> dict[str, Any]:
    items = value if isinstance(value, list) else [value]
    if all(isinstance(item, str) for item in items):
        return {key: tuple(items)}
    report(f"{key} takes a list of texts")
    return {}


def _leap_day(key: str, value: Any, report: _Tell) -> dict[str, Any]:
    if value in ("feb-28", "mar-01"):
        return {key: value}
    report(f"{key} is feb-28 or mar-01")
    return {}


def _region(key: str, value: Any, report: _Tell) -> dict[str, Any]:
    if isinstance(value, str) and re.fullmatch("[A-Za-z]{2}", value):
        return {key: value.upper()}
    report(f"{key} takes a country's code of two letters, such as DE or US")
    return {}


def _languages(key: str, value: Any, report: _Tell) -> dict[str, Any]:
    read = _texts(key, value, report)
    unknown = [language for language in read.get(key, ()) if language not in ("de", "en")]
    if unknown:
        report(f"stemming knows de and en, not {', '.join(unknown)}")
        read[key] = tuple(language for language in read[key] if language not in unknown)
    return read if read.get(key) else {}


def _me(_key: str, value: Any, report: _Tell) -> dict[str, Any]:
    """`me` is a link, or a list of a link and the addresses that are mine."""
    from prmvault.core.people import linked_name

    items = value if isinstance(value, list) else [value]
    texts = [item for item in items if isinstance(item, str)]
    if len(texts) < len(items):
        report("me takes a link and addresses", 'write me: "[[Your Name]]"')
    names = [linked_name(text) for text in texts if "@" not in text]
    return {"me": names[0] if names else "", "me_addresses": tuple(text for text in texts if "@" in text)}


def _journal_file(key: str, value: Any, report: _Tell) -> dict[str, Any]:
    read = _text(key, value, report)
    if read and not (
        all(sign in value for sign in ("%Y", "%m", "%d"))
        and set(re.findall("%(.?)", value)) <= set("YmdyjBbAaVGu%")
        and _is_inside(value)
        and value.endswith(".md")
    ):
        report(f"{key} needs %Y, %m and %d, ends in .md and stays in the vault", 'such as "%Y/%Y-%m-%d.md"')
        return {}
    return read


def _folders(key: str, value: Any, report: _Tell) -> dict[str, Any]:
    read = _map_of_texts(key, value, report)
    good = {}
    for name, folder in read.get(key, {}).items():
        if _is_inside(folder):
            good[name] = _normal(folder)
        else:
            report(f"the folder {folder!r} is outside of the vault")
    return {key: good}


def _map_of_texts(key: str, value: Any, report: _Tell) -> dict[str, Any]:
    if isinstance(value, dict) and all(isinstance(item, str) for item in value.values()):
        return {key: dict(value)}
    report(f"{key} takes `key: text` lines")
    return {}


def _cadence(key: str, value: Any, report: _Tell) -> dict[str, Any]:
    from prmvault.core.dates import DateError
    from prmvault.core.names import fold
    from prmvault.core.periods import parse_period

    good = {}
    for tag, period in _map_of_texts(key, value, report).get(key, {}).items():
        try:
            if fold(period) not in ("never", "nie", "niemals"):
                parse_period(period)
        except DateError as error:
            report(f"cadence of {tag}: {error}", error.hint)
        else:
            good[tag.lstrip("#")] = period
    return {key: good}


def _channels(key: str, value: Any, report: _Tell) -> dict[str, Any]:
    if not isinstance(value, dict):
        report(f"{key} takes `channel: [words]`")
        return {}
    table = {}
    for channel, words in value.items():
        items = words if isinstance(words, list) else [words]
        table[channel] = [word for word in items if isinstance(word, str)]
        if len(table[channel]) < len(items):
            report(f"{key}: the words of {channel!r} are not all texts", f"write {channel}: [word, word]")
    return {key: table}


def _relations(key: str, value: Any, report: _Tell) -> dict[str, Any]:
    """Read `type: {inverse: type, words: [], female: [], male: []}`, all four optional."""
    from prmvault.core.names import fold
    from prmvault.core.relations import inverse_type, relation_of, relation_words

    if not isinstance(value, dict):
        report(f"{key} takes `type: {{inverse: …, words: […]}}`")
        return {}
    built_in = relation_words()
    types: dict[str, dict[str, Any]] = {}
    for name, declared in value.items():
        kind = relation_of(name, built_in).type
        if not fold(kind) or fold(kind) != fold(name.strip()):
            report(f"{key}: {name!r} is a word for {kind!r}", f"write {kind}: {{words: [{name}]}}")
        elif isinstance(declared, dict) or declared == "":
            types[kind] = _relation(kind, declared or {}, report)
        else:
            report(f"{key}: {name} takes inverse, words, female and male", f"write {name}: {{inverse: …}}")
    taken = {fold(relation.type) for relation in built_in.values()} | {fold(kind) for kind in types}
    for kind, told in types.items():
        for words in (told["words"], told["female"], told["male"]):
            for word in [word for word in words if fold(word) in taken - {fold(kind)}]:
                report(f"{key}: {word!r} is a type, and no word for {kind}", "choose another word")
                words.remove(word)
    table = relation_words({kind: {**told, "inverse": ""} for kind, told in types.items()})
    for kind, told in types.items():
        told["inverse"] = relation_of(told["inverse"], table).type
        if fold(kind) in built_in and told["inverse"] not in ("", inverse_type(kind)):
            report(f"{key}: the inverse of {kind} is built in, {inverse_type(kind)}", "choose another name")
            told["inverse"] = ""
    return {key: types}


def _relation(kind: str, declared: dict[str, Any], report: _Tell) -> dict[str, Any]:
    from prmvault.core.names import fold

    read: dict[str, Any] = {"inverse": "", "words": [], "female": [], "male": []}
    for name, given in declared.items():
        items = given if isinstance(given, list) else [given] if given else []
        words = [item.strip() for item in items if isinstance(item, str) and fold(item.strip())]
        if name in read and len(words) == len(items) and not (name == "inverse" and isinstance(given, list)):
            read[name] = words if name != "inverse" else "".join(words)
        else:
            report(f"relations: {kind} has no {name!r} of this form", "inverse: type; words, female, male: [texts]")
    return read


def _digest(_key: str, value: Any, report: _Tell) -> dict[str, Any]:
    read: dict[str, Any] = {}
    if not isinstance(value, dict):
        report("digest takes folder, horizon and commit")
        return read
    for name, text in value.items():
        if name == "commit" and _flag(text) is not None:
            read["digest_commit"] = _flag(text)
        elif name == "folder" and isinstance(text, str) and _is_inside(text) and _normal(text):
            read["digest_folder"] = _normal(text)
        elif name == "horizon" and isinstance(text, str):
            read.update(_horizon(text, report))
        else:
            report(f"digest has no setting {name!r} of this form", "folder, horizon or commit")
    return read


def _horizon(text: str, report: _Tell) -> dict[str, Any]:
    from prmvault.core.dates import DateError
    from prmvault.core.periods import parse_period

    try:
        parse_period(text)
    except DateError as error:
        report(f"digest horizon: {error}", error.hint)
        return {}
    return {"digest_horizon": text}


_ALWAYS_FOUND = ("type", "name", "tags", "tag", "aliases", "alias")
"""What a note is called and where it belongs is in the index in any case."""


def _types(_key: str, value: Any, report: _Tell) -> dict[str, Any]:
    """Read `type: {folder, template, fields: {key: kind or {kind, of, required, indexed}}}`."""
    types: dict[str, dict[str, Any]] = {}
    if not isinstance(value, dict):
        report("types takes `type: {folder: …, fields: {…}}`")
        return types
    for name, declared in value.items():
        fields = declared.get("fields") or {} if isinstance(declared, dict) else None
        if not isinstance(declared, dict) or not isinstance(fields, dict) or not re.fullmatch(r"[\w -]{1,60}", name):
            report(f"type {name}: a plain name, a folder and fields are expected", "fields: {stage: text, …}")
            continue
        folder = declared.get("folder", "")
        if not isinstance(folder, str) or not _is_inside(folder):
            report(f"type {name}: the folder is outside of the vault")
            folder = ""
        template = declared.get("template", "")
        if template and not (isinstance(template, str) and _is_template(template)):
            report(f"type {name}: template takes the name of a file in templates/", f"such as {name}.md.j2")
            template = ""
        _report_unknown(f"type {name}", declared, ("folder", "template", "fields"), report)
        read = {key: _field(name, key, given, report) for key, given in fields.items()}
        good = {key: field for key, field in read.items() if field is not None}
        types[name] = {"folder": _normal(folder), "template": template, "fields": good}
    return {"types": types}


def _field(type_name: str, key: str, given: Any, report: _Tell) -> list[Any] | None:
    """Read one field as [kind, values of a choice, required, indexed]."""
    from prmvault.core.kinds import KINDS
    from prmvault.core.schema import PLAIN_NOTE, note_types

    field = given if isinstance(given, dict) else {"kind": given}
    kind = _kind_name(field.get("kind", "text"))
    values = field.get("of", [])
    of = [text for text in (values if isinstance(values, list) else [values]) if isinstance(text, str)]
    one = kind.removeprefix("list of ")
    if one not in KINDS and not (one == "choice" and of):
        known = ", ".join([*KINDS, "choice (with of: [...])"])
        report(f"type {type_name}: field {key!r} has no known kind", f"known are {known}")
        return None
    _report_unknown(f"type {type_name}: field {key!r}", field, ("kind", "of", "required", "indexed"), report)
    flags = {}
    for name, default in (("required", "false"), ("indexed", "true")):
        flags[name] = _flag(field.get(name) or default)
        if flags[name] is None:
            report(f"type {type_name}: {name} of {key!r} is true or false")
            flags[name] = default == "true"
    if key in _ALWAYS_FOUND and not flags["indexed"]:
        report(f"type {type_name}: {key!r} is always found", "indexed: false is for other fields")
        flags["indexed"] = True
    built_in = note_types().get(type_name, PLAIN_NOTE).fields.get(key)
    if built_in is not None and built_in.kind != kind:
        # The program itself reads these: another kind would break what it does with them.
        report(f"type {type_name}: {key!r} is built in, as {built_in.kind}", "choose another name")
        return None
    return [kind, of, flags["required"], flags["indexed"]]


def _report_unknown(place: str, given: dict[str, Any], known: tuple[str, ...], report: _Tell) -> None:
    for name in given:
        if name not in known:
            report(f"{place}: {name!r} is not known", f"known are {', '.join(known)}")


def _kind_name(written: Any) -> str:
    """Return the kind's name: `list of links` is `links`, `list of money` stays."""
    if not isinstance(written, str):
        return ""
    name = written.removeprefix("list of ").strip()
    if name == written or not name.removesuffix("s"):
        return name
    if name.removesuffix("s") in ("text", "link"):
        return name.removesuffix("s") + "s"
    return f"list of {name}"


def _flag(value: Any) -> bool | None:
    """Return what `true` or `false` means, None for everything else."""
    return {"true": True, "yes": True, "false": False, "no": False}.get(value) if isinstance(value, str) else None


def _is_inside(folder: str) -> bool:
    parts = folder.replace("\\", "/").split("/")
    leads_out = folder.startswith(("/", "\\", "~")) or ".." in parts
    return not leads_out and "\\" not in folder and ":" not in folder and folder.isprintable()


def _is_template(name: str) -> bool:
    return name.endswith(".j2") and "/" not in name and _is_inside(name)


def _normal(folder: str) -> str:
    """Return the folder as paths in the vault write it."""
    return "/".join(part for part in folder.split("/") if part not in ("", "."))


_READERS: dict[str, Callable[[str, Any, _Tell], dict[str, Any]]] = {
    "language": _language,
    "languages": _languages,
    "me": _me,
    "folders": _folders,
    "journal_file": _journal_file,
    "cadence": _cadence,
    "leap_day": _leap_day,
    "region": _region,
    "channels": _channels,
    "relations": _relations,
    "log_headings": _texts,
    "digest": _digest,
    "ignore": _texts,
    "types": _types,
}
