"""Entering an order by hand."""
