"""Shared page furniture: base templates, components, styles, scripts, and how a page speaks to its reader."""
