"""What may be a password: long enough, hard to guess, and of several classes only where a filing asks for it."""
from __future__ import annotations

import pytest

from mediation.rules.house import passwords
from mediation.services.house.accounts import common_passwords

OWN = ("mediator", "王强", "乌拉特中旗总工会", "工会实践站", "urad-middle")


def is_taken(password: str, profile: str = "asvs") -> bool:
    return not passwords.faults(password, OWN, common_passwords(), profile)


@pytest.mark.parametrize("password", [
    "123456789012", "987654321098", "Passw0rd!2026", "P@ssw0rd1234", "urad-middle2026", "mediator2026!", "mediatormediator",
    "abcabcabcabc", "qwertyuiop123", "1qaz2wsx3edc", "woaini1314520", "gonghui2026!!", "乌拉特中旗总工会2026",
    "工会实践站1234567", "Gonghe123456", "iloveyou20260101", "dragon123456!", "aaaaaaaaaaaaa", "short", "elevenchars",
    "1" * 129])
def test_what_anybody_would_try_is_refused(password):
    assert not is_taken(password)


@pytest.mark.parametrize("password", [
    "夏天的海流图很凉快也很安静", "我们每天早上七点开门办公啊", "correct horse battery staple", "k7#mQ2vLx9$p",
    "baotou-steel-river-91", "ᠮᠣᠩᠭᠣᠯ ᠬᠡᠯᠡ 草原上的风", "WangHaimei rides 3 horses", "水库边第二棵杨树下见个面"])
def test_sentences_and_random_characters_are_taken(password):
    assert is_taken(password)


@pytest.mark.parametrize("password, taken", [
    ("夏天的海流图很凉快也很安静", False), ("k7#mq2vlx9$p", True), ("horse battery staple", False),
    ("Horse battery staple", True), ("Horse9battery9staple", True)])
def test_the_stricter_profile_asks_for_three_classes(password, taken):
    assert is_taken(password) and is_taken(password, "mlps") is taken


def test_the_list_holds_three_thousand_frequent_passwords():
    assert len(common_passwords()) == 3000 and {"letmein", "superman", "1qaz2wsx"} <= common_passwords()
