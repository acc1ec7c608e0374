"""Templates: found in the vault first, then among the shipped ones, and rendered where they can do no harm.

A vault comes in with a pull, and its templates with it. So a user's template is rendered in a process of its own, with
limits of time and memory, by Jinja's sandbox, and gets nothing but plain values.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from prmvault.core.messages import Message, counted, fill, message
from prmvault.core.problems import PrmvaultError
from prmvault.render.language import ENGLISH, language_of

if TYPE_CHECKING:
    from jinja2 import Template

_FAILURES = (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)
SECONDS = 10
MAX_CHARACTERS = 2_000_000

_PACKAGED = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "_data")
_CHECKOUT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def data_folder(name: str) -> str:
    """Return the folder of shipped data (`templates`, `example-vault`), installed or in a checkout."""
    packaged = os.path.join(_PACKAGED, name)
    return packaged if os.path.isdir(packaged) else os.path.join(_CHECKOUT, name)


def render_template(root: str, name: str, values: Mapping[str, Any], language: str = ENGLISH) -> str:
    """Render the template `name` (such as `digest.md.j2`) with plain `values`, its texts in `language` (a code).

    The vault's `templates/` comes first. Raises PrmvaultError where the template is missing or fails, with its line.
    """
    own = _own(root, name)
    if own:
        return _render_apart(own, f"templates/{name}", values, language)
    shipped = os.path.join(data_folder("templates"), name)
    if not os.path.isfile(shipped):
        hint = f"write templates/{name} in the vault"
        raise PrmvaultError(f"there is no template {name}", hint=hint)
    with open(shipped, encoding="utf-8") as file:
        return render_text(file.read(), name, values, language)


def has_template(root: str, name: str) -> bool:
    """Tell whether the vault or the package has the template."""
    return bool(_own(root, name)) or os.path.isfile(os.path.join(data_folder("templates"), name))


def render_text(source: str, name: str, values: Mapping[str, Any], language: str = ENGLISH) -> str:
    """Render a template's text in Jinja's sandbox; raises PrmvaultError with the template's name and line.

    `_("Week {week}", week=…)` and `ngettext("{count} day", "{count} days", …)` are texts in the reader's language,
    `first | day("d MMMM")` and `first | until(last)` write days as it does.
    """
    import jinja2
    from jinja2.exceptions import SecurityError

    try:
        parts, length = [], 0
        for part in _compiled(source, language, is_html=name.endswith(".html.j2")).generate(values):
            parts.append(part)
            length += len(part)
            if length > MAX_CHARACTERS:
                raise PrmvaultError(f"{name}: the template writes more than {MAX_CHARACTERS:,} characters")
        return "".join(parts)
    except jinja2.TemplateSyntaxError as error:
        raise PrmvaultError(f"{name}:{error.lineno}: {error.message} [bad-template]") from None
    except (jinja2.TemplateError, SecurityError, *_FAILURES) as error:
        line = _line_in_template(error)
        message = str(error).split("\n", 1)[0][:300]
        raise PrmvaultError(f"{name}:{line}: {message} [bad-template]", hint="docs/format.md has the values") from None


@lru_cache(maxsize=8)
def _compiled(source: str, language: str, *, is_html: bool) -> Template:
    """Compile a template for the sandbox; the watcher renders the same one again and again."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment
    from markupsafe import Markup, escape

    from prmvault.core.yaml_text import yaml_text

    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, autoescape=is_html
    )
    reader = language_of(language)
    environment.filters["yaml_text"] = yaml_text
    environment.filters["day"] = reader.day
    environment.filters["until"] = reader.days

    def told(text: Message) -> str:
        """Return a text told; in HTML it and its parts are escaped, but for parts that are HTML already."""
        if not is_html:
            return reader.tell(text)

        def shown(part: object) -> str:
            return str(escape(part if isinstance(part, Markup) else reader.part(part)))

        return Markup(fill(str(escape(reader.form(text))), text.parts, shown))  # noqa: S704 - all of it is escaped

    def gettext(text: str, /, **parts: Any) -> str:
        return told(message(str(text), **parts))

    def ngettext(one: str, many: str, count: int, /, **parts: Any) -> str:
        return told(counted(str(one), str(many), count, **parts))

    environment.globals.update({"language": reader.code, "_": gettext, "gettext": gettext, "ngettext": ngettext})
    return environment.from_string(source)


def _own(root: str, name: str) -> str:
    """Return the path of the vault's own template, or nothing; a symbolic link could lead out of the vault."""
    folder = os.path.join(root, "templates")
    path = os.path.join(folder, name)
    linked = os.path.islink(folder) or os.path.islink(path)
    return path if os.path.isfile(path) and not linked else ""


def _render_apart(path: str, name: str, values: Mapping[str, Any], language: str) -> str:
    """Render a user's template in a child process with limits."""
    with open(path, encoding="utf-8", errors="replace") as file:
        source = file.read(MAX_CHARACTERS)
    request = json.dumps({"source": source, "name": name, "values": values, "language": language})
    command = [sys.executable, "-m", "prmvault.render.child"]
    try:
        # The child imports the same package, whatever folder the user stands in, and nothing of the vault.
        done = subprocess.run(  # noqa: S603 - our own interpreter and module
            command,
            input=request,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
            encoding="utf-8",
            cwd=_CHECKOUT,
            env={**os.environ, "PYTHONPATH": _CHECKOUT},
        )
    except subprocess.TimeoutExpired:
        raise PrmvaultError(f"{name}: the template took more than {SECONDS} s [bad-template]") from None
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        raise PrmvaultError(f"{name}: the template used too much memory or time [bad-template]") from None
    if "error" in answer:
        raise PrmvaultError(answer["error"], hint=answer["hint"])
    return str(answer["text"])


def _line_in_template(error: BaseException) -> int:
    """Return the line of the template in which it failed (Jinja rewrites the traceback to it)."""
    line, trace = 1, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
