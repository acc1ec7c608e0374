"""A day with the example vault: what somebody types from breakfast to bed, with every answer."""

from __future__ import annotations

import shlex
import shutil
from typing import TYPE_CHECKING

from tests.fixtures import A_DAY, EXAMPLE, Golden, Prmvault

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

A_DAYS_COMMANDS = """\
today
show Oma
last Oma
log "18:00 call with Oma, she wants a garden bench #gift" -d yesterday
log lunch with Anna
log yesterday tea with Kathi
log lunch with Anna -w "Anna Schröder" --at "12 Uhr"
note Kathi brings the projector on Saturday
done projector
done the
done the -n 2
done Oma Sonntag
gift
gift Oma garden bench --for birthday --amount "200 €"
gift Oma garden bench --status planned
debt
debt Tom "6,50 €" for tickets --by me
debt Tom --settle
remind Tom give back the tent --on "in 2 weeks"
remind Tom
date Tom wedding 20.8.2016
set Tom phones.work="0341 123456" tags+=choir
set Tom birthday=31.2.1983
set Tom Becker Geburtstag=19.7.1983
note Tom Becker will bring the tent
debt Tom Becker 20 GBP
debt Tom 5.50 GBP
debt Tom 5.50 --settle
unset Tom phones.work
get Tom dates.wedding
get Oma last.text
get me brother.dates.wedding
last Anna
last Oma
upcoming --days 7
stale -n 3
tasks Tom
check
"""


def test_a_day_with_the_example_vault(
    prmvault: Prmvault, golden: Golden, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "vault"
    shutil.copytree(EXAMPLE, root)
    monkeypatch.setenv("PRMVAULT_DIR", str(root))
    monkeypatch.setenv("PRMVAULT_TODAY", A_DAY)
    told = []
    for line in A_DAYS_COMMANDS.splitlines():
        ran = prmvault(*shlex.split(line))
        ending = f"[exit {ran.code}]\n" if ran.code else ""
        told.append(f"$ prmvault {line}\n{ran.out}{ran.err}{ending}")
    golden("a-day.txt", "\n".join(told))
