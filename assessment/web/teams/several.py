"""`/organisations/<id>/teams/several`: teams from a list, in two pages.

First the list is read and shown as it was understood; then the teams are created. Between the two it travels in the
page's form: nothing is stored before somebody confirms it.
"""

from __future__ import annotations

import json

from flask import flash, redirect, render_template, url_for
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response
from wtforms import Field, HiddenField, SelectField, TextAreaField
from wtforms.validators import NumberRange, Optional, ValidationError

from assessment.catalogue.catalogue import load_team_kinds
from assessment.domain.access import Permission
from assessment.infra.clock import utc_now
from assessment.infra.languages import language_of
from assessment.intake.problems import InvalidFile, describe
from assessment.intake.team_list import (
    MOST_TEAMS,
    NoTeams,
    TeamLine,
    TeamList,
    TooManyTeams,
    Usual,
    describe_finding,
    read_team_text,
)
from assessment.services.access import Access, add_own_team
from assessment.services.team_list import CheckedList, InvalidTeams, compare_teams, create_teams, read_uploaded_teams
from assessment.services.teams import TeamNameTaken
from assessment.web.access import requires
from assessment.web.choices import team_kind_choices, team_kind_name
from assessment.web.fields import WholeNumberField
from assessment.web.forms import Form, choices_of
from assessment.web.languages import lazy_gettext as _
from assessment.web.languages import reader
from assessment.web.prepare import documents, make_now
from assessment.web.teams.blueprint import blueprint
from assessment.web.transactions import commit_early, session
from assessment.web.urls import redirect_to_organisation

LARGEST_FILE = 1_000_000
LONGEST_TEXT = 60_000


class ListForm(Form):
    """First page: the list, and what holds for lines that do not say it."""

    lines = TextAreaField(_("Teams, one a line"))
    file = FileField(_("Or a file with the teams"))
    size = WholeNumberField(
        _("How many people, where a line does not say it?"),
        [Optional(), NumberRange(1, 10_000, _("Write a whole number from 1 to 10000."))],
    )
    kind = SelectField(_("What does the team do, where a line does not say it?"))

    def validate_file(self, _field: Field) -> None:
        """What was pasted beside a file would go unread."""
        if _has_file(self) and (self.lines.data or "").strip():
            raise ValidationError(
                _("Paste the list or choose a file, not both: it would not be clear which one counts.")
            )


class ConfirmListForm(Form):
    """Second page: the list as it was understood, checked anew."""

    teams = HiddenField()


@blueprint.route("/several", methods=["GET", "POST"])
@requires(Permission.MANAGE_TEAMS)
def several(access: Access) -> str | Response:
    """Takes a list; one that can be read leads to the second page, in the same answer."""
    form = ListForm()
    kinds = team_kind_choices(reader())
    form.kind.choices = choices_of([("", _("Each line says it")), *kinds])
    problems: list[str] = []
    if form.validate_on_submit():
        usual = Usual(form.size.data, form.kind.data or "")
        try:
            return _show(_read(form, usual), form, access)
        except InvalidFile as invalid:
            problems = [describe(problem, reader()) for problem in invalid.problems[:10]]
            form.add_error(form.file, _("The file cannot be used as it is."))
        except _TooLarge:
            form.add_error(form.lines, _("This is too much at once. Send at most 200 teams."))
        except TooManyTeams:
            words = reader().gettext(
                "At most %(most)s teams at once. Divide the list.", most=reader().number(MOST_TEAMS)
            )
            form.add_error(form.lines, words)
        except NoTeams:
            form.add_error(form.lines, _("Please write at least one team, or choose a file."))
    return render_template(
        "teams/several.html",
        form=form,
        problems=problems,
        kinds=[name for _id, name in kinds],
        organisation=access.organisation,
    )


@blueprint.post("/several/confirm")
@requires(Permission.MANAGE_TEAMS)
def confirm_several(access: Access) -> str | Response:
    """Creates the teams. What the form says is checked anew; sent twice, it creates them once."""
    form = ConfirmListForm()
    again = redirect(url_for(".several", organisation_id=access.organisation_id), 303)
    if not form.validate_on_submit():
        return again
    try:
        with session().begin_nested():
            created = create_teams(
                session(),
                organisation_id=access.organisation_id,
                lines=_unpacked(form.teams.data or ""),
                language=language_of(access.organisation.language),
                now=utc_now(),
            )
            for team in created:
                add_own_team(session(), access, team_id=team.id)
    except (InvalidTeams, NoTeams, TooManyTeams):  # not what the first page made
        return again
    except TeamNameTaken:  # somebody else, or the same person, has just created one of them
        flash(reader().gettext("Somebody has just added teams of this list. Look at them, and send the list again."))
        return redirect_to_organisation(access.organisation_id)
    if created:
        flash(reader().ngettext("%(n)s team has been added.", "%(n)s teams have been added.", len(created)))
    else:
        flash(reader().gettext("All these teams are there."))
    return redirect_to_organisation(access.organisation_id)


class _TooLarge(Exception):
    """More than anybody's list of teams."""


def _read(form: ListForm, usual: Usual) -> TeamList:
    """The file if there is one, else what was pasted. Raises what reading raises, or `_TooLarge`."""
    file = form.file.data
    if _has_file(form):
        data = file.stream.read(LARGEST_FILE + 1)
        file.close()
        if len(data) > LARGEST_FILE:
            raise _TooLarge
        commit_early()
        return make_now(documents().files, read_uploaded_teams, data, usual)
    text = form.lines.data or ""
    if len(text) > LONGEST_TEXT:
        raise _TooLarge
    return read_team_text(text, load_team_kinds(), usual)


def _has_file(form: ListForm) -> bool:
    return isinstance(form.file.data, FileStorage) and bool(form.file.data.filename)


def _show(teams: TeamList, sent: ListForm, access: Access) -> str:
    """How the list was understood; what was pasted and cannot be used yet can be corrected below."""
    checked = compare_teams(session(), organisation_id=access.organisation_id, teams=teams)
    return render_template(
        "teams/several_check.html",
        form=ConfirmListForm(formdata=None, teams=_packed(checked)),
        sent=sent if teams.has_problems and sent.lines.data and not _has_file(sent) else None,
        lines=[(line, _kind_words(line), _words(line, checked)) for line in teams.lines],
        new=checked.new,
        has_problems=teams.has_problems,
        kinds=[name for _id, name in team_kind_choices(reader())],
        organisation=access.organisation,
    )


def _kind_words(line: TeamLine) -> str:
    return team_kind_name(line.kind, reader()) if line.kind else ""


def _words(line: TeamLine, checked: CheckedList) -> list[str]:
    """What is wrong with a line, or why it is left out."""
    if line.problems:
        return [describe_finding(finding, reader()) for finding in line.problems]
    if line.same_as is not None:
        return [reader().gettext("Left out: the same as line %(line)s.", line=line.same_as)]
    if line.line in checked.there:
        return [reader().gettext("Left out: there is a team of this name.")]
    return []


def _packed(checked: CheckedList) -> str:
    return json.dumps([[line.line, line.name, line.size, line.kind] for line in checked.new], ensure_ascii=False)


def _unpacked(packed: str) -> list[TeamLine]:
    """Raises `InvalidTeams` for what the first page did not make."""
    try:
        rows = json.loads(packed)
        return [
            TeamLine(int(line), str(name), int(size), str(kind)) for line, name, size, kind in rows[: MOST_TEAMS + 1]
        ]
    except (ValueError, TypeError, RecursionError):
        raise InvalidTeams from None
