"""The test house is what its tests believe it to be, and the wall stands where they look for it."""
from __future__ import annotations

import pytest

from tests.house import PEOPLE, USERNAMES


def test_every_role_lives_here_and_one_beyond_the_wall(actor):
    assert {person.role for person in PEOPLE} == {"mediator", "lead", "supervisor", "liaison", "auditor", "admin"}
    assert actor("mediator2").union_id != actor("mediator").union_id
    assert actor("mediator").station_path.startswith(actor("supervisor").station_path)
    assert actor("mediator2").station_path.startswith(actor("auditor").station_path)
    assert actor("liaison").agency_id


@pytest.mark.parametrize("username", USERNAMES)
def test_everybody_can_log_in(client, username):
    assert client(username).get("/").soup.find("h1")


def test_a_wrong_password_leaves_one_outside(client):
    stranger = client()
    stranger.log_in("lead", "a wrong password", status=422)
    assert stranger.get("/password", status=302).location.startswith("/login")
