"""The web application in a worker process of `tartib web`, which it does not outlive."""

import os

from tartib.cli import parent_watch
from tartib.project.rsgi import Served
from tartib.project.wsgi import application

parent_watch.to_parent()
served = Served(application, int(os.environ[parent_watch.THREADS]))

__all__ = ["served"]
