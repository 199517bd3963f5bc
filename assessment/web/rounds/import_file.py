"""`…/rounds/import`: a round from a responses file instead of answers, in two pages.

First the file is read, and the page says what is wrong with it, or how it was understood. Then it becomes a round.
Between the two it travels in the page's form, packed: nothing is stored before somebody confirms it.
"""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from assessment.catalogue.catalogue import DEFAULT_QUESTIONNAIRE, UnknownQuestionnaire
from assessment.domain.access import Permission
from assessment.infra.clock import utc_now
from assessment.intake.notes import describe_note, without_team_name
from assessment.intake.problems import InvalidFile
from assessment.intake.responses import Responses, UnknownTeamInFile
from assessment.services.access import Access
from assessment.services.import_round import (
    TooFewInFile,
    keep_imported_round,
    namesake_in,
)
from assessment.services.questionnaires import offered_questionnaires
from assessment.services.rounds import Round
from assessment.services.team_rounds import round_under_way, rounds_so_far
from assessment.services.teams import Team
from assessment.web.access import requires
from assessment.web.auditing import describe_deed
from assessment.web.languages import lazy_gettext as _
from assessment.web.languages import reader
from assessment.web.lookups import load_team
from assessment.web.responses_file import (
    FileProblems,
    FileTooLarge,
    chosen_questionnaire,
    file_form,
    file_problems,
    packed,
    read_file,
    read_sent,
    send_empty_file,
    unpacked,
)
from assessment.web.rounds.blueprint import blueprint
from assessment.web.rounds.forms import ImportForm, next_name
from assessment.web.rounds.unpublished import show_unpublished_round
from assessment.web.transactions import commit_early, session
from assessment.web.urls import redirect_to_round
from reports.engine.scripts import isolated


@blueprint.route("/import", methods=["GET", "POST"])
@requires(Permission.MANAGE_ROUNDS)
def import_file(access: Access, team_id: uuid.UUID) -> str | Response:
    """Chooses a file; a file that can be used leads to the second page, in the same answer."""
    team = load_team(access, team_id)
    if under_way := round_under_way(session(), team=team):
        return show_unpublished_round(access, team, under_way)
    offered = offered_questionnaires(session(), organisation_id=access.organisation_id)
    form = file_form(reader(), offered)
    problems: FileProblems | None = None
    if form.validate_on_submit():
        rounds_before = rounds_so_far(session(), team=team)
        commit_early()
        try:
            questionnaire = chosen_questionnaire(form.questionnaire.data, offered)
            data, responses = read_sent(form, questionnaire, team=team.name)
        except FileTooLarge:
            pass
        except InvalidFile as invalid:
            problems = file_problems(invalid, reader())
        else:
            chosen = ImportForm(
                formdata=None,
                packed=packed(data),
                ignore_unknown="y" if form.ignore_unknown.data else "",
                questionnaire=form.questionnaire.data,
                name=next_name(rounds_before, reader()),
                file_team=namesake_in(responses, team.name),
            )
            return _show_check(chosen, responses, access, team)
    return render_template(
        "rounds/import.html",
        form=form,
        problems=problems,
        organisation=access.organisation,
        team=team,
        questionnaires=offered,
    )


@blueprint.post("/import/confirm")
@requires(Permission.MANAGE_ROUNDS)
def confirm_import(access: Access, team_id: uuid.UUID) -> str | Response:
    """Makes the round. Whatever the form says of the file is read anew from the file itself."""
    team = load_team(access, team_id)
    form = ImportForm()
    offered = offered_questionnaires(session(), organisation_id=access.organisation_id)
    commit_early()
    try:
        questionnaire = chosen_questionnaire(form.questionnaire.data or DEFAULT_QUESTIONNAIRE, offered)
        data = unpacked(form.packed.data or "")
        responses = read_file(data, form.ignore_unknown.data, questionnaire, team=team.name)
    except (InvalidFile, FileTooLarge, UnknownQuestionnaire):
        # Not the file of the first page: begin again.
        return redirect(url_for(".import_file", organisation_id=access.organisation_id, team_id=team.id), 303)
    form.file_team.choices = _teams(responses)
    if form.validate_on_submit() and (round_ := _import(form, responses, access, team)):
        describe_deed(round_id=round_.id)
        flash(reader().gettext("The answers are in. Look at the round, then publish it."))
        return redirect_to_round("rounds.round_", round_)
    return _show_check(form, responses, access, team)


@blueprint.get("/import/template")
@requires(Permission.MANAGE_ROUNDS)
def import_template(access: Access, team_id: uuid.UUID) -> Response:
    """The empty file for this team's perception points, in the reader's language, as a workbook or `format=csv`."""
    team = load_team(access, team_id)
    offered = offered_questionnaires(session(), organisation_id=access.organisation_id)
    return send_empty_file(team.name, [point["id"] for point in team.points], offered)


def _import(form: ImportForm, responses: Responses, access: Access, team: Team) -> Round | None:
    """The round; else `None`, and the form says why."""
    try:
        with session().begin_nested():
            return keep_imported_round(
                session(),
                organisation_id=access.organisation_id,
                team_id=team.id,
                name=form.name.data or "",
                responses=responses,
                file_team=form.file_team.data,
                questionnaire_id=form.questionnaire.data or DEFAULT_QUESTIONNAIRE,
                now=utc_now(),
            )
    except UnknownTeamInFile:
        form.add_error(form.file_team, _("Please choose which team of the file it is."))
    except TooFewInFile as few:
        form.add_error(
            form.file_team,
            reader().ngettext(
                "The file has %(n)s person of this team, and a result needs %(needed)s: with fewer, somebody could be "
                "recognised. A single row with the role “consensus” is taken instead.",
                "The file has %(n)s people of this team, and a result needs %(needed)s: with fewer, somebody could be "
                "recognised. A single row with the role “consensus” is taken instead.",
                few.answered,
                needed=reader().number(few.needed),
            ),
        )
    return None


def _show_check(form: ImportForm, responses: Responses, access: Access, team: Team) -> str:
    form.file_team.choices = _teams(responses)
    return render_template(
        "rounds/import_check.html",
        form=form,
        warnings=[describe_note(note, reader()) for note in responses.notes if note.is_warning],
        notes=[describe_note(note, reader()) for note in without_team_name(responses.notes) if not note.is_warning],
        teams=responses.teams,
        organisation=access.organisation,
        team=team,
    )


def _teams(responses: Responses) -> list[tuple[str, str]]:
    """The file's teams, each with how many answered."""
    return [
        (
            file_team.team,
            reader().gettext("%(team)s: one sheet, agreed together", team=isolated(file_team.team))
            if file_team.mode == "consensus"
            else reader().ngettext(
                "%(team)s: %(n)s person",
                "%(team)s: %(n)s people",
                len(file_team.own_sheets),
                team=isolated(file_team.team),
            ),
        )
        for file_team in responses.teams
    ]
