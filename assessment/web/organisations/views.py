"""`/organisations/…`: create one, see its teams, change what it is like."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from assessment.domain.access import Permission
from assessment.domain.questionnaire import NotAskedTogether, Questionnaire
from assessment.infra.clock import utc_now
from assessment.infra.countries import COUNTRIES
from assessment.infra.languages import PAPERS, language_of
from assessment.services.access import Access, NotAllowed
from assessment.services.deletion import WrongName, contents_of_organisation, delete_organisation
from assessment.services.like_another import (
    ChangedMeanwhile,
    ToCopy,
    create_like,
    organisations_to_copy,
    read_what_is_copied,
)
from assessment.services.organisations import (
    Organisation,
    begin_with_usual_moments,
    change_defaults,
    change_organisation,
    create_organisation,
)
from assessment.services.overview import get_overview
from assessment.services.questionnaires import first_questionnaires, offered_questionnaires
from assessment.web.access import requires, user_id
from assessment.web.asked import not_together
from assessment.web.choices import likely_country, moments_by_kind, new_country_choices
from assessment.web.deletion import WRONG_NAME, DeleteForm, content_words
from assessment.web.forms import choices_of
from assessment.web.languages import lazy_gettext as _
from assessment.web.languages import reader
from assessment.web.organisations.copied import copied_words
from assessment.web.organisations.forms import NewOrganisationForm, OrganisationForm, organisation_form
from assessment.web.pages import requested_name, requested_page, requested_tag
from assessment.web.password_again import ask_password_again
from assessment.web.team_cards import path_of_only_team, search_of, team_cards
from assessment.web.transactions import database, session
from assessment.web.urls import redirect_to_organisation

blueprint = Blueprint("organisations", __name__, url_prefix="/organisations")


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> str | Response:
    """With `like`, as another organisation that the account administers: the page says exactly what is copied."""
    copied = _asked_to_copy()
    form = NewOrganisationForm(
        language=copied.organisation.language if copied else reader().language,
        country=copied.organisation.country if copied else likely_country(),
    )
    form.country.choices = choices_of(new_country_choices(reader()))
    if form.validate_on_submit():
        created = _create(form, copied)
        if created is not None:
            return redirect_to_organisation(created.id)
    form.shown.data = copied.mark if copied else ""
    return render_template(
        "organisations/new.html",
        form=form,
        copied=copied,
        copied_words=copied_words(copied, reader()) if copied else [],
        moments=moments_by_kind(copied.moments, reader()) if copied else [],
        to_copy=organisations_to_copy(session(), user_id=user_id()),
    )


def _asked_to_copy() -> ToCopy | None:
    """What the organisation has that the address names; one that the account does not administer is none (404)."""
    asked = request.args.get("like", "")
    if not asked:
        return None
    try:
        return read_what_is_copied(session(), user_id=user_id(), organisation_id=uuid.UUID(asked))
    except (NotAllowed, ValueError):
        abort(404)


def _create(form: NewOrganisationForm, copied: ToCopy | None) -> Organisation | None:
    """The organisation; else `None`, and the form says why."""
    about: dict[str, Any] = {
        "name": form.name.data or "",
        "country": COUNTRIES[form.country.data],
        "language": language_of(form.language.data),
        "founder_id": user_id(),
        "now": utc_now(),
    }
    if copied is None:
        return create_organisation(session(), **about)
    try:
        return create_like(session(), **about, like_id=copied.organisation.id, shown=form.shown.data or "")
    except ChangedMeanwhile:
        form.add_error(form.name, _("What would be copied has changed meanwhile. Read it again below, please."))
        return None


@blueprint.get("/<uuid:organisation_id>")
@requires(Permission.SEE_TEAMS)
def organisation(access: Access) -> str:
    name, tag = requested_name(), requested_tag()
    start = get_overview(session(), access=access, now=utc_now(), page=requested_page(), name=name, tag=tag)
    [overview] = start.overviews
    return render_template(
        "organisations/organisation.html",
        overview=overview,
        cards=team_cards(overview, reader()),
        paging=start.paging,
        search=search_of(start, name, tag),
        path=path_of_only_team(start, reader()),
    )


@blueprint.route("/<uuid:organisation_id>/edit", methods=["GET", "POST"])
@requires(Permission.MANAGE_ORGANISATION)
def edit(access: Access) -> str | Response:
    """What it is called and where it is, and what its new rounds, teams and documents begin with."""
    organisation = access.organisation
    offered = offered_questionnaires(session(), organisation_id=organisation.id)
    form = organisation_form(reader(), offered, _stored(organisation, offered))
    if form.validate_on_submit() and _change(form, organisation, offered):
        flash(str(_("Saved.")))
        return redirect_to_organisation(access.organisation_id)
    moments = moments_by_kind(organisation.moments, reader())
    return render_template("organisations/edit.html", form=form, organisation=organisation, moments=moments)


def _stored(organisation: Organisation, offered: Sequence[Questionnaire]) -> dict[str, object]:
    names = ("name", "country", "language", "minimum_group")
    return {name: getattr(organisation, name) for name in names} | {
        "questionnaires": [one.id for one in first_questionnaires(organisation, offered)],
        "paper": organisation.paper or "",
        "document_language": organisation.document_language or "",
    }


def _change(form: OrganisationForm, organisation: Organisation, offered: Sequence[Questionnaire]) -> bool:
    """Saves all of the form or nothing; false where something was refused, and the form says what."""
    try:
        with session().begin_nested():
            change_organisation(
                session(),
                organisation=organisation,
                name=form.name.data or "",
                country=COUNTRIES[form.country.data],
                language=language_of(form.language.data),
                minimum_group=form.minimum_group.data or 0,
            )
            change_defaults(
                session(),
                organisation=organisation,
                questionnaires=[one.id for one in offered if one.id in (form.questionnaires.data or ())],
                paper=PAPERS.get(form.paper.data),
                document_language=language_of(form.document_language.data) if form.document_language.data else None,
            )
            if form.forget_moments.data:
                begin_with_usual_moments(session(), organisation=organisation)
    except NotAskedTogether as clash:
        form.add_error(form.questionnaires, not_together(clash, offered, reader()))
        return False
    return True


@blueprint.route("/<uuid:organisation_id>/delete", methods=["GET", "POST"])
@requires(Permission.MANAGE_ORGANISATION)
def delete(access: Access) -> str | Response:
    """The organisation and all that belongs to it, once the password and its name were typed."""
    if asked := ask_password_again():
        return asked
    form, organisation = DeleteForm(), access.organisation
    if form.validate_on_submit():
        try:
            delete_organisation(
                session(), organisation=organisation, typed=form.typed.data or "", user_id=user_id(), now=utc_now()
            )
        except WrongName:
            form.add_error(form.typed, WRONG_NAME)
        else:
            flash(
                reader().gettext(
                    "“%(name)s” has been deleted, with everything that belonged to it.", name=organisation.name
                )
            )
            response = redirect(url_for("home.home"), 303)
            response.call_on_close(database().compact_if_owed)
            return response
    contents = contents_of_organisation(session(), organisation_id=organisation.id)
    return render_template(
        "organisations/delete.html",
        form=form,
        organisation=organisation,
        contents=content_words(contents, reader()),
        others=contents["people"] - 1,
    )
