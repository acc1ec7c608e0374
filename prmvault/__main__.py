"""`python -m prmvault` is `prmvault`."""

from prmvault.cli.main import run

run()
