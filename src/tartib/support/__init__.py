"""What customers ask the shop, and what they are answered."""

SUPPORT = "support"
"""The kind of its cases."""
