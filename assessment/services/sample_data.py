"""Sample data: invented organisations with an account of their own, made by the services that make real ones.

Whatever is made with the sample account is sample data, and goes with it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from assessment.catalogue.catalogue import load_team_kinds
from assessment.catalogue.samples import SampleOrganisation, SampleRound, SampleTeam
from assessment.domain.rounds import RoundState
from assessment.infra.clock import end_of_day, local_date, start_of_day
from assessment.infra.countries import COUNTRIES
from assessment.infra.languages import language_of
from assessment.infra.tokens import new_token
from assessment.services.accounts import AlreadySetUp, create_account, needs_set_up
from assessment.services.organisations import create_organisation
from assessment.services.publication import publish_round
from assessment.services.questionnaires import pinned_questionnaire
from assessment.services.respond import resolve_link, save_draft, submit_response
from assessment.services.rounds import draft_round, open_round, stop_round
from assessment.services.sample_answers import draw_sheets
from assessment.services.sample_plans import make_sample_plan
from assessment.services.teams import create_team, points_of_kind, set_tags
from assessment.store.accounts import SAMPLE_EMAIL, User, lock_accounts
from assessment.store.organisations import Organisation, sample_organisations
from assessment.store.rounds import Round
from assessment.store.teams import Team

DAYS_OPEN = 12
DAY = dt.timedelta(days=1)


class NotSampleAccount(Exception):
    """Only the sample account may remove the sample data."""


@dataclass(frozen=True, slots=True)
class SampleData:
    """The account that the sample data are seen with, and its organisations."""

    account: User
    organisations: tuple[Organisation, ...]


def make_sample_data(
    session: Session, samples: Iterable[SampleOrganisation], *, password: str, now: dt.datetime
) -> SampleData:
    """These organisations and one account for them, in a database that nobody has set up.

    Everything happened before `now`, step by step. Raises `AlreadySetUp` or `PasswordTooShort`.
    """
    account = create_sample_account(session, password=password, now=now)
    return SampleData(account, tuple(_make_organisation(session, account, sample, now) for sample in samples))


def create_sample_account(session: Session, *, password: str, now: dt.datetime) -> User:
    """The account whose organisations are all sample data. Raises `AlreadySetUp` or `PasswordTooShort`."""
    lock_accounts(session)
    if not needs_set_up(session):
        raise AlreadySetUp
    return create_account(session, email=SAMPLE_EMAIL, password=password, now=now)


def list_sample_organisations(session: Session, *, user_id: int) -> Sequence[Organisation]:
    """What `remove_sample_data` would remove, by name. Raises `NotSampleAccount`."""
    _sample_account(session, user_id)
    return sample_organisations(session)


def remove_sample_data(session: Session, *, user_id: int) -> None:
    """Removes the sample organisations with all that belongs to them, and the account. Raises `NotSampleAccount`."""
    account = _sample_account(session, user_id)
    for organisation in sample_organisations(session):
        session.delete(organisation)
    session.delete(account)
    session.flush()


def _sample_account(session: Session, user_id: int) -> User:
    account = session.get(User, user_id)
    if account is None or not account.is_sample:
        raise NotSampleAccount
    return account


def _make_organisation(session: Session, account: User, sample: SampleOrganisation, now: dt.datetime) -> Organisation:
    begun = first_day(sample.teams, now)
    organisation = create_organisation(
        session,
        name=sample.name,
        country=COUNTRIES[sample.country],
        language=sample.language,
        founder_id=account.id,
        now=begun,
    )
    for team in sample.teams:
        make_sample_team(
            session, account, organisation, team, seed=sample.seed, people=sample.people, begun=begun, now=now
        )
    return organisation


def first_day(teams: Sequence[SampleTeam], now: dt.datetime) -> dt.datetime:
    """The day before the first of these teams' rounds opened."""
    return now - DAY * (1 + max((round_.opened_days_ago for team in teams for round_ in team.rounds), default=0))


def make_sample_team(
    session: Session,
    account: User,
    organisation: Organisation,
    story: SampleTeam,
    *,
    seed: int,
    people: Sequence[str] = (),
    begun: dt.datetime,
    now: dt.datetime,
) -> Team:
    """A team and all that became of it, from the day on which it was made."""
    kind = next(kind for kind in load_team_kinds() if kind.id == story.kind)
    team = create_team(
        session,
        organisation_id=organisation.id,
        name=story.name,
        size=story.size,
        kind=kind.id,
        points=points_of_kind(kind, language_of(organisation.language)),
        now=begun,
    )
    set_tags(session, organisation_id=organisation.id, team_id=team.id, tags=story.tags)
    tried: set[str] = set()
    for number, round_ in enumerate(story.rounds):
        drawn = f"{seed} {story.name} {number}"
        _live_through(session, account, organisation, team, round_, drawn, people, tried, now)
    return team


def _live_through(
    session: Session,
    account: User,
    organisation: Organisation,
    team: Team,
    story: SampleRound,
    seed: str,
    people: Sequence[str],
    tried: set[str],
    now: dt.datetime,
) -> None:
    """The round's days one after the other, up to the state that it is left in."""
    zone = organisation.time_zone
    opened_at = now - DAY * story.opened_days_ago
    if opened_at > now:
        opened_at = start_of_day(local_date(opened_at, zone), zone)
    made_at = min(opened_at, now)
    if story.ending is RoundState.DRAFT:
        draft_round(
            session,
            organisation_id=organisation.id,
            team_id=team.id,
            name=story.name,
            mode=story.mode,
            now=made_at,
        )
        return
    round_ = open_round(
        session,
        organisation_id=organisation.id,
        team_id=team.id,
        name=story.name,
        mode=story.mode,
        opens_at=opened_at,
        closes_at=end_of_day(local_date(max(opened_at, now) + DAY * DAYS_OPEN, zone), zone),
        asks_role=story.leaders > 0,
        now=made_at,
    )
    _answer(session, round_, story, seed, opened_at)
    if story.ending not in (RoundState.STOPPED, RoundState.PUBLISHED):
        return
    stopped_at = min(opened_at + DAY * DAYS_OPEN, now)
    stop_round(session, organisation_id=organisation.id, round_id=round_.id, now=stopped_at)
    if story.ending is RoundState.PUBLISHED:
        publish_round(session, organisation_id=organisation.id, round_id=round_.id, now=stopped_at)
    if story.plan:
        owners = [people[(len(team.name) + at) % len(people)] for at in range(len(people))]
        make_sample_plan(session, account, organisation, round_, story.plan, owners, tried, now)


def _answer(session: Session, round_: Round, story: SampleRound, seed: str, now: dt.datetime) -> None:
    points = tuple(point["id"] for point in round_.points)
    for sheet in draw_sheets(story, pinned_questionnaire(session, round_), points, seed):
        device = new_token()
        access = resolve_link(session, token=round_.link_token, cookie=device)
        save_draft(session, access, cookie=device, sheet=sheet, now=now)
        submit_response(session, access, cookie=device, now=now)
