"""Rounds of several teams that are opened, followed and published together.

A campaign is only what its rounds have in common: each of them is a round like any other. All are opened in one
transaction or none; each is published in one of its own.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from assessment.domain.plain_text import plain_line
from assessment.domain.rounds import UNOPENED, RoundMode, RoundState
from assessment.infra.languages import Localisation, Paper
from assessment.services.access import Access
from assessment.services.next_step import TeamStep, next_steps
from assessment.services.outlook import get_outlook
from assessment.services.participation import Participation
from assessment.services.poster import gather_poster, has_poster
from assessment.services.publication import ScoredRound, publish_scored_round
from assessment.services.questionnaires import QuestionnaireChanged
from assessment.services.rounds import (
    TeamToAsk,
    change_closing,
    open_rounds,
    reopen_round,
    schedule_round,
    stop_round,
)
from assessment.store import campaigns as store
from assessment.store.campaigns import Campaign, CampaignRound
from assessment.store.latest_rounds import (
    count_teams,
    glance_at,
    names_of_teams,
    teams_by_name,
    teams_with_latest_round,
)
from assessment.store.responses import count_by_round, rounds_with_one_sheet
from assessment.store.rounds import Round, unpublished_by_team
from assessment.store.team_tags import teams_by_tag
from assessment.store.teams import Team
from reports.poster.build import PosterSource, build_posters_pdf

__all__ = ["Campaign", "PosterSource"]

MOST_TEAMS = 200
"""In one campaign."""
SHOWN_CAMPAIGNS = 50
MOST_SCORED = 60
"""Rounds that one page looks at before they are published: each is scored for it."""


class UnknownCampaign(LookupError):
    """The organisation has no such campaign."""


class NoTeamsChosen(ValueError):
    """A campaign of no team."""


class TeamsChanged(Exception):
    """A chosen team can no longer answer in this way: somebody has opened a round of it, or changed its size."""


class NothingToShow(Exception):
    """Publishing would show nothing: that is decided for each round by itself."""


class Obstacle(StrEnum):
    """Why a team cannot answer in a campaign as the others do."""

    UNPUBLISHED = "unpublished"
    TOO_SMALL = "too-small"
    """For anonymous answers: it may answer together."""


@dataclass(frozen=True, slots=True)
class TeamCheck:
    """A team, what keeps it from answering as the others do, its round that is not published, whether its latest
    round let people write a code of their own, and when it was published."""

    team: Team
    obstacle: Obstacle | None
    under_way: Round | None
    asked_for_codes: bool
    published_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class ListedCampaign:
    campaign: Campaign
    rounds: int


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """One team's round: how far it is, how many have answered, and what comes next."""

    team: Team
    step: TeamStep
    round: Round
    state: RoundState
    participation: Participation


@dataclass(frozen=True, slots=True)
class CampaignState:
    """The rounds of a campaign by their teams' names."""

    campaign: Campaign
    rows: tuple[CampaignRow, ...]

    def in_state(self, *states: RoundState) -> tuple[CampaignRow, ...]:
        return tuple(row for row in self.rows if row.state in states)


class NotReady(StrEnum):
    """Why a closed round is not published together with others."""

    NO_ANSWERS = "no-answers"
    NO_RESULT = "no-result"
    SURPLUS = "surplus"
    """There are more answers than people: somebody says why, beside this result."""
    CHANGED = "changed"
    """The text that it asked is not known any more."""


@dataclass(frozen=True, slots=True)
class Closed:
    """A closed round, and why it is not ready to be published with the others; `None` where it is."""

    row: CampaignRow
    not_ready: NotReady | None


def teams_to_ask(session: Session, *, access: Access) -> Sequence[Team]:
    """The teams for which the account may open rounds, by name: the one place that decides it for several at once."""
    return teams_by_name(session, access.organisation_id)


def has_teams_to_ask(session: Session, *, access: Access) -> bool:
    """Whether there are any of them."""
    return count_teams(session, access.organisation_id) > 0


def tags_to_ask(session: Session, teams: Sequence[Team]) -> dict[str, tuple[str, list[uuid.UUID]]]:
    """The tags by which some of these teams can be chosen, by their keys: each with its name and its teams' ids."""
    return teams_by_tag(session, [team.id for team in teams])


def check_teams(session: Session, *, access: Access, only: Collection[uuid.UUID] | None = None) -> list[TeamCheck]:
    """Which of the teams that may be asked (`only` of these) can answer now."""
    minimum = access.organisation.minimum_group
    found = teams_with_latest_round(session, access.organisation_id, at_most=10_000, only=only)
    unpublished = unpublished_by_team(session, access.organisation_id, [team.id for team, _latest in found])
    checks = []
    for team, latest in found:
        under_way = unpublished.get(team.id)
        obstacle = Obstacle.TOO_SMALL if team.size < minimum else None
        asks_code = latest is not None and latest.asks_code
        published_at = latest.published_at if latest is not None else None
        checks.append(
            TeamCheck(team, Obstacle.UNPUBLISHED if under_way else obstacle, under_way, asks_code, published_at)
        )
    return checks


def open_campaign(
    session: Session,
    *,
    access: Access,
    name: str,
    questionnaires: Sequence[str],
    teams: Collection[uuid.UUID],
    together: Collection[uuid.UUID] = (),
    asks_role: bool = False,
    opens_at: dt.datetime,
    closes_at: dt.datetime | None,
    submission: str,
    now: dt.datetime,
) -> Campaign:
    """Opens a round of each of the teams; those of `together` agree on one sheet. To be called in a transaction that
    is undone where this raises. The same `submission` twice is one campaign.

    Raises `NoTeamsChosen`, `TeamsChanged`, `InvalidDates`, `UnknownQuestionnaire` or `NotAskedTogether`.
    """
    chosen = {*teams, *together}
    campaign, is_new = name_campaign(session, access=access, name=name, submission=submission, now=now)
    if not is_new:
        return campaign
    if not chosen:
        raise NoTeamsChosen
    checks = {check.team.id: check for check in check_teams(session, access=access, only=chosen)}
    if len(checks) < len(chosen) or len(chosen) > MOST_TEAMS:
        raise TeamsChanged
    if any(check.obstacle is not (Obstacle.TOO_SMALL if id_ in together else None) for id_, check in checks.items()):
        raise TeamsChanged
    opened = open_rounds(
        session,
        organisation_id=access.organisation_id,
        teams=[
            TeamToAsk(
                check.team,
                RoundMode.CONSENSUS if team_id in together else RoundMode.ANSWERED,
                asks_role=asks_role and check.team.size >= 2 * access.organisation.minimum_group,
                asks_code=check.asked_for_codes,
            )
            for team_id, check in checks.items()
        ],
        name=name,
        opens_at=opens_at,
        closes_at=closes_at,
        questionnaires=questionnaires,
        now=now,
    )
    join_campaign(session, campaign, opened)
    return campaign


def name_campaign(
    session: Session, *, access: Access, name: str, submission: str, now: dt.datetime
) -> tuple[Campaign, bool]:
    """A campaign that has no rounds yet, and whether it is new: the same `submission` twice is one campaign."""
    if earlier := store.find_campaign_of_submission(session, access.organisation_id, submission):
        return earlier, False
    campaign = Campaign(
        organisation_id=access.organisation_id, name=plain_line(name), submission=submission, created_at=now
    )
    try:
        with session.begin_nested():
            session.add(campaign)
    except IntegrityError:  # the other one of a double click was faster
        earlier = store.find_campaign_of_submission(session, access.organisation_id, submission)
        if earlier is None:
            raise
        return earlier, False
    return campaign, True


def join_campaign(session: Session, campaign: Campaign, rounds: Sequence[Round]) -> None:
    session.add_all(
        CampaignRound(organisation_id=campaign.organisation_id, round_id=round_.id, campaign_id=campaign.id)
        for round_ in rounds
    )
    session.flush()


def find_opened(session: Session, *, access: Access, submission: str) -> Campaign | None:
    """The campaign that a page has opened already."""
    return store.find_campaign_of_submission(session, access.organisation_id, submission)


def list_campaigns(session: Session, *, access: Access) -> list[ListedCampaign]:
    """The latest campaigns whose rounds are there still, newest first."""
    found = store.campaigns_of(session, access.organisation_id, SHOWN_CAMPAIGNS)
    return [ListedCampaign(campaign, rounds) for campaign, rounds in found]


def find_campaign_of(session: Session, *, round_: Round) -> Campaign | None:
    """The campaign that a round was opened in, if any."""
    return store.find_campaign_of_round(session, round_.organisation_id, round_.id)


def get_campaign(session: Session, *, access: Access, campaign_id: uuid.UUID, now: dt.datetime) -> CampaignState:
    """A campaign with the rounds of the teams that the account may manage. Raises `UnknownCampaign`."""
    campaign = store.find_campaign(session, access.organisation_id, campaign_id)
    if campaign is None:
        raise UnknownCampaign
    own = {team_id for team_id, _name in names_of_teams(session, access.organisation_id)}  # as `teams_to_ask`
    found = [
        (team, round_)
        for team, round_ in store.rounds_of_campaign(session, access.organisation_id, campaign_id)
        if team.id in own
    ]
    zone = access.organisation.time_zone
    steps = next_steps(session, [(zone, glance_at(team, round_)) for team, round_ in found], now)
    counted = count_by_round(session, [round_.id for _team, round_ in found])
    imported = [round_.id for _team, round_ in found if round_.mode is RoundMode.IMPORTED]
    agreed = rounds_with_one_sheet(session, imported) if imported else frozenset()
    rows = []
    for step, (team, round_) in zip(steps, found, strict=True):
        is_together = round_.mode is RoundMode.CONSENSUS or round_.id in agreed
        needed = 1 if is_together else round_.least_answers
        participation = Participation(counted.get(round_.id, 0), round_.team_size, needed, is_together)
        rows.append(CampaignRow(team, step, round_, round_.facts.state(now), participation))
    return CampaignState(campaign, tuple(rows))


def with_tag(session: Session, *, state: CampaignState, tag: str) -> CampaignState:
    """Only the rounds of the teams that have the tag, by its key: what is done to them leaves the others alone."""
    _name, teams = tags_to_ask(session, [row.team for row in state.rows]).get(tag, ("", []))
    return CampaignState(state.campaign, tuple(row for row in state.rows if row.team.id in set(teams)))


def change_last_day(
    session: Session, *, state: CampaignState, closes_at: dt.datetime | None, also_closed: bool, now: dt.datetime
) -> int:
    """Another last day for all rounds that are open or to open, and with `also_closed` for those that have closed and
    are not published, which open again; returns how many. Raises `InvalidDates`."""
    changed = 0
    for row in state.rows:
        where = {"organisation_id": row.round.organisation_id, "round_id": row.round.id}
        if row.state is RoundState.OPEN:
            change_closing(session, **where, closes_at=closes_at, now=now)
        elif row.state in UNOPENED and row.round.opens_at is not None:
            schedule_round(session, **where, opens_at=row.round.opens_at, closes_at=closes_at, now=now)
        elif row.state is RoundState.STOPPED and also_closed and not _has_whole_answer(row):
            reopen_round(session, **where, closes_at=closes_at, now=now)
        else:
            continue
        changed += 1
    return changed


def _has_whole_answer(row: CampaignRow) -> bool:
    """Nothing more would be taken: its answers came in a file, or the sheet of a team that answers together is sent."""
    is_sent = row.participation.is_consensus and row.participation.answered > 0
    return row.round.mode is RoundMode.IMPORTED or is_sent


def stop_rounds(session: Session, *, state: CampaignState, only: Collection[uuid.UUID], now: dt.datetime) -> int:
    """Closes those of the campaign's open rounds that are among these; returns how many. They may open again."""
    stopped = [row for row in state.in_state(RoundState.OPEN) if row.round.id in only]
    for row in stopped:
        stop_round(session, organisation_id=row.round.organisation_id, round_id=row.round.id, now=now)
    return len(stopped)


def closed_rounds(session: Session, *, state: CampaignState, now: dt.datetime) -> tuple[list[Closed], int]:
    """The closed rounds, each with whether it can be published together with the others; and how many were not looked
    at yet.

    Scores at most `MOST_SCORED` of them, as their own pages do (`services.outlook` says why nothing else is told).
    """
    closed = state.in_state(RoundState.STOPPED)
    counted = {row.round.id: _not_ready_by_count(row) for row in closed}
    scored = [row for row in closed if counted[row.round.id] is None][:MOST_SCORED]
    told = [Closed(row, _not_ready(session, row, now)) for row in scored]
    told += [Closed(row, counted[row.round.id]) for row in closed if counted[row.round.id] is not None]
    return told, len(closed) - len(told)


def _not_ready_by_count(row: CampaignRow) -> NotReady | None:
    """What the number of answers says already."""
    if not row.participation.answered:
        return NotReady.NO_ANSWERS
    if row.participation.missing:
        return NotReady.NO_RESULT
    return NotReady.SURPLUS if row.participation.surplus else None


def _not_ready(session: Session, row: CampaignRow, now: dt.datetime) -> NotReady | None:
    where = {"organisation_id": row.round.organisation_id, "round_id": row.round.id}
    try:
        has_result = get_outlook(session, **where, now=now).has_result
    except QuestionnaireChanged:
        return NotReady.CHANGED
    return None if has_result else NotReady.NO_RESULT


def publish_with_result(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    round_id: uuid.UUID,
    scored: ScoredRound,
    user_id: int | None,
    now: dt.datetime,
) -> Round:
    """Publishes a closed round that gives a result. To be called in a transaction that is undone where this raises.

    Raises what `publish_scored_round` raises, or `NothingToShow`.
    """
    round_ = publish_scored_round(
        session,
        organisation_id=organisation_id,
        round_id=round_id,
        scored=scored,
        surplus_reason="",
        user_id=user_id,
        now=now,
    )
    if round_.is_withheld:
        raise NothingToShow
    return round_


def rounds_with_posters(state: CampaignState) -> tuple[CampaignRow, ...]:
    """Those that people still answer by one shared link."""
    return tuple(row for row in state.in_state(*UNOPENED, RoundState.OPEN) if has_poster(row.round))


def gather_poster_of(
    session: Session, *, row: CampaignRow, link: str, minutes: int, opens: str, until: str, paper: Paper
) -> PosterSource:
    """What the poster of one team is made of: as `services.poster` has it."""
    return gather_poster(
        session,
        organisation_id=row.round.organisation_id,
        round_id=row.round.id,
        link=link,
        minutes=minutes,
        opens=opens,
        until=until,
        paper=paper,
    )


def print_posters(sources: tuple[PosterSource, ...], title: str, reader: Localisation) -> bytes:
    """All posters as one PDF, a page each: a pure function of their sources."""
    return build_posters_pdf(sources, title, reader)
