"""Contents of files in git's store: written to it and read from it many at a time, by their names there."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from prmvault.core.problems import PrmvaultError
from prmvault.vault.git import git_or_fail
from prmvault.vault.git_sync import Repository


class Blob(NamedTuple):
    """A file in a commit: its mode, and the name of its content in git's store."""

    mode: str
    oid: str


def write_blobs(repository: Repository, texts: Mapping[str, tuple[str, bytes]]) -> dict[str, Blob]:
    """Write (mode, content) by path to git's store, as they are."""
    if not texts:
        return {}
    import tempfile

    with tempfile.TemporaryDirectory(prefix="prmvault-") as folder:
        names = [os.path.join(folder, str(number)) for number in range(len(texts))]
        for name, (_, data) in zip(names, texts.values(), strict=True):
            with open(name, "wb") as file:
                file.write(data)
        given = "".join(f"{name}\n" for name in names)
        told = git_or_fail(repository.root, "hash-object", "-w", "--no-filters", "--stdin-paths", given=given)
    return {path: Blob(mode, oid) for (path, (mode, _)), oid in zip(texts.items(), told.split("\n"), strict=True)}


def read_blobs(repository: Repository, oids: Iterable[str]) -> dict[str, bytes]:
    """Return the contents of files in git's store by their names there."""
    wanted = sorted(set(oids))
    if not wanted:
        return {}
    told = git_or_fail(repository.root, "cat-file", "--batch", given="".join(f"{oid}\n" for oid in wanted))
    data = told.encode("utf-8", "surrogateescape")
    found: dict[str, bytes] = {}
    at = 0
    while at < len(data):
        end = data.index(b"\n", at)
        oid, kind, size = (data[at:end].decode() + "  ").split(" ")[:3]
        if kind != "blob":
            raise PrmvaultError(f"git does not find {oid} in the vault's history", hint="git fsck tells more")
        found[oid] = data[end + 1 : end + 1 + int(size)]
        at = end + 2 + int(size)
    return found


def texts_at(repository: Repository, paths: Sequence[str]) -> dict[str, str]:
    """Return the texts that files (paths in the vault) have in the last commit; what is not there is left out."""
    if not repository.head or not paths:
        return {}
    told = git_or_fail(
        repository.root,
        "ls-tree",
        "-r",
        "-z",
        "--full-tree",
        repository.head,
        "--",
        *[repository.prefix + path for path in paths],
    )
    oids = {}
    for line in filter(None, told.split("\0")):
        head, _, path = line.partition("\t")
        oids[inner_path(repository, path)] = head.split(" ")[2]
    blobs = read_blobs(repository, oids.values())
    return {path: blobs[oid].decode("utf-8", "replace") for path, oid in oids.items()}


def inner_path(repository: Repository, path: str) -> str:
    """Return the path in the vault of a path in the repository."""
    return path.removeprefix(repository.prefix)
