"""Who may see a page: nobody, unless this module says otherwise.

A page is public by being in `PUBLIC`; any other needs somebody signed in; a page of an organisation also carries
`@requires(permission)`.
"""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, cast

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from assessment.domain.access import Permission
from assessment.services.access import Access, NotAllowed, get_access, require_team, stay_in_scope
from assessment.web.transactions import limit_sessions, session

PUBLIC = frozenset(
    {
        "static",
        "health.healthz",
        "help.help_",
        "home.home",
        "home.language",
        "members.join",
        "setup.set_up",
        "setup.explore",
        "owners.open_link",
        "owners.show",
        "owners.save",
        "phone_test.reached",
        "security.login",
        "security.logout",
        "security.two_factor_token_validation",
        "security.forgot_password",
        "security.reset_password",
        "shared_plans.show",
        "shared_plans.calendar",
        "styleguide.styleguide",
        "unsubscribing.unsubscribe",
    }
)
DISABLED = frozenset({"security.two_factor_rescue", "security.tf_select", "security.static"})
"""Pages of Flask-Security that Escala does not offer."""

CACHEABLE = frozenset({"static"})
"""What browsers may cache: the same for everybody."""

View = Callable[..., Any]


def requires(permission: Permission) -> Callable[[View], View]:
    """For a view whose address begins with `organisation_id`: it is given an `access` in its place.

    For members who are not of all teams, the other teams do not exist: an address with a team or a round of them is
    answered as if there were none (404), and no query of the request finds anything of them.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(*, organisation_id: uuid.UUID, **values: Any) -> Any:
            return view(access=_load_access(organisation_id, permission, values), **values)

        guarded.required_permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate


def user_id() -> int:
    """The signed-in account."""
    return cast(int, current_user.id)


def is_signed_in() -> bool:
    return bool(current_user.is_authenticated)


def become_anonymous() -> None:
    """For the rest of this request nobody is signed in, and no account is looked up."""
    g._login_user = cast(Any, current_app).login_manager.anonymous_user()


def _load_access(organisation_id: uuid.UUID, permission: Permission, named: Mapping[str, Any]) -> Access:
    """Outsiders are told that there is nothing (404), and so are members about a team that they are not of; members
    without the right are told that they may not (403). `named` is what else the address names."""
    try:
        access = get_access(session(), user_id=user_id(), organisation_id=organisation_id)
    except NotAllowed:
        abort(404)
    require_team(session(), access, team_id=named.get("team_id"), round_id=named.get("round_id"))
    if not access.may(permission):
        abort(403)
    g.escala_access, g.escala_permission = access, permission
    limit_sessions(partial(stay_in_scope, access=access))
    g.escala_country, g.escala_paper = access.organisation.country, access.organisation.paper
    g.escala_document_language = access.organisation.document_language
    return access


def is_public(endpoint: str) -> bool:
    return endpoint in PUBLIC


def init_app(app: Flask) -> None:
    @app.before_request
    def deny_by_default() -> Response | None:
        if "\0" in request.path:  # in no address of ours, and PostgreSQL takes none in a text
            abort(404)
        endpoint = request.endpoint
        if endpoint is None or is_public(endpoint):
            return None
        if endpoint in DISABLED:
            abort(404)
        if is_signed_in():
            return None
        next_page = request.full_path.rstrip("?") if request.method in ("GET", "HEAD") else None
        return redirect(url_for("security.login", next=next_page), 303)

    @app.after_request
    def keep_out_of_caches(response: Response) -> Response:
        """The next person at the same device must not find pages of an account in its cache."""
        if request.endpoint not in CACHEABLE or response.status_code >= 400:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    @app.context_processor
    def account() -> dict[str, object]:
        return {"signed_in": is_signed_in(), "sees_sample": is_signed_in() and current_user.is_sample}
