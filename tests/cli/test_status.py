"""`status` as a command."""

from __future__ import annotations

import json
from typing import Any


def test_status_tells_what_the_vault_holds(prmvault: Any, vault_at: Any) -> None:
    vault_at.write("people/Ann.md", "---\nbirthday: soon\n---\n")
    vault_at.write("journal/2026/2026-11-20.md", "- call [[Ann]]\n")
    lines = dict(line.split(maxsplit=1) for line in prmvault("-C", vault_at.root, "status").out.splitlines())
    assert lines["vault"] == vault_at.root
    assert lines["notes"] == "2 (journal 1, person 1)"
    assert lines["index"] == "not built yet; the first search does it"
    assert lines["watcher"] == "none (prmvault watch starts one)"
    assert lines["problems"] == "1, see prmvault check"
    prmvault("-C", vault_at.root, "search", "ann")
    assert "\nindex     current\n" in prmvault("-C", vault_at.root, "status").out
    vault_at.write("people/Bob.md", "")
    assert "\nindex     1 note behind; the next search catches up\n" in prmvault("-C", vault_at.root, "status").out


def test_status_of_an_empty_vault_says_how_to_begin(prmvault: Any, vault_at: Any) -> None:
    done = prmvault("-C", vault_at.root, "status")
    assert done.code == 0
    assert "\nnotes     none yet; prmvault add person NAME makes one\n" in done.out


def test_status_is_json_too(prmvault: Any, example: str) -> None:
    told = json.loads(prmvault("-C", example, "status", "--json").out)
    assert set(told) == {"vault", "cache", "notes", "index", "watcher", "problems", "dangling_links"}
    assert (told["notes"]["person"], told["notes"]["journal"], told["problems"], told["watcher"]) == (27, 67, 2, None)
