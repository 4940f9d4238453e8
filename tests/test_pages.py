"""The linter finds what it promises to find."""
from __future__ import annotations

import pytest

from tests.pages import lint

GOOD = """<!doctype html>
<html lang="zh-CN">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>登录 · 工和</title>
<link rel="stylesheet" href="/static/app.css"><script src="/static/app.js" defer></script></head>
<body><main><h1>登录</h1>
<form method="post" action="/login"><input type="hidden" name="csrf_token" value="x">
<label for="username">账号</label><input id="username" name="username" aria-describedby="hint"><p id="hint">如 li</p>
<label>密码 <input type="password" name="password"></label><button>登录</button></form></main></body></html>"""

FAULTS = {
    "instead of one": ("<h1>登录</h1>", "<h2>登录</h2>"),
    "does not begin with": ("<title>登录", "<title>工和 登录"),
    "no lang": (' lang="zh-CN"', ""),
    "no viewport": ('<meta name="viewport" content="width=device-width">', ""),
    "no action": (' action="/login"', ""),
    "no csrf_token": ('name="csrf_token"', 'name="token"'),
    "no label on": ('<label for="username">账号</label>', ""),
    "nothing to read": ("<button>登录</button>", "<button></button>"),
    "stands 2 times": ("<h1>", '<h1 id="username">'),
    "leads nowhere": ('id="hint"', ""),
    "inline script": (" src=\"/static/app.js\" defer></script>", ">alert(1)</script>"),
    "inline style sheet": ("</head>", "<style>p{}</style></head>"),
    "style= on": ("<main>", '<main style="color:red">'),
    "onclick= on": ("<button>", '<button onclick="x()">'),
    "loaded from elsewhere": ("/static/app.css", "https://cdn.example/app.css"),
    "script as address": ("</main>", '<a href="javascript:x()">x</a></main>'),
    "no alt": ("</main>", '<img src="/a.png"></main>'),
    "not valid HTML": ("</form>", "</div></form>"),
    "program text": ("<h1>", "<p>Text(zh='甲', en='a')</p><h1>"),
}


def test_a_good_page_has_no_findings():
    assert lint(GOOD) == []


@pytest.mark.parametrize("sentence", FAULTS)
def test_each_fault_is_found(sentence):
    before, after = FAULTS[sentence]
    assert before in GOOD
    assert any(sentence in finding for finding in lint(GOOD.replace(before, after)))
