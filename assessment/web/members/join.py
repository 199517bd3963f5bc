"""`/join/<token>`: what an invitation's link shows, and how it is accepted.

The page is the same whether or not the address has an account. Only who goes on learns it: by then they have used the
invitation up, or know the address's password.
"""

from __future__ import annotations

from flask import flash, render_template
from flask_login import current_user
from flask_security.utils import login_user
from werkzeug.wrappers import Response

from assessment.infra.clock import utc_now
from assessment.services.accounts import EmailTaken, PasswordTooEasy, PasswordTooShort, hashed_password
from assessment.services.members import (
    InvitationToRead,
    accept_invitation,
    accept_with_new_account,
    read_invitation,
)
from assessment.services.organisations import Organisation
from assessment.web import limits
from assessment.web.access import is_signed_in, user_id
from assessment.web.fields import EASY_PASSWORD
from assessment.web.forms import ConfirmForm
from assessment.web.languages import lazy_gettext as _
from assessment.web.languages import reader
from assessment.web.members.forms import NewAccountForm
from assessment.web.roles import ROLE_DESCRIPTIONS
from assessment.web.transactions import database, session
from assessment.web.urls import redirect_to_organisation


def join(token: str) -> str | Response:
    # A transaction of its own: a password's hash is made before the one that writes begins.
    with database().reading() as reading:
        invitation = read_invitation(reading, token=token, now=utc_now())
    if is_signed_in():
        return _accept(token, invitation)
    return _accept_as_new(token, invitation)


def _accept(token: str, invitation: InvitationToRead) -> str | Response:
    form = ConfirmForm()
    is_theirs = current_user.email.lower() == invitation.email
    if is_theirs and form.validate_on_submit():
        return _welcome(accept_invitation(session(), token=token, user_id=user_id(), now=utc_now()))
    return render_template(
        "members/join.html",
        form=form,
        invitation=invitation,
        role_description=ROLE_DESCRIPTIONS[invitation.role],
        is_theirs=is_theirs,
        own_email=current_user.email,
    )


def _accept_as_new(token: str, invitation: InvitationToRead) -> str | Response:
    form = NewAccountForm()
    if form.validate_on_submit():
        limits.require(limits.JOINS, f"join:{token}")
        try:
            password_hash = hashed_password(form.password.data or "", invitation.email)
            account, organisation = accept_with_new_account(
                session(), token=token, password_hash=password_hash, now=utc_now()
            )
        except EmailTaken:
            form.add_error(form.password, _("This e-mail has an account in Escala already. Please sign in with it."))
        except PasswordTooShort:
            form.add_error(form.password, _("Please choose a longer password."))
        except PasswordTooEasy:
            form.add_error(form.password, EASY_PASSWORD)
        else:
            login_user(account)
            return _welcome(organisation)
    return render_template(
        "members/join_new.html",
        form=form,
        invitation=invitation,
        role_description=ROLE_DESCRIPTIONS[invitation.role],
        token=token,
    )


def _welcome(organisation: Organisation) -> Response:
    flash(reader().gettext("Welcome to %(organisation)s.", organisation=organisation.name))
    return redirect_to_organisation(organisation.id)
