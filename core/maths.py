"""TeX to MathML, which browsers draw and screen readers read. What cannot be set is shown as it was typed.

latex2mathml knows TeX but not what is safe, and some of what it makes no browser draws. So nothing of its output is
taken as it is: its tree is brought in order here (only known elements, attributes and values; operators, letters and
limits as MathML Core has them) and written out by ElementTree, which escapes all text. core/markdown.py has the
second lock: the list of what may be on a page.
"""

import html
import re
import unicodedata
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, tostring

from latex2mathml.commands import LIMIT
from latex2mathml.converter import MOVABLE_LIMIT_TEXTS, Converter

MOST = 2000  # characters of one formula; the parser takes longer than a page may for what is much longer
DEEPEST = 60

# Element: its attributes. Nothing else leaves this module, and nothing else passes the second lock.
ELEMENTS: dict[str, set[str]] = {
    "math": {"display"},
    "semantics": set(),
    "annotation": {"encoding"},
    "mi": {"mathvariant"},
    "mn": set(),
    "mo": {
        *("form", "fence", "stretchy", "symmetric", "largeop", "movablelimits"),
        *("lspace", "rspace", "minsize", "maxsize"),
    },
    "mtext": {"mathvariant"},
    "mspace": {"width"},
    "mrow": set(),
    "mfrac": {"linethickness"},
    "msqrt": set(),
    "mroot": set(),
    "msub": set(),
    "msup": set(),
    "msubsup": set(),
    "munder": {"accentunder"},
    "mover": {"accent"},
    "munderover": {"accent", "accentunder"},
    "mtable": {"displaystyle"},
    "mtr": set(),
    "mtd": {"columnalign"},
    "mstyle": {"displaystyle", "scriptlevel"},
    "mpadded": {"width"},
    "mphantom": set(),
    "menclose": {"notation"},
}
# Lengths are short: a formula stays about where it was put.
_VALUE = re.compile(
    r"[0-3]|[0-5]?(\.\d{1,4})?em|-0?\.\d{1,4}em|true|false|prefix|infix|postfix|left|center|right|box"
    r"|normal|bold|italic|monospace|sans-serif"
)
_SPACES = {
    "negativethinmathspace": "-.167em",
    "negativemediummathspace": "-.222em",
    "negativethickmathspace": "-.278em",
    "thinmathspace": ".167em",
    "thickmathspace": ".278em",
}
_TOKENS = {"mi", "mn", "mo", "mtext"}
_CHILDREN = {
    "mfrac": 2,
    "mroot": 2,
    "msub": 2,
    "msup": 2,
    "munder": 2,
    "mover": 2,
    "msubsup": 3,
    "munderover": 3,
}
_AS_LIMITS = {"msub": "munder", "msup": "mover", "msubsup": "munderover"}
_LIMIT_WORDS = {word[1:] for word in LIMIT} | {html.unescape(word) for word in MOVABLE_LIMIT_TEXTS.values()}
_BIG = set("∏∐∑⋀⋁⋂⋃⨀⨁⨂⨄⨆")
_ACCENTS = set("^~¯→˙¨ˇ˘´`˚⃛⃜")
_LETTERLIKE = set("∞∂∇∅")  # symbols that are no operators
_STYLES = {
    "bold": "BOLD",
    "italic": "ITALIC",
    "bold-italic": "BOLD ITALIC",
    "script": "SCRIPT",
    "fraktur": "FRAKTUR",
    "double-struck": "DOUBLE-STRUCK",
    "sans-serif": "SANS-SERIF",
    "sans-serif-italic": "SANS-SERIF ITALIC",
    "monospace": "MONOSPACE",
}
# Definitions may expand without end ("\def\a{\b\b}\def\b{\c\c}…").
_DEFINES = re.compile(
    r"\\(?:(?:re|provide)?newcommand|newenvironment|[egx]?def|let|DeclareMathOperator)(?![a-z])"
)
_OPERATOR = re.compile(r"\\operatorname(\*?)\s*\{([^{}]*)\}")
_ENVIRONMENT = re.compile(r"\\(begin|end)\s*\{(aligned|align|eqnarray\*?|gathered|gather\*?|multline\*?)\}")
_OTHERWISE = (
    (re.compile(r"\\sim(?![A-Za-z])"), "∼"),
    (re.compile(r"\\arg(?![A-Za-z])"), r"\\operatorname{arg}"),
    (re.compile(r"\\[lr]?Vert(?![A-Za-z])"), r"\\|"),  # which stay small unless asked to grow
    (re.compile(r"\\[lr]?vert(?![A-Za-z])"), "|"),
    (re.compile(r"\\not\s*="), r"\\neq "),
    (re.compile(r"\\\\\s*\[\s*-?[\d.]+\s*[a-z]{2}\s*\]"), r"\\\\ "),  # the space after a line
)


class TeXError(ValueError):
    """This is no formula that can be set."""


def to_mathml(tex: str, *, is_display: bool) -> str:
    """The formula as MathML with its TeX beside it, for those who copy; as code when it cannot be set."""
    try:
        if len(tex) > MOST or _DEFINES.search(tex):
            raise TeXError
        made = Converter(display="block" if is_display else "inline").convert_to_element(_prepared(tex))
        row = made[0]
        _settle(row, 0)
        math = Element("math", {"display": "block"} if is_display else {})
        semantics = SubElement(math, "semantics")
        semantics.append(row)
        SubElement(semantics, "annotation", encoding="application/x-tex").text = tex
        return tostring(math, encoding="unicode", short_empty_elements=False)
    except Exception:  # the parser raises whatever it stumbles over: KeyError, StopIteration, RecursionError
        return f"<code>{html.escape(tex)}</code>"


def font() -> Path:
    """The font that formulas are set in: brackets and roots need one that can stretch them."""
    found = find_spec("ziamath")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "fonts" / "STIXTwoMath-Regular.ttf"


def _prepared(tex: str) -> str:
    """The same in the words that latex2mathml knows."""
    tex = _OPERATOR.sub(_operator, tex)
    tex = _ENVIRONMENT.sub(
        lambda found: rf"\{found[1]}{{{'align*' if found[2][0] in 'ae' else 'matrix'}}}", tex
    )
    for known, otherwise in _OTHERWISE:
        tex = known.sub(otherwise, tex)
    return tex


def _operator(found: re.Match[str]) -> str:
    name = re.sub(r"\\[,;:! ]|[~\s]", "", found[2])
    if name in ("argmax", "argmin"):
        return rf"\{name} "
    return (
        rf"\operatorname{found[1]}{{{name}}}"
        if name.isascii() and name.isalpha()
        else rf"\mathrm{{{found[2]}}}"
    )


def _settle(element: Element, depth: int) -> None:
    """Bring an element and all in it in order."""
    if depth > DEEPEST or element.tag not in ELEMENTS:
        raise TeXError
    if element.tag in _TOKENS and len(element):
        element.tag = "mrow"  # inside of mi and the like, browsers read HTML
    if element.tag in _TOKENS:
        _settle_token(element)
    else:
        element.text = None
        for child in element:
            _settle(child, depth + 1)
        _settle_scripts(element)
        if element.tag == "menclose" and element.get("notation") != "box":
            raise TeXError  # no browser strikes it through, and without that it says the opposite
        if element.tag == "mrow":
            element[:] = list(_applied(list(element)))
    allowed = ELEMENTS[element.tag]
    values = {name: _SPACES.get(value, value) for name, value in element.items() if name in allowed}
    element.attrib = {name: value for name, value in values.items() if _VALUE.fullmatch(value)}


def _settle_token(element: Element) -> None:
    """Letters in their style as the characters that Unicode has for it, symbols as operators."""
    text, variant = element.text or "", element.get("mathvariant", "")
    is_upright = bool(re.fullmatch(r"&#x000[4-7].;", text))  # only what \mathrm has made of an ASCII letter
    text = re.sub(r"&#x[0-9A-Fa-f]{1,8};", lambda found: html.unescape(found[0]), text)
    if element.tag != "mtext":
        text = "".join(_styled(letter, variant) for letter in text)
        element.attrib.pop("mathvariant", None)
    if element.tag == "mi" and len(text) == 1:
        is_greek_capital = "Α" <= text <= "Ω"
        category = unicodedata.category(text)
        if (category == "Sm" and text not in _LETTERLIKE) or text == ":":
            element.tag = "mo"
        elif category in ("Ps", "Pe"):
            element.tag, element.attrib = "mo", {"stretchy": "false"}
        elif variant == "normal" or is_upright or is_greek_capital:
            element.set("mathvariant", "normal")
    if element.tag == "mo" and text in ("|", "‖"):
        element.attrib = {"stretchy": "true", **element.attrib, "lspace": "0", "rspace": "0"}
    if element.tag == "mo" and len(text) > 1 and text[0].isalpha():
        if text in _LIMIT_WORDS or element.get("movablelimits"):
            element.attrib = {"movablelimits": "true", "lspace": "0", "rspace": ".167em"}
        else:
            element.tag = "mi"
    element.text = text


def _styled(letter: str, variant: str) -> str:
    """The letter or digit in a style, if Unicode has it; as it is otherwise."""
    style = _STYLES.get(variant)
    name = re.sub(r"^(?:LATIN|GREEK) (CAPITAL|SMALL) LETTER (\w+)$", r"\1 \2", unicodedata.name(letter, ""))
    if style is None or not re.fullmatch(r"(?:CAPITAL|SMALL|DIGIT) \w+", name):
        return letter
    for prefix in (f"MATHEMATICAL {style}", style, "BLACK-LETTER" if style == "FRAKTUR" else "PLANCK"):
        try:
            return unicodedata.lookup(f"{prefix} {name}")
        except KeyError:
            continue
    return letter


def _settle_scripts(element: Element) -> None:
    """As many children as there must be; limits under and over what has them."""
    wanted = _CHILDREN.get(element.tag)
    if wanted is None:
        return
    if len(element) > wanted:  # a matrix with its parentheses came as several
        first = len(element) - wanted + 1
        base = Element("mrow")
        base[:] = element[:first]
        element[:first] = [base]
    while len(element) < wanted:
        SubElement(element, "mrow")
    base = element[0]
    if base.tag == "mstyle" and len(base) == 1 and base[0].tag == "mo":
        element[0] = base = base[0]  # an arrow, which must stand here itself to be stretched
        base.set("stretchy", "true")
    if element.tag in _AS_LIMITS and base.tag == "mo" and (base.get("movablelimits") or base.text in _BIG):
        element.tag = _AS_LIMITS[element.tag]
    if element.tag == "mover" and element[1].tag == "mo" and element[1].text in _ACCENTS:
        is_wide = (
            element[1].text in "^~" and "accent" not in element.attrib and element[1].get("stretchy") is None
        )
        element.set("accent", "true")
        element[1].attrib = {"stretchy": "true" if is_wide or element[1].text == "¯" else "false"}


def _applied(children: list[Element]) -> Iterator[Element]:
    """The children with small spaces around names of functions, and the sign, for the ear, that they are applied.

    Upright letters in a row are one word.
    """
    before: Element | None = None
    for child, after in zip(children, [*children[1:], None], strict=True):
        if _is_upright(child) and after is not None and _is_upright(after):
            after.text = (child.text or "") + (after.text or "")
            continue
        core = child[0] if child.tag in _AS_LIMITS else child
        is_function = core.tag == "mi" and len(core.text or "") > 1 and (core.text or "").isalpha()
        is_function = is_function and not _is_upright(core)
        if is_function and before is not None and before.tag not in ("mo", "mspace"):
            yield Element("mspace", width=".167em")
        yield child
        if is_function and after is not None:
            space = "0" if after.tag == "mo" else ".167em"
            applied = Element("mo", {"lspace": "0", "rspace": space})
            applied.text = "\u2061"
            yield applied
        before = child


def _is_upright(element: Element) -> bool:
    return element.tag == "mi" and element.get("mathvariant") == "normal"
