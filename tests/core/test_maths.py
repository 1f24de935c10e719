"""Formulas: what they become, what is set right on the way, and what is known to be wrong still."""

import re
from html.parser import HTMLParser
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import maths
from core.maths import to_mathml


def parts(tex: str, *, is_display: bool = False) -> str:
    """The formula's MathML without what stands around it in every formula."""
    made = to_mathml(tex, is_display=is_display)
    around = re.fullmatch(
        r"<math(?: display=\"block\")?><semantics><mrow>(.*)</mrow><annotation encoding=\"application/x-tex\">"
        r"(.*)</annotation></semantics></math>",
        made,
        re.DOTALL,
    )
    assert around, made
    assert fromstring(f"<a>{around[2]}</a>").text == tex, "who copies gets the TeX"
    return around[1]


def test_a_formula_is_mathml_with_its_tex_beside_it() -> None:
    assert to_mathml("a<b", is_display=False) == (
        "<math><semantics><mrow><mi>a</mi><mo>&lt;</mo><mi>b</mi></mrow>"
        '<annotation encoding="application/x-tex">a&lt;b</annotation></semantics></math>'
    )
    assert to_mathml("x", is_display=True).startswith('<math display="block">')


@pytest.mark.parametrize(
    ("tex", "mathml"),
    [
        (
            r"\begin{pmatrix}a\end{pmatrix}^2",
            "<msup><mrow><mo>(</mo><mtable><mtr><mtd><mi>a</mi></mtd></mtr></mtable><mo>)</mo></mrow><mn>2</mn></msup>",
        ),
        (
            r"\lim_n x",
            '<munder><mo movablelimits="true" lspace="0" rspace=".167em">lim</mo><mi>n</mi></munder><mi>x</mi>',
        ),
        (
            r"\operatorname*{arg\,max}_x",
            '<munder><mo movablelimits="true" lspace="0" rspace=".167em">arg\u2009max</mo><mi>x</mi></munder>',
        ),
        (r"\sum_i^n", "<munderover><mo>∑</mo><mi>i</mi><mi>n</mi></munderover>"),
        (r"\mathbf{AB}", "<mrow><mi>𝐀</mi><mi>𝐁</mi></mrow>"),
        (
            r"\mathcal{LB}\mathfrak{C}\mathbb{1}",
            "<mrow><mi>ℒ</mi><mi>ℬ</mi></mrow><mi>ℭ</mi><mrow><mn>𝟙</mn></mrow>",
        ),
        (r"\boldsymbol{\theta}", "<mrow><mi>𝜽</mi></mrow>"),
        (r"\mathrm{KL}", '<mrow><mi mathvariant="normal">KL</mi></mrow>'),
        (r"\mathrm{d}x", '<mi mathvariant="normal">d</mi><mi>x</mi>'),
        (r"\log p", '<mi>log</mi><mo lspace="0" rspace=".167em">\u2061</mo><mi>p</mi>'),
        (r"x \sim p", "<mi>x</mi><mo>∼</mo><mi>p</mi>"),
        (r"\langle x", '<mo stretchy="false">⟨</mo><mi>x</mi>'),
        (r"\Gamma\gamma", '<mi mathvariant="normal">Γ</mi><mi>γ</mi>'),
        (r"a\!b", '<mi>a</mi><mspace width="-.167em"></mspace><mi>b</mi>'),
        (r"\hspace{99em}\color{white}{x}", "<mspace></mspace><mstyle><mrow><mi>x</mi></mrow></mstyle>"),
    ],
)
def test_what_browsers_would_not_draw_is_set_right(tex: str, mathml: str) -> None:
    assert parts(tex) == mathml


@pytest.mark.parametrize(
    ("tex", "still"),
    [
        (r"\widehat{abc}", '<mo stretchy="true">^</mo>'),  # narrow: the font's circumflex does not stretch
        (r"\sum\nolimits_i", "<munder><mo>∑</mo>"),  # limits all the same
        (r"\begin{array}{l|r}1&2\end{array}", '<mtd columnalign="left">'),  # its rules are not drawn
        (r"\foo{x}", r"<mi>\foo</mi>"),  # what is not known stands there as it was typed
        (r"\text{if $x$}", "<mtext>if\xa0$x$</mtext>"),  # no formula inside of text
        (r"a\\b", "<mspace></mspace>"),  # no line break outside of align, gather and cases
        (
            r"\textcolor{red}{x}",
            "<mstyle><mrow><mi>x</mi></mrow></mstyle>",
        ),  # colours are left out, on purpose
    ],
)
def test_known_faults(tex: str, still: str) -> None:
    assert still in parts(tex)


@pytest.mark.parametrize(
    "tex",
    [
        r"\frac{1}{",
        "{" * 500,
        "}" * 3 + r"\right)",
        "x_1_2",
        "x" * 2001,
        "a^{" * 400 + "}" * 400,
        r"\cancel{x}",
        r"\def\a{\b\b}\def\b{\c\c}\def\c{\d\d}\a",
        r"\newcommand{\x}{y}\x",
        r"\DeclareMathOperator{\f}{g}\f",
    ],
)
def test_what_cannot_be_set_is_shown_as_it_was_typed(tex: str) -> None:
    assert to_mathml(tex, is_display=True) == f"<code>{tex}</code>"


class Tags(HTMLParser):
    """Collects what the HTML is made of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attributes)))


COMMANDS = (
    r"\text{ \href{javascript:alert(1)}{ \class{x"
    + '"'
    + r" onclick=alert(1)}{ \style{background:url(//e)}{ "
    r"\unicode{x3c} \unicode{3c} \unicode{x0} \unicode{d800} \mathbf{ \frac \sqrt[ ] \begin{matrix} \end{matrix} "
    r"\left( \right) \color{red}{ \fcolorbox \colorbox{red}{ \mathbin{ \mathord{ \hspace{9em} \raise \rule \verb|<b>| "
    r"&lt; &#x3c; <script> </mtext> </math> <img/src=x/onerror=alert(1)> <!-- --> ]]> { } ^ _ & \\ ' "
).split(" ")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(COMMANDS) | st.text(max_size=4), max_size=12).map("".join))
def test_nothing_but_known_elements_and_attributes_comes_out(tex: str) -> None:
    made = to_mathml(tex, is_display=False)
    for tag, attributes in Tags(made).found:
        assert tag == "code" or attributes.keys() <= maths.ELEMENTS[tag], made
        for value in attributes.values():
            assert re.fullmatch(r"[a-z0-9./-]*", value or ""), made


def test_the_font_can_stretch_brackets() -> None:
    assert b"MATH" in maths.font().read_bytes()[:400]
