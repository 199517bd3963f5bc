"""`GET /account`: what belongs to the person who is signed in. The rest is Flask-Security's."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask_login import current_user

from assessment.services.members import list_roles
from assessment.web.access import user_id
from assessment.web.members.forms import ROLE_NAMES
from assessment.web.transactions import session

blueprint = Blueprint("accounts", __name__)


@blueprint.get("/account")
def account() -> str:
    return render_template(
        "accounts/account.html",
        email=current_user.email,
        has_second_step=bool(current_user.tf_primary_method),
        roles=[(organisation, ROLE_NAMES[role]) for organisation, role in list_roles(session(), user_id=user_id())],
    )
