"""A page says its texts as Jinja's own escaping would."""
from __future__ import annotations

import pytest
from flask import render_template_string
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
