"""Pictures of people: what comes of good ones, and that nothing comes of hostile ones."""

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from core import portrait
from core.portrait import NOT_READ, SIDE, PortraitError

SECRET = b"Nikon of Ada, 48.85 N 2.35 E"


def picture(
    kind: str = "JPEG", size: tuple[int, int] = (400, 300), mode: str = "RGB", **fields: object
) -> bytes:
    """A picture whose left half is red and whose right half is blue."""
    made = Image.new("RGB", size, "blue")
    made.paste("red", (0, 0, size[0] // 2, size[1]))
    out = io.BytesIO()
    made.convert(mode).save(out, kind, **fields)
    return out.getvalue()


def noted() -> bytes:
    """A JPEG with EXIF, a comment and an XMP packet; the camera was turned by a quarter to the right."""
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = SECRET.decode(), 6
    return picture(exif=exif, comment=SECRET, xmp=b"<x:xmpmeta>" + SECRET + b"</x:xmpmeta>")


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, rows: bytes) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def made_of(content: bytes, folder: Path) -> bytes:
    sent = folder / "sent"
    sent.write_bytes(content)
    return portrait.make(sent, folder).read_bytes()


@pytest.mark.parametrize(
    ("content", "left"),
    [
        (picture(), (254, 0, 0)),
        (picture("PNG"), (254, 0, 0)),
        (picture("PNG", mode="P"), (254, 0, 0)),
        (picture("JPEG", mode="CMYK"), None),
        (picture("JPEG", (5000, 4000)), (254, 0, 0)),
        (picture("PNG", (64, 900)), (254, 0, 0)),
    ],
    ids=["JPEG", "PNG", "palette", "CMYK", "large", "narrow"],
)
def test_a_square_is_cut_from_the_middle(
    content: bytes, left: tuple[int, ...] | None, tmp_path: Path
) -> None:
    with Image.open(io.BytesIO(made_of(content, tmp_path))) as made:
        assert (made.format, made.mode, made.size) == ("JPEG", "RGB", (SIDE, SIDE))
        if left:
            assert made.getpixel((20, 150)) == left
            assert made.getpixel((SIDE - 20, 150)) == (0, 0, 254)


def test_nothing_that_came_with_the_picture_is_left(tmp_path: Path) -> None:
    content = noted()
    assert content.count(SECRET) == 3
    made = made_of(content, tmp_path)
    assert SECRET not in made
    with Image.open(io.BytesIO(made)) as opened:
        assert (dict(opened.getexif()), set(opened.info)) == (
            {},
            {"jfif", "jfif_version", "jfif_unit", "jfif_density"},
        )
        assert opened.getpixel((150, 20)) == (254, 0, 0)  # it was turned as the camera noted


def test_what_is_transparent_becomes_grey(tmp_path: Path) -> None:
    clear = io.BytesIO()
    Image.new("RGBA", (100, 100), (255, 0, 0, 0)).save(clear, "PNG")
    with Image.open(io.BytesIO(made_of(clear.getvalue(), tmp_path))) as made:
        assert made.getpixel((9, 9)) == (236, 236, 236)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "This file is neither a JPEG nor a PNG picture."),
        (b"%PDF-1.7", "This file is neither a JPEG nor a PNG picture."),
        (picture("GIF"), "This file is neither a JPEG nor a PNG picture."),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "This file is neither a JPEG nor a PNG picture."),
        (picture()[:600], NOT_READ),
        (picture("PNG")[:40], NOT_READ),
        (b"\xff\xd8\xff" + picture("GIF"), NOT_READ),
        (b"\x89PNG\r\n\x1a\n" + b"<script>alert(1)</script>", NOT_READ),
        (png(60_000, 60_000, b""), "This picture has more than 50 million pixels. Make it smaller first."),
        (png(5_000, 10_001, b""), "This picture has more than 50 million pixels. Make it smaller first."),
        (png(7_000, 7_000, zlib.compress(bytes(1000))), NOT_READ),
        (picture("PNG", (63, 900)), "This picture has fewer than 64 pixels on a side."),
        (picture() + bytes(5_000_000), "The picture has more than 5 MB."),
    ],
    ids=[
        "empty", "PDF", "GIF", "SVG", "cut JPEG", "cut PNG", "GIF as JPEG", "script as PNG", "bomb", "just too many",
        "less than it says", "too narrow", "too many bytes",
    ],
)  # fmt: skip
def test_what_is_no_picture_is_a_sentence(content: bytes, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(PortraitError) as error:
        made_of(content, tmp_path)
    assert str(error.value) == sentence
    assert not (tmp_path / portrait.MADE).exists()


def test_a_picture_of_one_colour_that_unpacks_to_all_pixels_is_still_small(tmp_path: Path) -> None:
    """A real bomb within the limit: 150 MB of pixels out of 150 kB."""
    rows = zlib.compress((b"\0" + bytes(3 * 7_000)) * 7_000, 9)
    content = png(7_000, 7_000, rows)
    assert len(content) < 200_000
    assert len(made_of(content, tmp_path)) < 5_000
