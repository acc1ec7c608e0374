"""`python -m prmvault` is `prmvault`."""

from prmvault.cli.start import run

run()
