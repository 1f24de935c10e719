"""Makes a portrait of one untrusted picture; run by core/portrait.py in a sandbox, imported by nobody.

Arguments: the picture, the file to write, its side and the most pixels that are opened. Prints one JSON object.
"""

import json
import sys

from PIL import Image, ImageOps

SMALLEST = 64
BEHIND = (236, 236, 236)  # what shows through a transparent picture


def main(path: str, made: str, side: int, most: int) -> dict[str, object]:
    """Turn as the camera noted, cut the square, shrink it; only pixels are written, nothing that came with them."""
    Image.MAX_IMAGE_PIXELS = None  # asked below, before a pixel is read
    with Image.open(path, formats=("JPEG", "PNG")) as picture:
        if picture.width * picture.height > most:
            return {"problem": "pixels"}
        if min(picture.size) < SMALLEST:
            return {"problem": "small"}
        picture.draft("RGB", (2 * side, 2 * side))  # a JPEG is made small while it is read
        turned = ImageOps.exif_transpose(picture)
        if turned.has_transparency_data:
            turned = turned.convert("RGBA")
            ground = Image.new("RGBA", turned.size, BEHIND)
            ground.alpha_composite(turned)
            turned = ground
        # Faces are rather above the middle.
        square = ImageOps.fit(
            turned.convert("RGB"), (side, side), Image.Resampling.LANCZOS, centering=(0.5, 0.35)
        )
        only_pixels = Image.frombytes("RGB", square.size, square.tobytes())
        only_pixels.save(made, "JPEG", quality=85, optimize=True)
    return {"made": True}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))), flush=True)  # noqa: T201
