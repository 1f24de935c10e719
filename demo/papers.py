"""Makes the PDF of a paper of the demo: four pages that look like a paper and say that they are not the real one.

The same paper always gives the same bytes. The text is put together from demo/prose.toml; the figures and tables are
computed (demo/figures.py).
"""

import random
import tomllib
from functools import cache
from html import escape
from importlib.resources import files
from io import BytesIO

from reportlab import rl_config
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import inch
from reportlab.pdfbase.pdfmetrics import registerFont, registerFontFamily
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    HRFlowable,
    KeepTogether,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)

from demo.content import MARK, Paper
from demo.figures import Drawing, Figure, experiment

PAGE = (8.5 * inch, 11 * inch)
LEFT, TEXT_WIDTH = 1.5 * inch, 5.5 * inch
SERIF = "SourceSerif"
VENUE = "NeurIPS 2022 Workshop on Score-Based Methods"
NOTE = "Sample file made for a demo of Dateline. Its text is not that of any real paper."
EXPERIMENTS = 8  # as many are computed for all papers, and as many again for the appendices


def pdf(paper: Paper, *, number: int, is_final: bool = False) -> bytes:
    """The paper as it was submitted under this number, without names, or in its final version."""
    prose, styles = _prose(), _styles()
    chance = random.Random(paper.title)  # noqa: S311  (nothing secret)
    seed = chance.randrange(EXPERIMENTS)

    def some(section: str, count: int) -> list[Paragraph]:
        """So many paragraphs, in the order in which they stand."""
        texts = prose[section]
        return [
            Paragraph(texts[place], styles["body"])
            for place in sorted(chance.sample(range(len(texts)), count))
        ]

    def section(heading: str, first: Flowable, *rest: Flowable) -> list[Flowable]:
        """A heading, which never stays alone at the foot of a page, and what follows."""
        return [KeepTogether([Paragraph(heading, styles["heading"]), first]), *rest]

    fields = " and ".join(escape(topic.partition(": ")[2], quote=False) for topic in paper.topics)
    aim = f"This note belongs to {fields}. It keeps to one question, and to examples where the answer can be checked."
    setting, equation = some("setting", 5), Paragraph(str(prose["equation"]), styles["equation"])
    story = [
        HRFlowable(width="100%", thickness=3, color="black", spaceAfter=14),
        Paragraph(escape(paper.title, quote=False), styles["title"]),
        HRFlowable(width="100%", thickness=1, color="black", spaceBefore=12, spaceAfter=16),
        Paragraph(_names(paper, is_final), styles["authors"]),
        Paragraph("Abstract", styles["abstract_head"]),
        Paragraph(escape(paper.abstract.removesuffix(MARK).strip(), quote=False), styles["abstract"]),
        *section("1&nbsp;&nbsp; Introduction", *some("introduction", 5), Paragraph(aim, styles["body"])),
        *section("2&nbsp;&nbsp; Setting and method", setting[0], equation, *setting[1:]),
        *section("3&nbsp;&nbsp; Experiments", *some("results", 4)),
        *_shown(experiment(seed), 1),
        *section("4&nbsp;&nbsp; Limitations", *some("limits", 2)),
        *section("5&nbsp;&nbsp; Conclusion", *some("conclusion", 2)),
    ]
    if is_final:
        thanks = "We thank the reviewers, who do not exist, for their patience."
        story += section("Acknowledgements", Paragraph(thanks, styles["body"]))
    references = enumerate(prose["references"], 1)
    story += section(
        "References", *(Paragraph(f"[{number}] {text}", styles["reference"]) for number, text in references)
    )
    story += [PageBreak(), *section("A&nbsp;&nbsp; A further example", *some("appendix", 2))]
    story += _shown(experiment(EXPERIMENTS + seed), 2)
    return _built(story, paper, number, is_final)


def _built(story: list[Flowable], paper: Paper, number: int, is_final: bool) -> bytes:
    file = BytesIO()
    names = ", ".join(person.name for person in paper.authors) if is_final else ""
    document = BaseDocTemplate(
        file,
        pagesize=PAGE,
        invariant=1,
        initialFontName=SERIF,  # else Helvetica is named in the file, and not embedded
        title=paper.title,
        author=names,
        creator="Dateline",
        producer="Dateline",
    )
    status = VENUE if is_final else f"Submission {number} to the {VENUE}. Do not distribute."

    def foot(canvas: Canvas, page: BaseDocTemplate) -> None:
        """The page's number; on the first page also where it was sent, and what it is not."""
        canvas.setFont(SERIF, 9)
        canvas.drawCentredString(PAGE[0] / 2, 0.4 * inch, str(page.page))
        if page.page == 1:
            canvas.setLineWidth(0.4)
            canvas.line(LEFT, 0.97 * inch, LEFT + 2 * inch, 0.97 * inch)
            canvas.drawString(LEFT, 0.8 * inch, status)
            canvas.drawString(LEFT, 0.65 * inch, NOTE)

    frame = Frame(LEFT, 1.05 * inch, TEXT_WIDTH, 8.95 * inch, 0, 0, 0, 0)
    document.addPageTemplates(PageTemplate(frames=[frame], onPage=foot))
    document.build(story)
    return file.getvalue()


def _names(paper: Paper, is_final: bool) -> str:
    if not is_final:
        return "<b>Anonymous authors</b><br/>Paper under double-blind review"
    names = ",&nbsp;&nbsp; ".join(
        f"<b>{escape(person.name).replace(' ', '&nbsp;')}</b>" for person in paper.authors
    )
    places = dict.fromkeys(person.affiliation for person in paper.authors if person.affiliation)
    return "<br/>".join([names, *map(escape, places)])


def _shown(found: Figure, number: int) -> list[Flowable]:
    """The figure and the table of an experiment, with their captions."""
    caption = _styles()["caption"]
    table = Table(found.rows, colWidths=[1.3 * inch] * len(found.rows[0]), rowHeights=14)
    table.setStyle(
        [
            ("FONT", (0, 0), (-1, -1), SERIF, 9),
            ("ALIGN", (1, 0), (-1, -1), "RIGHT"),
            ("LINEABOVE", (0, 0), (-1, 0), 1, "black"),
            ("LINEBELOW", (0, 0), (-1, 0), 0.5, "black"),
            ("LINEBELOW", (0, -1), (-1, -1), 1, "black"),
        ]
    )
    return [
        Spacer(1, 6),
        KeepTogether([Drawing(found, TEXT_WIDTH), Paragraph(f"Figure {number}: {found.caption}", caption)]),
        KeepTogether([Paragraph(f"Table {number}: {found.table_caption}", caption), table, Spacer(1, 12)]),
    ]


@cache
def _prose() -> dict[str, list[str]]:
    text = (files("demo") / "prose.toml").read_text(encoding="utf-8")
    return tomllib.loads(text.replace("<sub>", "<sub rise='2' size='7'>"))


@cache
def _styles() -> dict[str, ParagraphStyle]:
    """The look of a paper, with its typeface made known once."""
    rl_config.useA85 = 0  # bytes as they are, not as letters: a quarter less time and size
    for suffix, face in {"": "Regular", "-Bold": "Bold", "-Italic": "It"}.items():
        path = files("font_source_serif_pro") / "files" / f"SourceSerifPro-{face}.ttf"
        registerFont(TTFont(SERIF + suffix, str(path)))
    registerFontFamily(SERIF, SERIF, f"{SERIF}-Bold", f"{SERIF}-Italic", f"{SERIF}-Bold")
    bold = f"{SERIF}-Bold"
    base = ParagraphStyle(
        "body", fontName=SERIF, fontSize=10, leading=12.2, alignment=TA_JUSTIFY, spaceAfter=6
    )

    def style(name: str, **changes: object) -> ParagraphStyle:
        return ParagraphStyle(name, base, **changes)

    return {
        "body": base,
        "title": style("title", fontName=bold, fontSize=17, leading=20, alignment=TA_CENTER, spaceAfter=0),
        "authors": style("authors", leading=13, alignment=TA_CENTER, spaceAfter=18),
        "abstract_head": style("abstract_head", fontName=bold, fontSize=12, alignment=TA_CENTER),
        "abstract": style("abstract", leftIndent=36, rightIndent=36, spaceAfter=12),
        "heading": style("heading", fontName=bold, fontSize=12, leading=14, spaceBefore=8, spaceAfter=6),
        "equation": style("equation", alignment=TA_CENTER, spaceBefore=2, spaceAfter=10),
        "caption": style("caption", fontSize=9, leading=11, spaceBefore=4, spaceAfter=8),
        "reference": style(
            "reference", fontSize=9, leading=11, leftIndent=16, firstLineIndent=-16, spaceAfter=3
        ),
    }
