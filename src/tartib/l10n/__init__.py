"""How the product speaks: languages, digits, money, calendars, and text made findable.

Pure: no Django, no clock, no I/O.
"""
