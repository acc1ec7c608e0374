"""A vault and a folder of cards beside it, with what people do to either: for the tests of `vdir`."""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path

from prmvault.app.import_match import Settled
from prmvault.app.vault import Vault, open_vault
from prmvault.app.vdir import VdirSynced, Wanted, sync_vdir
from prmvault.interop.card_edit import front_of
from prmvault.interop.vcard_read import read_all
from tests.conftest import SampleVault, refuse_to_say
from tests.interop.vcard_loop import card_of

TODAY = "2026-11-20"


class World:
    """The two sides; notes and cards are looked at by a person's name."""

    def __init__(self, base: Path, settings: str = "") -> None:
        self.vault = SampleVault(base / "vault", settings)
        self.folder = base / "cards"
        self.folder.mkdir()

    def sync(self, **wanted: object) -> VdirSynced:
        """Sync once."""
        names = Settled(tuple(wanted.pop("same", ())), tuple(wanted.pop("new", ())))  # type: ignore[arg-type]
        with contextlib.closing(self.open().facts) as facts:
            vault = self.open()._replace(facts=facts)
            return sync_vdir(vault, str(self.folder), Wanted(names=names, **wanted), TODAY)  # type: ignore[arg-type]

    def open(self) -> Vault:
        return open_vault(self.vault.root, say=refuse_to_say)

    def settle(self) -> None:
        """Sync until nothing happens: it has to be so after one sync."""
        self.sync()
        again = self.sync()
        assert again.steps == ()
        assert again.problems == ()

    def note(self, name: str, text: str = "", body: str = "") -> None:
        """Write a person's note."""
        self.vault.write(f"people/{name}.md", f"---\ntype: person\n{text}---\n{body}")

    def text(self, name: str) -> str:
        return (self.vault.path / f"people/{name}.md").read_bytes().decode()

    def front(self, name: str) -> dict[str, object]:
        return dict(front_of(self.text(name)))

    def people(self) -> list[str]:
        return sorted(path.stem for path in (self.vault.path / "people").glob("*.md"))

    def edit_note(self, name: str, old: str, new: str) -> None:
        text = self.text(name)
        assert old in text
        self.vault.write(f"people/{name}.md", text.replace(old, new))

    def delete_note(self, name: str) -> None:
        (self.vault.path / f"people/{name}.md").unlink()

    def card(self, file: str, *lines: str) -> Path:
        """Write a card's file."""
        path = self.folder / f"{file}.vcf"
        path.write_bytes(card_of(*lines))
        return path

    def cards(self) -> dict[str, list[str]]:
        """Return the lines of each card by the person's name."""
        found = {}
        for path in sorted(self.folder.glob("*.vcf")):
            text = path.read_bytes().decode().replace("\r\n ", "").replace("\n ", "")
            [draft] = read_all(path.read_bytes(), path.name).drafts
            found[draft.name] = text.split("\r\n" if "\r\n" in text else "\n")[2:-2]
        return found

    def file_of(self, name: str) -> Path:
        [path] = [
            path for path in self.folder.glob("*.vcf") if read_all(path.read_bytes(), path.name).drafts[0].name == name
        ]
        return path

    def edit_card(self, name: str, old: str, new: str) -> None:
        path = self.file_of(name)
        data = path.read_bytes()
        assert old.encode() in data
        path.write_bytes(data.replace(old.encode(), new.encode()))

    def add_to_card(self, name: str, line: str) -> None:
        self.edit_card(name, "END:VCARD", f"{line}\r\nEND:VCARD")

    def delete_card(self, name: str) -> None:
        self.file_of(name).unlink()

    def fingerprint(self) -> dict[str, str]:
        """Return a hash of every file of the folder."""
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(self.folder.iterdir())}
