"""Makes PDFs as they come: good ones, broken ones, and ones made to kill whoever opens them."""

import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pikepdf

# In every place beside the pages where programs leave names; the tests look for them in the reviewers' copy.
PLANTED = "Planted"


def stream(data: bytes, entries: str = "") -> bytes:
    """A stream object's body."""
    return f"<< /Length {len(data)} {entries} >>\nstream\n".encode() + data + b"\nendstream"


def assemble(*objects: bytes, trailer: str = "", junk: bytes = b"") -> bytes:
    """A PDF of these numbered objects, the first of them the catalog."""
    file = bytearray(b"%PDF-1.5\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(file))
        file += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(file)
    file += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    file += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    file += (
        f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n".encode()
    )
    return junk + bytes(file)


def one_page(content: bytes, *more: bytes, box: str = "0 0 612 792", resources: str = "") -> bytes:
    """A PDF of one page; `content` is object 4, the further objects count from 5."""
    return assemble(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [{box}] /Contents 4 0 R /Resources << {resources} >> >>".encode(),
        content,
        *more,
    )


def good(pages: int = 2) -> bytes:
    """Letter pages with a grey square on each."""
    pdf = pikepdf.new()
    for _ in range(pages):
        page = pdf.add_blank_page(page_size=(612, 792))
        page.Contents = pdf.make_stream(b"0.5 g 100 600 200 100 re f")
    return saved(pdf)


def saved(pdf: pikepdf.Pdf, **options: object) -> bytes:
    """Its bytes."""
    file = BytesIO()
    pdf.save(file, static_id=True, **options)  # type: ignore[arg-type]
    return file.getvalue()


def encrypted(user: str) -> bytes:
    """Asks everybody for a password, or only those who want to change it (user is "")."""
    with pikepdf.open(BytesIO(good())) as pdf:
        return saved(pdf, encryption=pikepdf.Encryption(owner="owner", user=user))


def squeezed(block: bytes, times: int) -> bytes:
    """The block that many times, compressed, without compressing it that often (only the checksum is not right)."""
    squeeze = zlib.compressobj(9)
    first, again = (squeeze.compress(block) + squeeze.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    return first + again * (times - 1) + squeeze.flush()


def flate_bomb() -> bytes:
    """1.5 MB that become 1.5 GB of page content."""
    return one_page(stream(squeezed(b"0 0 m 1 1 l " * (1 << 16), 2000), "/Filter /FlateDecode"))


def double_flate_bomb() -> bytes:
    """3 kB that become 1.5 GB: a bomb compressed twice."""
    return one_page(
        stream(zlib.compress(squeezed(b" " * (1 << 20), 1500), 9), "/Filter [/FlateDecode /FlateDecode]")
    )


FORM = "/Type /XObject /Subtype /Form /BBox [0 0 612 792]"


def self_calling_form() -> bytes:
    """A form that draws itself, twice."""
    form = stream(b"/F Do /F Do", f"{FORM} /Resources << /XObject << /F 5 0 R >> >>")
    return one_page(stream(b"/F Do"), form, resources="/XObject << /F 5 0 R >>")


def billion_laughs() -> bytes:
    """Forms that each draw the next one ten times, twelve deep."""
    forms = [
        stream(b"/F Do " * 10, f"{FORM} /Resources << /XObject << /F {number} 0 R >> >>")
        for number in range(6, 18)
    ]
    return one_page(
        stream(b"/F Do"), *forms, stream(b"0 0 1 1 re f", FORM), resources="/XObject << /F 5 0 R >>"
    )


def huge_picture() -> bytes:
    """A picture of 30000 x 30000 grey pixels in a small file."""
    picture = stream(
        squeezed(bytes(30000), 30000),
        "/Type /XObject /Subtype /Image /Width 30000 /Height 30000 /BitsPerComponent 8 /ColorSpace /DeviceGray "
        "/Filter /FlateDecode",
    )
    return one_page(stream(b"612 0 0 792 0 0 cm /I Do"), picture, resources="/XObject << /I 5 0 R >>")


def page_tree_loop() -> bytes:
    """Pages that contain themselves."""
    return assemble(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 2 >>",
        b"<< /Type /Pages /Kids [2 0 R] /Count 2 /Parent 2 0 R >>",
    )


def named(name: str = PLANTED) -> bytes:
    """Two pages with the name in every place beside the text, JavaScript and an attachment among them."""
    note = f"/T ({name} A.) /Contents ({name} thinks) /NM ({name}) /M (D:2022)"
    exif = b"\xff\xe1\0\x28Exif\0\0II*\0" + name.encode().ljust(28)
    comment = b"\xff\xfe\0\x20" + name.encode().ljust(30)
    jpeg = b"\xff\xd8" + exif + comment + b"\xff\xda\0\x02\xff\xd9"
    bodies: list[bytes | str] = [
        f"<< /Type /Catalog /Pages 2 0 R /Metadata 6 0 R /OpenAction 7 0 R "
        f"/AcroForm << /Fields [11 0 R] /XFA ({name}) >> /URI << /Base ({name}) >>"
        f"/PieceInfo << /{name} << /Private ({name}) >> >> /Legal << /Attestation ({name}) >> /Names << /JavaScript "
        f"<< /Names [(x) 7 0 R] >> /EmbeddedFiles << /Names [({name}) 8 0 R] >> >> /AF [8 0 R] /Outlines 17 0 R "
        f"/StructTreeRoot 14 0 R /OCProperties << /OCGs [15 0 R] /D << /Creator ({name}) >> >> >>",
        f"<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 /Owner ({name}) >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 5 0 R /LastModified (D:2022) /Metadata 6 0 R "
        f"/PieceInfo << /X << /Private ({name}) >> >> /AA << /O 7 0 R >> /Annots [10 0 R 11 0 R 12 0 R 13 0 R "
        f"<< /Type /Annot /Subtype /Highlight /Rect [0 0 9 9] {note} >>] "
        f"/Resources << /XObject << /Fm 16 0 R /Im 19 0 R >> >> >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 5 0 R /Resources << >> >>",
        stream(b"0.5 g 100 600 200 100 re f"),
        stream(f"<x:xmpmeta xmlns:x='adobe:ns:meta/'><dc:creator>{name}</dc:creator></x:xmpmeta>".encode()),
        f"<< /S /JavaScript /JS (app.alert\\('{name}'\\)) >>",
        f"<< /Type /Filespec /F ({name}.txt) /UF ({name}.txt) /EF << /F 9 0 R >> >>",
        stream(f"attached by {name}".encode(), "/Type /EmbeddedFile"),
        f"<< /Type /Annot /Subtype /Text /Rect [0 0 9 9] {note} /Popup 12 0 R >>",
        f"<< /Type /Annot /Subtype /Widget /FT /Tx /Rect [0 0 9 9] /T ({name}) /V ({name}) /A 7 0 R >>",
        f"<< /Type /Annot /Subtype /FileAttachment /Rect [0 0 9 9] /FS 8 0 R {note} >>",
        f"<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] {note} /A << /S /URI /URI (https://example.org/) "
        f"/Next 7 0 R /{name} true >> >>",
        "<< /Type /StructTreeRoot /K << /Type /StructElem /S /P /AF [8 0 R] "
        "/K [<< /Type /OBJR /Obj 10 0 R >> << /Type /OBJR /Obj 12 0 R >>] >> >>",
        f"<< /Type /OCG /Name (layer) /Usage << /CreatorInfo << /Creator ({name}) /Subtype /Artwork >> >> >>",
        stream(
            b"0 0 1 1 re f",
            f"{FORM} /PTEX.FileName (/home/{name}/figure.pdf) /PTEX.InfoDict 18 0 R /Metadata 6 0 R",
        ),
        f"<< /Type /Outlines /First 20 0 R /Last 20 0 R /Count 1 /{name} true >>",
        f"<< /Author ({name}) /Title ({name}'s draft) /Creator ({name}) >>",
        stream(
            jpeg,
            "/Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceGray "
            "/Filter /DCTDecode",
        ),
        f"<< /Title (1 Introduction) /Parent 17 0 R /A << /S /Launch /F ({name}.exe) >> >>",
    ]
    return assemble(
        *(body if isinstance(body, bytes) else body.encode() for body in bodies),
        trailer=f"/Info 18 0 R /ID [({name}-first-id) ({name}-second)] /DocChecksum /{name}",
        junk=f"% {name}\n".encode(),
    )


HOSTILE: dict[str, Callable[[], bytes]] = {
    "good": good,
    "empty": lambda: b"",
    "html": lambda: b"<!doctype html><title>Sign in</title><p>Please sign in to download paper.pdf</p>",
    "noise": lambda: b"%PDF-1.7\n" + bytes(range(256)) * 40,
    "truncated": lambda: good()[: len(good()) // 3],
    "cut short": lambda: named()[:-120],
    "password": lambda: encrypted("secret"),
    "encrypted": lambda: encrypted(""),
    "no pages": lambda: good(0),
    "flate bomb": flate_bomb,
    "double flate bomb": double_flate_bomb,
    "self-calling form": self_calling_form,
    "billion laughs": billion_laughs,
    "huge picture": huge_picture,
    "huge page": lambda: one_page(stream(b""), box="0 0 10000000 10000000"),
    "tiny page": lambda: one_page(stream(b""), box="0 0 1 1"),
    "many pages": lambda: good(5000),
    "page tree loop": page_tree_loop,
    "named": named,
}


def write(name: str, folder: Path) -> Path:
    """One of the hostile files, in this folder."""
    path = folder / f"{name}.pdf"
    path.write_bytes(HOSTILE[name]())
    return path
