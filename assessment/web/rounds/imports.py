"""`…/rounds/import`: a round from a responses file instead of answers, in two steps.

First the file is read, and all of it is told: what is wrong, or what was matched how. Then it becomes a round. Between
the two it travels in the page's form, packed: nothing of it is kept here before somebody says that it shall be.
"""

from __future__ import annotations

import base64
import binascii
import uuid
import zlib
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from assessment.domain.access import Permission
from assessment.infra.clock import utc_now
from assessment.infra.languages import Localisation
from assessment.intake.notes import describe_note
from assessment.intake.problems import InvalidFile, ProblemCode, describe
from assessment.intake.responses import Responses
from assessment.services.import_round import (
    TooFewInFile,
    UnknownTeamInFile,
    empty_file,
    keep_imported_round,
    namesake_in,
    read_upload,
)
from assessment.services.team_rounds import list_rounds
from assessment.store.organisations import Organisation
from assessment.store.rounds import Round
from assessment.store.teams import Team
from assessment.web.access import requires, user_id
from assessment.web.languages import lazy_gettext as _
from assessment.web.languages import reader
from assessment.web.prepare import documents, make_now
from assessment.web.rounds.common import blueprint, team_of, to_round, under_way
from assessment.web.rounds.forms import FileForm, ImportForm, next_name
from assessment.web.transactions import commit_early, session

LARGEST_FILE = 1_000_000
PROBLEMS_TOLD = 50
MIMETYPES = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
_UNKNOWN = frozenset({ProblemCode.COLUMN_UNKNOWN, ProblemCode.COLUMN_UNKNOWN_SIMILAR})


class TooLarge(Exception):
    """A file beyond `LARGEST_FILE`."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Everything that is wrong with a file, in sentences; `more` are not told."""

    sentences: tuple[str, ...]
    more: int
    has_unknown_columns: bool


@blueprint.route("/import", methods=["GET", "POST"])
@requires(Permission.MANAGE_ROUNDS)
def import_file(organisation: Organisation, team_id: uuid.UUID) -> str | Response:
    """Chooses a file; a file that can be used leads to the second step, in the same answer."""
    team = team_of(organisation, team_id)
    listed = list_rounds(session(), user_id=user_id(), team=team, now=utc_now())
    if listed.under_way is not None:
        return under_way(organisation, team, listed.under_way)
    form = FileForm()
    refusal: Refusal | None = None
    if form.validate_on_submit():
        commit_early()
        try:
            data = _received(form.file.data)
            responses = _read(data, form.ignore_unknown.data)
        except TooLarge:
            form.blame(form.file, _("The file is larger than 1 MB. Send only the answers, without pictures."))
        except InvalidFile as invalid:
            refusal = _refusal(invalid, reader())
            form.blame(form.file, _("The file cannot be used as it is."))
        else:
            chosen = ImportForm(
                formdata=None,
                packed=_packed(data),
                ignore_unknown="y" if form.ignore_unknown.data else "",
                name=next_name(len(listed.rounds), reader()),
                file_team=namesake_in(responses, team.name),
            )
            return _second_step(chosen, responses, organisation, team)
    return render_template("rounds/import.html", form=form, refusal=refusal, organisation=organisation, team=team)


@blueprint.post("/import/keep")
@requires(Permission.MANAGE_ROUNDS)
def keep_import(organisation: Organisation, team_id: uuid.UUID) -> str | Response:
    """Makes the round. Whatever the form says of the file is read anew from the file itself."""
    team = team_of(organisation, team_id)
    form = ImportForm()
    commit_early()
    try:
        responses = _read(_unpacked(form.packed.data or ""), form.ignore_unknown.data)
    except (InvalidFile, TooLarge):
        # Not the file of the first step: begin again.
        return redirect(url_for(".import_file", organisation_id=organisation.id, team_id=team.id), 303)
    form.file_team.choices = _teams(responses)
    if form.validate_on_submit() and (kept := _keep(form, responses, organisation, team)):
        flash(reader().gettext("The answers are in. Look at the round, then publish it."))
        return to_round(kept)
    return _second_step(form, responses, organisation, team)


@blueprint.get("/import/template")
@requires(Permission.MANAGE_ROUNDS)
def import_template(organisation: Organisation, team_id: uuid.UUID) -> Response:
    """The empty file for this team's perception points, in the reader's language, as workbook or `kind=csv`."""
    team = team_of(organisation, team_id)
    kind = "csv" if request.args.get("kind") == "csv" else "xlsx"
    words = reader().gettext("answers")
    name = f"{words}.{kind}"
    return Response(
        empty_file(team, file=name, reader=reader()),
        mimetype=MIMETYPES[kind],
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"},
    )


def _read(data: bytes, ignore_unknown: object) -> Responses:
    """In a process of its own, one file at a time: what somebody sends may take long, or die of it."""
    return make_now(documents().readers, read_upload, data, ignore_unknown=bool(ignore_unknown))


def _keep(form: ImportForm, responses: Responses, organisation: Organisation, team: Team) -> Round | None:
    """The round; else `None`, and the form says why."""
    try:
        with session().begin_nested():
            return keep_imported_round(
                session(),
                organisation_id=organisation.id,
                team_id=team.id,
                name=form.name.data or "",
                responses=responses,
                file_team=form.file_team.data,
                now=utc_now(),
            )
    except UnknownTeamInFile:
        form.blame(form.file_team, _("Please choose which team of the file it is."))
    except TooFewInFile as few:
        form.blame(
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


def _second_step(form: ImportForm, responses: Responses, organisation: Organisation, team: Team) -> str:
    form.file_team.choices = _teams(responses)
    return render_template(
        "rounds/import_keep.html",
        form=form,
        notes=[describe_note(note, reader()) for note in responses.notes],
        teams=responses.teams,
        organisation=organisation,
        team=team,
    )


def _teams(responses: Responses) -> list[tuple[str, str]]:
    """The file's teams, each with how many answered."""
    here = reader()
    return [
        (
            found.team,
            here.gettext("%(team)s: one sheet, agreed together", team=found.team)
            if found.mode == "consensus"
            else here.ngettext(
                "%(team)s: %(n)s person", "%(team)s: %(n)s people", len(found.own_sheets), team=found.team
            ),
        )
        for found in responses.teams
    ]


def _refusal(invalid: InvalidFile, here: Localisation) -> Refusal:
    sentences = tuple(describe(problem, here) for problem in invalid.problems[:PROBLEMS_TOLD])
    return Refusal(
        sentences,
        invalid.found - len(sentences),
        any(problem.code in _UNKNOWN for problem in invalid.problems),
    )


def _received(file: FileStorage) -> bytes:
    """What was sent. Raises `TooLarge`."""
    data = file.stream.read(LARGEST_FILE + 1)
    file.close()
    if len(data) > LARGEST_FILE:
        raise TooLarge
    return data


def _packed(data: bytes) -> str:
    return base64.b64encode(zlib.compress(data)).decode("ascii")


def _unpacked(packed: str) -> bytes:
    """Raises `TooLarge` for what is no file of the first step."""
    try:
        unpacking = zlib.decompressobj()
        data = unpacking.decompress(base64.b64decode(packed, validate=True), LARGEST_FILE + 1)
    except (binascii.Error, ValueError, zlib.error):
        raise TooLarge from None
    if len(data) > LARGEST_FILE or not unpacking.eof:
        raise TooLarge
    return data
