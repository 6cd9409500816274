"""Keeping the shop window: listings with variants and photos, categories, what the window says."""
