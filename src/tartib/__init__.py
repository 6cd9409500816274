"""Keeps every order, repair and support request in its place, and its customer informed."""
