"""Runs a script of this folder in a process in which Django is set up: `starting.py SCRIPT WORDS…`."""

import runpy
import sys
from pathlib import Path

import django

django.setup()
sys.argv = sys.argv[1:]
runpy.run_path(str(Path(__file__).with_name(sys.argv[0])))
