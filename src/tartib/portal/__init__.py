"""The customer's pages: where an order is, found by its link or by tracking code and phone."""
