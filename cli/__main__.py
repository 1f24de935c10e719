"""`./dateline COMMAND`: finds the command's module and runs it."""

import argparse
import sys
from importlib import import_module

from core.config import ConfigError

COMMANDS = {
    "demo": "live a whole season in the browser, with the people and papers of a real workshop",
    "serve": "serve the pages (and, unless told not to, one worker beside them)",
    "work": "run background work: letters, file checks",
    "venue": "make, update and list venues",
    "db": "bring the database up to date",
    "backup": "write one file that holds everything, while Dateline runs",
    "restore": "put a backup where nothing is",
    "person": "let somebody who lost their second factor in again",
    "keys": "rotate and list the keys that sign receipts",
    "deadline": "say which instant a written deadline means",
    "assign": "who should review what: score texts, check files of scores, find the best assignment",
    "bench": "measure what pages cost",
    "soak": "long trials: kill web and worker at random moments, or plant leaks, and look for what was lost or seen",
}


def main(argv: list[str]) -> int:
    """Run the command named first; returns the exit status."""
    if not argv or argv[0] not in COMMANDS:
        lines = [f"  {name:<10}{line}" for name, line in COMMANDS.items()]
        print("usage: ./dateline COMMAND …\n\n" + "\n".join(lines))
        return 0 if argv and argv[0] in ("-h", "--help", "help") else 2
    module = import_module(f"cli.{argv[0]}")
    parser = argparse.ArgumentParser(prog=f"./dateline {argv[0]}", description=COMMANDS[argv[0]])
    module.configure(parser)
    try:
        return int(module.run(parser.parse_args(argv[1:])) or 0)
    except ConfigError as error:
        print(f"dateline: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
