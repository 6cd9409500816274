"""Orders that need a second look: what is unusual about them, and proof of who placed them."""
