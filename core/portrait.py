"""A small square picture of somebody, made of one that anybody may have made: opened in a sandboxed child only."""

from pathlib import Path

from core import logs, sandbox

CHILD = Path(__file__).with_name("portrait_child.py")
MAX_BYTES = 5_000_000
MAX_PIXELS = 50_000_000
SIDE = 288  # pixels of the square: thrice the size that it is shown at, for dense screens
MADE = "portrait.jpg"
MAX_MADE = 300_000  # bytes
log = logs.get(__name__)

NOT_READ = "This picture could not be read. Save it anew as JPEG or PNG, and try that."
PROBLEMS = {
    "pixels": f"This picture has more than {MAX_PIXELS // 1_000_000} million pixels. Make it smaller first.",
    "small": "This picture has fewer than 64 pixels on a side.",
}


class PortraitError(Exception):
    """Why there is no portrait, as a sentence for who sent the picture."""


def make(path: Path, folder: Path) -> Path:
    """The portrait, as JPEG in this folder: of the JPEG or PNG at `path` its middle, without anything that tells of it.

    Raises PortraitError, and nothing else for what is in the file.
    """
    with path.open("rb") as file:
        head = file.read(8)
    if path.stat().st_size > MAX_BYTES:
        raise PortraitError(f"The picture has more than {MAX_BYTES // 1_000_000} MB.")
    if not (head.startswith(b"\xff\xd8\xff") or head == b"\x89PNG\r\n\x1a\n"):
        raise PortraitError("This file is neither a JPEG nor a PNG picture.")
    made = folder / MADE
    arguments = str(path), str(made), str(SIDE), str(MAX_PIXELS)
    try:
        said = sandbox.run(CHILD, *arguments, file_size=MAX_MADE)
    except sandbox.SandboxError as error:
        log.warning("a picture was not read", why=str(error))
        raise PortraitError(NOT_READ) from None
    if said.get("made") is not True or not made.is_file():
        raise PortraitError(PROBLEMS.get(str(said.get("problem")), NOT_READ))
    return made
