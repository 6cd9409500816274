"""The page of one order, and what staff do there."""
