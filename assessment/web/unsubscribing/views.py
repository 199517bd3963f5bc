"""`/u/<token>`: opening it changes nothing; a form, or one request of a mail program (RFC 8058), ends the messages."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from assessment.services.unsubscribing import MailSource, UnknownUnsubscribeLink, set_subscribed, source_of
from assessment.web.access import become_anonymous
from assessment.web.mail import secret
from assessment.web.transactions import session

blueprint = Blueprint("unsubscribing", __name__)


@blueprint.before_request
def read_as_nobody() -> None:
    """Whoever is signed in sees what everybody sees."""
    become_anonymous()


@blueprint.errorhandler(UnknownUnsubscribeLink)
def unknown(_error: UnknownUnsubscribeLink) -> ResponseReturnValue:
    return render_template("unsubscribing/unknown.html"), 404


@blueprint.route("/u/<token>", methods=["GET", "POST"])
def unsubscribe(token: str) -> ResponseReturnValue:
    if request.method == "POST":
        set_subscribed(session(), secret=secret(), token=token, is_on=request.form.get("act") == "on")
        if "act" in request.form:
            return redirect(url_for(".unsubscribe", token=token), 303)
    source = source_of(session(), secret=secret(), token=token)
    return render_template("unsubscribing/unsubscribe.html", source=source, **_words_of(source))


def _words_of(source: MailSource) -> dict[str, str]:
    if source.organisation is None:
        return {"name": ""}
    g.escala_country, g.escala_fallback = source.organisation.country, source.organisation.language
    return {"name": source.organisation.name}
