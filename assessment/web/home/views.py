"""`GET /` greets a visitor, begins the first visit, or lists what an account works on."""

from __future__ import annotations

from functools import cache

from flask import Blueprint, current_app, redirect, render_template, request
from werkzeug.wrappers import Response

from assessment.catalogue.catalogue import load_questionnaire
from assessment.domain.questionnaire import Ladder
from assessment.infra.clock import utc_now
from assessment.services.accounts import needs_set_up
from assessment.services.overview import get_start_page
from assessment.services.own_organisations import get_organisations_page, own_organisations
from assessment.web.access import is_signed_in, user_id
from assessment.web.languages import LANGUAGE_COOKIE, LANGUAGES, ONE_YEAR, reader
from assessment.web.organisation_cards import is_searched, organisation_cards
from assessment.web.pages import requested_name, requested_page, requested_tag
from assessment.web.safe_redirect import safe_path
from assessment.web.setup_access import may_set_up
from assessment.web.team_cards import cards_of_start, path_of_only_team, search_of
from assessment.web.transactions import session

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def home() -> str:
    if is_signed_in():
        if len(own_organisations(session(), user_id=user_id(), at_most=2)) > 1:
            return _by_organisation()
        name, tag = requested_name(), requested_tag()
        start = get_start_page(session(), user_id=user_id(), now=utc_now(), page=requested_page(), name=name, tag=tag)
        return render_template(
            "home/home.html",
            overviews=cards_of_start(start, reader()),
            paging=start.paging,
            search=search_of(start, name, tag),
            path=path_of_only_team(start, reader()),
        )
    if needs_set_up(session()):
        return render_template("home/first_visit.html", ladder=_ladder(), may_set_up=may_set_up())
    return render_template("home/greeting.html", ladder=_ladder(), offers_sign_in=True)


def _by_organisation() -> str:
    """By organisation, for who belongs to several: each with what is next in it."""
    name = requested_name()
    found = get_organisations_page(session(), user_id=user_id(), now=utc_now(), page=requested_page(), name=name)
    return render_template(
        "home/organisations.html",
        cards=organisation_cards(found.glances, reader()),
        paging=found.paging,
        name=name,
        is_searched=is_searched(found.total) or bool(name),
    )


@cache
def _ladder() -> Ladder:
    return load_questionnaire().ladder


@blueprint.get("/language/<any(es, en):code>")
def language(code: str) -> Response:
    response = redirect(safe_path(request.args.get("next")), 303)
    response.set_cookie(
        LANGUAGE_COOKIE,
        code if code in LANGUAGES else LANGUAGES[0],
        max_age=ONE_YEAR,
        httponly=True,
        samesite="Lax",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
    )
    return response
