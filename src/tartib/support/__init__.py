"""What customers ask the shop, and what they are answered."""
