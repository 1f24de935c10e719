"""Markdown with formulas: what is one and what is none, and that odd texts stay small work."""

import re

import pytest
from markdown_it.rules_block import StateBlock

from core import markdown, maths
from core.markdown import to_html, to_mail_html


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The formulas that were set, each shown as <code>!TEX!</code>."""
    found: list[str] = []

    def note(tex: str, *, is_display: bool) -> str:
        found.append(tex)
        return f"<code>{'!!' if is_display else '!'}{tex}</code>"

    monkeypatch.setattr(maths, "to_mathml", note)
    return found


@pytest.mark.parametrize(
    ("text", "formulas"),
    [
        ("$x$ and $y_1*z*2$", ["x", "y_1*z*2"]),
        (r"\(x\) and \(f(y)\)", ["x", "f(y)"]),
        ("$$x$$ and $$y$$, too", ["x", "y"]),
        (r"so \[x\], and", ["x"]),
        (r"$\$5$, $\text{a \$ b}$ and $$\text{if $x$}$$", [r"\$5", r"\text{a \$ b}", r"\text{if $x$}"]),
        ("**$x$** | [$y$](http://e.example) | ~~$z$~~", ["x", "y", "z"]),
        ("|a|b|\n|-|-|\n|$x$|$y$|", ["x", "y"]),
        ("text\n$$\na\n+ b\n- c\n= d\n$$\nmore", ["a\n+ b\n- c\n= d"]),
        ("\\[\n# x\n\\]", ["# x"]),
        ("> $$\n> x\n> $$\n\n- $$y$$\n- \\[z\n  \\]", ["x", "y", "z"]),
        (r"$$a \\[2pt] b$$ \[ c \\ d \]", [r"a \\[2pt] b", r"c \\ d"]),
    ],
)
def test_a_formula(text: str, formulas: list[str], seen: list[str]) -> None:
    to_html(text)
    assert seen == formulas


@pytest.mark.parametrize(
    "text",
    [
        "It costs $5 and $10.",
        "US$5,000/$6 each",
        "between $20 and $30, or $ 5 and $ 6",
        r"\$x\$ and \$5$",
        "`$x$` and ```$y$```",
        "$x",
        "$$ $$ $$$$",
        r"\( \) \[ \]",
        "$$a\n\nb$$",
        "    $$x$$",
        "- $$a\n- b$$",
        "> $$a\n\n$$",
    ],
)
def test_no_formula(text: str, seen: list[str]) -> None:
    to_html(text)
    assert seen == []


def test_a_formula_on_its_own_is_in_a_box_of_its_own(seen: list[str]) -> None:
    box = '<span class="formula"><code>!!x</code></span>'
    assert to_html("a\n$$x$$\nb") == f"<p>a</p>\n<p>{box}</p>\n<p>b</p>\n"
    assert to_html("a $$x$$ b") == f"<p>a {box} b</p>\n"
    assert to_html("a $x$ b") == "<p>a <code>!x</code> b</p>\n"


def test_letters_show_formulas_as_they_were_typed() -> None:
    assert to_mail_html(r"At $a_1*b*c_2$, **now**, for $5 or $6") == (
        "<p>At <code>$a_1*b*c_2$</code>, <strong>now</strong>, for $5 or $6</p>\n"
    )
    value = r"f(x) [y] $z$ \(a\) 2 * 3 * 4"
    assert to_mail_html(markdown.escape(value)) == f"<p>{value}</p>\n"


def test_the_second_lock_holds_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    live = "<mtext></mtext><script>alert(1)</script><img src=x onerror=alert(1)>"
    monkeypatch.setattr(
        maths, "to_mathml", lambda _tex, **_: f'<math href="javascript:a()"><mi>{live}</mi></math>'
    )
    assert to_html("$x$") == "<p><math><mi></mi></math></p>\n"


N = 20_000


def repeated(text: str) -> str:
    return text * (N // len(text))


PATHOLOGICAL = {
    "dollars": "$" * 20_000,
    "open formulas": repeated("$a "),
    "open blocks": repeated("$$a\n"),
    "open blocks in items": repeated("- $$a\n"),
    "open brackets in items": repeated("- \\[\n"),
    "quoted blocks": repeated("> $$\n"),
    "open parentheses": repeated(r"\("),
    "escapes": repeated("\\"),
    "links": repeated("[a]("),
    "brackets": repeated("["),
    "emphasis": repeated("*a_"),
    "backticks": "`" * 20_000,
    "backticks of all lengths": " ".join("`" * n for n in range(1, 280)),
    "quotes": ">" * N,
    "nested items": "\n".join(" " * 2 * n + "- a" for n in range(199)),
    "table": "|a" * 5000 + "\n" + "|-" * 5000 + "\n" + "|a" * 5000,
    "entities": repeated("&#0;&"),
}


@pytest.mark.parametrize("text", PATHOLOGICAL.values(), ids=PATHOLOGICAL)
def test_odd_texts_are_read_about_once(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """However odd, our rules read no more than some times its characters and lines: counted, not timed."""
    read = lines = 0
    pattern, is_empty = markdown._FORMULA, StateBlock.isEmpty

    class Counted:
        def match(self, source: str, place: int) -> re.Match[str] | None:
            nonlocal read
            found = pattern.match(source, place)
            # As far as it may have looked: to the end of what it found, else to the next mark of its kind.
            mark = source[place : place + 2] if source[place] == "\\" else "$"
            following = source.find(mark, place + len(mark))
            read += (found.end() if found else following if following > 0 else len(source)) - place
            return found

    def count(state: StateBlock, line: int) -> bool:
        nonlocal lines
        lines += 1
        return is_empty(state, line)

    monkeypatch.setattr(markdown, "_FORMULA", Counted())
    monkeypatch.setattr(StateBlock, "isEmpty", count)
    made = to_html(text)
    assert read <= 4 * len(text)
    assert lines <= 100 * (text.count("\n") + 1)
    assert len(made) <= 20 * len(text)


def test_what_is_too_long_is_shown_as_it_was_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markdown, "MOST", 10)
    assert to_html("**a** $b$ <i>") == "<pre>**a** $b$ &lt;i&gt;</pre>"


def test_formulas_beyond_the_most_are_shown_as_they_were_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markdown, "MOST_TEX", 50)
    assert re.sub(r"<math.*?</math>", "M", to_html("$a$ $b$ $c$")) == "<p>M M <code>c</code></p>\n"
