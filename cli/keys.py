"""./dateline keys rotate | list"""

import argparse

import core.config
from core import signing


def configure(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    acts.add_parser("rotate", help="sign receipts with a new key from now on; those signed before stay valid")
    acts.add_parser("list", help="list the public keys, the oldest first")


def run(args: argparse.Namespace) -> None:
    core.config.activate(core.config.read())
    keys = signing.keys()
    if args.act == "rotate":
        print(f"Receipts are signed with the new key {keys.rotate()}. The old private key is gone.")
        return
    signs = keys.signer().id
    for name in keys.public():
        print(f"{name} {'signs now' if name == signs else 'checks old receipts'}")
