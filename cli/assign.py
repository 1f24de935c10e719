"""./dateline assign affinity, ./dateline assign check"""

import argparse

from cli import assign_affinity


def configure(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="command", required=True)
    assign_affinity.configure(
        commands.add_parser(
            "affinity", help="score how close submissions are to what reviewers wrote, by their texts"
        ),
        commands.add_parser(
            "check", help="find the bad rows of a file of scores: submission, reviewer, score"
        ),
    )


def run(args: argparse.Namespace) -> int:
    """Do what the words after `assign` ask for."""
    return int(args.act(args))
