"""Other programs' formats, such as calendars: values in, bytes out, and the other way; no files."""
