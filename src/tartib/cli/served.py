"""The web application in a worker process of `tartib web`, which it does not outlive."""

from tartib.cli import tether
from tartib.project.wsgi import application

tether.to_parent()

__all__ = ["application"]
