"""The live events in the process of `tartib live`, which it does not outlive."""

from tartib.cli import tether
from tartib.live.asgi import app

tether.to_parent()

__all__ = ["app"]
