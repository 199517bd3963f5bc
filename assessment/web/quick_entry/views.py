"""`…/rounds/<id>/paper`: type the sheets that people answered on paper, each in less than a minute by keyboard alone.

Every page is a plain form. With JavaScript a key fills a field and goes on, and each key is kept at once.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Blueprint, Response, flash, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from assessment.domain.access import Permission
from assessment.domain.audit import Action
from assessment.domain.paper import DONT_KNOW_KEYS, PaperBlock, PaperQuestion, count_answers, is_sparse, questions_of
from assessment.domain.respondents import InvalidAnswer
from assessment.domain.rounds import RoundNotOpen, WrongRoundMode
from assessment.infra.clock import utc_now
from assessment.infra.tokens import new_token
from assessment.services.access import Access
from assessment.services.paper_kit import Sheet, gather_questionnaire, print_sheet
from assessment.services.paper_sheets import (
    AlreadyCounted,
    Finished,
    NothingTyped,
    PaperSheet,
    SheetChanged,
    begin_sheet,
    compare_sheet,
    count_counted,
    discard_sheet,
    finish_sheet,
    get_batch,
    get_sheet,
    keep_sheet,
    lay_aside,
    may_type,
    paper_of_round,
    settle_sheet,
    type_twice,
)
from assessment.services.rounds import Round
from assessment.services.teams import Team
from assessment.web.access import requires
from assessment.web.auditing import describe_deed
from assessment.web.downloads import document_name, file_response
from assessment.web.forms import ConfirmForm
from assessment.web.languages import lazy_gettext as _
from assessment.web.languages import reader
from assessment.web.lookups import load_round
from assessment.web.prepare import deliver, prepares
from assessment.web.print_options import print_as_asked
from assessment.web.quick_entry.forms import (
    SheetForm,
    answers_of_form,
    compare_form,
    may_be_typed,
    question_words,
    sheet_form,
    words_of_option,
)
from assessment.web.transactions import roll_back, session
from assessment.web.urls import redirect_to_round, round_url

blueprint = Blueprint(
    "quick_entry",
    __name__,
    url_prefix="/organisations/<uuid:organisation_id>/teams/<uuid:team_id>/rounds/<uuid:round_id>/paper",
)
LONGEST_DRAFT = 60_000
"""Bytes of what a page keeps while somebody types: more than the longest sheet has."""

ALREADY_COUNTED = _(
    "A sheet of this number was counted already, so nothing was counted now. If this is another sheet, discard it here "
    "and type it under a new number."
)


@dataclass(frozen=True)
class Desk:
    """A request about the sheets of a round."""

    access: Access
    team: Team
    round: Round

    @property
    def own(self) -> dict[str, Any]:
        return {"organisation_id": self.access.organisation_id, "round_id": self.round.id, "now": utc_now()}

    @property
    def blocks(self) -> tuple[PaperBlock, ...]:
        return paper_of_round(session(), self.round)

    def render(self, template: str, **values: object) -> str:
        return render_template(
            template, organisation=self.access.organisation, team=self.team, round=self.round, **values
        )

    def to_overview(self) -> AnyResponse:
        return redirect_to_round("quick_entry.overview", self.round)

    def to_sheet(self, sheet: PaperSheet) -> AnyResponse:
        return redirect_to_round("quick_entry.sheet", self.round, sheet_id=sheet.id)


def _desk(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> Desk:
    return Desk(access, *load_round(access, team_id, round_id))


@blueprint.get("")
@requires(Permission.MANAGE_ROUNDS)
def overview(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> str | AnyResponse:
    """How many sheets were typed, which are begun, and how to go about it."""
    desk = _desk(access, team_id, round_id)
    if not may_type(desk.round, utc_now()):
        return redirect_to_round("rounds.round_", desk.round)
    batch = get_batch(session(), organisation_id=access.organisation_id, round_id=desk.round.id)
    return desk.render("quick_entry/overview.html", batch=batch, form=ConfirmForm())


@blueprint.get("/questionnaire.pdf")
@requires(Permission.MANAGE_ROUNDS)
@prepares
def questionnaire(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> AnyResponse:
    """The sheet of this round, with the numbers and letters that are typed; `language` and `paper` are the sheet's."""
    desk = _desk(access, team_id, round_id)
    as_asked = print_as_asked(access.organisation)
    source = gather_questionnaire(
        session(),
        organisation=access.organisation,
        team=desk.team,
        round_=desk.round,
        paper=as_asked.paper or as_asked.reader.paper,
    )
    name = document_name(
        as_asked.reader.gettext("Questionnaire"),
        desk.team.name,
        desk.round.name,
        as_asked.reader.language,
        as_asked.paper or "",
        reader=as_asked.reader,
    )
    return deliver(
        (source, Sheet.QUESTIONNAIRE, as_asked.reader.tag),
        partial(print_sheet, source, Sheet.QUESTIONNAIRE, as_asked.reader),
        respond=lambda pdf: file_response(pdf, name, disposition="inline"),
        back=round_url("quick_entry.overview", desk.round),
    )


@blueprint.post("/next")
@requires(Permission.MANAGE_ROUNDS)
def begin(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> AnyResponse:
    """The next sheet; of those that are typed twice, the next that waits for its second typing."""
    desk = _desk(access, team_id, round_id)
    return _next(desk, typing=2 if request.form.get("typing") == "2" else 1)


def _next(desk: Desk, *, typing: int) -> AnyResponse:
    try:
        sheet = begin_sheet(session(), **desk.own, typing=typing)
    except (RoundNotOpen, WrongRoundMode):
        return redirect_to_round("rounds.round_", desk.round)
    return desk.to_sheet(sheet) if sheet else desk.to_overview()


@blueprint.post("/twice")
@requires(Permission.MANAGE_ROUNDS)
def twice(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> AnyResponse:
    """Whether each sheet is typed twice from now on."""
    desk = _desk(access, team_id, round_id)
    try:
        counted = type_twice(session(), **desk.own, twice=request.form.get("twice") == "y")
    except AlreadyCounted:
        roll_back()
        flash(str(ALREADY_COUNTED), "error")
        return desk.to_overview()
    except (RoundNotOpen, WrongRoundMode):
        return redirect_to_round("rounds.round_", desk.round)
    if counted:
        flash(
            reader().ngettext(
                "%(n)s sheet that waited for its second typing counts now.",
                "%(n)s sheets that waited for their second typing count now.",
                counted,
            )
        )
    return desk.to_overview()


@blueprint.get("/<uuid:sheet_id>")
@requires(Permission.MANAGE_ROUNDS)
def sheet(access: Access, team_id: uuid.UUID, round_id: uuid.UUID, sheet_id: uuid.UUID) -> str | AnyResponse:
    """A sheet, with what was typed of it so far."""
    desk = _desk(access, team_id, round_id)
    try:
        typed = get_sheet(session(), **desk.own, sheet_id=sheet_id)
    except (RoundNotOpen, WrongRoundMode):
        return redirect_to_round("rounds.round_", desk.round)
    if typed.is_finished:
        return (
            desk.to_overview()
            if typed.typing == 1
            else redirect_to_round("quick_entry.compare", desk.round, sheet_id=typed.id)
        )
    form = sheet_form(desk.blocks, typed.answers, reader(), version=str(typed.version), editor=new_token()[:12])
    return _page(desk, typed, form)


def _page(desk: Desk, typed: PaperSheet, form: SheetForm, *, asks: int = 0) -> str:
    """The sheet; where it `asks` whether so few rows are all, with that question."""
    blocks = desk.blocks
    return desk.render(
        "quick_entry/sheet.html",
        sheet=typed,
        form=form,
        asks=asks,
        blocks=blocks,
        keys=_keys,
        may_be_typed=partial(may_be_typed, reader=reader()),
        question_words=partial(question_words, reader=reader()),
        words_of_option=partial(words_of_option, reader=reader()),
        total=sum(len(block.questions) for block in blocks),
        counted=count_counted(session(), organisation_id=desk.access.organisation_id, round_id=desk.round.id),
    )


def _keys(question: PaperQuestion) -> str:
    """The keys of a question for the script; those for “I don't know” stand for the first of them."""
    return " ".join([*(option.key for option in question.options), *(DONT_KNOW_KEYS if question.has_dont_know else ())])


@blueprint.post("/<uuid:sheet_id>")
@requires(Permission.MANAGE_ROUNDS)
def save(access: Access, team_id: uuid.UUID, round_id: uuid.UUID, sheet_id: uuid.UUID) -> str | AnyResponse:
    """Keeps the sheet, then does what the pressed button says: stay, stop for now, count it and go on, discard it."""
    desk = _desk(access, team_id, round_id)
    act = request.form.get("act", "stay")
    try:
        typed = get_sheet(session(), **desk.own, sheet_id=sheet_id)
        if act == "discard":
            discard_sheet(session(), **desk.own, sheet_id=sheet_id)
            describe_deed(action=Action.DISCARDED_SHEET)
            flash(reader().gettext("Sheet %(number)s was discarded.", number=reader().number(typed.number)))
            return desk.to_overview()
        form = sheet_form(desk.blocks, {}, reader())
        if not form.validate_on_submit():
            return _page(desk, typed, form)
        return _kept(desk, typed, form, act)
    except (RoundNotOpen, WrongRoundMode):
        return redirect_to_round("rounds.round_", desk.round)


def _kept(desk: Desk, typed: PaperSheet, form: SheetForm, act: str) -> str | AnyResponse:
    number, typing = typed.number, typed.typing
    given: dict[str, Any] = {
        "sheet_id": typed.id,
        "answers": answers_of_form(desk.blocks, form.data),
        "version": form.version_shown,
        "editor": form.editor_shown,
    }
    first = form[desk.blocks[0].questions[0].name]
    try:
        if act != "save":
            kept = keep_sheet(session(), **desk.own, **given)
            if act == "stay":
                return desk.to_sheet(kept)
            lay_aside(session(), kept)
            return desk.to_overview()
        if _asks_first(desk, given["answers"], form):
            kept = keep_sheet(session(), **desk.own, **given)
            form.version.data, form.asked.data = str(kept.version), "y"
            return _page(desk, kept, form, asks=count_answers(questions_of(desk.blocks), kept.answers))
        finished = finish_sheet(session(), **desk.own, **given)
    except SheetChanged:
        form.version.data = str(typed.version)
        form.add_error(
            first,
            _(
                "This sheet was changed on another page meanwhile. Here is what you typed on this one: if it holds, "
                "press “Count it and go on” or “Stop for now” once more."
            ),
        )
        return _page(desk, typed, form)
    except NothingTyped:
        form.add_error(
            first, _("Nothing is typed yet, and an empty sheet is not counted. “Stop for now” lays it aside.")
        )
        return _page(desk, typed, form)
    except AlreadyCounted:
        form.add_error(first, ALREADY_COUNTED)
        return _page(desk, typed, form)
    except InvalidAnswer:  # what the round asks was changed meanwhile
        return desk.to_overview()
    if finished is Finished.DIFFERS:
        return redirect_to_round("quick_entry.compare", desk.round, sheet_id=typed.id)
    words = (
        _("Sheet %(number)s waits for its second typing.")
        if finished is Finished.WAITS
        else _("Sheet %(number)s is counted.")
    )
    flash(str(words) % {"number": reader().number(number)})
    return _next(desk, typing=typing)


def _asks_first(desk: Desk, answers: dict[str, Any], form: SheetForm) -> bool:
    """Whether so little is typed that the sheet counts only once somebody has said that it is all."""
    questions = questions_of(desk.blocks)
    is_empty = not count_answers(questions, answers)  # which is refused altogether
    return not form.asked.data and not is_empty and is_sparse(questions, answers)


@blueprint.post("/<uuid:sheet_id>/draft")
@requires(Permission.MANAGE_ROUNDS)
def draft(access: Access, team_id: uuid.UUID, round_id: uuid.UUID, sheet_id: uuid.UUID) -> AnyResponse:
    """What is typed so far, as the script sends it after each key: `{"version", "editor", "typed"}`.

    409 where another page has changed it; 410 where the round takes none any more.
    """
    desk = _desk(access, team_id, round_id)
    try:
        get_sheet(session(), **desk.own, sheet_id=sheet_id)
        given = _sent()
        if given is None:
            return Response(status=400)
        kept = keep_sheet(
            session(),
            **desk.own,
            sheet_id=sheet_id,
            answers=answers_of_form(desk.blocks, given["typed"]),
            version=given["version"],
            editor=given["editor"][:40],
        )
    except SheetChanged:
        roll_back()
        return Response(status=409)
    except (RoundNotOpen, WrongRoundMode):
        roll_back()
        return Response(status=410)
    except InvalidAnswer:
        roll_back()
        return Response(status=400)
    return Response(json.dumps({"version": kept.version}), mimetype="application/json")


def _sent() -> dict[str, Any] | None:
    """What the script sent, if it is that."""
    if (request.content_length or 0) > LONGEST_DRAFT:
        return None
    given = request.get_json(silent=True)
    shape = {"version": int, "editor": str, "typed": dict}
    if not isinstance(given, dict) or not all(isinstance(given.get(name), type_) for name, type_ in shape.items()):
        return None
    return given


@blueprint.route("/<uuid:sheet_id>/compare", methods=["GET", "POST"])
@requires(Permission.MANAGE_ROUNDS)
def compare(access: Access, team_id: uuid.UUID, round_id: uuid.UUID, sheet_id: uuid.UUID) -> str | AnyResponse:
    """Where the two typings of a sheet differ, and which of them holds."""
    desk = _desk(access, team_id, round_id)
    try:
        comparison = compare_sheet(session(), **desk.own, sheet_id=sheet_id)
        form = compare_form(comparison, reader())
        if form.validate_on_submit():
            settle_sheet(
                session(),
                **desk.own,
                sheet_id=sheet_id,
                chosen=form.chosen(comparison),
                others=form.others(comparison),
            )
            number = reader().number(comparison.number)
            flash(reader().gettext("Sheet %(number)s is counted.", number=number))
            return _next(desk, typing=2)
    except (RoundNotOpen, WrongRoundMode):
        return redirect_to_round("rounds.round_", desk.round)
    except SheetChanged:
        flash(str(_("The sheet was changed meanwhile. Please look at it once more.")), "error")
        return redirect_to_round("quick_entry.compare", desk.round, sheet_id=sheet_id)
    except AlreadyCounted:
        roll_back()
        flash(str(ALREADY_COUNTED), "error")
        return desk.to_overview()
    except NothingTyped:
        flash(str(_("Then nothing would stand on that sheet. Discard it, or type it again.")), "error")
        return desk.to_overview()
    return desk.render(
        "quick_entry/compare.html",
        form=form,
        comparison=comparison,
        sheet_id=sheet_id,
        may_be_typed=partial(may_be_typed, reader=reader()),
    )
