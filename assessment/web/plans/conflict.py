"""What two pages on which a plan was changed at the same time each say, field by field."""

from __future__ import annotations

from dataclasses import dataclass

from assessment.domain.actions import Action
from assessment.domain.plans.choices import ActionChoice, PlanChoices
from assessment.domain.plans.history import ActionChangeKind, action_changes
from assessment.domain.plans.library import known_actions
from assessment.infra.languages import N_, Localisation
from assessment.services.plans import RoundPlan
from assessment.web.plans.follow import STATUSES
from assessment.web.plans.page import heading_name
from reports.action_plan.front import reason_words
from reports.action_plan.source import PlanSource

FIELDS = {
    "title": N_("What will you do?"),
    "what": N_("More about it"),
    "owner": N_("Owner"),
    "measure": N_("How we will know"),
    "due_on": N_("By"),
    "status": N_("How far is it?"),
}


@dataclass(frozen=True, slots=True)
class BothSay:
    """One difference: what it is about, and what each of the two says; `about` and `field` in words."""

    about: str
    field: str
    theirs: str
    mine: str


def both_plans(theirs: RoundPlan, mine: RoundPlan, source: PlanSource, reader: Localisation) -> tuple[BothSay, ...]:
    """Where the plan as it was saved and the one as it was typed differ."""
    said = [
        BothSay(
            reader.gettext("Pillars"),
            "",
            *(
                reader.list_of(heading_name(one, source, pillar, reader) for pillar in one.choices.pillar_ids) or "—"
                for one in (theirs, mine)
            ),
        )
    ]
    reasons = {one.pillar: one.reason for one in theirs.choices.pillars}
    said += [
        BothSay(
            heading_name(mine, source, one.pillar, reader),
            reader.gettext("Why this pillar?"),
            reason_words(reasons[one.pillar], reader) or "—",
            reason_words(one.reason, reader) or "—",
        )
        for one in mine.choices.pillars
        if one.pillar in reasons
    ]
    for change in action_changes(theirs.choices, mine.choices):
        old, new = _find(theirs.choices, change.action_id), _find(mine.choices, change.action_id)
        about = _title(new or old, mine if new else theirs, reader)
        if old and new and change.kind is ActionChangeKind.CHANGED:
            said += [
                BothSay(
                    about,
                    reader.gettext(FIELDS[name]),
                    _said(name, old, theirs, reader),
                    _said(name, new, mine, reader),
                )
                for name in FIELDS
                if name in change.fields
            ]
            continue
        here, absent = reader.gettext("in the plan"), reader.gettext("not in the plan")
        is_mine = change.kind is ActionChangeKind.ADDED
        said.append(BothSay(about, "", absent if is_mine else here, here if is_mine else absent))
    return tuple(one for one in said if one.theirs != one.mine)


def _find(choices: PlanChoices, action_id: object) -> ActionChoice | None:
    return next((action for action in choices.remembered if action.id == action_id), None)


def _title(action: ActionChoice | None, plan: RoundPlan, reader: Localisation) -> str:
    if action is None or action.is_own:
        return (action.title if action else "") or reader.gettext("An action of your own")
    known = _of_library(action, plan)
    return reader.text(known.title) if known else action.library_id


def _of_library(action: ActionChoice, plan: RoundPlan) -> Action | None:
    known = {one.id: one for heading in plan.choices.headings for one in known_actions(plan.basis, heading).values()}
    return known.get(action.library_id)


def _said(name: str, action: ActionChoice, plan: RoundPlan, reader: Localisation) -> str:
    """What a field says, as its page shows it."""
    if name == "status":
        return next(str(words) for value, words in STATUSES if value == action.status)
    if name == "due_on":
        return reader.date(action.due_on) if action.due_on else "—"
    known = _of_library(action, plan)
    if name in ("owner", "measure") and known and getattr(action, name) is None:
        return reader.gettext("%(words)s (proposed)", words=reader.text(getattr(known, name)))
    return getattr(action, name) or "—"
