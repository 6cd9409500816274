"""The shop window: what a shop sells, and the way from there to an order."""
