"""The room of the full-text index."""
