"""Anchors: what timelines and stock came to at one moment, signed, kept where the database's keeper cannot reach it.

See docs/decisions/anchors.md.
"""
