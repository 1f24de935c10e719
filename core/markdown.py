"""Markdown to safe HTML. What people write is rendered once, when it is saved."""

import nh3
from markdown_it import MarkdownIt

_TAGS = {
    *("p", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li", "a", "hr", "br", "s"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("image")


def to_html(text: str) -> str:
    """Safe HTML for Markdown from anybody. No raw HTML, no images, links to http(s) and mailto only."""
    return clean(_parser.render(text))


def clean(html: str) -> str:
    """What of this HTML is allowed on a page."""
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener noreferrer",
    )


def escape(text: str) -> str:
    """The text such that Markdown shows it as it is."""
    return "".join("\\" + c if c in r"\`*_{}[]()#+-.!|<>~&$" else c for c in text)
