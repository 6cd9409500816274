"""What is particular to orders: lines and totals, stock that follows the status, delivery, points."""

ORDER = "order"
"""The kind of its cases."""
