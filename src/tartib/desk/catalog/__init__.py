"""Products, stock and the shop window, as staff keep them."""
