"""What a team says in a round, through the services that respondents' pages use."""

from __future__ import annotations

import uuid

from flask import Flask

from assessment.domain.answers import Role
from assessment.infra.clock import utc_now
from assessment.services.respond import resolve_link, save_draft, submit_response
from tests.services.build import make_sheet


def answer_round(
    app: Flask, token: str, how_many: int, *, comment: str = "", first: int = 0, role: Role = Role.STAFF
) -> None:
    """So many people answer by the shared link."""
    for seed in range(first, first + how_many):
        cookie = uuid.uuid4().hex
        with app.extensions["escala_database"].writing() as session:
            access = resolve_link(session, token=token, cookie=cookie)
            save_draft(
                session, access, cookie=cookie, sheet=make_sheet(seed, role=role, comment=comment), now=utc_now()
            )
            submit_response(session, access, cookie=cookie, now=utc_now())
