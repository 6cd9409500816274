"""SMS on the desk: the service that sends them, and the report of all that went."""
