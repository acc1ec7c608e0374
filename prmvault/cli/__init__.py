"""The room of the commands, one module a family."""
