"""The process in which a user's template is rendered: a request on standard input, an answer on standard output."""

from __future__ import annotations

import json
import sys

from prmvault.core.problems import PrmvaultError
from prmvault.render.environment import SECONDS, render_text

_MEMORY = 1 << 30


def main() -> None:
    """Render one template within limits of memory and processor time."""
    try:
        import resource
    except ImportError:  # Windows has no such limits; the parent's time limit holds there.
        pass
    else:
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    sys.stdin.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    request = json.load(sys.stdin)
    try:
        text = render_text(request["source"], request["name"], request["values"], request["language"])
        answer = {"text": text}
    except PrmvaultError as error:
        answer = {"error": str(error), "hint": error.hint}
    except MemoryError:
        answer = {"error": f"{request['name']}: the template used too much memory [bad-template]", "hint": ""}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
