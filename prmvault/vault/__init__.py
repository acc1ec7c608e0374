"""The room of the folder on disk: settings, files, cached facts, watching."""
