"""`…/rounds/<id>/workshop`: start a workshop, lead it step by step, end it.

Everything is a plain form. Keys of a presenter's remote press the same buttons, where there is JavaScript.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from flask import Response, flash, redirect, render_template, request
from flask import session as browser_session
from werkzeug.wrappers import Response as AnyResponse

from assessment.domain.access import Permission
from assessment.domain.audit import Action
from assessment.domain.rounds import RoundMode, RoundNotOpen, RoundState, WrongRoundMode
from assessment.domain.workshops import Command, NobodyVoted, NotNow, Order, Stage, minutes_a_question
from assessment.infra.clock import utc_now
from assessment.services.access import Access
from assessment.services.outlook import get_outlook
from assessment.services.participation import get_participation
from assessment.services.publication import publish_scored_round, score_before_publication
from assessment.services.respond import AlreadySubmitted
from assessment.services.rounds import Round, RoundHasAnswers, stop_round
from assessment.services.surplus import UnexplainedSurplus
from assessment.services.teams import Team
from assessment.services.workshops import (
    Board,
    FewVotes,
    NoteChanged,
    NoteKind,
    NothingChosen,
    NothingToVote,
    NothingWritten,
    NoWorkshop,
    TooManyQuestions,
    UnknownLevel,
    UnknownNote,
    WorkshopIsOver,
    WorkshopMovedOn,
    add_own_question,
    agree,
    all_questions_of,
    change_note,
    choose_questions,
    conversation_about,
    end_workshop,
    find_held,
    get_board,
    get_note,
    give_command,
    is_fit_for_workshop,
    questions_of,
    start_workshop,
    statements_of,
    text_of_note,
    write_note,
)
from assessment.web.access import requires
from assessment.web.auditing import describe_deed
from assessment.web.dates import today
from assessment.web.forms import ConfirmForm
from assessment.web.languages import lazy_gettext as _
from assessment.web.languages import reader
from assessment.web.lookups import load_round
from assessment.web.public_links import is_local_link, participants_url
from assessment.web.transactions import database, roll_back, separate_read, session
from assessment.web.urls import redirect_to_round, round_url
from assessment.web.workshop_words import bars_of, cue, ends_of, level_words, record_of, talk_words, told
from assessment.web.workshops.blueprint import blueprint
from assessment.web.workshops.forms import (
    ActionForm,
    AgreeForm,
    ChooseForm,
    NoteForm,
    OwnQuestionForm,
    ParkForm,
    StartForm,
    agree_form,
    level_of,
)

USUAL_MINUTES = 90
WITHOUT_PAGE = "Escala-Answers"
"""The header with which a script asks for no page in answer to a command."""
LEFT = "workshop_left"
"""Of the browser's session: the round, and the question from which its code was shown again."""
MOVED_ON = _("The workshop had moved on in the meantime, so nothing was done. This is what it shows now.")
NOT_NOW = _("That cannot be done at this moment. While people vote, show the votes first.")
NOBODY_VOTED = _("Nobody has voted yet, so there is nothing to show.")
AT_REST = _("The workshop is paused, or has ended by itself. Resume it first.")
ROUND_CLOSED = _(
    "The round has closed meanwhile, so it takes no answers. Everything that was agreed is kept: open the round again, "
    "and then end the workshop."
)
SHEET_SENT = _(
    "The workshop has ended. The team's sheet of this round had been sent already, on another device, and that one "
    "counts. What the workshop agreed on stands beside it."
)


@dataclass(frozen=True)
class Led:
    """A request about the workshop of a round."""

    access: Access
    team: Team
    round: Round

    @property
    def own(self) -> dict[str, Any]:
        return {"organisation_id": self.access.organisation_id, "round_id": self.round.id}

    def render(self, template: str, **values: object) -> str:
        return render_template(
            template, organisation=self.access.organisation, team=self.team, round=self.round, **values
        )

    def board(self) -> Board:
        """Raises `NoWorkshop`."""
        return get_board(session(), **self.own, now=utc_now())


def load_led(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> Led:
    return Led(access, *load_round(access, team_id, round_id))


@blueprint.route("/start", methods=["GET", "POST"])
@requires(Permission.MANAGE_ROUNDS)
def start(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> str | AnyResponse:
    """What a workshop is, what it votes on, and how long there is."""
    led = load_led(access, team_id, round_id)
    if find_held(session(), **led.own):
        return redirect_to_round("workshops.lead", led.round)
    if not is_fit_for_workshop(session(), led.round, now=utc_now()):
        return redirect_to_round("rounds.round_", led.round)
    questions = questions_of(session(), led.round)
    form = StartForm(minutes=USUAL_MINUTES, questions=[one.key for one in questions], order=Order.AS_ASKED)
    form.offer(all_questions_of(session(), led.round), reader())
    if form.validate_on_submit():
        try:
            start_workshop(
                session(),
                **led.own,
                minutes=form.minutes.data or USUAL_MINUTES,
                chosen=form.questions.data or (),
                order=form.chosen_order,
                now=utc_now(),
            )
        except NothingChosen:  # none of them is a question
            return redirect_to_round("workshops.start", led.round)
        except (WrongRoundMode, RoundNotOpen, RoundHasAnswers, NothingToVote):  # somebody has changed it meanwhile
            return redirect_to_round("rounds.round_", led.round)
        return redirect_to_round("workshops.lead", led.round)
    return led.render(
        "workshops/start.html",
        form=form,
        rubrics=sum(one.part == "items" for one in questions),
        moments=sum(one.part == "ladder" for one in questions),
        statements=statements_of(session(), led.round),
        minutes=minutes_a_question(60 * (form.minutes.data or USUAL_MINUTES), len(questions)),
        is_local_only=is_local_link(participants_url()),
    )


@blueprint.get("")
@requires(Permission.MANAGE_ROUNDS)
def lead(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> str | AnyResponse:
    """The page of whoever leads: the question, how many have voted, and the buttons."""
    led = load_led(access, team_id, round_id)
    try:
        return _page(led, led.board())
    except NoWorkshop:
        return redirect_to_round("rounds.round_", led.round)


def _page(led: Led, board: Board, **forms: object) -> str:
    """`forms` are those that were refused, with what was written in them."""
    shown, question = board.shown, board.question
    talk = conversation_about(question) if question else None
    may_agree = question is not None and board.position.stage in (Stage.ASKED, Stage.REVEALED)
    given: dict[str, object] = {
        "agree_form": agree_form(question, board.agreement, reader(), version=board.workshop.version)
        if may_agree and question is not None and "agree_form" not in forms
        else None,
        "park_form": ParkForm(formdata=None),
        "action_form": ActionForm(formdata=None),
    }
    return led.render(
        "workshops/lead.html",
        **given | forms,
        board=board,
        is_closed=led.round.facts.state(utc_now()) is not RoundState.OPEN,
        **how_to_join(board),
        may_agree=may_agree,
        bars=bars_of(question, shown, reader()) if question and shown else (),
        told=told(question, shown, reader(), is_agreed=board.agreement is not None) if question and shown else (),
        cue=cue(question, shown, reader()) if question and shown else "",
        earlier=_earlier(board),
        agreed={
            key: level_words(board.by_key[key], one.level, reader())
            for key, one in board.agreements.items()
            if key in board.by_key
        },
        conversation=talk,
        talk_words=talk_words(talk, reader(), is_timed=board.timer_ends_at is not None) if talk else "",
        ends=ends_of(question, shown) if question and shown else (),
        **timer_of(board),
        open_titles=reader().list_of(reader().text(one.title) for one in board.open_questions),
        disagreed=reader().list_of(reader().text(one.title) for one in board.most_disagreed),
        is_shown_again=board.position.stage is Stage.JOINING and bool(_left(led)),
        minutes_left=_minutes_left(board),
        minutes_each=minutes_a_question(board.seconds_left(utc_now()), len(board.open_questions)),
        record=record_of(board, led.access.organisation.time_zone, reader()),
    )


def how_to_join(board: Board) -> dict[str, object]:
    """The address and the PIN as they are typed."""
    pin = board.workshop.pin or ""
    return {"address": participants_url().partition("://")[2], "pin": f"{pin[:3]} {pin[3:]}"}


def timer_of(board: Board) -> dict[str, object]:
    """Until when people talk: the seconds that are left, since the clock of another machine may go wrong."""
    if board.timer_ends_at is None:
        return {"timer_seconds": None}
    return {"timer_seconds": max(0, round((board.timer_ends_at - utc_now()).total_seconds()))}


def _earlier(board: Board) -> tuple[object, ...]:
    """The votes on the question before the ones that are shown: both are kept."""
    question = board.question
    if question is None or board.shown is None:
        return ()
    votes = board.ballots[question.key][: board.workshop.ballot - 1]
    return tuple(bars_of(question, one, reader()) for one in votes)


def _minutes_left(board: Board) -> int:
    return board.seconds_left(utc_now()) // 60


@blueprint.get("/now")
@requires(Permission.MANAGE_ROUNDS)
def live(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> str | AnyResponse:
    """How many have joined and voted: what the page asks for every second. 410 where there is no workshop any more."""
    led = load_led(access, team_id, round_id)
    try:
        board = led.board()
    except NoWorkshop:
        return Response(status=410)
    mark = f'"{board.workshop.version}.{board.joined}.{board.voted}.{_minutes_left(board)}.{reader().tag}"'
    if request.headers.get("If-None-Match") == mark:
        return Response(status=304, headers={"ETag": mark})
    page = led.render("workshops/live.html", board=board, minutes_left=_minutes_left(board), **timer_of(board))
    return Response(page, mimetype="text/html", headers={"ETag": mark})


@blueprint.post("/command")
@requires(Permission.MANAGE_ROUNDS)
def command(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> str | AnyResponse:
    """One step. What cannot be done is said on the page; nothing has changed then.

    Before so few votes are shown that they are hardly anonymous it asks: by a page, or a script by 428.
    """
    led = load_led(access, team_id, round_id)
    given, to = request.form.get("command", ""), request.form.get("to", "")
    if given not in set(Command):
        return redirect_to_round("workshops.lead", led.round)
    chosen = Command(given)
    try:
        board = led.board()
    except NoWorkshop:
        return redirect_to_round("rounds.round_", led.round)
    left = board.workshop.question
    if chosen is Command.NEXT and board.position.stage is Stage.JOINING and (back := _left(led)):
        chosen, to = Command.GO, back

    def act() -> None:
        give_command(
            session(),
            **led.own,
            command=chosen,
            version=_version(),
            to=to,
            may_be_few="sure" in request.form,
            minutes=_small("minutes"),
            now=utc_now(),
        )
        if chosen is Command.GO and not to and left:
            browser_session[LEFT] = [str(led.round.id), left]
        elif chosen in (Command.NEXT, Command.BACK, Command.SKIP, Command.GO, Command.DISCUSS):
            browser_session.pop(LEFT, None)

    try:
        response = _answered(led, act)
    except FewVotes:
        roll_back()
        return _few(led)
    response.call_on_close(database().compact_if_owed)  # votes that were shown
    return response


def _few(led: Led) -> str | AnyResponse:
    if WITHOUT_PAGE in request.headers:
        return Response(status=428)
    return led.render("workshops/few.html", board=led.board())


def _left(led: Led) -> str:
    """The question to which the room returns once the code was shown again; else empty."""
    round_id, question = browser_session.get(LEFT, ("", ""))
    return str(question) if round_id == str(led.round.id) else ""


def _version() -> int:
    return _small("version")


def _small(name: str) -> int:
    given = request.form.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0


def _answered(led: Led, act: Callable[[], object], *, written: str = "", done: str = "") -> AnyResponse:
    """Does it, and shows the page; to a script that wants no page, 204, or 409 where nothing was done.

    What was written, and is not kept, is told with the refusal; `done` where it was done.
    """
    refusal = ""
    try:
        act()
    except NoWorkshop:
        return redirect_to_round("rounds.round_", led.round)
    except WorkshopMovedOn:
        refusal = str(MOVED_ON)
    except NobodyVoted:
        refusal = str(NOBODY_VOTED)
    except NotNow:
        refusal = str(NOT_NOW)
    except WorkshopIsOver:
        refusal = str(AT_REST)
    if refusal:
        roll_back()
    if WITHOUT_PAGE in request.headers:
        return Response(status=409 if refusal else 204)
    if refusal:
        flash(refusal, "error")
        if written:
            flash(reader().gettext("You had written: “%(words)s”", words=written), "error")
    elif done:
        flash(done)
    return redirect_to_round("workshops.lead", led.round)


@blueprint.post("/agree")
@requires(Permission.MANAGE_ROUNDS)
def agreed(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> str | AnyResponse:
    """What the team agrees on for the question that is shown."""
    led = load_led(access, team_id, round_id)
    try:
        board = led.board()
    except NoWorkshop:
        return redirect_to_round("rounds.round_", led.round)
    if board.question is None:
        return redirect_to_round("workshops.lead", led.round)
    form = agree_form(board.question, None, reader(), is_sent=True)
    if form.question.data == board.question.key and not form.validate_on_submit():
        return _page(led, board, agree_form=form)

    meant = board.by_key.get(form.question.data or "")
    level = level_of(agree_form(meant, None, reader(), is_sent=True), meant) if meant else None
    if level is None and meant is board.question and board.question.most > 1:
        form.add_error(form.levels, reader().gettext("At most %(n)s, please.", n=board.question.most))
        return _page(led, board, agree_form=form)

    def act() -> None:
        if level is None:  # what no button of ours sends
            raise WorkshopMovedOn(board.workshop.version)
        try:
            agree(
                session(),
                **led.own,
                question=form.question.data or "",
                level=level,
                note=form.note.data or "",
                version=_version(),
                now=utc_now(),
            )
        except UnknownLevel:
            raise WorkshopMovedOn(board.workshop.version) from None
        if "next" in request.form:
            version = led.board().workshop.version
            with suppress(NotNow):  # it was the last one: the agreement is kept
                give_command(session(), **led.own, command=Command.NEXT, version=version, now=utc_now())

    return _answered(led, act, written=_agreement_written(form, board), done=str(_("The agreement is saved.")))


def _agreement_written(form: AgreeForm, board: Board) -> str:
    """The level in words, and the note: of the question that was meant, which may not be the one that is shown now."""
    question = board.by_key.get(form.question.data or "")
    level = level_of(agree_form(question, None, reader(), is_sent=True), question) if question is not None else None
    words = level_words(question, level, reader()) if question is not None and level is not None else ""
    return " · ".join(one for one in (words, form.note.data) if one)


@blueprint.route("/questions", methods=["GET", "POST"])
@requires(Permission.MANAGE_ROUNDS)
def questions(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> str | AnyResponse:
    """What is voted on, before the workshop begins and while it goes on."""
    led = load_led(access, team_id, round_id)
    try:
        board = led.board()
    except NoWorkshop:
        return redirect_to_round("rounds.round_", led.round)
    form, own = _choose_form(board), OwnQuestionForm(version=str(board.workshop.version))
    if form.validate_on_submit():

        def act() -> None:
            choose_questions(
                session(),
                **led.own,
                chosen=form.questions.data or (),
                order=_kept_order(board, form),
                version=_version(),
                now=utc_now(),
            )

        return _answered(led, act, done=str(_("This is what you vote on from now on.")))
    return _questions_page(led, board, form, own)


def _choose_form(board: Board, **given: Any) -> ChooseForm:
    """Filled in with what was sent, or with `formdata=None`, as it is now."""
    order = Order.AS_ASKED if board.workshop.order is Order.AS_ASKED else Order.VOTES_FIRST
    questions = [one.key for one in board.questions]
    form = ChooseForm(version=str(board.workshop.version), questions=questions, order=order, **given)
    form.offer(board.offered, reader())
    return form


def _kept_order(board: Board, form: ChooseForm) -> Order:
    """Once all have voted first, the most disagreed stays first."""
    is_kept = form.chosen_order is Order.VOTES_FIRST and board.workshop.order is Order.DISAGREED
    return Order.DISAGREED if is_kept else form.chosen_order


def _questions_page(led: Led, board: Board, form: ChooseForm, own: OwnQuestionForm) -> str:
    fixed = {*board.agreements, *board.ballots, board.workshop.question}
    return led.render("workshops/questions.html", board=board, form=form, own=own, fixed=fixed)


@blueprint.post("/questions/own")
@requires(Permission.MANAGE_ROUNDS)
def add_question(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> str | AnyResponse:
    """A plain question of the team's own: its answers are kept with the workshop, and in no score."""
    led, own = load_led(access, team_id, round_id), OwnQuestionForm()
    try:
        board = led.board()
        if not (own.validate_on_submit() and own.is_complete()):
            return _questions_page(led, board, _choose_form(board, formdata=None), own)
        try:
            add_own_question(
                session(), **led.own, text=own.text(), choices=own.choices(), version=_version(), now=utc_now()
            )
        except (TooManyQuestions, NothingWritten):
            flash(str(_("A workshop has at most twelve questions of its own. Nothing was added.")), "error")
            return redirect_to_round("workshops.questions", led.round)
    except WorkshopMovedOn:
        roll_back()
        flash(str(MOVED_ON), "error")
        flash(reader().gettext("You had written: “%(words)s”", words=own.es.data or own.en.data or ""), "error")
        return redirect_to_round("workshops.questions", led.round)
    except NoWorkshop:
        return redirect_to_round("rounds.round_", led.round)
    flash(str(_("The question comes after all others.")))
    return redirect_to_round("workshops.questions", led.round)


@blueprint.route("/note", methods=["GET", "POST"])
@requires(Permission.MANAGE_ROUNDS)
def note(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> str | AnyResponse:
    """A thought or an action (`id`) in other words, or taken away."""
    led, form = load_led(access, team_id, round_id), NoteForm()
    given = request.values.get("id", "")
    try:
        kept = get_note(session(), **led.own, note_id=_uuid(given))
        if form.validate_on_submit() and (form.due_on.data == kept.due_on or not _is_past(form, led)):
            change_note(
                session(),
                **led.own,
                note_id=kept.id,
                words=form.words.data or "",
                owner=form.owner.data or "",
                due_on=form.due_on.data,
                shown=form.shown.data,
            )
            flash(str(_("Changed.") if form.words.data else _("Taken away.")))
            response = redirect_to_round("workshops.lead", led.round)
            response.call_on_close(database().compact_if_owed)
            return response
    except NoteChanged:
        kept = get_note(session(), **led.own, note_id=_uuid(given))
        form.shown.data = text_of_note(kept)
        form.add_error(
            form.words,
            _("Somebody changed this meanwhile: “%(words)s”. Save again if yours holds.") % {"words": kept.words},
        )
    except NoWorkshop:
        return redirect_to_round("rounds.round_", led.round)
    except UnknownNote:
        flash(str(_("That was taken away meanwhile.")), "error")
        return redirect_to_round("workshops.lead", led.round)
    if not form.is_submitted():
        form = NoteForm(shown=text_of_note(kept), words=kept.words, owner=kept.owner, due_on=kept.due_on)
    return led.render("workshops/note.html", form=form, note=kept, is_action=kept.kind is NoteKind.ACTION)


def _uuid(given: str) -> uuid.UUID:
    """What is none is nobody's."""
    try:
        return uuid.UUID(given)
    except ValueError:
        return uuid.UUID(int=0)


@blueprint.post("/park")
@requires(Permission.MANAGE_ROUNDS)
def park(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> str | AnyResponse:
    """A thought that the team will come back to."""
    led, form = load_led(access, team_id, round_id), ParkForm()
    try:
        if not form.validate_on_submit():
            return _page(led, led.board(), park_form=form)
        write_note(session(), **led.own, kind=NoteKind.PARKED, words=form.parked.data or "", now=utc_now())
    except NoWorkshop:
        return redirect_to_round("rounds.round_", led.round)
    flash(str(_("Parked.")))
    return redirect_to_round("workshops.lead", led.round)


@blueprint.post("/action")
@requires(Permission.MANAGE_ROUNDS)
def action(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> str | AnyResponse:
    """What somebody will do, by when."""
    led, form = load_led(access, team_id, round_id), ActionForm()
    try:
        if not form.validate_on_submit() or _is_past(form, led):
            return _page(led, led.board(), action_form=form)
        write_note(
            session(),
            **led.own,
            kind=NoteKind.ACTION,
            words=form.what.data or "",
            owner=form.owner.data or "",
            due_on=form.due_on.data,
            now=utc_now(),
        )
    except NoWorkshop:
        return redirect_to_round("rounds.round_", led.round)
    flash(str(_("Written down.")))
    return redirect_to_round("workshops.lead", led.round)


def _is_past(form: ActionForm | NoteForm, led: Led) -> bool:
    """Whether its day is over where the organisation is; then the form says so."""
    if form.due_on.data is None or form.due_on.data >= today(led.access.organisation.time_zone, utc_now()):
        return False
    form.add_error(form.due_on, _("That day is over. Please write today or a later day."))
    return True


@blueprint.route("/end", methods=["GET", "POST"])
@requires(Permission.MANAGE_ROUNDS)
def end(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> str | AnyResponse:
    """Ends it for good: what was agreed becomes the round's sheet."""
    led, form = load_led(access, team_id, round_id), ConfirmForm()
    try:
        board = led.board()
        if form.validate_on_submit():
            how_many = end_workshop(session(), **led.own, now=utc_now())
            return _ended(led, how_many)
    except NoWorkshop:
        return redirect_to_round("rounds.round_", led.round)
    except RoundNotOpen:
        roll_back()
        flash(str(ROUND_CLOSED), "error")
        return redirect_to_round("workshops.lead", led.round)
    except AlreadySubmitted:
        roll_back()
        end_workshop(session(), **led.own, hands_over=False, now=utc_now())
        flash(str(SHEET_SENT), "error")
        return _to_round(led)
    return led.render("workshops/end.html", form=form, board=board)


@blueprint.route("/after", methods=["GET", "POST"])
@requires(Permission.MANAGE_ROUNDS)
def after(access: Access, team_id: uuid.UUID, round_id: uuid.UUID) -> str | AnyResponse:
    """Once the workshop has ended: from what was agreed to the plan in people's hands, while all are still there.

    One button closes the round and publishes it, since the one sheet is all that was asked for.
    """
    led, form = load_led(access, team_id, round_id), ConfirmForm()
    if led.round.mode is not RoundMode.CONSENSUS or find_held(session(), **led.own):
        return redirect_to_round("rounds.round_", led.round)
    has_sheet = get_participation(session(), **led.own).answered > 0
    if led.round.published_at is None and not has_sheet:
        return redirect_to_round("rounds.round_", led.round)
    if led.round.published_at is None and form.validate_on_submit():
        return _published(led)
    return led.render(
        "workshops/after.html",
        form=form,
        is_published=led.round.published_at is not None,
        may_plan=access.may(Permission.EDIT_PLANS),
    )


def _published(led: Led) -> AnyResponse:
    """Where publishing would show nothing, or needs an explanation, the pages of the round say so."""
    if led.round.facts.state(utc_now()) is RoundState.OPEN:
        stop_round(session(), **led.own, now=utc_now())
    with separate_read() as aside:
        has_result = get_outlook(aside, **led.own, now=utc_now()).has_result
        scored = score_before_publication(aside, **led.own)
    if not has_result:
        flash(str(_("The round has stopped. Publishing it would show nothing: here is why, and what you can do.")))
        return redirect_to_round("rounds.round_", led.round)
    try:
        with session().begin_nested():
            publish_scored_round(
                session(), **led.own, scored=scored, surplus_reason="", user_id=led.access.user_id, now=utc_now()
            )
    except UnexplainedSurplus:
        return redirect_to_round("rounds.publish", led.round)
    describe_deed(action=Action.PUBLISHED_ROUND)
    response = redirect(round_url("plans.plan", led.round), 303)
    response.call_on_close(database().compact_if_owed)
    return response


def _ended(led: Led, how_many: int) -> AnyResponse:
    if how_many:
        words = reader().ngettext(
            "The workshop has ended. What was agreed on %(n)s question is the team's sheet now.",
            "The workshop has ended. What was agreed on %(n)s questions is the team's sheet now.",
            how_many,
        )
    else:
        words = reader().gettext("The workshop has ended. Nothing was agreed, so the round has no sheet yet.")
    flash(words)
    return _to_round(led, "workshops.after" if how_many else "rounds.round_")


def _to_round(led: Led, endpoint: str = "rounds.round_") -> AnyResponse:
    """Once all is committed and the answer is on its way, the people who took part leave the files."""
    response = redirect(round_url(endpoint, led.round), 303)
    response.call_on_close(database().compact_if_owed)
    return response
