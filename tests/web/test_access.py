"""Deny by default: every route, by everybody who may not see it."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from assessment.domain.access import Permission
from assessment.web.access import NOT_OFFERED, PUBLIC, is_public
from tests.web.client import PageClient
from tests.web.conftest import all_databases
from tests.web.world import World

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


def closed_routes(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if not is_public(rule.endpoint)]


def organisation_routes(app: Flask) -> list[Rule]:
    return [rule for rule in closed_routes(app) if "organisation_id" in rule.arguments]


def paths(app: Flask, rules: list[Rule], **known: uuid.UUID) -> list[tuple[str, str]]:
    """Each method and address, with ids that exist where they are known."""
    found = []
    with app.test_request_context():
        adapter = app.url_map.bind("localhost")
        for rule in rules:
            values: dict[str, Any] = {name: known.get(name, uuid.uuid4()) for name in rule.arguments}
            values = {name: str(value) if name in ("token", "filename") else value for name, value in values.items()}
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                found.append((method, adapter.build(rule.endpoint, values, method=method)))
    return found


def token_of(client: PageClient) -> str:
    tokens = [form["data"]["csrf_token"] for form in client.page.forms if "csrf_token" in form["data"]]
    return str(tokens[0])


def test_a_visitor_is_sent_to_sign_in_from_every_page_that_is_not_public(world: World) -> None:
    client = world.client()
    client.get("/sign-in")
    token = token_of(client)
    known = {"organisation_id": world.organisation, "team_id": world.team}
    for method, path in paths(world.app, closed_routes(world.app), **known):
        answer = client.open(path, method=method, data={"csrf_token": token} if method in UNSAFE else None)
        assert answer.status_code == 404 or answer.headers["Location"].startswith("/sign-in"), (method, path)


@all_databases
def test_an_outsider_finds_nothing_of_another_organisation(world: World) -> None:
    client = world.client("outsider")
    client.get("/account")
    token = token_of(client)
    known = {"organisation_id": world.organisation, "team_id": world.team}
    asked = paths(world.app, organisation_routes(world.app), **known)
    assert len(asked) > 8
    for method, path in asked:
        answer = client.open(path, method=method, data={"csrf_token": token} if method in UNSAFE else None)
        assert answer.status_code == 404, (method, path)
        assert "Mesa de ayuda" not in client.page.text


def test_another_organisations_team_is_not_found_under_ones_own(world: World) -> None:
    client = world.client("outsider")
    client.get("/account")
    token = token_of(client)
    known = {"organisation_id": world.other_organisation, "team_id": world.team}
    rules = [rule for rule in organisation_routes(world.app) if "team_id" in rule.arguments]
    for method, path in paths(world.app, rules, **known):
        answer = client.open(path, method=method, data={"csrf_token": token} if method in UNSAFE else None)
        assert answer.status_code == 404, (method, path)


def test_a_viewer_sees_and_changes_nothing(world: World) -> None:
    client = world.client("viewer")
    assert client.get(world.team_address).status_code == 200
    assert "Change the moments" not in client.page.text
    token = token_of(client)
    for path in ("teams/new", f"teams/{world.team}/edit", f"teams/{world.team}/points", f"teams/{world.team}/targets"):
        assert client.get(f"{world.address}/{path}").status_code == 403
        assert client.post(f"{world.address}/{path}", data={"csrf_token": token}).status_code == 403
    assert client.page.h1 == "You may not do this"


def test_a_manager_changes_teams_but_not_the_organisation(world: World) -> None:
    client = world.client("manager")
    assert client.get(f"{world.team_address}/edit").status_code == 200
    assert client.get(f"{world.address}/edit").status_code == 403


def test_every_page_of_an_organisation_names_the_permission_it_needs(app: Flask) -> None:
    for rule in organisation_routes(app):
        view = app.view_functions[rule.endpoint]
        assert isinstance(getattr(view, "required_permission", None), Permission), rule.endpoint


def test_every_name_in_the_access_table_is_a_route(app: Flask) -> None:
    known = {rule.endpoint for rule in app.url_map.iter_rules()}
    only_with_mail = {"security.forgot_password", "security.reset_password"}
    assert (PUBLIC | NOT_OFFERED) - only_with_mail <= known


@pytest.mark.parametrize("path", ["/sign-in", "/set-up"])
def test_no_form_is_taken_without_its_token(client: PageClient, path: str) -> None:
    assert client.post(path, data={"email": "a@example.com"}).status_code == 400
