"""./dateline deadline 'TEXT' [--zone ZONE] [--year YEAR]"""

import argparse
import json

from venues import deadlines


def configure(parser: argparse.ArgumentParser) -> None:
    """The text, or `-`; what holds where the text says nothing."""
    parser.add_argument("text", help='a deadline as people write it, or "-" to read one a line')
    parser.add_argument(
        "--zone", default=deadlines.AOE, help="AoE (the default), UTC, UTC+2 or a name like Europe/Paris"
    )
    parser.add_argument("--year", type=int, help="the year of dates written without one")


def run(args: argparse.Namespace) -> int:
    """Print what each text means, one JSON line each; 1 when one could not be taken."""
    if args.text != "-":
        return int("error" in _answer(args.text, args.zone, args.year))
    with open(0, encoding="utf-8", errors="replace", closefd=False) as lines:
        answers = [_answer(line.rstrip("\n"), args.zone, args.year) for line in lines]
    return int(any("error" in answer for answer in answers))


def _answer(text: str, zone: str, year: int | None) -> dict[str, object]:
    answer: dict[str, object]
    try:
        read = deadlines.parse(text, zone=zone, year=year)
    except deadlines.DeadlineError as error:
        answer = {"error": str(error)}
    else:
        answer = {
            "closes_at": deadlines.iso(read.at),
            "zone": read.zone,
            "shown": deadlines.shown(read),
            "warnings": read.warnings,
        }
    print(json.dumps(answer), flush=True)
    return answer
