"""The room of templates and languages."""
