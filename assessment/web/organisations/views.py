"""`/organisations/…`: create one, see its teams, change what it is like."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from assessment.domain.access import Permission
from assessment.infra.clock import utc_now
from assessment.infra.countries import COUNTRIES
from assessment.services.organisations import change_organisation, create_organisation
from assessment.services.overview import overview_of
from assessment.store.organisations import Organisation
from assessment.web.access import requires, user_id
from assessment.web.forms import choices_of
from assessment.web.home.team_cards import team_cards
from assessment.web.languages import lazy_gettext as _
from assessment.web.languages import reader
from assessment.web.organisations.forms import (
    NewOrganisationForm,
    OrganisationForm,
    country_choices,
    likely_country,
    new_country_choices,
)
from assessment.web.transactions import session

blueprint = Blueprint("organisations", __name__, url_prefix="/organisations")


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> str | Response:
    form = NewOrganisationForm(language=reader().language, country=likely_country())
    form.country.choices = choices_of(new_country_choices(reader()))
    if form.validate_on_submit():
        made = create_organisation(
            session(),
            name=form.name.data or "",
            country=COUNTRIES[form.country.data],
            language="en" if form.language.data == "en" else "es",
            founder_id=user_id(),
            now=utc_now(),
        )
        return redirect(url_for("organisations.organisation", organisation_id=made.id), 303)
    return render_template("organisations/new.html", form=form)


@blueprint.get("/<uuid:organisation_id>")
@requires(Permission.SEE_TEAMS)
def organisation(organisation: Organisation) -> str:
    overview = overview_of(session(), user_id=user_id(), organisation=organisation, now=utc_now())
    return render_template("organisations/organisation.html", overview=overview, cards=team_cards(overview, reader()))


@blueprint.route("/<uuid:organisation_id>/edit", methods=["GET", "POST"])
@requires(Permission.MANAGE_ORGANISATION)
def edit(organisation: Organisation) -> str | Response:
    form = OrganisationForm(obj=organisation)
    form.country.choices = choices_of(country_choices(reader()))
    if form.validate_on_submit():
        change_organisation(
            session(),
            organisation=organisation,
            name=form.name.data or "",
            country=COUNTRIES[form.country.data],
            language="en" if form.language.data == "en" else "es",
            minimum_group=form.minimum_group.data or 0,
        )
        flash(str(_("Saved.")))
        return redirect(url_for("organisations.organisation", organisation_id=organisation.id), 303)
    return render_template("organisations/edit.html", form=form, organisation=organisation)
