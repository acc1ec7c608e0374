"""The room of the steps that the commands and the watcher share: each takes a vault and returns plain answers."""
