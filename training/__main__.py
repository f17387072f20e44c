"""Run `python -m training COMMAND`: prepare, train, evaluate, export. See `--help` of each."""

from training.commands.main import main

if __name__ == "__main__":
    raise SystemExit(main())
