"""Takes the words out of one untrusted PDF; run by core/pdf.py in a sandbox, imported by nobody.

Arguments: the PDF, and the file that the words are written to, page by page.
"""

import json
import sys

import pypdfium2

LONGEST = 1 << 20  # characters: a paper has some 50,000


def main(path: str, out: str) -> None:
    """Write the words."""
    length = pages = 0
    with open(out, "w", encoding="utf-8", errors="replace") as file:  # noqa: PTH123 (nothing else is imported)
        for page in pypdfium2.PdfDocument(path):
            words = page.get_textpage().get_text_range()
            length, pages = length + len(words), pages + 1
            file.write(words + "\n")
            file.flush()
            if length > LONGEST:
                break
    print(json.dumps({"pages": pages}), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
