"""A customer's account in a shop: coming in, all their cases, who they are, and how they are told of things."""
