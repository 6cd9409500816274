"""Products as they come from outside: read from a platform's export or any table, and put into the catalogue."""
