"""The fifteen-minute meeting: one action after the other, each with three buttons; then what came of it, and page 1."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any, Final

from flask import flash, make_response, render_template, request
from werkzeug.wrappers import Response
from wtforms import HiddenField, TextAreaField
from wtforms.validators import Length, Optional

from assessment.domain.plain_text import plain_text
from assessment.domain.plans.choices import LONGEST_NOTE, ActionStatus
from assessment.domain.plans.faults import is_within_plan
from assessment.domain.plans.meetings import Said, last_day, new_day_for
from assessment.infra.clock import utc_now
from assessment.services.plan_meetings import Meeting, close_meeting, get_last_closed, get_meeting, say
from assessment.services.plans import PlanChangedMeanwhile
from assessment.web.fields import DayField
from assessment.web.languages import lazy_gettext as _
from assessment.web.languages import reader
from assessment.web.plan_reading import ReadAction, ReadHeading, plan_to_read
from assessment.web.plans.editor import Editor
from assessment.web.plans.follow import GONE, STATUSES, TOO_LONG
from assessment.web.stale import SettingsForm
from assessment.web.transactions import session
from assessment.web.urls import redirect_to_round

SAID: Final = (
    (Said.DONE, _("Done"), "1"),
    (Said.GOES_ON, _("Goes on"), "2"),
    (Said.STUCK, _("Stuck"), "3"),
)
"""What is said, as its button says it, and the key that presses it."""
MEANWHILE = _(
    "Somebody changed this action while the page was open: it now says “%(status)s”. Press the button again if the "
    "meeting sees it otherwise."
)
ABOUT_ANOTHER = _(
    "What was sent is about another action than the page it came from, so nothing was kept. Here is the page's own "
    "action: say it again here."
)
ABOUT_ANOTHER_WITH_WORDS = _(
    "What was sent is about another action than the page it came from, so nothing was kept: “%(words)s”. Here is the "
    "page's own action: say it again here."
)
NOTHING_KEPT = _("This action is no longer in the plan, so nothing was kept of it.")
OUT_OF_PLAN = _("Choose a day from %(first)s to %(last)s: within the 90 days of the plan.")
IN_THE_PAST = _("This day has passed. Choose a day from today to %(last)s: within the 90 days of the plan.")
NEEDS_NEW_DAY = _(
    "The day of this action, %(day)s, has passed. A new one is proposed here, %(proposed)s: choose another if it suits "
    "you better, and press “Goes on” again."
)
ABOUT_NEW_DAY = _(
    "Its day, %(day)s, has passed: if it goes on, it gets this new one, or another that you choose. If it is stuck or "
    "done, its day stays."
)
PLAN_IS_OVER = _(
    "The plan's 90 days are over, so no new day fits. Leave the day as it is: what is still open can go on in the next "
    "plan."
)


class MeetingForm(SettingsForm):
    """What a meeting says of one action, beside the button that is pressed.

    Where its day has passed, a new one stands in the field although it is not stored: `proposed` tells it from one that
    somebody chose.
    """

    note = TextAreaField(_("Note (may stay empty)"), [Length(max=LONGEST_NOTE, message=TOO_LONG)])
    due_on = DayField(_("If it is not done: a new day"), [Optional()])
    proposed = HiddenField()

    def propose(self, day: dt.date) -> None:
        """Puts a day into the field, for whoever presses “Goes on”."""
        self.due_on.data, self.due_on.raw_data = day, [day.isoformat()]
        self.proposed.data = day.isoformat()

    def forget_proposal(self, said: Said) -> None:
        """Puts the stored day back where the proposed one was not chosen: only what goes on takes it, and only while
        nobody has given the action another day meanwhile."""
        stored = self.due_on.object_data
        words = stored.isoformat() if stored else ""
        is_proposed = bool(self.proposed.data) and request.form.get("due_on") == self.proposed.data
        if is_proposed and (said is not Said.GOES_ON or self.seen("due_on") != words):
            self.due_on.data, self.due_on.raw_data = stored, [words]


@dataclass
class MeetingPage:
    """The meeting about one plan, in one request."""

    editor: Editor

    @property
    def meeting(self) -> Meeting:
        editor = self.editor
        return get_meeting(session(), editor.round_plan, today=editor.today, now=utc_now())

    def show(self) -> Response:
        """The action that the address names, else the first that was not discussed; then what came of the meeting."""
        meeting = self.meeting
        asked = request.args.get("action", "")
        known = {str(action.id): action for action in self.editor.round_plan.choices.actions}
        if asked in known:
            return self._page(meeting, known[asked].id)
        if meeting.first_open is None:
            return redirect_to_round("plans.meeting_end", self.editor.round)
        # Each action has an address of its own, so that the way back never leads to a form about another.
        return redirect_to_round("plans.meeting", self.editor.round, action=str(meeting.first_open.id))

    def take(self) -> Response:
        """Keeps what is said of one action, and goes on to the next."""
        editor = self.editor
        said, action_id, asked = _said_sent(), _action_sent(), request.args.get("action", "")
        read = self._read().get(action_id) if action_id else None
        if read is None or action_id is None or said is None:
            words = plain_text(request.form.get("note", ""))[: 2 * LONGEST_NOTE]
            flash(reader().gettext(GONE, words=words) if words else str(NOTHING_KEPT), "error")
            return redirect_to_round("plans.meeting", editor.round)
        if asked and asked != str(action_id):
            words = plain_text(request.form.get("note", ""))[: 2 * LONGEST_NOTE]
            flash(str(ABOUT_ANOTHER_WITH_WORDS) % {"words": words} if words else str(ABOUT_ANOTHER), "error")
            return redirect_to_round("plans.meeting", editor.round, action=asked)
        _heading, action = read
        form = _form_of(action)
        form.forget_proposal(said)
        is_valid, meanwhile = form.validate_on_submit(), ""
        if form.is_behind("status") and action.status is not said.status:
            meanwhile = str(MEANWHILE) % {"status": _status_words(action.status)}
            is_valid = False
        due_on = form.due_on.data if said is not Said.DONE else None
        drawn_on = editor.round_plan.choices.drawn_on
        if is_valid and said is Said.GOES_ON and due_on in (None, action.due_on) and (day := self._new_day(action_id)):
            form.propose(day)
            form.add_error(
                form.due_on,
                str(NEEDS_NEW_DAY) % {"day": action.due, "proposed": reader().date(day)},
            )
            is_valid = False
        if is_valid and due_on and due_on != action.due_on and (words := _wrong_day(due_on, drawn_on, editor.today)):
            form.add_error(form.due_on, words)
            is_valid = False
        if not is_valid:
            return self._page(self.meeting, action_id, form, meanwhile)
        try:
            editor.round_plan = say(
                session(),
                editor.round_plan,
                action_id,
                said=said,
                note=form.note.data or "",
                due_on=due_on,
                today=editor.today,
                now=utc_now(),
                user_id=editor.access.user_id,
            )
        except PlanChangedMeanwhile:  # in the instant since it was read
            session().expire_all()
            return MeetingPage(Editor.of(editor.access, editor.team, editor.round)).take()
        following = _after(self.meeting, action_id)
        if following is None:
            return redirect_to_round("plans.meeting_end", editor.round)
        return redirect_to_round("plans.meeting", editor.round, action=str(following))

    def show_end(self) -> Response:
        """What came of the meeting; once it is closed, page 1."""
        editor, meeting, read = self.editor, self.meeting, self._read()
        last = get_last_closed(session(), editor.round_plan, today=editor.today)
        shown = last if last is not None and "closed" in request.args else meeting
        groups = [
            (said.value if said else "", words, [read[action.id] for action in shown.said(said) if action.id in read])
            for said, words in (*((said, str(words)) for said, words, _key in SAID), (None, str(_("Not discussed"))))
        ]
        page = render_template(
            "plans/meeting_end.html",
            **editor.page_values,
            meeting=shown,
            groups=groups,
            next_on=reader().date(shown.next_on) if shown.next_on else "",
            is_closed=shown.closed_at is not None,
            is_printable=not editor.round_plan.faults,
        )
        return make_response(page)

    def close(self) -> Response:
        close_meeting(session(), self.editor.round_plan, today=self.editor.today, now=utc_now())
        return redirect_to_round("plans.meeting_end", self.editor.round, closed="1")

    def _new_day(self, action_id: uuid.UUID) -> dt.date | None:
        choices = self.editor.round_plan.choices
        action = next(one for one in choices.actions if one.id == action_id)
        return new_day_for(action, choices.drawn_on, self.editor.today)

    def _read(self) -> dict[uuid.UUID, tuple[ReadHeading, ReadAction]]:
        editor = self.editor
        headings = plan_to_read(editor.round_plan, editor.source, reader(), today=editor.today)
        return {action.id: (heading, action) for heading in headings for action in heading.actions}

    def _about_day(self, action: ReadAction) -> str:
        """What is to be known of the day before a button is pressed."""
        if not action.is_open or action.due_on is None or action.due_on >= self.editor.today:
            return str(_("It may stay as it is."))
        if self._new_day(action.id):
            return str(ABOUT_NEW_DAY) % {"day": action.due}
        return str(_("The plan's 90 days are over, so its day stays. What is still open can go on in the next plan."))

    def _page(
        self, meeting: Meeting, action_id: uuid.UUID, form: MeetingForm | None = None, meanwhile: str = ""
    ) -> Response:
        read = self._read()
        heading, action = read[action_id]
        order = [item.action.id for item in meeting.items if item.action.id in read]
        at = order.index(action_id) if action_id in order else None
        said = {item.action.id: item.said for item in meeting.items}
        shown, is_first = form or _form_of(action), form is None
        is_free = not shown.due_on.errors and shown.due_on.data == action.due_on
        if is_free and (day := self._new_day(action_id)):
            shown.propose(day)
        values: dict[str, Any] = {
            "meeting": meeting,
            "heading": heading,
            "action": action,
            "form": shown,
            "about_day": "" if shown.due_on.errors else self._about_day(action),
            "buttons": [(one.value, str(words), key) for one, words, key in SAID],
            "meanwhile": meanwhile,
            "said": said.get(action_id),
            "at": at,
            "order": [(read[one][1], said.get(one)) for one in order],
            "others": [read[one.id][1] for one in meeting.others if one.id in read],
            "before": order[at - 1] if at else None,
            "after": order[at + 1] if at is not None and at + 1 < len(order) else None,
            "said_words": {one.value: str(words) for one, words, _key in SAID},
        }
        page = render_template("plans/meeting.html", **self.editor.page_values, **values)
        return make_response(page, 200 if is_first else 422)


def _form_of(action: ReadAction) -> MeetingForm:
    return MeetingForm(data={"note": action.note, "due_on": action.due_on}, also={"status": action.status.value})


def _wrong_day(due_on: dt.date, drawn_on: dt.date, today: dt.date) -> str:
    """Why an action of a plan cannot be put off to this day; nothing where it can."""
    first, last = max(drawn_on, today), last_day(drawn_on)
    if first > last:
        return str(PLAN_IS_OVER)
    if due_on < first:
        return str(IN_THE_PAST) % {"last": reader().date(last)}
    if not is_within_plan(due_on, drawn_on):
        return str(OUT_OF_PLAN) % {"first": reader().date(first), "last": reader().date(last)}
    return ""


def _said_sent() -> Said | None:
    try:
        return Said(request.form.get("said", ""))
    except ValueError:
        return None


def _action_sent() -> uuid.UUID | None:
    try:
        return uuid.UUID(request.form.get("action", ""))
    except ValueError:
        return None


def _status_words(status: ActionStatus) -> str:
    return next(str(words) for value, words in STATUSES if value == status)


def _after(meeting: Meeting, action_id: uuid.UUID) -> uuid.UUID | None:
    """The next action that was not discussed: after this one, else from the beginning."""
    order = [item.action.id for item in meeting.items]
    at = order.index(action_id) + 1 if action_id in order else 0
    turned = (*meeting.items[at:], *meeting.items[:at])
    return next((item.action.id for item in turned if item.said is None), None)
