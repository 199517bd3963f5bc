"""The follow-up page: how far each action is, as a list or as a board, with what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, make_response, render_template, request
from werkzeug.wrappers import Response

from assessment.domain.plans.edits import NoRoom, with_progress
from assessment.domain.plans.meetings import meeting_on
from assessment.services.plan_history import ActionHistory, history_of
from assessment.services.plan_meetings import get_last_closed, is_meeting_due
from assessment.services.plans import PlanChangedMeanwhile
from assessment.web.dates import local_day
from assessment.web.languages import lazy_gettext as _
from assessment.web.languages import reader
from assessment.web.plan_reading import ReadAction, by_need, given_up, plan_to_read, progress_of
from assessment.web.plans.editor import Editor
from assessment.web.plans.follow import (
    COLUMNS,
    NO_ROOM,
    STATUSES,
    FollowFields,
    FollowForm,
    follow_form,
    gone_words,
    progress_said,
)
from assessment.web.plans.history import HistoryWords, history_words
from assessment.web.transactions import session
from assessment.web.urls import redirect_to_round

VIEWS = ("list", "board")


@dataclass(frozen=True, slots=True)
class FollowedAction:
    """An action on the page: what it is for, its fields, and what became of it."""

    heading: str
    about: str
    action: ReadAction
    fields: FollowFields
    history: HistoryWords


@dataclass
class Following:
    """The follow-up page of one plan, in one request."""

    editor: Editor

    @property
    def view(self) -> str:
        asked = request.args.get("view", "")
        return asked if asked in VIEWS else VIEWS[0]

    @property
    def view_values(self) -> dict[str, Any]:
        """What an address needs so that the same view is shown again."""
        return {} if self.view == VIEWS[0] else {"view": self.view}

    def show(self, form: FollowForm | None = None) -> Response:
        editor = self.editor
        headings = plan_to_read(editor.round_plan, editor.source, reader(), today=editor.today)
        ended = given_up(editor.round_plan, editor.source, reader())
        standing = by_need(headings)
        actions = [action for _heading, action in standing] + [action for _name, action in ended]
        shown = form or follow_form(actions)
        history = history_of(session(), editor.round_plan)

        def followed(heading: str, about: str, action: ReadAction) -> FollowedAction:
            past = history.get(action.id, ActionHistory())
            words = history_words(past, editor.organisation.time_zone, reader())
            return FollowedAction(heading, about, action, shown.fields_of(action), words)

        last = get_last_closed(session(), editor.round_plan, today=editor.today)
        closed_on = local_day(last.closed_at, editor.organisation.time_zone) if last else None
        drawn_on = editor.round_plan.choices.drawn_on
        meeting_days = is_meeting_due(session(), editor.round_plan, today=editor.today)
        page = render_template(
            "plans/follow.html",
            **editor.page_values,
            view=self.view,
            view_values=self.view_values,
            actions=[followed(heading.heading, heading.title, action) for heading, action in standing],
            given_up=[followed("", about, action) for about, action in ended],
            columns=[(status, str(words)) for status in COLUMNS for value, words in STATUSES if value == status],
            statuses=[(value, str(words)) for value, words in STATUSES],
            progress=progress_of(headings),
            form=shown,
            meeting_days=meeting_days,
            meeting_day=reader().date(meeting_on(drawn_on, meeting_days)) if meeting_days else "",
            last_meeting=reader().date(closed_on) if closed_on else "",
        )
        return make_response(page, 422 if form else 200)

    def take(self) -> Response:
        """Keeps how far the actions are that were changed on the page, whatever else of the plan has changed
        meanwhile."""
        editor = self.editor
        headings = plan_to_read(editor.round_plan, editor.source, reader(), today=editor.today)
        actions = [action for _heading, action in by_need(headings)]
        actions += [action for _name, action in given_up(editor.round_plan, editor.source, reader())]
        form = follow_form(actions)
        if not form.validate_on_submit():
            return self.show(form)
        said, gone = progress_said(form, actions), gone_words(form, reader())
        choices = editor.round_plan.choices
        for one in said:
            try:
                choices = with_progress(choices, one.action_id, status=one.status, note=one.note, evidence=one.evidence)
            except NoRoom:
                form.add_error(form[f"status-{one.action_id}"], NO_ROOM)
                return self.show(form)
        try:
            if said:
                editor.save(choices, base_version=editor.round_plan.version)
        except PlanChangedMeanwhile:  # in the instant since it was read
            session().expire_all()
            return Following(Editor.of(editor.access, editor.team, editor.round)).take()
        for words in gone:
            flash(words, "error")
        if said or not gone:
            flash(str(_("Saved.")))
        only = f"at-{said[0].action_id}" if len(said) == 1 and self.view_values else None
        return redirect_to_round("plans.follow", editor.round, **self.view_values, _anchor=only)
