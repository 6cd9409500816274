"""The desk: where staff see what is to be done, and do it."""
