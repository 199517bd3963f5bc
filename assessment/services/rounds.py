"""A round's life: prepare it, open it, stop it, open it again."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from assessment.catalogue.catalogue import DEFAULT_QUESTIONNAIRE
from assessment.domain.plain_text import plain_line
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.rounds import (
    Audience,
    RoundAlreadyPublished,
    RoundMode,
    RoundPurpose,
    RoundState,
    WrongRoundMode,
    check_dates,
)
from assessment.infra.tokens import new_token, token_hash, tokens_from
from assessment.services.questionnaires import (
    ask_versions,
    newest_to_ask,
    pin_questionnaires,
    pinned_questionnaire,
)
from assessment.services.teams import get_team
from assessment.store.compaction import owe_compaction
from assessment.store.organisations import Organisation
from assessment.store.recipients import MailingKind, count_recipients, plan_again
from assessment.store.responses import Invitation, count_invitations, count_responses, has_drafts
from assessment.store.rounds import (
    Round,
    RoundLink,
    find_round,
    find_round_for_update,
    find_unpublished,
    unpublished_by_team,
)
from assessment.store.teams import Team, lock_team, lock_teams
from assessment.store.workshops import LeftBehind, find_running, left_behind


class UnknownRound(LookupError):
    """The organisation has no such round."""


class TeamTooSmall(Exception):
    """A team under the minimum group cannot answer anonymously: it agrees its answers by consensus."""

    def __init__(self, size: int, minimum_group: int) -> None:
        super().__init__(f"{size} < {minimum_group}")
        self.size = size
        self.minimum_group = minimum_group


class RoundUnderWay(Exception):
    """The team has an unpublished round of this purpose: one at a time, so that nobody is asked twice at once.

    `round_id` and `name` are that one's.
    """

    def __init__(self, under_way: Round) -> None:
        super().__init__(under_way.id)
        self.round_id = under_way.id
        self.name = under_way.name


class InvitedByMail(Exception):
    """People were invited by e-mail with the shared link, which personal links would end."""


class RoundHasAnswers(Exception):
    """Somebody has answered: the round can be stopped, no longer discarded or shared in another way."""


class WorkshopHeld(Exception):
    """A workshop of the round is held, or paused: it must be ended before the round is discarded."""


class RecordWouldBeLost(Exception):
    """Workshops of the round have left more behind than was named to whoever discards it."""


def draft_round(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    team_id: uuid.UUID,
    name: str,
    mode: RoundMode = RoundMode.ANSWERED,
    asks_role: bool = False,
    asks_code: bool = False,
    questionnaires: Sequence[str] = (DEFAULT_QUESTIONNAIRE,),
    purpose: RoundPurpose = RoundPurpose.ASSESSMENT,
    now: dt.datetime,
) -> Round:
    """A round that is prepared, and opens to nobody yet; `questionnaires` are the ids of those that it asks together.

    Where leaders are told apart nobody is linked, so that no code is asked for in vain. Raises `UnknownTeam`,
    `UnknownQuestionnaire`, `NotAskedTogether` or `RoundUnderWay`.
    """
    team = get_team(session, organisation_id=organisation_id, team_id=team_id)
    lock_team(session, team_id)  # of two that begin at once, the second sees the first one's round
    if under_way := find_unpublished(session, organisation_id, team_id, purpose):
        raise RoundUnderWay(under_way)
    drafted = _new_round(team, name=name, mode=mode, purpose=purpose, asks_role=asks_role, asks_code=asks_code, now=now)
    _pin(session, drafted, questionnaires)
    session.add(drafted)
    session.flush()
    return drafted


def schedule_round(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    round_id: uuid.UUID,
    opens_at: dt.datetime,
    closes_at: dt.datetime | None,
    now: dt.datetime,
) -> Round:
    """Gives a round that has not opened its dates, and pins anew what it asks of whom.

    Raises `UnknownRound`, `RoundAlreadyOpened`, `WrongRoundMode`, `InvalidDates` or `TeamTooSmall`.
    """
    round_ = lock_round(session, organisation_id=organisation_id, round_id=round_id)
    if round_.mode is RoundMode.IMPORTED:
        raise WrongRoundMode(round_.mode)
    round_.facts.require_unopened(now)
    check_dates(opens_at, closes_at, now)
    _pin(session, round_, [pinned.version.questionnaire_id for pinned in round_.questionnaires])
    if round_.mode is RoundMode.ANSWERED and round_.team_size < round_.minimum_group:
        raise TeamTooSmall(round_.team_size, round_.minimum_group)
    round_.opens_at, round_.closes_at = opens_at, closes_at
    session.flush()
    return round_


def open_round(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    team_id: uuid.UUID,
    name: str,
    mode: RoundMode = RoundMode.ANSWERED,
    opens_at: dt.datetime,
    closes_at: dt.datetime | None,
    asks_role: bool = False,
    asks_code: bool = False,
    questionnaires: Sequence[str] = (DEFAULT_QUESTIONNAIRE,),
    purpose: RoundPurpose = RoundPurpose.ASSESSMENT,
    now: dt.datetime,
) -> Round:
    """A round from `opens_at` on. It pins the questionnaires, the points and targets, the team's size and the minimum.

    Raises what `draft_round` raises, `WrongRoundMode`, `InvalidDates` or `TeamTooSmall`.
    """
    drafted = draft_round(
        session,
        organisation_id=organisation_id,
        team_id=team_id,
        name=name,
        mode=mode,
        asks_role=asks_role,
        asks_code=asks_code,
        questionnaires=questionnaires,
        purpose=purpose,
        now=now,
    )
    return schedule_round(
        session,
        organisation_id=organisation_id,
        round_id=drafted.id,
        opens_at=opens_at,
        closes_at=closes_at,
        now=now,
    )


@dataclass(frozen=True, slots=True)
class TeamToAsk:
    """A team that is to answer in this way."""

    team: Team
    mode: RoundMode
    asks_role: bool = False
    asks_code: bool = False


def open_rounds(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    teams: Sequence[TeamToAsk],
    name: str,
    opens_at: dt.datetime,
    closes_at: dt.datetime | None,
    questionnaires: Sequence[str],
    now: dt.datetime,
) -> list[Round]:
    """A round of each team, as `open_round` opens one; what is the same for all is read once. To be called in a
    transaction that is undone where this raises.

    Raises `UnknownQuestionnaire`, `NotAskedTogether`, `RoundUnderWay`, `WrongRoundMode`, `InvalidDates` or
    `TeamTooSmall`.
    """
    check_dates(opens_at, closes_at, now)
    ids = [one.team.id for one in teams]
    lock_teams(session, ids)
    for under_way in unpublished_by_team(session, organisation_id, ids).values():
        raise RoundUnderWay(under_way)
    asked = newest_to_ask(session, organisation_id=organisation_id, ids=questionnaires)
    organisation = session.get_one(Organisation, organisation_id)
    opened = []
    for one in teams:
        if one.mode is RoundMode.IMPORTED:
            raise WrongRoundMode(one.mode)
        if one.mode is RoundMode.ANSWERED and one.team.size < organisation.minimum_group:
            raise TeamTooSmall(one.team.size, organisation.minimum_group)
        round_ = _new_round(
            one.team, name=name, mode=one.mode, asks_role=one.asks_role, asks_code=one.asks_code, now=now
        )
        round_.opens_at, round_.closes_at = opens_at, closes_at
        ask_versions(round_, asked.versions)
        _pin_team(round_, one.team, organisation, asked.questionnaire)
        opened.append(round_)
    session.add_all(opened)
    session.flush()
    return opened


def get_round(session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID) -> Round:
    """A round of this organisation. Raises `UnknownRound`."""
    round_ = find_round(session, organisation_id, round_id)
    if round_ is None:
        raise UnknownRound
    return round_


def lock_round(session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID) -> Round:
    """A round of this organisation as it is now, locked until the transaction ends. Raises `UnknownRound`."""
    get_round(session, organisation_id=organisation_id, round_id=round_id)
    locked = find_round_for_update(session, round_id)
    if locked is None:
        raise UnknownRound
    return locked


def change_closing(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    round_id: uuid.UUID,
    closes_at: dt.datetime | None,
    now: dt.datetime,
) -> Round:
    """Another closing date for an open round, or none. Raises `UnknownRound`, `RoundNotOpen` or `InvalidDates`."""
    round_ = lock_round(session, organisation_id=organisation_id, round_id=round_id)
    round_.facts.require_open(now)
    check_dates(round_.opens_at or now, closes_at, now)
    round_.closes_at = closes_at
    return round_


def stop_round(session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID, now: dt.datetime) -> Round:
    """No more answers. It may open again: nobody has seen anything. Raises `UnknownRound` or `RoundNotOpen`."""
    round_ = lock_round(session, organisation_id=organisation_id, round_id=round_id)
    round_.facts.require_open(now)
    round_.stopped_at = now
    return round_


def reopen_round(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    round_id: uuid.UUID,
    closes_at: dt.datetime | None,
    now: dt.datetime,
) -> Round:
    """Takes answers again until a new date, with all that was pinned when it first opened. Whoever was told that it
    has closed is not told a second time.

    Raises `UnknownRound`, `RoundNotStopped`, `WrongRoundMode` or `InvalidDates`.
    """
    round_ = lock_round(session, organisation_id=organisation_id, round_id=round_id)
    round_.facts.require_stopped(now)
    if round_.mode is RoundMode.IMPORTED:
        raise WrongRoundMode(round_.mode)
    check_dates(round_.opens_at or now, closes_at, now)
    round_.stopped_at, round_.closes_at = None, closes_at
    plan_again(session, organisation_id, round_id, MailingKind.CLOSED)
    return round_


def discard_round(
    session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID, loses: str = "", now: dt.datetime
) -> None:
    """Removes a round that nobody has answered; of an imported one, also its answers. `loses` is the mark of what its
    workshops left behind, as it was named to whoever discards it.

    Raises `UnknownRound`, `RoundAlreadyPublished`, `RoundHasAnswers`, `WorkshopHeld` or `RecordWouldBeLost`.
    """
    round_ = lock_round(session, organisation_id=organisation_id, round_id=round_id)
    if require_discardable(session, round_, now=now).mark != loses:
        raise RecordWouldBeLost
    session.delete(round_)
    owe_compaction(session)  # somebody may have begun to answer


def require_discardable(session: Session, round_: Round, *, now: dt.datetime) -> LeftBehind:
    """What its workshops left behind, which would be lost with it.

    Raises `RoundAlreadyPublished`, `RoundHasAnswers` where somebody has answered by a link, or `WorkshopHeld`.
    """
    round_.facts.require_unpublished(now)
    if round_.mode is not RoundMode.IMPORTED and count_responses(session, round_.id):
        raise RoundHasAnswers
    if find_running(session, round_.organisation_id, round_.id):
        raise WorkshopHeld
    return left_behind(session, round_.organisation_id, round_.id)


@dataclass(frozen=True, slots=True)
class PersonalLinks:
    """How many personal links a round has, and whether more can be made."""

    made: int
    may_be_made: bool
    is_invited_by_mail: bool
    """Whether people have the shared link by e-mail, so that the round keeps to it."""
    ends_begun: bool
    """Whether the first ones end what somebody has begun by the shared link. Not of how many: nobody is counted while
    they answer."""


def personal_links_of(
    session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID, now: dt.datetime
) -> PersonalLinks:
    """Where answers have come by the shared link, the round keeps to it. Raises `UnknownRound`."""
    round_ = get_round(session, organisation_id=organisation_id, round_id=round_id)
    is_answered = bool(count_responses(session, round_.id))
    has_mode = round_.mode is RoundMode.ANSWERED and round_.facts.state(now) is not RoundState.PUBLISHED
    is_first = not round_.has_personal_links
    is_invited_by_mail = bool(count_recipients(session, organisation_id, round_.id))
    return PersonalLinks(
        made=count_invitations(session, round_.id),
        may_be_made=has_mode and not (is_first and (is_answered or is_invited_by_mail)),
        is_invited_by_mail=is_invited_by_mail,
        ends_begun=is_first and not is_answered and has_drafts(session, round_.id),
    )


def invite(
    session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID, how_many: int, seed: bytes | None = None
) -> list[str]:
    """Makes personal links; returns their tokens, of which only hashes are stored. The shared link stops being valid.

    Whoever asks twice with one secret `seed` gets the same links again, not as many more.
    Raises `UnknownRound`, `WrongRoundMode`, `RoundAlreadyPublished`, `InvitedByMail`, or `RoundHasAnswers` where
    answers came by the shared link.
    """
    round_ = lock_round(session, organisation_id=organisation_id, round_id=round_id)
    if round_.mode is not RoundMode.ANSWERED:
        raise WrongRoundMode(round_.mode)
    if round_.published_at is not None:
        raise RoundAlreadyPublished(RoundState.PUBLISHED)
    if not round_.has_personal_links and count_responses(session, round_.id):
        raise RoundHasAnswers
    if not round_.has_personal_links and count_recipients(session, organisation_id, round_.id):
        raise InvitedByMail
    round_.has_personal_links = True
    tokens = tokens_from(seed or secrets.token_bytes(), how_many)
    hashes = [token_hash(token) for token in tokens]
    known = set(session.scalars(select(Invitation.token_hash).where(Invitation.token_hash.in_(hashes))))
    session.add_all(
        Invitation(organisation_id=organisation_id, round_id=round_.id, token_hash=hashed)
        for hashed in hashes
        if hashed not in known
    )
    session.flush()
    return tokens


def _new_round(
    team: Team,
    *,
    name: str,
    mode: RoundMode,
    purpose: RoundPurpose = RoundPurpose.ASSESSMENT,
    asks_role: bool,
    asks_code: bool,
    now: dt.datetime,
) -> Round:
    """Before anything is pinned. Where leaders are told apart nobody is linked: no code is asked for in vain."""
    return Round(
        organisation_id=team.organisation_id,
        team_id=team.id,
        name=plain_line(name),
        mode=mode,
        purpose=purpose,
        asks_role=asks_role and mode is RoundMode.ANSWERED,
        asks_code=asks_code and mode is RoundMode.ANSWERED and not asks_role,
        links=[RoundLink(audience=Audience.TEAM, token=new_token())],
        created_at=now,
    )


def _pin(session: Session, round_: Round, questionnaires: Sequence[str]) -> None:
    """What the round asks of whom, as it is now.

    Raises `UnknownTeam`, `UnknownQuestionnaire` or `NotAskedTogether`.
    """
    team = get_team(session, organisation_id=round_.organisation_id, team_id=round_.team_id)
    pin_questionnaires(session, round_, questionnaires)
    organisation = session.get_one(Organisation, round_.organisation_id)
    _pin_team(round_, team, organisation, pinned_questionnaire(session, round_))


def _pin_team(round_: Round, team: Team, organisation: Organisation, asked: Questionnaire) -> None:
    """What holds for the team and the organisation now."""
    round_.points = [dict(point) for point in team.points]
    round_.targets = _targets_on_scale(team.targets, asked)
    round_.minimum_group = organisation.minimum_group
    round_.keep_answers_months = organisation.keep_answers_months
    round_.keep_results_months = organisation.keep_results_months
    round_.team_size = team.size


def _targets_on_scale(targets: dict[str, float], asked: Questionnaire) -> dict[str, float]:
    """Without those that another questionnaire's longer scale allowed."""
    return {
        pillar: target
        for pillar, target in targets.items()
        if pillar not in asked.pillars_by_id or target <= asked.scale.size
    }
