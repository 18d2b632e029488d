"""``python -m shipinban``: the command line."""

from shipinban.cli import main

if __name__ == "__main__":
    main()
