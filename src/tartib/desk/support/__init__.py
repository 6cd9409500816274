"""Support requests: what waits for an answer, and one request with all that was written in it."""
