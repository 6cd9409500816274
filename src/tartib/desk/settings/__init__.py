"""Keeping the shop: products, message templates, settings, and the review of orders that look like mistakes."""
