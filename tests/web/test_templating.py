"""What stands in a template is escaped, however it comes."""

from typing import Any

import pytest
from markupsafe import Markup

from tests.season import Season


class Drawn:
    """Something that says its own HTML, as forms' fields do."""

    def __html__(self) -> str:
        return "<b>&amp;</b>"

    def __str__(self) -> str:
        return "never"


LONG = "<" + "x" * 1000 + "&"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("plain ünïcode", "plain ünïcode"),
        ("<a href='x'>\"&\"</a>", "&lt;a href=&#39;x&#39;&gt;&#34;&amp;&#34;&lt;/a&gt;"),
        *(
            (f"x{special}", f"x{code}")
            for special, code in zip("<>&", ("&lt;", "&gt;", "&amp;"), strict=True)
        ),
        ("it's", "it&#39;s"),
        ('a"', "a&#34;"),
        (LONG, f"&lt;{'x' * 1000}&amp;"),
        ("x" * 1000, "x" * 1000),
        (Markup("<i>safe</i>"), "<i>safe</i>"),
        (Drawn(), "<b>&amp;</b>"),
        (type("Text", (str,), {})("<"), "&lt;"),
        (["<"], "[&#39;&lt;&#39;]"),
        (7, "7"),
        (None, "None"),
    ],
)
def test_what_is_written_is_escaped(season: Season, value: Any, written: str) -> None:
    jinja = season.app.jinja_env
    assert jinja.from_string("[{{ it }}]").render(it=value) == f"[{written}]"
    assert jinja.from_string("[{{ it|e }}{{ nothing }}]").render(it=value) == f"[{written}]"


def test_what_is_built_in_a_template_is_escaped_once(season: Season) -> None:
    source = """{% macro shown(it) %}<b>{{ it }}{{ caller() }}</b>{% endmacro -%}
    {% set kept %}<i>{{ it }}</i>{% endset -%}
    {% call shown(it) %}{{ it ~ "<" }}{% endcall %}{{ kept }}{{ it|safe }}
    {%- autoescape false %}{{ it }}{% endautoescape %}"""
    assert season.app.jinja_env.from_string(source).render(it="<&>") == (
        "<b>&lt;&amp;&gt;&lt;&amp;&gt;&lt;</b><i>&lt;&amp;&gt;</i><&><&>"
    )
