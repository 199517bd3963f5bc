"""Plans of sample teams: taken on, shared, printed, and followed up over weeks, by the services that make real ones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from assessment.catalogue.samples import SampleAction, SamplePlan
from assessment.domain.plans.basis import PlanBasis
from assessment.domain.plans.choices import MOVE, ActionChoice, ActionStatus, PlanChoices
from assessment.domain.plans.edits import offered_actions, with_action, with_progress
from assessment.domain.plans.proposal import due_on
from assessment.infra.clock import local_date
from assessment.infra.languages import Localisation, language_of
from assessment.services.carried_actions import carry_over, look_back
from assessment.services.plan_documents import PrintAs, print_plan_of_round
from assessment.services.plan_sharing import share_plan
from assessment.services.plans import RoundPlan, change_plan, draft_plan, read_plan
from assessment.store.accounts import User
from assessment.store.organisations import Organisation
from assessment.store.rounds import Round

DAY = dt.timedelta(days=1)
DAYS_FOLLOWED = 55 * DAY
"""So long after a plan was drawn its team still says how far it is; soon after, the next round opens."""
OFF_BY = (-2, 1, -4, 3, -1)
"""So many days before or after its day an action is finished."""
FRIDAY = 4


def make_sample_plan(
    session: Session,
    account: User,
    organisation: Organisation,
    round_: Round,
    story: SamplePlan,
    owners: Sequence[str],
    tried: set[str],
    now: dt.datetime,
) -> None:
    """The plan and how far it came. `tried` are the library's actions that the team has finished so far: it takes on
    others, and goes on with what is still open."""
    drawn_at = now - DAY * story.drawn_days_ago
    where = {"organisation_id": organisation.id, "round_id": round_.id}
    drawn_on = local_date(drawn_at, organisation.time_zone)
    draft_plan(session, **where, drawn_on=drawn_on, now=drawn_at)
    round_plan = read_plan(session, **where, drawn_on=drawn_on)
    choices = _with_untried(round_plan.basis, round_plan.choices, tried, story.own_move)
    round_plan = change_plan(session, round_plan, choices, now=drawn_at, user_id=account.id)
    reader = Localisation(language_of(organisation.language), organisation.country)
    round_plan = _with_what_is_open(session, round_plan, reader, drawn_on=drawn_on, now=drawn_at, user_id=account.id)
    share_plan(session, **where, now=drawn_at)
    if story.is_printed:
        print_plan_of_round(session, **where, print_as=PrintAs(reader), now=drawn_at)
    for at, choices in _followed_up(round_plan.choices, story, owners, drawn_at, organisation.time_zone, now):
        round_plan = change_plan(session, round_plan, choices, now=at, user_id=account.id)
    tried.update(one.library_id for one in round_plan.choices.actions if one.is_done and not one.is_own)


def _with_untried(
    basis: PlanBasis, choices: PlanChoices, tried: Collection[str], own_move: SampleAction | None
) -> PlanChoices:
    """With something else of the library for what the team has done before, as long as there is anything; then with a
    move of its own, or none."""
    for heading in choices.headings:
        talk = basis.library.conversation(heading) if heading != MOVE else None
        for at, action in enumerate(choices.actions_under(heading)):
            if action.library_id not in tried:
                continue
            offered = [one for one in offered_actions(basis, choices, heading) if not one.is_taken]
            fresh = [one.action.id for one in offered if one.action.id not in tried and one.action != talk]
            if fresh:
                choices = with_action(basis, choices, heading=heading, at=at, library_id=fresh[0])
            elif heading == MOVE:
                choices = replace(choices, move=_own(own_move, choices.drawn_on) if own_move else None)
    return choices


def _own(story: SampleAction, drawn_on: dt.date) -> ActionChoice:
    return ActionChoice(
        title=story.title, what=story.what, measure=story.measure, due_on=due_on(drawn_on, story.due_days)
    )


def _with_what_is_open(
    session: Session,
    round_plan: RoundPlan,
    reader: Localisation,
    *,
    drawn_on: dt.date,
    now: dt.datetime,
    user_id: int,
) -> RoundPlan:
    """With those of its actions that are still open in the plan before, as they stand there."""
    looking_back = look_back(session, round_plan, reader)
    taken = [one.earlier.id for one in looking_back.offers if one.same_as] if looking_back else []
    if looking_back is None or not taken or round_plan.plan is None:
        return round_plan
    return carry_over(
        session,
        round_plan,
        looking_back,
        kept=[action.id for action in round_plan.choices.actions],
        taken=taken,
        today=drawn_on,
        now=now,
        base_version=round_plan.plan.version,
        user_id=user_id,
    )


def _followed_up(
    choices: PlanChoices, story: SamplePlan, owners: Sequence[str], drawn_at: dt.datetime, zone: str, now: dt.datetime
) -> Iterator[tuple[dt.datetime, PlanChoices]]:
    """What became of the plan, step by step, each with when it was written down: its first actions, by their dates, are
    done about then, and the next one is stuck where the story says so, else under way.

    Those have somebody who took them on; who does the others is still a proposal.
    """
    soonest = sorted(choices.actions, key=lambda action: action.due_on or dt.date.max)
    taken_on = [action.id for action in soonest[: story.done + 1]]
    last = max(drawn_at, min(now - DAY, drawn_at + DAYS_FOLLOWED))
    at = min(drawn_at + DAY, last)

    def named(action: ActionChoice) -> ActionChoice:
        is_taken = bool(owners) and action.id in taken_on and not action.owner
        return replace(action, owner=owners[taken_on.index(action.id) % len(owners)]) if is_taken else action

    pillars = tuple(replace(pillar, actions=tuple(map(named, pillar.actions))) for pillar in choices.pillars)
    choices = replace(choices, pillars=pillars, move=named(choices.move) if choices.move else None)
    yield at, choices
    for number, action in enumerate(soonest[: story.done + 1]):
        is_done = number < story.done
        days = ((action.due_on - choices.drawn_on).days if action.due_on else 0) + OFF_BY[number % len(OFF_BY)]
        at = max(at, min(_on_a_weekday(drawn_at + DAY * days, zone), last))
        note = story.notes.get(action.library_id, action.note)
        if not is_done and not story.stuck and not note:
            continue
        not_done = ActionStatus.BLOCKED if story.stuck else ActionStatus.DOING
        choices = with_progress(
            choices,
            action.id,
            status=ActionStatus.DONE if is_done else not_done,
            note=note if is_done else story.stuck or note,
        )
        yield (at if is_done else last), choices


def _on_a_weekday(at: dt.datetime, zone: str) -> dt.datetime:
    """The same, or the Friday before."""
    return at - DAY * max(0, local_date(at, zone).weekday() - FRIDAY)
