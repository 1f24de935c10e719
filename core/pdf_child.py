"""Looks at one untrusted PDF; run by core/pdf.py in a sandbox, imported by nobody.

Arguments: the PDF and a folder. Prints what it finds as it goes, one JSON object a line, because it may be killed at
any time: first what the file's structure tells, then the anonymous copy, then the picture, where bombs go off.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2

LARGEST = 14_400  # points: what PDF readers allow, 200 inches
SMALLEST = 10
PICTURE = (400, 566)  # pixels

# What a reviewer needs of the objects that a document is made of; all else may tell who made it.
KEPT = {
    "/Catalog": "Type Version Pages PageLabels PageMode PageLayout Names Dests Outlines OCProperties Lang MarkInfo "
    "StructTreeRoot ViewerPreferences",
    "/Pages": "Type Parent Kids Count Resources MediaBox CropBox Rotate",
    "/Page": "Type Parent Resources MediaBox CropBox BleedBox TrimBox ArtBox Rotate UserUnit Contents Group Annots "
    "StructParents Tabs",
    "/Link": "Type Subtype Rect Border BS C H F QuadPoints A Dest StructParent",
    "/Outlines": "Type First Last Count",
    "bookmark": "Title Parent Prev Next First Last Count Dest A C F",
    "names": "Dests",
    "action": "Type S D URI",
}
# In whatever object they stand. /PTEX.* is what pdfTeX notes of an included figure: its path and its author.
DROPPED = {
    "/Metadata",
    "/PieceInfo",
    "/LastModified",
    "/Creator",
    "/CreatorInfo",
    "/EF",
    "/AF",
    "/Thumb",
    "/OPI",
}
HARMLESS_ACTIONS = {"/GoTo", "/URI"}
JPEG_NOTES = {0xE1, 0xED, 0xFE}  # EXIF and XMP, IPTC, comments: a photograph's author, place, camera


def say(**facts: Any) -> None:
    """Tell the parent."""
    print(json.dumps(facts), flush=True)  # noqa: T201


def dictionaries(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """Every dictionary and stream of the file, also those that stand inside of others."""
    for indirect in pdf.objects:
        pending = [indirect]
        while pending:
            thing = pending.pop()
            if isinstance(thing, pikepdf.Array):
                pending += [item for item in thing if not is_indirect(item)]
            elif isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream)):
                pending += [item for _, item in thing.items() if not is_indirect(item)]
                yield thing


def is_indirect(thing: Any) -> bool:
    """Whether this is an object of its own, met by itself."""
    return isinstance(thing, pikepdf.Object) and thing.is_indirect


def inspect(pdf: pikepdf.Pdf) -> None:
    """Say what the structure tells."""
    say(pages=len(pdf.pages), is_encrypted=pdf.is_encrypted)
    left, bottom, right, top = (float(side) for side in pdf.pages[0].cropbox)
    width, height = abs(right - left), abs(top - bottom)
    if int(pdf.pages[0].get("/Rotate", 0)) % 180:
        width, height = height, width
    say(width=width, height=height)
    say(has_title=has_text(pdf, "/Title"), has_author=has_text(pdf, "/Author"))
    has_attachments = has_javascript = False
    for thing in dictionaries(pdf):
        has_attachments |= "/EF" in thing
        has_javascript |= "/JS" in thing
    say(has_attachments=has_attachments, has_javascript=has_javascript)


def has_text(pdf: pikepdf.Pdf, key: str) -> bool:
    """Whether the document's information has something to say under this key."""
    information = pdf.trailer.get("/Info")
    return isinstance(information, pikepdf.Dictionary) and bool(str(information.get(key, "")).strip())


def keep(thing: Any, kind: str) -> None:
    """Leave in the dictionary only the keys of its kind."""
    kept = {f"/{key}" for key in KEPT.get(kind, "").split()}
    for key in set(thing.keys()) - kept:
        del thing[key]


def make_anonymous(pdf: pikepdf.Pdf) -> None:
    """Take out everything beside the pages: information, metadata, attachments, scripts, forms, comments."""
    for key in set(pdf.trailer.keys()) - {"/Root", "/Size"}:
        del pdf.trailer[key]
    for thing in dictionaries(pdf):
        kind = str(thing.get("/Type", ""))
        if "/Rect" in thing and "/Subtype" in thing:
            # A comment or a form field may still be held by the structure tree: it is emptied, not only unlinked.
            keep(thing, str(thing.Subtype))
        elif "/Title" in thing and "/Parent" in thing:
            keep(thing, "bookmark")
        elif kind in KEPT:
            keep(thing, kind)
        for key in [key for key in thing.keys() if key in DROPPED or key.startswith("/PTEX.")]:  # noqa: SIM118
            del thing[key]
        for key in ("/A", "/Next"):
            action = thing.get(key)
            if isinstance(action, pikepdf.Dictionary) and "/S" in action:
                if str(action.S) in HARMLESS_ACTIONS:
                    keep(action, "action")
                else:
                    del thing[key]
        if thing.get("/Filter") == "/DCTDecode":
            jpeg = thing.read_raw_bytes()
            if (plain := without_notes(jpeg)) != jpeg:
                thing.write(plain, filter=pikepdf.Name.DCTDecode, decode_parms=thing.get("/DecodeParms"))
    for key, kind in (("/Names", "names"), ("/Outlines", "/Outlines")):
        if isinstance(pdf.Root.get(key), pikepdf.Dictionary):
            keep(pdf.Root[key], kind)
    for page in pdf.pages:
        if isinstance(page.get("/Annots"), pikepdf.Array):
            page.Annots = pikepdf.Array([link for link in page.Annots if "/Subtype" in link])


def without_notes(jpeg: bytes) -> bytes:
    """The JPEG less the segments that only tell of it; as it is where it does not follow the form."""
    kept, at = [jpeg[:2]], 2
    while jpeg[at : at + 1] == b"\xff" and jpeg[at + 1 : at + 2] != b"\xda":  # up to the start of the scan
        end = at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if jpeg[at + 1] not in JPEG_NOTES:
            kept.append(jpeg[at:end])
        at = end
    return b"".join(kept) + jpeg[at:]


def save(pdf: pikepdf.Pdf, path: Path) -> None:
    """Write it: the same bytes for the same file; its streams are copied as they are, never decoded."""
    pdf.save(
        path,
        deterministic_id=True,
        stream_decode_level=pikepdf.StreamDecodeLevel.none,
        recompress_flate=False,
        fix_metadata_version=False,
    )


def draw(path: Path, picture: Path) -> bool:
    """Draw the first page, if it has a size that can be drawn. The copy is drawn: in it damage is repaired."""
    page = pypdfium2.PdfDocument(path)[0]
    width, height = page.get_size()
    if not (SMALLEST <= width <= LARGEST and SMALLEST <= height <= LARGEST):
        return False
    scale = min(PICTURE[0] / width, PICTURE[1] / height)
    page.render(scale=scale, draw_annots=False).to_pil().save(picture, "PNG")
    return True


def main(path: str, out: Path) -> None:
    """Look at the PDF."""
    try:
        pdf = pikepdf.open(path)
    except pikepdf.PasswordError:
        return say(is_encrypted=True, problem="password")
    except pikepdf.PdfError:
        return say(problem="unreadable")
    if not len(pdf.pages):
        return say(problem="no pages")
    inspect(pdf)
    if pdf.is_encrypted:
        return say(problem="encrypted")
    if any("file is damaged" in warning for warning in pdf.get_warnings()):
        say(problem="damaged")
    make_anonymous(pdf)
    save(pdf, out / "anonymous.pdf")
    say(**{"anonymous.pdf": True})
    if draw(out / "anonymous.pdf", out / "picture.png"):
        say(**{"picture.png": True})
    else:
        say(problem="size")
    return None


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
