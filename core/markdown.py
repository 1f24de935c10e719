"""Markdown with TeX formulas to safe HTML. What people write is rendered once, when it is saved.

Two locks: the parser takes no HTML and core/maths.py writes out only what it knows, and nh3 lets nothing pass that is
not on the lists below.
"""

import re
from collections.abc import Sequence
from html import escape as escape_html

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from core import maths

VERSION = (
    2  # of the HTML: raise it when the same text gives other HTML, and the worker renders what is stored anew
)
MOST = 50_000  # characters; longer texts are shown as they were typed
MOST_TEX = (
    20_000  # characters of all formulas of a text, and 20 for each; further ones are shown as they were typed
)

_TAGS = {
    *("p", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li", "a", "hr", "br", "s", "span"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
    *maths.ELEMENTS,
}
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}} | {
    tag: names for tag, names in maths.ELEMENTS.items() if names
}

# $…$, $$…$$, \(…\) and \[…\]. Amounts of money are none: no space inside of $…$ at its ends, no digit around it.
# Each step can be taken in one way only, so a formula that does not end costs one walk. (Possessive steps would say the
# same, but Python 3.11.2 gets them wrong.)
_FORMULA = re.compile(
    r"""\$\$ (?!\$\$) (?P<a> [^\\$]* (?: (?: \\. | \$(?!\$) ) [^\\$]* )* ) \$\$
    | (?<!\d) \$ (?![\s$]) (?P<b> [^\\$]* (?: \\. [^\\$]* )* ) (?<!\s) \$ (?!\d)
    | \\\( (?!\\\)) (?P<c> [^\\]* (?: \\[^()] [^\\]* )* ) \\\)
    | \\\[ (?!\\\]) (?P<d> [^\\]* (?: \\[^\[\]] [^\\]* )* ) \\\]""",
    re.VERBOSE | re.DOTALL,
)
_ENDS = {"$$": "$$", r"\[": r"\]"}


def to_html(text: str) -> str:
    """Safe HTML for Markdown from anybody. No raw HTML, no images, links to http(s) and mailto only."""
    if len(text) > MOST:
        return clean(f"<pre>{escape_html(text)}</pre>")
    return clean(_parser.render(text, {}))


def to_mail_html(text: str) -> str:
    """The same for letters: mail readers know no MathML, so formulas are shown as they were typed."""
    return clean(_mail_parser.render(text))


def clean(html: str) -> str:
    """What of this HTML is allowed on a page."""
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        allowed_classes={"span": {"formula"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener noreferrer",
    )


def escape(text: str) -> str:
    """The text such that `to_mail_html` shows it as it is."""
    return "".join("\\" + c if c in r"\`*_{}[]()#+-.!|<>~&$" else c for c in text)


def _find_inline(state: StateInline, silent: bool) -> bool:
    """A formula in running text."""
    found = _FORMULA.match(state.src, state.pos) if state.src[state.pos] in "$\\" else None
    if found is None or not (tex := found[found.lastgroup or 0].strip()):
        return False
    if not silent:
        token = state.push("formula", "math", 0)
        token.content, token.markup, token.info = tex, found[0], found.lastgroup or ""
    state.pos = found.end()
    return True


def _find_inline_in_mail(state: StateInline, silent: bool) -> bool:
    """The same between dollars only: what a letter is filled with has its brackets escaped."""
    return state.src[state.pos] == "$" and _find_inline(state, silent)


def _find_block(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """A formula on lines of its own, without an empty line in it: no line of it begins a list or a heading."""
    first = state.bMarks[start_line] + state.tShift[start_line]
    start = state.src[first : first + 2]
    if start not in _ENDS or state.is_code_block(start_line):
        return False
    lines: list[str] = []
    for line in range(start_line, end_line):
        if line > start_line and (state.isEmpty(line) or state.sCount[line] < state.blkIndent):
            return False
        text = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].rstrip()
        before, end, after = text.removeprefix(start if line == start_line else "").partition(_ENDS[start])
        if after or (start != _ENDS[start] and start in before):
            return False
        lines.append(before)
        if end:
            break
    else:
        return False
    tex = "\n".join(lines).strip()
    if not tex:
        return False
    if not silent:
        state.line = line + 1
        token = state.push("formula_block", "math", 0)
        token.block, token.map = True, [start_line, state.line]
        token.content = tex
    return True


def _show(_renderer: object, tokens: Sequence[Token], place: int, _options: OptionsDict, env: EnvType) -> str:
    """A formula; one on its own is in a box that scrolls."""
    token = tokens[place]
    env["tex"] = env.get("tex", 0) + len(token.content) + 20
    is_display = token.block or token.info in ("a", "d")
    if env["tex"] > MOST_TEX:
        made = f"<code>{escape_html(token.content)}</code>"
    else:
        made = maths.to_mathml(token.content, is_display=is_display)
    made = f'<span class="formula">{made}</span>' if is_display else made
    return f"<p>{made}</p>\n" if token.block else made


def _make_parser() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    return made.disable("image")


def _show_source(
    _renderer: object, tokens: Sequence[Token], place: int, _options: OptionsDict, _env: EnvType
) -> str:
    return f"<code>{escape_html(tokens[place].markup)}</code>"


_mail_parser = _make_parser()
_mail_parser.inline.ruler.before("escape", "formula", _find_inline_in_mail)
_mail_parser.add_render_rule("formula", _show_source)
_parser = _make_parser()
_parser.inline.ruler.before("escape", "formula", _find_inline)
_parser.block.ruler.before(
    "fence", "formula_block", _find_block, {"alt": ["paragraph", "reference", "blockquote", "list"]}
)
_parser.add_render_rule("formula", _show)
_parser.add_render_rule("formula_block", _show)
