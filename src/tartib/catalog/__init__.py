"""What a shop sells and how much of it there is."""
