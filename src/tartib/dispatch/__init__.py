"""Work that must not be forgotten: one record for each finding that a person has to see to, until it is settled."""
