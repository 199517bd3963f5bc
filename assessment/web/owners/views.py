"""`/a/<token>` and where it leads: an owner says how far their actions are, without an account.

Opening the link changes nothing, whoever opens it: it is exchanged for a cookie. Who is signed in is nobody here.
"""

from __future__ import annotations

from flask import Blueprint, abort, flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from assessment.infra.clock import local_date, utc_now
from assessment.services.owner_links import (
    NotOfOwner,
    OwnerLinkEnded,
    OwnerLinkExpired,
    OwnerLinkOfEarlierPlan,
    OwnersActions,
    UnknownOwnerLink,
    read_owners_actions,
    say_how_far,
)
from assessment.services.plan_documents import PrintAs, plan_source
from assessment.web import limits
from assessment.web.access import become_anonymous
from assessment.web.compression import compress
from assessment.web.languages import LANGUAGES, reader
from assessment.web.languages import lazy_gettext as _
from assessment.web.owners.cookie import NoOwnerCookie, form_token, handle_of, is_form_token, keep_token, read_token
from assessment.web.owners.forms import OwnersForm, gone_words, owner_says, owners_form
from assessment.web.plan_reading import ReadAction, by_need, plan_to_read
from assessment.web.transactions import session

blueprint = Blueprint("owners", __name__, url_prefix="/a")

WHY_NOT: dict[type[Exception], tuple[str, int]] = {
    UnknownOwnerLink: ("unknown", 404),
    OwnerLinkEnded: ("ended", 410),
    OwnerLinkExpired: ("expired", 410),
    OwnerLinkOfEarlierPlan: ("earlier", 410),
    NoOwnerCookie: ("again", 404),
}
"""The page and the status for each reason why a link leads nowhere."""


@blueprint.before_request
def read_as_nobody() -> None:
    """Whoever is signed in sees what everybody sees. `?lang=en` is the language of this page alone."""
    become_anonymous()
    language = request.args.get("lang")
    if language in LANGUAGES:
        g.escala_language = language


@blueprint.after_request
def compress_page(response: Response) -> Response:
    return compress(response)


def _why_not(error: Exception) -> ResponseReturnValue:
    """One kind page for each reason; it says nothing of the plan."""
    why, status = WHY_NOT[type(error)]
    page = render_template("owners/closed.html", why=why, owned=None, has_lost=request.method == "POST")
    return page, status


for _error in WHY_NOT:
    blueprint.register_error_handler(_error, _why_not)


@blueprint.get("/<token>")
def open_link(token: str) -> Response:
    """To the owner's actions, by an address without the token."""
    read_owners_actions(session(), token=token, now=utc_now())
    language = {"lang": g.escala_language} if "escala_language" in g else {}
    response = redirect(url_for("owners.show", handle=handle_of(token), **language), 303)
    keep_token(response, token)
    return response


@blueprint.get("/actions/<handle>")
def show(handle: str) -> Response:
    token = read_token(handle)
    owned = _read(token)
    actions = _actions(owned)
    return _page(token, owned, actions, owners_form(actions))


@blueprint.post("/actions/<handle>")
def save(handle: str) -> Response:
    """Keeps what was changed on the page, whatever else of the plan has changed meanwhile."""
    token = read_token(handle)
    if not is_form_token(token, request.form.get("csrf_token", "")):
        abort(400)
    owned = _read(token)
    limits.require(limits.OWNERS_SAVES, f"owner:{owned.link.id}")
    actions = _actions(owned)
    form = owners_form(actions)
    if not form.validate_on_submit():
        return _page(token, owned, actions, form, status=422)
    said, gone = owner_says(form, actions), gone_words(form, reader())
    if said:
        try:
            say_how_far(session(), token=token, said=said, now=utc_now())
        except NotOfOwner:  # in the instant since it was read: the page is shown anew with what was typed
            return _page(token, owned, actions, form, status=409)
    for words in gone:
        flash(words, "error")
    if said or not gone:
        flash(str(_("Saved.")) if said else str(_("Nothing was changed.")))
    language = {"lang": g.escala_language} if "escala_language" in g else {}
    return redirect(url_for("owners.show", handle=handle, **language), 303)


def _read(token: str) -> OwnersActions:
    owned = read_owners_actions(session(), token=token, now=utc_now())
    g.escala_country, g.escala_fallback = owned.organisation.country, owned.organisation.language
    return owned


def _actions(owned: OwnersActions) -> list[ReadAction]:
    """The owner's own: what is late first."""
    now = utc_now()
    source = plan_source(session(), owned.round_plan, owned.organisation, PrintAs(reader()), now)
    read = plan_to_read(owned.round_plan, source, reader(), today=local_date(now, owned.organisation.time_zone))
    return [action for _heading, action in by_need(read) if action.id in owned.action_ids]


def _page(
    token: str, owned: OwnersActions, actions: list[ReadAction], form: OwnersForm, *, status: int = 200
) -> Response:
    page = render_template(
        "owners/actions.html",
        owned=owned,
        actions=[(action, form.fields_of(action)) for action in actions],
        form=form,
        form_token=form_token(token),
        address=url_for("owners.save", handle=handle_of(token), lang=request.args.get("lang")),
        expires=reader().date(owned.link.expires_on),
    )
    return make_response(page, status)
