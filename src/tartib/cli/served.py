"""The web application in a worker process of `tartib web`, which it does not outlive."""

import os

from tartib.cli import tether
from tartib.project.rsgi import Served
from tartib.project.wsgi import application

tether.to_parent()
served = Served(application, int(os.environ[tether.THREADS]))

__all__ = ["served"]
