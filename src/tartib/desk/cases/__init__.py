"""What is the same on the desk for cases of every kind."""
