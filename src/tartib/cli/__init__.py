"""The command `tartib`: each of its words is one module here."""
