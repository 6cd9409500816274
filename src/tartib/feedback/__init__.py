"""What customers thought of an order, asked once when it is over."""
