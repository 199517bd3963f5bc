"""`/organisations/<id>/engagement…`: an organisation as one file, to be brought to another Escala; and
`/organisations/import…`: one that comes from there, in two pages.

First a file is read, and the page says what it holds and what would become of it. Between the two pages it travels in
the form, packed and not encrypted any more: nothing is stored before somebody confirms it.
"""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, url_for
from flask_login import current_user
from flask_wtf.file import FileField, FileRequired
from werkzeug.wrappers import Response
from wtforms import HiddenField, PasswordField

from assessment.domain.access import Permission
from assessment.domain.audit import Details
from assessment.infra.clock import utc_now
from assessment.infra.sealed import SHORTEST_PASSPHRASE, PassphraseTooShort
from assessment.services.access import Access
from assessment.services.engagement_files import (
    SentEngagement,
    TooMuchToTake,
    engagement_progress,
    get_engagement_file,
    import_sent_engagement,
    read_sent_engagement,
    request_engagement_file,
    sealed_copy,
    standing_of_sent,
)
from assessment.services.engagement_format import EngagementFlaw, InvalidEngagement
from assessment.services.engagement_import import NotImported, Standing
from assessment.services.engagement_words import describe_flaw, describe_refusal
from assessment.services.later_work import TooManyJobs
from assessment.web.access import requires, user_id
from assessment.web.auditing import describe_deed
from assessment.web.downloads import file_response
from assessment.web.forms import ConfirmForm, Form
from assessment.web.languages import lazy_gettext as _
from assessment.web.languages import reader
from assessment.web.mail import queue
from assessment.web.organisations.views import blueprint
from assessment.web.password_again import ask_password_again
from assessment.web.prepare import documents, is_finished, job_page, make_now
from assessment.web.responses_file import FileTooLarge, packed, received, unpacked
from assessment.web.transactions import after_commit, commit_early, database, roll_back, separate_read, session
from assessment.web.urls import redirect_to_organisation

MIMETYPE = "application/octet-stream"


class TakeForm(Form):
    """The file that is ready, encrypted or not."""

    passphrase = PasswordField(_("Passphrase (leave it empty for a file that anybody can read)"))
    again = PasswordField(_("The passphrase once more"))


class BringForm(Form):
    """The first page: the file."""

    file = FileField(_("Engagement file"), [FileRequired(_("Please choose a file."))])
    passphrase = PasswordField(_("Passphrase, if it is encrypted"))


class ConfirmBringForm(Form):
    """The second page: what it holds. `as_new` makes another organisation of it."""

    packed = HiddenField()
    as_new = HiddenField()


# Taking it along


@blueprint.get("/<uuid:organisation_id>/engagement")
@requires(Permission.MANAGE_ORGANISATION)
def engagement(access: Access) -> str | Response:
    """What such a file holds, and what not."""
    if asked := ask_password_again():
        return asked
    return render_template("organisations/engagement.html", form=ConfirmForm(), organisation=access.organisation)


@blueprint.post("/<uuid:organisation_id>/engagement")
@requires(Permission.MANAGE_ORGANISATION)
def make_engagement_file(access: Access) -> Response:
    """Has the file made, and leads to the page that waits for it."""
    if asked := ask_password_again():
        return asked
    where = {"organisation_id": access.organisation_id}
    try:
        job = request_engagement_file(session(), access=access, made_by=str(current_user.email), now=utc_now())
    except TooMuchToTake:
        flash(
            reader().gettext(
                "There is too much for a page to write. Whoever runs the server can write the file at the command line."
            ),
            "error",
        )
        return redirect(url_for(".engagement", **where), 303)  # type: ignore[arg-type]
    except TooManyJobs:
        flash(reader().gettext("A file of yours is still being made. Ask for this one after it."), "error")
        return redirect(url_for(".engagement", **where), 303)  # type: ignore[arg-type]
    carries = queue()
    after_commit(lambda: carries.put("jobs", job.id))
    return redirect(url_for(".engagement_file", **where, engagement_id=job.id), 303)  # type: ignore[arg-type]


@blueprint.route("/<uuid:organisation_id>/engagement/<uuid:engagement_id>", methods=["GET", "POST"])
@requires(Permission.MANAGE_ORGANISATION)
def engagement_file(access: Access, engagement_id: uuid.UUID) -> str | Response:
    """How far the file is; once it is there, it is taken from here, encrypted where somebody wants it."""
    if asked := ask_password_again():
        return asked
    progress = engagement_progress(session(), access=access, file_id=engagement_id)
    back = url_for(".engagement", organisation_id=access.organisation_id)
    if not is_finished(progress) or progress.error:
        words = reader().gettext("You do not administer this organisation any more.")
        return job_page(progress, back=back, file="", words=words if progress.error == "not-allowed" else "")
    found, form = get_engagement_file(session(), access=access, file_id=engagement_id), TakeForm()
    content, name = found.content, found.name
    if form.validate_on_submit() and (taken := _taken(form, content)) is not None:
        describe_deed(details=Details(parts=("encrypted",) if form.passphrase.data else ()))
        return file_response(taken, name, mimetype=MIMETYPE)
    return render_template(
        "organisations/engagement_file.html",
        form=form,
        organisation=access.organisation,
        name=name,
        kilobytes=max(1, round(len(content) / 1000)),
        shortest=SHORTEST_PASSPHRASE,
    )


def _taken(form: TakeForm, content: bytes) -> bytes | None:
    """The file as it is taken; else `None`, and the form says why."""
    passphrase = form.passphrase.data or ""
    if passphrase != (form.again.data or ""):
        form.add_error(form.again, _("The two passphrases are not the same. Write them again."))
        return None
    if not passphrase:
        return content
    try:
        return make_now(documents().workers, sealed_copy, content, passphrase)
    except PassphraseTooShort:
        form.add_error(form.passphrase, _("That is too short: at least 12 characters. A short sentence is good."))
        return None


# Bringing it


@blueprint.route("/import", methods=["GET", "POST"])
def bring() -> str | Response:
    """Chooses a file; a file that can be used leads to the second page, in the same answer."""
    if asked := ask_password_again():
        return asked
    form = BringForm()
    if form.validate_on_submit():
        commit_early()
        try:
            sent = _read(received(form.file.data), form.passphrase.data or "")
        except FileTooLarge:
            form.add_error(form.file, describe_flaw(InvalidEngagement(EngagementFlaw.TOO_LARGE), reader()))
        except InvalidEngagement as invalid:
            is_about_passphrase = invalid.flaw in (EngagementFlaw.NEEDS_PASSPHRASE, EngagementFlaw.WRONG_PASSPHRASE)
            field = form.passphrase if is_about_passphrase else form.file
            form.add_error(field, describe_flaw(invalid, reader()))
        else:
            return _show_check(sent)
    return render_template("organisations/bring.html", form=form)


@blueprint.post("/import/confirm")
def confirm_bring() -> str | Response:
    """Brings the organisation. Whatever the first page said is found out anew from the file itself."""
    if asked := ask_password_again():
        return asked
    form = ConfirmBringForm()
    commit_early()
    try:
        sent = _read(unpacked(form.packed.data or ""), "")
    except (InvalidEngagement, FileTooLarge):
        # Not the file of the first page: begin again.
        return redirect(url_for(".bring"), 303)
    if not form.validate_on_submit():
        return _show_check(sent)
    try:
        imported = import_sent_engagement(
            session(), sent, user_id=user_id(), as_new=form.as_new.data == "yes", now=utc_now()
        )
    except InvalidEngagement as invalid:
        roll_back()
        flash(describe_flaw(invalid, reader()), "error")
        return redirect(url_for(".bring"), 303)
    except NotImported:
        roll_back()
        return _show_check(sent)
    words = {
        Standing.NEW: reader().gettext("The organisation is here now, and you administer it."),
        Standing.SAME: reader().gettext("It is here already, and says the same. Nothing was changed."),
        Standing.LATER: reader().gettext("The organisation is now as in the file."),
    }
    flash(words[imported.standing])
    response = redirect_to_organisation(imported.organisation_id)
    response.call_on_close(database().compact_if_owed)  # of what it took the place of
    return response


def _read(content: bytes, passphrase: str) -> SentEngagement:
    """In a process of its own, one file at a time. Raises `InvalidEngagement`."""
    return make_now(documents().files, read_sent_engagement, content, passphrase)


def _show_check(sent: SentEngagement) -> str | Response:
    """What the file holds, and what would become of it."""
    try:
        with separate_read() as reading:
            found = standing_of_sent(reading, sent, user_id=user_id())
    except InvalidEngagement as invalid:
        flash(describe_flaw(invalid, reader()), "error")
        return redirect(url_for(".bring"), 303)
    standing, here = found.standing, found.organisation
    refusal = describe_refusal(NotImported(standing, here.name), reader()) if here and standing.is_refused else ""
    return render_template(
        "organisations/bring_check.html",
        form=ConfirmBringForm(formdata=None, packed=packed(sent.content)),
        head=sent.head,
        standing=standing.value,
        refusal=refusal,
        here=here,
        more=max(0, sent.head.teams - len(sent.head.team_names)),
    )
