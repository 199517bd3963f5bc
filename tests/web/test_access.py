"""What the access table names, and what pages offer to each role. Who may enter where: `test_every_route.py`."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from assessment.web.access import DISABLED, PUBLIC
from tests.web.conftest import all_databases
from tests.web.world import World


def test_every_name_in_the_access_table_is_a_route(app: Flask) -> None:
    known = {rule.endpoint for rule in app.url_map.iter_rules()}
    only_with_mail = {"security.forgot_password", "security.reset_password"}
    assert (PUBLIC | DISABLED) - only_with_mail <= known


@all_databases
def test_an_outsider_finds_nothing_of_another_organisation(world: World) -> None:
    client = world.client("outsider")
    for path in (world.address, world.team_address, f"{world.address}/members"):
        assert client.get(path).status_code == 404
        assert "Mesa de ayuda" not in client.page.text


@pytest.mark.parametrize(
    ("person", "offers"), [("viewer", set()), ("manager", {"/edit"}), ("administrator", {"/edit", "/members"})]
)
def test_pages_offer_what_the_role_may_do(world: World, person: str, offers: set[str]) -> None:
    client = world.client(person)
    client.get(world.team_address)
    offered = {"/edit"} if f"{world.team_address}/edit" in client.page.links else set()
    client.get(world.address)
    offered |= {"/members"} if f"{world.address}/members" in client.page.links else set()
    assert offered == offers


def test_a_page_looks_the_role_up_once(world: World) -> None:
    client, statements = world.client("manager"), []
    engine = world.app.extensions["escala_database"].engine

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    for path in (world.address, world.team_address, f"{world.team_address}/rounds", f"{world.team_address}/rounds/new"):
        statements.clear()
        assert client.get(path).status_code == 200
        assert sum("FROM memberships" in statement for statement in statements) == 1, path
