"""`python -m bot` and the console script `melcol`."""

import sys

from bot.commands.cli import main

if __name__ == "__main__":
    sys.exit(main())
