"""The room of what is true: values and pure functions, without files, clock or network."""
