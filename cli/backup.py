"""./dateline backup FOLDER_OR_FILE"""

import argparse
import sys
from pathlib import Path

import core.config
from cli import archive
from core import clock
from core.config import ConfigError
from venues.deadlines import iso


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "target", type=Path, help="the file to write, or a folder, in which it is named by the time"
    )
    parser.add_argument("--without-keys", action="store_true", help="leave out what must stay secret")


def run(args: argparse.Namespace) -> int:
    """Write a backup while Dateline runs."""
    config = core.config.read()
    made_at = iso(clock.real())
    target = Path(args.target).absolute()
    if target.is_dir():
        target /= f"dateline-{made_at.replace(':', '').replace('-', '')}.tar"
    if not target.parent.is_dir():
        raise ConfigError(f"There is no folder {target.parent}.")
    if target.exists():
        raise ConfigError(f"{target} is there already; nothing was written.")
    manifest, missing = archive.write(
        target, config.data, config.database_url, made_at, with_keys=not args.without_keys
    )
    blobs = sum(name.startswith("files/") for name in manifest.files)
    print(f"{target}: {len(manifest.tables)} tables, {blobs} files, {target.stat().st_size:,} bytes")
    for sha256 in missing:
        print(f"The file {sha256} is named in the database but is not on the disk.", file=sys.stderr)
    return 1 if missing else 0
