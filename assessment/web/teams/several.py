"""`/organisations/<id>/teams/several`: teams from a list, in two pages.

First the list is read and shown as it was understood; then the teams are created. Between the two it travels in the
page's form: nothing is stored before somebody confirms it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from flask import flash, redirect, render_template, url_for
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response
from wtforms import Field, HiddenField, SelectField, TextAreaField
from wtforms.validators import NumberRange, Optional, ValidationError

from assessment.catalogue.catalogue import load_team_kinds
from assessment.domain.access import Permission
from assessment.domain.audit import Details, Scope
from assessment.infra.clock import utc_now
from assessment.intake.problems import InvalidFile, describe
from assessment.intake.team_list import (
    MOST_TEAMS,
    NoTeams,
    TeamLine,
    TeamList,
    TooManyTeams,
    Usual,
    check_lines,
    describe_finding,
    read_team_text,
    write_lines,
)
from assessment.services.access import Access, add_own_team
from assessment.services.team_list import (
    CheckedList,
    InvalidTeams,
    NamesTaken,
    NotWorkbook,
    compare_teams,
    create_teams,
    read_uploaded_teams,
)
from assessment.web.access import requires
from assessment.web.auditing import describe_deed
from assessment.web.choices import team_kind_choices, team_kind_name
from assessment.web.fields import WholeNumberField
from assessment.web.forms import Form, choices_of
from assessment.web.languages import lazy_gettext as _
from assessment.web.languages import reader
from assessment.web.prepare import documents, make_now
from assessment.web.teams.blueprint import blueprint
from assessment.web.transactions import commit_early, session
from assessment.web.urls import redirect_to_organisation
from reports.engine.scripts import isolated

MOST_UNREAD = 10
"""Headers that the page names."""
LARGEST_FILE = 1_000_000
LONGEST_TEXT = 60_000
KIND_OF_EXAMPLE = "hotel"


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
    form, kinds = _list_form(), team_kind_choices(reader())
    problems: list[str] = []
    if form.validate_on_submit():
        usual = Usual(form.size.data, form.kind.data or "")
        try:
            return _show(_read(form, usual), form, access)
        except InvalidFile as invalid:
            problems = [describe(problem, reader()) for problem in invalid.problems[:10]]
            form.add_error(form.file, _("The file cannot be used as it is."))
        except NotWorkbook:
            words = _(
                "This file is called a workbook, and is plain text. Open it and save it as XLSX, or call it .csv."
            )
            form.add_error(form.file, words)
        except _TooLarge:
            form.add_error(form.lines, _("This is too much at once. Send at most 200 teams."))
        except TooManyTeams:
            most = reader().number(MOST_TEAMS)
            form.add_error(form.lines, reader().gettext("At most %(most)s teams at once. Divide the list.", most=most))
        except NoTeams:
            form.add_error(form.lines, _("Please write at least one team, or choose a file."))
    return render_template(
        "teams/several.html",
        form=form,
        problems=problems,
        kinds=[name for _id, name in kinds],
        kind_of_example=team_kind_name(KIND_OF_EXAMPLE, reader()),
        organisation=access.organisation,
    )


@blueprint.post("/several/confirm")
@requires(Permission.MANAGE_TEAMS)
def confirm_several(access: Access) -> str | Response:
    """Creates the teams. What the form says is checked anew; sent twice, it creates them once.

    A name that a team bears already, which perhaps this member is not of, is shown where it stands: then nothing has
    been created, and the list is there to be corrected, or to be sent without those lines.
    """
    form = ConfirmListForm()
    again = redirect(url_for(".several", organisation_id=access.organisation_id), 303)
    if not form.validate_on_submit():
        return again
    lines: list[TeamLine] = []
    try:
        lines = _unpacked(form.teams.data or "")
        with session().begin_nested():
            created = create_teams(
                session(),
                organisation=access.organisation,
                lines=lines,
                now=utc_now(),
            )
            for team in created:
                add_own_team(session(), access, team_id=team.id)
    except (InvalidTeams, NoTeams, TooManyTeams):  # not what the first page made
        return again
    except NamesTaken as names:
        typed = write_lines(lines, lambda kind: team_kind_name(kind, reader()))
        again_form = _list_form(formdata=None, lines=typed)
        return _show(check_lines(lines, load_team_kinds()), again_form, access, taken=names.lines)
    if created:
        added = Scope.of([team.id for team in created])
        describe_deed(details=Details(has_scope=True, scope=added, number=len(created)))
        flash(reader().ngettext("%(n)s team has been added.", "%(n)s teams have been added.", len(created)))
    else:
        flash(reader().gettext("All these teams are there."))
    return redirect_to_organisation(access.organisation_id)


class _TooLarge(Exception):
    """More than anybody's list of teams."""


def _list_form(**given: Any) -> ListForm:
    form = ListForm(**given)
    form.kind.choices = choices_of([("", _("Each line says it")), *team_kind_choices(reader())])
    return form


def _read(form: ListForm, usual: Usual) -> TeamList:
    """The file if there is one, else what was pasted. Raises what reading raises, or `_TooLarge`."""
    file = form.file.data
    if _has_file(form):
        data = file.stream.read(LARGEST_FILE + 1)
        file.close()
        if len(data) > LARGEST_FILE:
            raise _TooLarge
        commit_early()
        return make_now(documents().files, read_uploaded_teams, data, usual, name=file.filename or "")
    text = form.lines.data or ""
    if len(text) > LONGEST_TEXT:
        raise _TooLarge
    commit_early()
    return read_team_text(text, load_team_kinds(), usual)


def _has_file(form: ListForm) -> bool:
    return isinstance(form.file.data, FileStorage) and bool(form.file.data.filename)


def _show(teams: TeamList, sent: ListForm, access: Access, *, taken: Collection[int] = ()) -> str:
    """How the list was understood; what was pasted and cannot be used yet can be corrected below. `taken` are lines
    whose names were found to be taken."""
    checked = compare_teams(session(), organisation_id=access.organisation_id, teams=teams)
    new = [line for line in checked.new if line.line not in taken]
    is_to_correct = teams.has_problems or taken
    return render_template(
        "teams/several_check.html",
        form=ConfirmListForm(formdata=None, teams=_packed(new)),
        sent=sent if is_to_correct and sent.lines.data and not _has_file(sent) else None,
        lines=[_Row(line, _kind_words(line), *_words(line, checked, taken)) for line in teams.lines],
        new=new,
        taken=len(taken),
        unread=[isolated(name) for name in teams.unread[:MOST_UNREAD]],
        has_problems=teams.has_problems,
        kinds=[name for _id, name in team_kind_choices(reader())],
        organisation=access.organisation,
    )


def _kind_words(line: TeamLine) -> str:
    return team_kind_name(line.kind, reader()) if line.kind else ""


class _Row(NamedTuple):
    """A line as the page shows it: with what is wrong with it, or why it is left out."""

    line: TeamLine
    kind: str
    remarks: list[str]
    is_wrong: bool


def _words(line: TeamLine, checked: CheckedList, taken: Collection[int]) -> tuple[list[str], bool]:
    """The remarks on a line, and whether they keep it from becoming a team as it is."""
    if line.problems:
        return [describe_finding(finding, reader()) for finding in line.problems], True
    if line.line in taken:
        return [reader().gettext("There is a team of this name already; choose another name.")], True
    if line.same_as is not None:
        return [reader().gettext("Left out: the same as line %(line)s.", line=line.same_as)], False
    if line.line in checked.there:
        return [reader().gettext("Left out: there is a team of this name.")], False
    return [], False


def _packed(lines: Iterable[TeamLine]) -> str:
    rows = [[line.line, line.name, line.size, line.kind, list(line.tags)] for line in lines]
    return json.dumps(rows, ensure_ascii=False)


def _unpacked(packed: str) -> list[TeamLine]:
    """Raises `InvalidTeams` for what the first page did not make."""
    try:
        rows = json.loads(packed)
        return [
            TeamLine(int(line), str(name), int(size), str(kind), tuple(map(str, tags)))
            for line, name, size, kind, tags in rows[: MOST_TEAMS + 1]
        ]
    except (ValueError, TypeError, RecursionError):
        raise InvalidTeams from None
