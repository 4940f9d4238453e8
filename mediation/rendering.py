"""Jinja as the product uses it: what a page says most often, a text without a mark of HTML, costs least."""
from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Callable, MutableMapping
from types import FunctionType
from typing import Any

from flask.templating import Environment
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.idtracking import VAR_LOAD_RESOLVE
from jinja2.runtime import Context, Macro
from markupsafe import Markup, escape

COMPILED = "gonghe2_%s.cache"  # name of a compiled template's file: another generator's would call other names
PHRASE = "_"  # the function of the templates that says a phrase in the reader's language

_find_special = re.compile("[&<>\"']").search


def escaped(value: object) -> str:
    """``value`` as it stands in a page: the same text as ``markupsafe.escape`` gives.

    That one makes an object of its own for every text, a sixth of the time of a list; most texts need no change.
    """
    if (type(value) is str and _find_special(value) is None) or type(value) is Markup:
        return value
    return escape(value)


class _Generator(CodeGenerator):
    """Compiled templates call ``environment.escaped`` for what they put out, and ``environment.phrase`` for a phrase
    that has no values to be filled in: a page says some eighty."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write(f"environment.escaped({finalize.src or ''}")

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:
        if _is_bare_phrase(node, frame):
            self.write(f"environment.phrase({node.args[0].value!r})")  # type: ignore[attr-defined]
        else:
            super().visit_Call(node, frame, forward_caller=forward_caller)


def _is_bare_phrase(node: nodes.Call, frame: Frame) -> bool:
    """Whether a call says a phrase that is written out in the template, by the function of all pages."""
    called = node.node
    if not isinstance(called, nodes.Name) or called.name != PHRASE or len(node.args) != 1 or (
            node.kwargs or node.dyn_args or node.dyn_kwargs or not isinstance(node.args[0], nodes.Const)):
        return False
    load = frame.symbols.find_load(frame.symbols.ref(PHRASE))
    return load is not None and load[0] == VAR_LOAD_RESOLVE  # no variable of the template's own


class _Page(Context):
    """What a page is made of; it calls functions and macros of ours without looking for marks that they have not."""

    def call(__self, __obj: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        kind = type(__obj)
        if kind is Macro:
            args = (__self.eval_ctx, *args)
        elif kind is not FunctionType or __obj.__dict__:  # a mark stands among the function's own attributes
            return super().call(__obj, *args, **kwargs)
        kwargs.pop("_block_vars", None)
        kwargs.pop("_loop_vars", None)
        return __obj(*args, **kwargs)


class Pages(Environment):
    """Templates of the application."""

    code_generator_class = _Generator
    context_class = _Page
    escaped = staticmethod(escaped)
    phrase: Callable[[str], Markup]

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The functions of all pages as they stand; a template that is given its own keeps them apart.

        Jinja lays an empty map over them for each template, which every page and every imported macro then copies name
        by name.
        """
        return ChainMap(d, self.globals) if d else self.globals
