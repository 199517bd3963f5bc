"""`/organisations/…`: create one, see its teams, change what it is like."""

from __future__ import annotations

from flask import Blueprint, flash, render_template
from werkzeug.wrappers import Response

from assessment.domain.access import Permission
from assessment.infra.clock import utc_now
from assessment.infra.countries import COUNTRIES
from assessment.infra.languages import language_of
from assessment.services.access import Access
from assessment.services.organisations import change_organisation, create_organisation
from assessment.services.overview import get_overview
from assessment.web.access import requires, user_id
from assessment.web.choices import country_choices, likely_country, new_country_choices
from assessment.web.forms import choices_of
from assessment.web.languages import lazy_gettext as _
from assessment.web.languages import reader
from assessment.web.organisations.forms import NewOrganisationForm, OrganisationForm
from assessment.web.pages import requested_page
from assessment.web.team_cards import team_cards
from assessment.web.transactions import session
from assessment.web.urls import redirect_to_organisation

blueprint = Blueprint("organisations", __name__, url_prefix="/organisations")


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> str | Response:
    form = NewOrganisationForm(language=reader().language, country=likely_country())
    form.country.choices = choices_of(new_country_choices(reader()))
    if form.validate_on_submit():
        created = create_organisation(
            session(),
            name=form.name.data or "",
            country=COUNTRIES[form.country.data],
            language=language_of(form.language.data),
            founder_id=user_id(),
            now=utc_now(),
        )
        return redirect_to_organisation(created.id)
    return render_template("organisations/new.html", form=form)


@blueprint.get("/<uuid:organisation_id>")
@requires(Permission.SEE_TEAMS)
def organisation(access: Access) -> str:
    overview, paging = get_overview(session(), access=access, now=utc_now(), page=requested_page())
    return render_template(
        "organisations/organisation.html", overview=overview, cards=team_cards(overview, reader()), paging=paging
    )


@blueprint.route("/<uuid:organisation_id>/edit", methods=["GET", "POST"])
@requires(Permission.MANAGE_ORGANISATION)
def edit(access: Access) -> str | Response:
    form = OrganisationForm(obj=access.organisation)
    form.country.choices = choices_of(country_choices(reader()))
    if form.validate_on_submit():
        change_organisation(
            session(),
            organisation=access.organisation,
            name=form.name.data or "",
            country=COUNTRIES[form.country.data],
            language=language_of(form.language.data),
            minimum_group=form.minimum_group.data or 0,
        )
        flash(str(_("Saved.")))
        return redirect_to_organisation(access.organisation_id)
    return render_template("organisations/edit.html", form=form, organisation=access.organisation)
