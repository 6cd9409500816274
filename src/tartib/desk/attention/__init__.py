"""Work that needs a person: the list, one record, and what is done about it."""
