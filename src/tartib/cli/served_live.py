"""The live events in the process of `tartib live`, which it does not outlive."""

from tartib.cli import parent_watch
from tartib.live.asgi import app

parent_watch.to_parent()

__all__ = ["app"]
