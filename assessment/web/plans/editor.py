"""The plan's page, and what its one form says: the whole plan, and the button that was pressed."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, jsonify, make_response, render_template, request
from werkzeug.wrappers import Response

from assessment.domain.audit import Action, Details
from assessment.domain.plain_text import plain_line
from assessment.domain.plans.choices import MOVE, PlanChoices
from assessment.domain.plans.edits import (
    UnknownHeading,
    as_proposed,
    with_action,
    with_pillars,
    with_point,
    with_proposed_move,
    without_action,
    without_dropped,
    without_pillar,
)
from assessment.domain.plans.faults import InvalidPlan, PlanFault, PlanProblem
from assessment.domain.rounds import RoundMode
from assessment.infra.clock import local_date, utc_now
from assessment.infra.tokens import new_token
from assessment.services.access import Access
from assessment.services.carried_actions import carried_names, is_something_left, look_back
from assessment.services.later_work import TooManyJobs
from assessment.services.organisations import Organisation
from assessment.services.plan_documents import (
    PRINT_PLAN,
    PrintAs,
    plan_source,
    printed_plans,
    request_print,
)
from assessment.services.plan_photographs import PlanPhotograph, photograph_facts
from assessment.services.plan_sharing import share_plan, stop_sharing_plan
from assessment.services.plans import (
    NothingToUndo,
    PlanChangedMeanwhile,
    RoundPlan,
    change_plan,
    read_plan,
    undo_change,
    with_choices,
)
from assessment.services.rounds import Round
from assessment.services.teams import Team
from assessment.services.workshop_actions import noted_actions, room_priorities
from assessment.web.auditing import describe_deed
from assessment.web.languages import lazy_gettext as _
from assessment.web.languages import reader
from assessment.web.mail import queue
from assessment.web.plan_calendar import PlanCalendar, calendar_feed, make_calendar
from assessment.web.plan_reading import given_up, plan_to_read, progress_of
from assessment.web.plans.conflict import BothSay, both_plans
from assessment.web.plans.faults import FaultText, fault_texts, fault_words
from assessment.web.plans.forms import (
    Layout,
    PlanForm,
    choices_sent,
    days_out_of_plan,
    layout_of,
    layout_sent,
    plan_form,
)
from assessment.web.plans.page import action_titles, heading_names, plan_page, printed_versions
from assessment.web.plans.sharing import plan_mail, plan_sharing, tell_by_mail
from assessment.web.prepare import progress_soon
from assessment.web.print_options import print_as, print_as_asked
from assessment.web.public_links import public_url
from assessment.web.security import POLICY_WITH_PREVIEW, csp_nonce
from assessment.web.transactions import after_commit, commit_early, session
from assessment.web.urls import redirect_to_round
from reports.action_plan.source import PlanSource

AUTOSAVE = "autosave"
STAYS = ("save", "print", "blank", "share", "tell")
"""Buttons that do nothing more while the form says a day that no plan can have."""
SAVED_BUT = _("Saved, but a day is not within the plan: look at the field that is marked.")
SAVED_BUT_FOR = _("Saved, but for a day that is not within the 90 days of the plan: that action keeps the day it had.")
UNDOABLE = ("remove", "drop", "restore", "point", "forget", "room")
GROUPS = {
    "carry": "plans.carry",
    "choose": "plans.actions",
    "add": "plans.actions",
    "swap": "plans.pillars",
    "pillar": "plans.pillars",
    "workshop": "plans.from_workshop",
}
"""Buttons that lead to a page where something is chosen, once the form is kept."""


@dataclass
class Editor:
    """The plan of one round on its page, in one request."""

    access: Access
    team: Team
    round: Round
    round_plan: RoundPlan
    both: tuple[BothSay, ...] = ()
    """Where another person's plan and what was typed here say something else."""
    days_out: tuple[PlanFault, ...] = ()
    """Where the form that was sent says a day that no plan can have: it is told, and not kept."""
    was_only_kept: bool = True
    """Whether nothing else was asked for than to save."""

    @classmethod
    def of(cls, access: Access, team: Team, round_: Round) -> Editor:
        """Raises what `read_plan` raises."""
        today = local_date(utc_now(), access.organisation.time_zone)
        round_plan = read_plan(session(), organisation_id=access.organisation_id, round_id=round_.id, drawn_on=today)
        return cls(access, team, round_, round_plan)

    @property
    def today(self) -> dt.date:
        return local_date(utc_now(), self.access.organisation.time_zone)

    @property
    def organisation(self) -> Organisation:
        return self.access.organisation

    @property
    def where(self) -> dict[str, Any]:
        return {"organisation_id": self.organisation.id, "round_id": self.round.id}

    @property
    def page_values(self) -> dict[str, Any]:
        """What all pages about the round show."""
        return {
            "organisation": self.organisation,
            "team": self.team,
            "round": self.round,
            "feed": calendar_feed(self.round),
            "photograph": self.photograph,
            "photographed_on": reader().date(local_date(self.photograph.added_at, self.organisation.time_zone))
            if self.photograph
            else "",
        }

    @property
    def photograph(self) -> PlanPhotograph | None:
        """That of the signed paper, without its bytes."""
        return photograph_facts(session(), organisation_id=self.organisation.id, round_id=self.round.id)

    # Showing

    def show(self) -> Response:
        layout = layout_of(self.round_plan.choices)
        return self._page(plan_form(self.round_plan, layout, reader()), layout)

    def show_on_screen(self) -> Response:
        as_ = print_as_asked(self.organisation)
        page = render_template(
            "plans/on_screen.html",
            **self.page_values,
            sharing=plan_sharing(self.round, self.team, self.organisation, reader()),
            is_unfinished=bool(self.round_plan.faults),
            paper=as_.paper or as_.reader.paper,
        )
        response = make_response(page)
        response.headers["Content-Security-Policy"] = POLICY_WITH_PREVIEW.format(nonce=csp_nonce())
        return response

    def share_on_screen(self) -> Response:
        """Shares the plan as it was saved, and shows its code."""
        try:
            with session().begin_nested():
                share_plan(session(), **self.where, now=utc_now())
        except InvalidPlan:
            flash(str(_("Something is still missing, so the plan cannot be shared yet.")), "error")
            return redirect_to_round("plans.plan", self.round, _anchor="missing")
        describe_deed(action=Action.SHARED_PLAN, details=Details(parts=("shared",)))
        return redirect_to_round("plans.on_screen", self.round)

    def show_to_readers(self) -> str:
        headings = plan_to_read(self.round_plan, self.source, reader(), today=self.today)
        return render_template(
            "plans/read.html",
            **self.page_values,
            **self._shared(),
            headings=headings,
            progress=progress_of(headings),
            given_up=given_up(self.round_plan, self.source, reader()),
            round_plan=self.round_plan,
        )

    def calendar(self) -> bytes:
        """The plan's days as a calendar; it leads to the plan's page for those who are signed in."""
        where = {**self.where, "team_id": self.team.id}
        plan = PlanCalendar(
            team=self.team.name,
            round_plan=self.round_plan,
            headings=plan_to_read(self.round_plan, self.source, reader()),
            link=public_url("plans.plan", **where),
            now=utc_now(),
        )
        return make_calendar(plan, reader())

    def _page(self, form: PlanForm, layout: Layout, *, is_behind: bool = False, status: int = 200) -> Response:
        faults = self._faults()
        for fault in faults:
            if fault.field in form and not form[fault.field].errors:
                form.add_error(form[fault.field], fault.words)
        headings = plan_to_read(self.round_plan, self.source, reader(), today=self.today)
        in_room = room_priorities(session(), self.round_plan)
        page = render_template(
            "plans/plan.html",
            **self.page_values,
            **self._shared(),
            page=plan_page(self.round_plan, self.source, layout, reader(), carried_names(session(), self.round_plan)),
            looking_back=None if self.round_plan.has_looked_back else look_back(session(), self.round_plan, reader()),
            noted=noted_actions(session(), self.round_plan),
            is_together=self.round.mode is RoundMode.CONSENSUS,
            room=in_room,
            chosen_in_room=self._names(in_room.pillars),
            without_result=self._names([pillar for pillar in in_room.pillars if pillar not in in_room.able]),
            may_look_again=self.round_plan.has_looked_back and is_something_left(session(), self.round_plan),
            sharing=plan_sharing(self.round, self.team, self.organisation, reader()),
            plan_mail=plan_mail(self.round, self.organisation, reader()),
            form=form,
            progress=progress_of(headings),
            late={action.id for heading in headings for action in heading.actions if action.is_late},
            stuck={action.id for heading in headings for action in heading.actions if action.is_stuck},
            given_up=given_up(self.round_plan, self.source, reader()),
            round_plan=self.round_plan,
            faults=faults,
            is_behind=is_behind,
            both=self.both,
            was_only_kept=self.was_only_kept,
            version=self.base_version if is_behind else self.round_plan.version,
            instead_of=self.round_plan.version,
            editor=self.page_id or new_token(),
        )
        response = make_response(page, status)
        response.headers["Content-Security-Policy"] = POLICY_WITH_PREVIEW.format(nonce=csp_nonce())
        return response

    def _names(self, pillars: Iterable[str]) -> str:
        known = self.round_plan.results.questionnaire.pillars_by_id
        return reader().list_of(reader().text(known[pillar].name) for pillar in pillars)

    def _shared(self) -> dict[str, Any]:
        versions = printed_versions(printed_plans(session(), **self.where), self.organisation.time_zone, reader())
        asked = request.args.get("printed", "")
        return {
            "drawn": reader().date(self.round_plan.choices.drawn_on),
            "versions": versions,
            "ready": next((version for version in versions if str(version.id) == asked), None),
        }

    @property
    def _is_day_wrong(self) -> bool:
        """Whether a day is none that a plan can be printed with: whoever saves is told at once."""
        return any(fault.problem is PlanProblem.DATE_OUT_OF_PLAN for fault in self._all_faults)

    @property
    def _all_faults(self) -> tuple[PlanFault, ...]:
        """What the plan lacks, and what is wrong in the form alone."""
        told = {(fault.heading, fault.action) for fault in self.days_out}
        others = (fault for fault in self.round_plan.faults if (fault.heading, fault.action) not in told)
        return (*self.days_out, *others)

    def _faults(self) -> tuple[FaultText, ...]:
        faults = self._all_faults
        if not faults:
            return ()
        names = heading_names(self.round_plan, self.source, reader())
        titles = action_titles(self.round_plan, reader())
        return fault_texts(faults, names, titles, reader())

    @property
    def source(self) -> PlanSource:
        return plan_source(session(), self.round_plan, self.organisation, print_as_asked(self.organisation), utc_now())

    # Taking what was sent

    def take(self) -> Response:
        if self.base_version is None:
            abort(400)  # a part of the form would be taken for the whole plan
        act, _between, target = request.form.get("act", "save").partition(":")
        if act == "undo":
            return self._undo()
        pillars = frozenset(
            pillar.pillar for pillar in self.round_plan.results.result.pillars if not pillar.is_withheld
        )
        layout = layout_sent(request.form, pillars, self.round_plan.choices)
        form = plan_form(self.round_plan, layout, reader())
        if not form.validate_on_submit():
            return self._refused(form, layout, act)
        typed = choices_sent(form, self.round_plan, layout)
        self.days_out = days_out_of_plan(form, self.round_plan, layout)
        try:
            self.save(typed, base_version=self.base_version)
            changed = self._edited(typed, act, target)
            if changed != typed:
                self.save(changed, base_version=self.round_plan.version, may_undo=act in UNDOABLE)
        except PlanChangedMeanwhile:
            return self._behind(form, layout, typed, act)
        except InvalidPlan as refused:
            flash(fault_words(refused.faults[0].problem, reader()), "error")
            return redirect_to_round("plans.plan", self.round, _anchor=_anchor(act, target))
        if act == AUTOSAVE:
            return self._saved(layout)
        if self.days_out and act in STAYS:
            flash(str(SAVED_BUT), "error")
            return self._page(form, layout, status=422)
        if act in ("print", "blank"):
            return self._print(form, is_blank=act == "blank")
        if act in ("share", "tell", "unshare"):
            return self._stop_sharing() if act == "unshare" else self._share(tells=act == "tell")
        return self._go_on(act, target)

    @property
    def base_version(self) -> int | None:
        """The version that the page was opened with; or the one that a pressed “Save” takes the place of, knowingly."""
        instead_of = request.form.get("instead_of", type=int) if request.form.get("act") == "save" else None
        return request.form.get("version", type=int) if instead_of is None else instead_of

    @property
    def page_id(self) -> str:
        """Which open page this is; empty of one that changes nothing by itself."""
        return plain_line(request.form.get("editor", ""))[:40]

    def save(self, choices: PlanChoices, *, base_version: int | None, may_undo: bool = False) -> None:
        """Raises `PlanChangedMeanwhile` or `InvalidPlan`."""
        self.round_plan = change_plan(
            session(),
            self.round_plan,
            choices,
            now=utc_now(),
            base_version=base_version,
            editor=self.page_id,
            may_undo=may_undo,
            user_id=self.access.user_id,
        )

    def _edited(self, typed: PlanChoices, act: str, target: str) -> PlanChoices:
        """What a button changes by itself. Raises `InvalidPlan` or `UnknownHeading`."""
        heading, _colon, at = target.partition(":")
        if act == "own":
            return with_action(self.round_plan.basis, typed, heading=heading, at=None, library_id="")
        if act == "remove":
            return without_action(typed, heading=heading, at=_ordinal(at))
        if act == "forget":
            return without_dropped(typed, _id_of(target))
        if act == "drop":
            return without_pillar(typed, pillar=heading)
        if act == "move":
            return with_proposed_move(self.round_plan.basis, typed)
        if act == "point":
            return with_point(self.round_plan.basis, typed, point=target)
        if act == "room":
            agreed = room_priorities(session(), self.round_plan).able
            why = reader().gettext("the team agreed on it in the workshop")
            return with_pillars(self.round_plan.basis, typed, pillars=agreed, reason=why) if agreed else typed
        if act == "restore":
            return as_proposed(self.round_plan.basis, typed)
        return typed

    def _undo(self) -> Response:
        try:
            undo_change(
                session(),
                self.round_plan,
                now=utc_now(),
                base_version=self.base_version or 0,
                editor=self.page_id,
                user_id=self.access.user_id,
            )
        except (NothingToUndo, PlanChangedMeanwhile):
            flash(str(_("The plan has been changed since, so this can no longer be undone.")), "error")
        return redirect_to_round("plans.plan", self.round)

    def _refused(self, form: PlanForm, layout: Layout, act: str) -> Response:
        """Nothing is kept; everything that was typed is still in the form."""
        if act == AUTOSAVE:
            return make_response(jsonify(faults={name: str(errors[0]) for name, errors in form.errors.items()}), 422)
        self.round_plan = with_choices(self.round_plan, choices_sent(form, self.round_plan, layout))
        return self._page(form, layout, status=422)

    def _behind(self, form: PlanForm, layout: Layout, typed: PlanChoices, act: str) -> Response:
        """Somebody else was faster: what was typed stays in the form, and what they wrote stays in the plan."""
        if act == AUTOSAVE:
            return make_response(jsonify(is_behind=True), 409)
        theirs, source = self.round_plan, self.source
        self.round_plan = with_choices(self.round_plan, typed)
        self.both = both_plans(theirs, self.round_plan, source, reader())
        self.was_only_kept = act == "save"
        return self._page(form, layout, is_behind=True, status=409)

    def _saved(self, layout: Layout) -> Response:
        """What the page takes over: its next save is of the same version, and of the same actions."""
        faults = self._faults()
        return jsonify(
            version=self.round_plan.version,
            ids={f"id-{slot.key}": str(slot.id) for slot in layout.slots},
            faults={fault.field: fault.words for fault in faults if fault.field},
            is_day_wrong=self._is_day_wrong,
            missing=[{"anchor": fault.anchor, "words": fault.listed} for fault in faults],
        )

    def _print(self, form: PlanForm, *, is_blank: bool) -> Response:
        """Behind the request, since it takes a while; handed out from where it is kept."""
        asked: PrintAs = print_as(
            self.organisation, language=form.print_language.data, paper=form.print_paper.data, is_blank=is_blank
        )
        if self.round_plan.faults:
            flash(str(_("Something is still missing. What you have written is saved.")), "error")
            return redirect_to_round("plans.plan", self.round, _anchor="missing")
        try:
            job = request_print(session(), self.round_plan, print_as=asked, now=utc_now(), account=self.access.user_id)
        except TooManyJobs:
            flash(
                str(_("Three plans of yours are still being printed. Print this one after them: it is saved.")), "error"
            )
            return redirect_to_round("plans.plan", self.round)
        carries = queue()
        after_commit(lambda: carries.put("jobs", job.id))
        commit_early()
        progress = progress_soon(organisation_id=self.organisation.id, job_id=job.id, kind=PRINT_PLAN)
        if printed_id := progress.result.get("printed_id"):
            return redirect_to_round("plans.plan", self.round, printed=printed_id)
        return redirect_to_round("plans.printing", self.round, job_id=str(job.id))

    def _share(self, *, tells: bool) -> Response:
        try:
            with session().begin_nested():
                share_plan(session(), **self.where, now=utc_now())
        except InvalidPlan:
            flash(str(_("Something is still missing. What you have written is saved.")), "error")
            return redirect_to_round("plans.plan", self.round, _anchor="missing")
        describe_deed(action=Action.SHARED_PLAN, details=Details(parts=("shared",)))
        told = tell_by_mail(self.round) if tells or "tells" in request.form else 0
        if told:
            flash(
                reader().ngettext(
                    "The plan is shared, and the news is on its way to %(n)s person.",
                    "The plan is shared, and the news is on its way to %(n)s people.",
                    told,
                )
            )
        else:
            flash(str(_("The plan is shared: whoever has its link can read it.")))
        return redirect_to_round("plans.plan", self.round, _anchor="share")

    def _stop_sharing(self) -> Response:
        stop_sharing_plan(session(), **self.where)
        describe_deed(action=Action.SHARED_PLAN, details=Details(parts=("stopped",)))
        flash(
            str(_("The plan is no longer shared."))
            + " "
            + str(
                _("Printed copies still carry its address; whoever opens it reads that the plan is not there just now.")
            )
        )
        return redirect_to_round("plans.plan", self.round, _anchor="share")

    def _go_on(self, act: str, target: str) -> Response:
        heading, _colon, at = target.partition(":")
        if act in GROUPS:
            values = {"heading": heading} if heading else {}
            return redirect_to_round(GROUPS[act], self.round, **values, **({"at": at} if at else {}))
        if self.days_out:
            flash(str(SAVED_BUT_FOR), "error")
        elif act == "save" and self._is_day_wrong:
            flash(str(SAVED_BUT), "error")
        elif act == "save":
            flash(str(_("Saved.")))
        return redirect_to_round("plans.plan", self.round, _anchor=_anchor(act, target))


def _id_of(target: str) -> uuid.UUID:
    """The action that a button names. Raises `UnknownHeading` for what is no id."""
    try:
        return uuid.UUID(target)
    except ValueError:
        raise UnknownHeading(target[:40]) from None


def _ordinal(at: str) -> int:
    """The place that a button names; -1, which no action has, for what is no such number."""
    return int(at) if at.isdecimal() and len(at) <= 2 else -1


def _anchor(act: str, target: str) -> str | None:
    """Where on the page the act took place."""
    heading = target.partition(":")[0]
    if act in ("own", "remove", "add") and heading:
        return f"at-{heading}"
    return f"at-{MOVE}" if act in ("move", "point") else None
