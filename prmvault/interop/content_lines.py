"""Content lines of vCard 2.1, 3.0, 4.0 and iCalendar (RFC 2426, 6350, 5545, 6868): unfolded, decoded, written again.

Whatever the version was, a `Line` holds its value as vCard 3.0 and 4.0 write it: escaped, on one line, in Unicode, with
binary data as base64 behind `ENCODING=b`.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from prmvault.core.characters import HALVES, NOT_IN_NOTES
from prmvault.core.problems import Problem
from prmvault.interop.content_split import RawCard, agent_header, marked

BINARY = ("PHOTO", "LOGO", "SOUND", "KEY")
"""The properties whose values can be files."""

PLACE_TYPES = ("home", "work", "pref")
"""The TYPE values that tell where or how much, and not what."""

_WIDTH = 75
_MAX_PARAMS = 100
_MAX_LINES = 20_000
_MAX_SHOWN = 60
_HEAD = re.compile(r"[ \t]{0,20}(?:([\w-]{1,60})\.)?([\w/-]{1,100})[ \t]{0,9}", re.ASCII)
_PARAM = re.compile(r"[ \t]{0,9}([^=;:,\"\s]{0,100})[ \t]{0,9}(=?)")
_QUOTED = re.compile(r'[ \t]{0,9}"([^"]{0,5000})"[ \t]{0,9}(?=[;:,])')
_PARAM_VALUE = re.compile(r"[^;:,]{0,5000}")
_BASE64_ROW = re.compile(rb"[A-Za-z0-9+/=\s]{1,5000}")
_BASE64_HEADER = re.compile(rb"BASE64|[;=]B(?:;|$)")
# Android's own labels: `X-CUSTOM(CHARSET=UTF-8,ENCODING=QUOTED-PRINTABLE,=56=65=72)`.
_ANDROID_LABEL = re.compile(
    r";X-CUSTOM\((?:CHARSET=[\w-]{1,20},)?(ENCODING=QUOTED-PRINTABLE,)?([^():;]{0,300})\)(?=[;:])"
)
_NOT_NAME = re.compile(r"[^A-Z0-9-]")
_CARET = re.compile(r"\^([nN'^])")
_CARETS = {"n": "\n", "N": "\n", "'": '"', "^": "^"}
_NOT_BARE = re.compile(r'[;:,\s"^]')
_CONTROL = re.compile(f"[\0{NOT_IN_NOTES}{HALVES}]")
_CHARSET = re.compile(
    r"(?i)(?:utf-?(?:8|16(?:[bl]e)?)|(?:iso[-_]?)?8859[-_]?[0-9]{1,2}|(?:windows|cp)-?[0-9]{3,4}|latin-?1|(?:us-?)?ascii"
    r"|iso-8859-[0-9]{1,2}|koi8-[ru]|shift[-_]jis|sjis|euc-?(?:jp|kr)|iso-2022-(?:jp|kr)|gb2312|gbk|gb18030|big5|mac-?roman)"
)
_DATA_URI = re.compile(r"(?i)data:([\w.+-]{1,60}/[\w.+-]{1,80})?((?:;[\w-]{1,40}=[^;,]{0,100}){0,5});base64\\?,")
_UNKNOWN_TYPE = "application/octet-stream"

Params = tuple[tuple[str, tuple[str, ...]], ...]


class Line(NamedTuple):
    """One property: its group (may be empty), its name as written, its parameters by upper-case names, and its value.

    `number` is the line in the file.
    """

    group: str
    name: str
    params: Params
    value: str
    number: int = 0

    @property
    def key(self) -> str:
        """The name in capitals."""
        return self.name.upper()

    def param(self, name: str) -> tuple[str, ...]:
        """Return the values of a parameter; none where it is not there."""
        return next((values for key, values in self.params if key == name), ())

    def without(self, *names: str) -> Line:
        """Return the line without these parameters."""
        return self._replace(params=tuple([param for param in self.params if param[0] not in names]))


def card_lines(card: RawCard, source: str) -> tuple[list[Line], list[Problem]]:
    """Return the properties of a card, and at most one problem of each sort; a line that is none is left out."""
    lines: list[Line] = []
    broken: list[tuple[int, str]] = []
    control = 0
    problems: list[Problem] = []
    for number, row in _unfolded(card.rows):
        if len(lines) >= _MAX_LINES:
            message = f"the vCard has more than {_MAX_LINES:,} properties; those that follow are left out"
            problems.append(Problem(source, number, "too-large", message, "look at what made this file"))
            break
        line = _decoded_line(row, number)
        if line is None:
            broken.append((number, _decoded(row[:200])))
            continue
        cleaned = clean_line(line)
        control = control or (0 if cleaned is line else number)
        lines.append(cleaned)
    if broken:
        number, text = broken[0]
        shown = " ".join(_CONTROL.sub(" ", text).split())[:_MAX_SHOWN]
        more = f" (as are {len(broken) - 1} more)" if len(broken) > 1 else ""
        problems.append(Problem(source, number, "bad-vcard", f'"{shown}" is no property and is left out{more}', ""))
    if control:
        message = "control characters are left out"
        problems.append(Problem(source, control, "control-character", message, ""))
    return lines, problems


def parse_line(text: str, number: int = 0) -> Line | None:
    """Return the property that an unfolded line says; None for a line that is none."""
    head = _HEAD.match(text)
    if head is None:
        return None
    at = head.end()
    params: dict[str, list[str]] = {}
    while text[at : at + 1] == ";" and len(params) < _MAX_PARAMS:
        name = _PARAM.match(text, at + 1)
        assert name is not None, "it matches nothing, too"
        at = name.end()
        if not name[2]:
            _take_bare(name[1], params)
            continue
        values, at = _param_values(text, at)
        params.setdefault(_NOT_NAME.sub("-", name[1].upper()), []).extend(values)
    if text[at : at + 1] != ":":
        return None
    value = text[at + 1 :]
    line = Line(head[1] or "", head[2], _frozen(params), value, number)
    return _without_data_uri(line) if value[:5].lower() == "data:" and line.key in BINARY else line


def line_text(line: Line) -> str:
    """Return a property as one unfolded line, which `parse_line` reads as the same again."""
    group = f"{line.group}." if line.group else ""
    params = "".join([f";{name}={','.join([_param_text(value) for value in values])}" for name, values in line.params])
    return f"{group}{line.name}{params}:{_on_one_line(line.value)}"


def write_lines(lines: Sequence[Line], version: str) -> str:
    """Return the text of a card of `version`, 3.0 or 4.0: folded, without control characters, with CRLF line ends."""
    texts = ["BEGIN:VCARD", f"VERSION:{version}"]
    texts += [line_text(clean_line(_with_data_uri(line) if version == "4.0" else line)) for line in lines]
    return "".join([f"{fold_line(text)}\r\n" for text in [*texts, "END:VCARD"]])


def fold_line(text: str) -> str:
    """Return a line folded at 75 octets, never inside of a character."""
    if len(text) <= _WIDTH and (text.isascii() or len(text.encode()) <= _WIDTH):
        return text
    data = text.encode()
    pieces: list[str] = []
    at = 0
    while at < len(data):
        end = min(len(data), at + _WIDTH - (1 if pieces else 0))
        while end < len(data) and data[end] & 0xC0 == 0x80:  # noqa: PLR2004 - the bits of a character's further bytes
            end -= 1
        pieces.append(data[at:end].decode())
        at = end
    return "\r\n ".join(pieces)


def clean_line(line: Line) -> Line:
    """Return the line without control characters and halves of characters: itself where there are none."""
    texts = [line.value, *[value for _, values in line.params for value in values], *[name for name, _ in line.params]]
    if all(text.isprintable() or not _CONTROL.search(text) for text in texts):
        return line
    params = [(_CONTROL.sub("", name), tuple([_CONTROL.sub("", v) for v in values])) for name, values in line.params]
    return line._replace(params=tuple(params), value=_CONTROL.sub("", line.value))


def media_type(line: Line) -> str:
    """Return the media type that a binary property declares; `application/octet-stream` where it does not."""
    declared = next(iter(line.param("MEDIATYPE")), "")
    if declared:
        return declared.lower()
    word = next((value.lower() for value in line.param("TYPE") if value.lower() not in PLACE_TYPES), "")
    if "/" in word:
        return word
    known = {"pgp": "application/pgp-keys", "x509": "application/pkix-cert", "jpg": "image/jpeg"}
    family = {"PHOTO": "image", "LOGO": "image", "SOUND": "audio"}.get(line.key)
    if word in known or not (word and family):
        return known.get(word, _UNKNOWN_TYPE)
    return f"{family}/{word}"


def without_media_type(line: Line) -> Line:
    """Return a binary property without the parameters that `media_type` has understood."""
    if media_type(line) == _UNKNOWN_TYPE:
        return line.without("MEDIATYPE")
    places = tuple([value for value in line.param("TYPE") if value.lower() in PLACE_TYPES])
    params = [("TYPE", places) if name == "TYPE" else (name, values) for name, values in line.params]
    return line._replace(params=tuple([(name, values) for name, values in params if values and name != "MEDIATYPE"]))


def is_binary(line: Line) -> bool:
    """Tell whether the line's value is base64."""
    return line.param("ENCODING") == ("b",)


def _unfolded(rows: Sequence[tuple[int, bytes]]) -> Iterator[tuple[int, bytes]]:
    """Yield the logical lines: folds, soft breaks of quoted-printable and continued base64 joined, AGENT cards as text.

    In vCard 2.1 the blank at which a line is folded belongs to the text.
    """
    is_old = any(row.strip().upper() == b"VERSION:2.1" for _, row in rows[:20])
    at = 0
    while at < len(rows):
        number, row = rows[at]
        at += 1
        header = row.partition(b":")[0].upper() if b":" in row else b""
        soft = b"QUOTED-PRINTABLE" in header
        base64 = _BASE64_HEADER.search(header) is not None
        if agent_header(row)[0]:
            inner, at = _agent(rows, at, row)
            if inner:
                yield number, b"AGENT:" + inner
                continue
        pieces = [row]
        while at < len(rows):
            following = rows[at][1]
            if soft and pieces[-1].rstrip(b" \t").endswith(b"="):
                pieces[-1] = pieces[-1].rstrip(b" \t")[:-1]
                pieces.append(following)
            elif following[:1] in (b" ", b"\t"):
                pieces.append(following if is_old and not base64 else following[1:])
            elif base64 and b":" not in following and _BASE64_ROW.fullmatch(following):
                pieces.append(following)
            else:
                break
            at += 1
        yield number, b"".join(pieces)


def _agent(rows: Sequence[tuple[int, bytes]], at: int, row: bytes) -> tuple[bytes, int]:
    """Return the card inside of an AGENT of vCard 2.1 as 3.0 writes it, escaped, and where it ends; nothing if none."""
    if not agent_header(row)[1] and not (at < len(rows) and marked(rows[at][1]) == ("BEGIN", "VCARD")):
        return b"", at
    inner = [b"BEGIN:VCARD"] if agent_header(row)[1] else []
    depth = len(inner)
    while at < len(rows):
        inner.append(rows[at][1])
        depth += {("BEGIN", "VCARD"): 1, ("END", "VCARD"): -1}.get(marked(rows[at][1]), agent_header(rows[at][1])[1])
        at += 1
        if depth == 0:
            break
    text = b"\n".join(inner).replace(b"\\", b"\\\\").replace(b";", b"\\;").replace(b",", b"\\,")
    return text.replace(b"\n", b"\\n"), at


def _decoded_line(row: bytes, number: int) -> Line | None:
    """Return the property with its value decoded: character set, quoted-printable, base64 of text."""
    try:
        line = parse_line(_with_android_label(row.decode()), number)
        whole = True
    except UnicodeDecodeError:
        line = parse_line(row.decode("latin-1"), number)
        whole = False
    if line is None:
        return None
    charset = next(iter(line.param("CHARSET")), "")
    encoding = next(iter(line.param("ENCODING")), "").upper()
    if whole and not charset and not encoding:
        return line
    data = line.value.encode() if whole else line.value.encode("latin-1")
    if not whole:
        read = [(name, tuple([_decoded(value.encode("latin-1")) for value in values])) for name, values in line.params]
        line = line._replace(params=tuple(read))
    line = line.without("CHARSET", "ENCODING")
    if encoding in ("BASE64", "B"):
        return _base64_line(line, data, charset)
    if encoding == "QUOTED-PRINTABLE":
        data = binascii.a2b_qp(data)
    text = _decoded(data, charset)
    return line._replace(value=_on_one_line(text))


def _with_android_label(text: str) -> str:
    """Return the line with a label of Android's as a TYPE."""
    if ";X-CUSTOM(" not in text[:1000]:
        return text
    label = _ANDROID_LABEL.search(text, 0, 1000)
    if label is None:
        return text
    word = _decoded(binascii.a2b_qp(label[2])) if label[1] else label[2]
    return f"{text[: label.start()]};TYPE={_param_text(word.replace(',', ' '))}{text[label.end() :]}"


def _base64_line(line: Line, data: bytes, charset: str) -> Line:
    """Return a line whose value is base64 without blanks, or, for a property that is text, the text."""
    compact = b"".join(data.split())
    if line.key not in BINARY:
        try:
            text = binascii.a2b_base64(compact, strict_mode=True).decode(
                charset if _CHARSET.fullmatch(charset) else "utf-8"
            )
        except (binascii.Error, UnicodeDecodeError, LookupError):
            text = "\0"
        if not _CONTROL.search(text):
            return line._replace(value=_on_one_line(text))
    if not compact.isascii():
        return line._replace(value=_decoded(compact))  # Whatever it is, it is no base64.
    return line._replace(params=(*line.params, ("ENCODING", ("b",))), value=compact.decode())


def _on_one_line(text: str) -> str:
    return text.replace("\r\n", "\\n").replace("\r", "\\n").replace("\n", "\\n")


def _decoded(data: bytes, charset: str = "") -> str:
    """Return text of the character set, else UTF-8, else Windows-1252, in which every byte means something."""
    if charset and _CHARSET.fullmatch(charset):
        try:
            return data.decode(charset)
        except (LookupError, UnicodeDecodeError):
            pass
    try:
        return data.decode()
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _take_bare(word: str, params: dict[str, list[str]]) -> None:
    """Take a parameter of vCard 2.1 that is a value alone: `TEL;HOME`, `PHOTO;BASE64`."""
    if word.upper() in ("QUOTED-PRINTABLE", "BASE64", "B", "7BIT", "8BIT"):
        params["ENCODING"] = [word]
    elif word:
        params.setdefault("TYPE", []).append(word)


def _param_values(text: str, at: int) -> tuple[list[str], int]:
    values: list[str] = []
    while True:
        quoted = _QUOTED.match(text, at)
        if quoted:
            values.append(_without_carets(quoted[1]))
            at = quoted.end()
        else:
            plain = _PARAM_VALUE.match(text, at)
            assert plain is not None, "it matches nothing, too"
            values.append(_without_carets(plain[0].strip()))
            at = plain.end()
        if text[at : at + 1] != ",":
            return values, at
        at += 1


def _frozen(params: dict[str, list[str]]) -> Params:
    """Return the parameters, those of TYPE one by one even where they stand in one pair of quotes."""
    if not params:
        return ()
    if any("," in value for value in params.get("TYPE", ())):
        params["TYPE"] = [part.strip() for value in params["TYPE"] for part in value.split(",")]
    return tuple([(name, tuple(values)) for name, values in params.items()])


def _without_carets(text: str) -> str:
    return _CARET.sub(lambda caret: _CARETS[caret[1]], text) if "^" in text else text


def _param_text(value: str) -> str:
    if not _NOT_BARE.search(value):
        return value
    escaped = value.replace("^", "^^").replace("\r\n", "\n").replace("\r", "\n").replace("\n", "^n").replace('"', "^'")
    return f'"{escaped}"' if escaped.strip() != escaped or any(mark in escaped for mark in ";:,") else escaped


def _without_data_uri(line: Line) -> Line:
    """Return a binary line with its `data:` URI as base64."""
    uri = _DATA_URI.match(line.value)
    if uri is None:
        return line
    line = line.without("VALUE", "ENCODING")
    declared = (uri[1] or "").lower()
    if declared and declared not in (_UNKNOWN_TYPE, media_type(line)):
        line = line.without("MEDIATYPE")
        line = line._replace(params=(*line.params, ("MEDIATYPE", (declared,))))
    data = "".join(line.value[uri.end() :].split())
    return line._replace(params=(*line.params, ("ENCODING", ("b",))), value=data)


def _with_data_uri(line: Line) -> Line:
    """Return a binary line as vCard 4.0 has it."""
    if not is_binary(line) or line.key not in BINARY:
        return line
    kind = media_type(line)
    params = without_media_type(line).params
    value = f"data:{kind};base64,{line.value}"
    return line._replace(params=params, value=value).without("ENCODING")
