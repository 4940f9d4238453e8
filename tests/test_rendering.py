"""A page says its texts as Jinja's own escaping would."""
from __future__ import annotations

import pytest
from flask import render_template_string
from jinja2 import pass_context
from markupsafe import Markup, escape

from mediation.rendering import escaped


class Marked:
    def __html__(self) -> str:
        return "<i>marked</i>"


@pytest.mark.parametrize("value", ["王五", "", "<b>", "a & b", '"', "'", ">", Markup("<b>"), None, 0, 1.5, Marked(), ["<"]])
def test_every_value_stands_as_the_library_escapes_it(value):
    assert str(escaped(value)) == str(escape(value))


def test_what_is_typed_is_no_mark_of_html_anywhere_in_a_template(inside):
    with inside.test_request_context():
        told = render_template_string(
            "{% macro m(x) %}<p title='{{ x }}'>{{ x }}</p>{% endmacro %}{% set kept %}{{ v }}{% endset %}"
            "{{ v }}|{{ m(v) }}|{{ kept }}|{{ v ~ '!' }}|{{ v|safe }}", v="<script>'\"&")
    said = "&lt;script&gt;&#39;&#34;&amp;"
    assert told == f"{said}|<p title='{said}'>{said}</p>|{said}|{said}!|<script>'\"&"


def test_a_phrase_is_said_by_the_function_of_all_pages_unless_the_template_has_its_own(inside):
    with inside.test_request_context(headers={"Cookie": "language=en"}):
        told = render_template_string(
            "{{ _('退出') }}|{{ _('代表%(n)s人', n='<b>') }}|{% macro m(_) %}{{ _('退出') }}{% endmacro %}{{ m(own) }}"
            "|{% for _ in [own] %}{{ _('查') }}{% endfor %}", own=lambda message: f"<{message}>")
    first, filled, macro, loop = told.split("|")
    assert first == "Log out" and "&lt;b&gt;" in filled and "%(n)s" not in filled
    assert (macro, loop) == ("&lt;退出&gt;", "&lt;查&gt;")


def test_a_function_that_asks_for_the_page_around_it_is_given_it(inside):
    @pass_context
    def around(page, name: str) -> str:
        return page[name]

    with inside.test_request_context():
        assert render_template_string(
            "{% macro m(x) %}{{ around('v') }}{{ caller() }}{{ x }}{% endmacro %}{% call m('c') %}b{% endcall %}",
            v="a", around=around) == "abc"


def test_a_template_that_is_given_names_of_its_own_lays_them_over_those_of_all_pages(inside):
    one = inside.jinja_env.from_string("{{ own }}{{ static is defined }}", globals={"own": "x"})
    assert one.render() == "xTrue" and "own" not in inside.jinja_env.globals
