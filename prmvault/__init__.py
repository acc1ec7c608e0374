"""prmvault: a personal relationship manager in a folder of plain Markdown notes."""

__version__ = "0.1.0"
