"""The words and the link of a team's next step: one table."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import NamedTuple

from flask import url_for

from assessment.domain.next_step import STAGES, NextStep, Stage
from assessment.domain.rounds import RoundMode
from assessment.infra.clock import local_date
from assessment.infra.languages import N_, Localisation
from assessment.services.next_step import TeamStep
from assessment.services.overview import OrganisationOverview, StartPage
from assessment.web.plan_reading import PlanProgress

PLAN = "plans.plan"
RESULTS = "results.results"
ROUND = "rounds.round_"
NEW_ROUND = "rounds.new"
BY_MAIL = "rounds.by_mail"
CLOSE = "rounds.close"
FOLLOW = "plans.follow"
MEETING = "plans.meeting"
REPEAT = "repetitions.repetition"
WORKSHOP = "workshops.lead"
SEARCHED_FROM = 8
"""So many teams are more than one sees at a glance."""


@dataclass(frozen=True, slots=True)
class TeamCard:
    """A team with its next step. `href` is empty where the account may not do it."""

    id: uuid.UUID
    name: str
    size: int
    text: str
    href: str
    action: str
    progress: PlanProgress | None = None
    """How far the team's plan is; nothing where there is none."""
    is_first: bool = False
    """Whether this is what needs to be done most."""


@dataclass(frozen=True, slots=True)
class Search:
    """What was looked for, if anything, and whether it was found."""

    name: str
    is_found: bool
    tag: str = ""
    """The key of the tag that teams must have."""
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_asked(self) -> bool:
        return bool(self.name or self.tag)


NEXT_STEPS: dict[NextStep, tuple[str, str, str]] = {
    NextStep.OPEN_FIRST_ROUND: (
        N_("Open the first round: the team answers, and you receive its results and a plan."),
        N_("Open a round"),
        NEW_ROUND,
    ),
    NextStep.FINISH_DRAFT: (N_("A round is prepared, but not open yet."), N_("Finish setting it up"), ROUND),
    NextStep.WAIT_FOR_OPENING: (
        N_("The round opens on %(opens)s. You may share the link already."),
        N_("See the round"),
        ROUND,
    ),
    NextStep.INVITE_MORE: (
        N_("The round is open. Answers: %(answered)s; results need %(needed)s. Share the link once more."),
        N_("Share the link"),
        ROUND,
    ),
    NextStep.WAIT_FOR_ANSWERS: (
        N_("The round is open. Answers: %(answered)s, enough for results; the rest of the team may still answer."),
        N_("See the round"),
        ROUND,
    ),
    NextStep.STOP_ROUND: (
        N_("Most of the team has answered: %(answered)s. You may close the round now."),
        N_("Close and see the results"),
        CLOSE,
    ),
    NextStep.REOPEN_ROUND: (
        N_("The round stopped with few answers: %(answered)s; results need %(needed)s. It can be opened again."),
        N_("See the round"),
        ROUND,
    ),
    NextStep.PUBLISH_ROUND: (
        N_("The round has stopped. See whether there will be a result; then it can be published."),
        N_("Go on to the results"),
        ROUND,
    ),
    NextStep.AGREE_TOGETHER: (
        N_("Too few people answered to show results. The team can still answer together, on one sheet."),
        N_("Answer together"),
        NEW_ROUND,
    ),
    NextStep.TALK_ABOUT_IT: (
        N_(
            "Enough people took part, but too few of them could answer enough questions: that is worth a conversation. "
            "The team can also answer together, on one sheet."
        ),
        N_("Read what that means"),
        RESULTS,
    ),
    NextStep.READ_RESULTS: (
        N_("The results are ready. Read them with the team."),
        N_("Read the results"),
        RESULTS,
    ),
    NextStep.MAKE_PLAN: (N_("The results are ready, and a plan is proposed."), N_("Make the plan"), PLAN),
    NextStep.HOLD_MEETING: (
        N_(
            "Fifteen minutes for the plan: the meeting of day %(meeting)s is planned for %(meets)s. One action after "
            "the other."
        ),
        N_("Hold the meeting"),
        MEETING,
    ),
    NextStep.CATCH_UP_PLAN: (
        N_("Part of the plan is late. See what is slowing it down."),
        N_("Follow the plan up"),
        FOLLOW,
    ),
    NextStep.UNBLOCK_PLAN: (
        N_("Part of the plan is stuck. See who can help."),
        N_("Follow the plan up"),
        FOLLOW,
    ),
    NextStep.SHARE_PLAN: (
        N_("The plan is made. Share it with those who answered, so that they see what comes of it."),
        N_("Share the plan"),
        PLAN,
    ),
    NextStep.FOLLOW_PLAN: (N_("The plan is under way."), N_("Follow the plan up"), FOLLOW),
    NextStep.WAIT_FOR_REPETITION: (
        N_("The plan's 90 days are over. The next round opens by itself on %(day)s."),
        N_("When it repeats"),
        REPEAT,
    ),
    NextStep.OPEN_NEXT_ROUND: (
        N_("The plan's 90 days are over. A new round shows what has changed."),
        N_("Open a round"),
        NEW_ROUND,
    ),
}

INVITED_NEXT_STEPS: dict[NextStep, tuple[str, str, str]] = {
    NextStep.INVITE_MORE: (
        N_("The round is open. Answers: %(answered)s; results need %(needed)s. People were invited by e-mail."),
        N_("See the invitations"),
        BY_MAIL,
    ),
    NextStep.WAIT_FOR_OPENING: (
        N_("The round opens on %(opens)s. The invitations by e-mail go out then."),
        N_("See the round"),
        ROUND,
    ),
}
"""Instead of these, where people were invited by e-mail."""
INVITED_NOBODY_YET = N_("The round is open, and nobody has answered yet. People were invited by e-mail.")
NOBODY_YET = N_("The round is open, and nobody has answered yet. Share the link with the team.")
EVERYBODY = N_("Everybody has answered: %(answered)s. You may close the round now.")
MORE_ANSWERS_THAN_PEOPLE = N_(
    "There are more answers than people in the team: %(answered)s. Look at the round before you go on."
)
MORE_ANSWERS = N_("There are more answers than people in the team: %(answered)s.")
CONSENSUS_NEXT_STEPS: dict[NextStep, tuple[str, str, str]] = {
    NextStep.INVITE_MORE: (
        N_("The round is open. The team meets, opens its link on one device and agrees on one sheet."),
        N_("See the round"),
        ROUND,
    ),
    NextStep.STOP_ROUND: (
        N_("The team has sent its sheet. Close the round to see the results."),
        N_("Close and see the results"),
        CLOSE,
    ),
    NextStep.REOPEN_ROUND: (
        N_("The round stopped before the team sent its sheet. It can be opened again."),
        N_("See the round"),
        ROUND,
    ),
    NextStep.TALK_ABOUT_IT: (
        N_("The sheet of the last round left so much open that there was nothing to show. The team can answer again."),
        N_("Answer together"),
        NEW_ROUND,
    ),
}
"""Instead of these, where the team answers one sheet together."""


WORKSHOP_NEXT_STEP = (
    N_("The round is held as a workshop. Everything is kept: go on where you stopped."),
    N_("Go on with the workshop"),
    WORKSHOP,
)
"""Instead of answering that sheet, while a workshop of it goes on or is paused."""
ALL_DONE = N_("Everything in the plan is done. The next round will show what has changed.")
TO_READ: dict[NextStep, str] = {
    NextStep.OPEN_FIRST_ROUND: N_("No first round yet."),
    NextStep.WAIT_FOR_OPENING: N_("A round is planned; its opening day is set."),
    NextStep.INVITE_MORE: N_("The round is open. Answers: %(answered)s; results need %(needed)s."),
    NextStep.STOP_ROUND: N_("The round is open, and most of the team has answered: %(answered)s."),
    NextStep.REOPEN_ROUND: N_("The round stopped with few answers: %(answered)s; results need %(needed)s."),
    NextStep.PUBLISH_ROUND: N_("The round is closed. Its results are not published yet."),
    NextStep.AGREE_TOGETHER: N_("Too few people answered to show results."),
    NextStep.TALK_ABOUT_IT: N_("Enough people took part, but too few of them could answer enough questions."),
    NextStep.READ_RESULTS: N_("The results are ready."),
    NextStep.MAKE_PLAN: N_("The results are ready. There is no plan yet."),
    NextStep.HOLD_MEETING: N_("The plan is under way. Its meeting of day %(meeting)s is planned for %(meets)s."),
    NextStep.CATCH_UP_PLAN: N_("Part of the plan is late."),
    NextStep.UNBLOCK_PLAN: N_("Part of the plan is stuck."),
    NextStep.OPEN_NEXT_ROUND: N_("The plan's 90 days are over. The next round is not open yet."),
}
CONSENSUS_TO_READ: dict[NextStep, str] = {
    NextStep.INVITE_MORE: N_("The round is open. The team agrees on one sheet."),
    NextStep.STOP_ROUND: N_("The round is open, and the team has sent its sheet."),
    NextStep.REOPEN_ROUND: N_("The round stopped before the team sent its sheet."),
    NextStep.TALK_ABOUT_IT: N_("The sheet of the last round left so much open that there was nothing to show."),
}
"""What is told of a team to those who read and change nothing: how things are, and nothing to do."""

WAITS = frozenset(
    {NextStep.WAIT_FOR_ANSWERS, NextStep.WAIT_FOR_OPENING, NextStep.WAIT_FOR_REPETITION, NextStep.FOLLOW_PLAN}
)
"""Steps that go on by themselves: nothing is most pressing in them."""


def cards_of_start(start: StartPage, reader: Localisation) -> list[tuple[OrganisationOverview, list[TeamCard]]]:
    """The teams of each organisation; of all of them together, one at most is what needs to be done most."""
    found = [(overview, team_cards(overview, reader)) for overview in start.overviews]
    needs = [_most_pressing(overview, cards) for overview, cards in found]
    first = min((need for need in needs if need is not None), default=None)
    at = needs.index(first) if first is not None else None
    return [
        (overview, cards if place == at else [replace(card, is_first=False) for card in cards])
        for place, (overview, cards) in enumerate(found)
    ]


def team_cards(overview: OrganisationOverview, reader: Localisation) -> list[TeamCard]:
    """The teams of an organisation, each with its next step: those that need somebody most come first."""
    steps = sorted(overview.steps, key=attrgetter("need"))
    cards = [team_card(overview, step, reader) for step in steps]
    first = next((at for at, step in enumerate(steps) if step.step not in WAITS and cards[at].href), None)
    return [replace(card, is_first=at == first) for at, card in enumerate(cards)]


def _most_pressing(overview: OrganisationOverview, cards: Sequence[TeamCard]) -> tuple[bool, int, int, int] | None:
    first = next((card.id for card in cards if card.is_first), None)
    return next((step.need for step in overview.steps if step.team.id == first), None)


def team_card(overview: OrganisationOverview, step: TeamStep, reader: Localisation) -> TeamCard:
    is_consensus = step.round is not None and step.round.mode is RoundMode.CONSENSUS
    may_share = overview.may_edit_plans or step.step is not NextStep.SHARE_PLAN
    next_step = step.step if may_share else NextStep.FOLLOW_PLAN
    instead = CONSENSUS_NEXT_STEPS if is_consensus else INVITED_NEXT_STEPS if step.is_invited_by_mail else {}
    text, action, endpoint = instead.get(next_step) or NEXT_STEPS[next_step]
    if step.has_workshop:
        text, action, endpoint = WORKSHOP_NEXT_STEP
    if step.step is NextStep.MAKE_PLAN and not overview.may_manage_rounds:
        action, endpoint = N_("Read the results"), RESULTS
    if endpoint in (FOLLOW, MEETING) and not overview.may_edit_plans:
        action, endpoint = N_("See the plan"), PLAN
    if not is_consensus and next_step is NextStep.INVITE_MORE and not step.answered:
        text = INVITED_NOBODY_YET if step.is_invited_by_mail else NOBODY_YET
    if not is_consensus and step.round is not None and next_step is NextStep.STOP_ROUND:
        text = EVERYBODY if step.answered == step.round.team_size else text
    if next_step is NextStep.FOLLOW_PLAN and 0 < step.actions == step.done:
        text, action, endpoint = ALL_DONE, N_("See the plan"), PLAN
    if step.surplus:
        text = MORE_ANSWERS_THAN_PEOPLE
        action, endpoint = N_("See the round"), ROUND
    if not overview.may_manage_rounds:
        text, action, endpoint = _to_read(step, next_step, text, action, endpoint)
    numbers = {
        "answered": reader.number(step.answered),
        "needed": reader.number(step.needed),
        "meeting": reader.number(step.meeting),
        "meets": reader.date(step.meeting_on) if step.meeting_on else "",
        "day": reader.date(step.repeats_on) if step.repeats_on else "",
        "opens": _opens_on(overview, step, reader),
    }
    progress = PlanProgress(step.actions, step.done, step.late, step.stuck)
    may_open = endpoint in (PLAN, RESULTS) or overview.may_manage_rounds
    return TeamCard(
        id=step.team.id,
        name=step.team.name,
        size=step.team.size,
        text=reader.gettext(text) % numbers,
        href=_link(overview, step, endpoint) if may_open else "",
        action=reader.gettext(action),
        progress=progress if progress.total else None,
    )


def _to_read(step: TeamStep, next_step: NextStep, text: str, action: str, endpoint: str) -> tuple[str, str, str]:
    """How things are, for an account that changes nothing, with the way to results or plan where there are any."""
    is_consensus = step.round is not None and step.round.mode is RoundMode.CONSENSUS
    text = (is_consensus and CONSENSUS_TO_READ.get(next_step)) or TO_READ.get(next_step, text)
    if step.surplus:
        text = MORE_ANSWERS
    if next_step in (NextStep.OPEN_NEXT_ROUND, NextStep.WAIT_FOR_REPETITION):
        action, endpoint = N_("See the plan"), PLAN
    elif step.round is not None and step.round.published_at is None and step.team.published_id is not None:
        action, endpoint = N_("Read the results"), RESULTS
    return text, action, endpoint


STAGE_WORDS = {
    Stage.PREPARE: N_("Prepare"),
    Stage.ANSWER: N_("Answer"),
    Stage.SEE: N_("See"),
    Stage.ACT: N_("Act"),
    Stage.REPEAT: N_("Repeat"),
}


class PathStep(NamedTuple):
    """A stage of the path in words."""

    words: str
    is_today: bool
    is_done: bool


def path_of(step: TeamStep, reader: Localisation) -> list[PathStep]:
    """The stages of the path: what lies behind, which is today's, what is to come."""
    stages = list(STAGE_WORDS)
    today = stages.index(STAGES[step.step])
    return [PathStep(reader.gettext(STAGE_WORDS[stage]), at == today, at < today) for at, stage in enumerate(stages)]


def next_round_words(step: TeamStep, reader: Localisation) -> str:
    """When the next round is due of a team whose rounds do not repeat by themselves, or what decides it; nothing where
    a round is under way or due."""
    if STAGES[step.step] not in (Stage.SEE, Stage.ACT) or step.step is NextStep.PUBLISH_ROUND:
        return ""
    if step.plan_ends_on:
        day = reader.date(step.plan_ends_on)
        return reader.gettext(
            "The next round is due on %(day)s, when the plan's 90 days are over. You open it.", day=day
        )
    if step.step is NextStep.MAKE_PLAN:
        return reader.gettext("The next round is due 90 days after the plan is made.")
    return reader.gettext("No day is set for the next round: you open it when it suits the team.")


def _opens_on(overview: OrganisationOverview, step: TeamStep, reader: Localisation) -> str:
    if step.round is None or step.round.opens_at is None:
        return ""
    return reader.date(local_date(step.round.opens_at, overview.organisation.time_zone))


def path_of_only_team(start: StartPage, reader: Localisation) -> list[PathStep]:
    """The path of the team where there is but one, so that the page says where it stands; else nothing."""
    steps = [step for overview in start.overviews for step in overview.steps]
    return path_of(steps[0], reader) if start.total == len(steps) == 1 else []


def search_of(start: StartPage, name: str, tag: str = "") -> Search | None:
    """The fields that find teams by their name or a tag, where there are so many that one would look for them."""
    if start.total < SEARCHED_FROM and not name and not tag:
        return None
    is_found = sum(len(overview.steps) for overview in start.overviews) > 0
    return Search(name, is_found, tag if tag in start.tags else "", start.tags)


def _link(overview: OrganisationOverview, step: TeamStep, endpoint: str) -> str:
    values: dict[str, object] = {"organisation_id": overview.organisation.id, "team_id": step.team.id}
    if step.round is not None and endpoint not in (NEW_ROUND, REPEAT):
        is_earlier = endpoint == RESULTS and step.round.published_at is None
        values["round_id"] = step.team.published_id if is_earlier else step.round.id
    if endpoint == NEW_ROUND and step.step in (NextStep.AGREE_TOGETHER, NextStep.TALK_ABOUT_IT):
        values["mode"] = "consensus"
    if step.step is NextStep.SHARE_PLAN and overview.may_edit_plans:
        values["_anchor"] = "share"
    return url_for(endpoint, **values)  # type: ignore[arg-type]
