"""From a cart to an order: carts, discount codes, taxes, totals, and confirming."""
