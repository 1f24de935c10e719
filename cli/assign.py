"""./dateline assign affinity, ./dateline assign check, ./dateline assign solve"""

import argparse

from cli import assign_affinity, assign_solve


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
    assign_solve.configure(
        commands.add_parser("solve", help="find the best assignment of a matrix of scores")
    )


def run(args: argparse.Namespace) -> int:
    """Do what the words after `assign` ask for."""
    return int(args.act(args))
