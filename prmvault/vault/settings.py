"""The vault's settings as values: every one has its default, and all of them go to JSON and back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from prmvault.core.problems import Problem

if TYPE_CHECKING:
    from prmvault.core.relations import Relation


class Settings(NamedTuple):
    """The settings with their defaults; all values are plain, so that they go to JSON and back.

    `language_words` are no setting: what notes are read with in a language that has its words in a catalogue.
    """

    language: str = "en"
    languages: tuple[str, ...] = ("de", "en")
    me: str = ""
    me_addresses: tuple[str, ...] = ()
    folders: dict[str, str] = {}  # noqa: RUF012 - never changed
    journal_file: str = "%Y/%Y-%m-%d.md"
    cadence: dict[str, str] = {}  # noqa: RUF012 - never changed
    cadence_lines: dict[str, int] = {}  # noqa: RUF012 - never changed
    leap_day: str = "feb-28"
    region: str = ""
    channels: dict[str, list[str]] = {}  # noqa: RUF012 - never changed
    relations: dict[str, dict[str, Any]] = {}  # noqa: RUF012 - never changed
    log_headings: tuple[str, ...] = ("Log", "Verlauf")
    digest_folder: str = "digest"
    digest_horizon: str = "4 weeks"
    digest_commit: bool = False
    ignore: tuple[str, ...] = ()
    types: dict[str, dict[str, Any]] = {}  # noqa: RUF012 - never changed
    problems: tuple[Problem, ...] = ()
    language_words: dict[str, Any] = {}  # noqa: RUF012 - never changed

    def channel_words(self) -> dict[str, str]:
        """Return folded word → channel: those known, of the language, and of the settings."""
        from prmvault.core.channels import channel_words

        return channel_words(self.channels, self.language_words.get("channels"))

    def relation_words(self) -> dict[str, Relation]:
        """Return folded word → relation: those known, of the language, and of the settings."""
        from prmvault.core.relations import relation_words

        return relation_words(self.relations, self.language_words.get("relations"))

    def to_json(self) -> str:
        """Return the settings as JSON text for the cache."""
        return json.dumps(self._asdict(), ensure_ascii=False)


def settings_from_json(text: str) -> Settings:
    """Return the settings that `Settings.to_json` wrote."""
    values = json.loads(text)
    for key in ("languages", "me_addresses", "log_headings", "ignore"):
        values[key] = tuple(values[key])
    values["problems"] = tuple(Problem(*problem) for problem in values["problems"])
    return Settings(**values)
