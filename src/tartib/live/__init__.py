"""Open pages told at once: a raw ASGI app that passes on what PostgreSQL notifies."""
