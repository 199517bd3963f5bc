"""`/organisations/<id>/privacy`: what people are told before they answer, how long things are kept, what has gone."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import Length

from assessment.domain.access import Permission
from assessment.domain.privacy_notice import MONTHS_KEPT
from assessment.infra.clock import local_date
from assessment.infra.languages import Localisation
from assessment.services.access import Access
from assessment.services.deletion import DeletedKind, ListedDeletion, list_deletions
from assessment.services.privacy_notices import (
    LONGEST_CONTACT,
    LONGEST_RESPONSIBLE,
    LONGEST_WORDS,
    InvalidTimes,
    change_privacy_notice,
    law_of,
    notice_of_organisation,
    privacy_laws,
)
from assessment.web.access import requires
from assessment.web.deletion import content_words
from assessment.web.forms import choices_of
from assessment.web.languages import lazy_gettext as _
from assessment.web.languages import reader
from assessment.web.organisations.views import blueprint
from assessment.web.stale import SettingsForm
from assessment.web.transactions import session

TOO_LONG = _("That is too long: write at most %(max)d characters.")


class PrivacyForm(SettingsForm):
    responsible = StringField(_("Who is responsible"), [Length(max=LONGEST_RESPONSIBLE, message=TOO_LONG)])
    contact = StringField(_("Contact"), [Length(max=LONGEST_CONTACT, message=TOO_LONG)])
    purpose = TextAreaField(_("What the answers are for"), [Length(max=LONGEST_WORDS, message=TOO_LONG)])
    law = SelectField(_("Law that the notice follows"))
    words = TextAreaField(_("What else people should know"), [Length(max=LONGEST_WORDS, message=TOO_LONG)])
    keep_answers = SelectField(_("What each person answered, and comments"))
    keep_results = SelectField(_("Results, plans and printed documents"))


@blueprint.route("/<uuid:organisation_id>/privacy", methods=["GET", "POST"])
@requires(Permission.MANAGE_ORGANISATION)
def privacy(access: Access) -> str | Response:
    organisation = access.organisation
    law = law_of(organisation)
    form = PrivacyForm(
        responsible=organisation.responsible,
        contact=organisation.contact,
        purpose=organisation.purpose,
        law=law.id,
        words=organisation.privacy_words,
        keep_answers=str(organisation.keep_answers_months or ""),
        keep_results=str(organisation.keep_results_months or ""),
    )
    form.law.choices = choices_of((one.id, reader().text(one.name)) for one in privacy_laws())
    form.keep_answers.choices = form.keep_results.choices = choices_of(_times(reader()))
    if form.validate_on_submit() and _save(form, access):
        flash(str(_("Saved. This is how people read it.")))
        return redirect(url_for(".privacy", organisation_id=organisation.id, _anchor="notice"), 303)
    return render_template(
        "organisations/privacy.html",
        form=form,
        organisation=organisation,
        notice=notice_of_organisation(organisation),
        deletions=_deletion_words(list_deletions(session(), organisation_id=organisation.id), access, reader()),
    )


def _times(reader: Localisation) -> list[tuple[str, str]]:
    forever = reader.gettext("Until somebody deletes them")
    after = [(str(months), reader.ngettext("%(n)s month", "%(n)s months", months)) for months in MONTHS_KEPT]
    return [("", forever), *after]


def _save(form: PrivacyForm, access: Access) -> bool:
    try:
        change_privacy_notice(
            session(),
            organisation=access.organisation,
            responsible=form.responsible.data or "",
            contact=form.contact.data or "",
            purpose=form.purpose.data or "",
            words=form.words.data or "",
            law=form.law.data,
            keep_answers_months=int(form.keep_answers.data) if form.keep_answers.data else None,
            keep_results_months=int(form.keep_results.data) if form.keep_results.data else None,
        )
    except InvalidTimes:
        form.add_error(
            form.keep_answers,
            _("Answers cannot be kept for longer than the results that come of them. Choose the same time, or less."),
        )
        return False
    return True


def _deletion_words(deletions: Sequence[ListedDeletion], access: Access, reader: Localisation) -> list[tuple[str, str]]:
    """Each day and what was deleted on it."""
    what = {
        DeletedKind.TEAM: reader.gettext("A team"),
        DeletedKind.ANSWERS: reader.gettext("Answers whose time was over"),
        DeletedKind.ROUND: reader.gettext("A round whose time was over"),
    }
    return [
        (
            reader.date(local_date(one.deleted_at, access.organisation.time_zone)),
            ": ".join((what.get(one.kind, ""), reader.list_of(content_words(one.counts, reader)))).rstrip(": "),
        )
        for one in deletions
    ]
