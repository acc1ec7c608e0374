"""Other programs' formats, such as calendars: values in, bytes out, and no files."""
