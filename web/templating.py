"""What our templates are compiled to."""

import re
from typing import Any

from flask import Flask
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.environment import Template, TemplateModule
from jinja2.runtime import Context
from jinja2.utils import missing
from markupsafe import Markup, escape

_is_special = re.compile("[&<>\"']").search
_SHORT = 300  # characters: beyond, MarkupSafe's own C is faster than a regular expression


def add(app: Flask) -> None:
    """Compile and load the app's templates in this way."""
    # Compiled templates call it by this name.
    app.jinja_env.written = _written  # type: ignore[attr-defined]
    app.jinja_env.code_generator_class = _Generator
    app.jinja_env.template_class = _Template


def _written(value: Any) -> str:
    """`escape` for what is written straight away: most of it has nothing to escape, and needs no Markup around it."""
    kind = type(value)
    if kind is Markup or (kind is str and len(value) < _SHORT and _is_special(value) is None):
        return value  # type: ignore[no-any-return]
    return escape(value)


class _Generator(CodeGenerator):
    """Jinja's, but what is written goes through `_written`: escaping was a twentieth of the home page."""

    def _output_child_pre(
        self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo
    ) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.written(")


class _Template(Template):
    """A template without globals of its own. Its macros are made once for all pages: they are imported without context.

    Jinja would look each time whether the page has globals of its own.
    """

    def new_context(
        self, vars: dict[str, Any] | None = None, shared: bool = False, locals: Any = None
    ) -> Context:
        """As Jinja's, which goes through the globals twice, one by one."""
        names = (vars or {}) if shared else {**self.environment.globals, **(vars or {})}
        if locals:
            names = {**names, **{name: value for name, value in locals.items() if value is not missing}}
        return self.environment.context_class(self.environment, names, self.name, self.blocks)

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        return super()._get_default_module()
