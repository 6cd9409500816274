"""`python -m tartib.cli` is the installed command `tartib`."""

from tartib.cli.main import main

main()
