"""``python -m idp`` is the command ``idp``."""

from idp.cli import main

main(prog_name="idp")
