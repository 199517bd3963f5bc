"""A campaign's rounds, announced and reminded of by e-mail together: each as if on its own page, with its own limits.

Nothing here knows who has answered, as nothing of a round's e-mail does (`services.mailings`).
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy.orm import Session

from assessment.domain.rounds import RoundError, RoundMode, RoundState, WrongRoundMode
from assessment.intake.addresses import GivenAddress
from assessment.intake.team_addresses import GivenTeamAddress
from assessment.intake.text import fold
from assessment.services.access import Access
from assessment.services.campaigns import CampaignRow, CampaignState, teams_to_ask
from assessment.services.mailings import NobodyToWriteTo, NotOfThisRound, TooSoon, next_reminders, remind
from assessment.services.recipients import (
    MOST_RECIPIENTS,
    CheckedList,
    Person,
    TooManyRecipients,
    check_list,
    invite_by_mail,
    people_of_last_round,
    spell_addresses,
)
from assessment.store import recipients as store
from assessment.store.recipients import MailingKind

MOST_PEOPLE = 4_000
"""In one list: what an organisation may write to in a day."""


class Unmailable(StrEnum):
    """Why a team's round is not announced by e-mail."""

    TOGETHER = "together"
    PERSONAL_LINKS = "personal-links"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class TeamMail:
    """How far the e-mail of one round is: how many people are on its list, how many messages wait, when they were last
    reminded, how many of them something could not be delivered to, and from when on they can be reminded."""

    invited: int = 0
    waiting: int = 0
    reminded_at: dt.datetime | None = None
    undelivered: int = 0
    may_remind_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class TeamList:
    """Whom a list adds to one team's round, which has `invited` people already."""

    row: CampaignRow
    checked: CheckedList
    invited: int

    @property
    def is_too_many(self) -> bool:
        """Whether the round would have more people than one may."""
        return self.invited + len(self.checked.people) + len(self.checked.removed) > MOST_RECIPIENTS

    @property
    def beyond_size(self) -> int:
        """How many more people than the team has would be invited."""
        return max(0, self.invited + len(self.checked.people) - self.row.round.team_size)


@dataclass(frozen=True, slots=True)
class CheckedTeams:
    """What a list of several teams was understood as, with the rows that cannot be used.

    `unknown` and `elsewhere` are names of teams with the first of their rows: nobody knows such a team, and it is not
    in the campaign. `unmailable` are teams on the list whose rounds are not announced by e-mail. `without` are teams of
    the campaign that could be, and of which the list has nobody. `in_several` are addresses of more than one team.
    """

    teams: tuple[TeamList, ...]
    nameless: tuple[tuple[int, str], ...]
    unknown: tuple[tuple[int, str], ...]
    elsewhere: tuple[tuple[int, str], ...]
    unmailable: tuple[tuple[CampaignRow, Unmailable], ...]
    without: tuple[CampaignRow, ...]
    in_several: tuple[str, ...]

    @property
    def people(self) -> int:
        return sum(len(team.checked.people) for team in self.teams)

    @property
    def removed(self) -> int:
        return sum(len(team.checked.removed) for team in self.teams)

    @property
    def wrong(self) -> list[tuple[int, str]]:
        return sorted(row for team in self.teams for row in team.checked.wrong)

    @property
    def repeated(self) -> int:
        return sum(team.checked.repeated for team in self.teams)

    @property
    def known(self) -> int:
        return sum(team.checked.known for team in self.teams)


@dataclass(slots=True)
class Invited:
    """What became of a list: how many people of how many teams are new, and which teams were left out."""

    people: int = 0
    teams: int = 0
    left_out: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Reminded:
    """To how many people of how many teams the reminder goes, and of how many teams it cannot go yet."""

    people: int
    teams: int
    already: int


def why_unmailable(row: CampaignRow) -> Unmailable | None:
    """Why a team's round is not announced by e-mail; `None` where it can be."""
    if row.round.mode is not RoundMode.ANSWERED:
        return Unmailable.TOGETHER
    if row.round.has_personal_links:
        return Unmailable.PERSONAL_LINKS
    return None if row.state in (RoundState.SCHEDULED, RoundState.OPEN) else Unmailable.OVER


def mail_of_campaign(session: Session, *, state: CampaignState) -> dict[uuid.UUID, TeamMail]:
    """How far the e-mail of each of the campaign's rounds is, by their ids, in a few queries for all."""
    ids = [row.round.id for row in state.rows]
    organisation_id = state.campaign.organisation_id
    counted = store.recipients_by_round(session, organisation_id, ids)
    waiting = store.waiting_by_round(session, organisation_id, ids)
    reminded = store.latest_by_round(session, organisation_id, ids, MailingKind.REMINDER)
    undelivered = store.undelivered_by_round(session, organisation_id, ids)
    may_remind = next_reminders(session, organisation_id=organisation_id, round_ids=ids)
    return {
        id_: TeamMail(
            counted.get(id_, 0), waiting.get(id_, 0), reminded.get(id_), undelivered.get(id_, 0), may_remind.get(id_)
        )
        for id_ in ids
    }


def check_teams_list(
    session: Session, *, access: Access, state: CampaignState, given: Sequence[GivenTeamAddress], secret: str
) -> CheckedTeams:
    """Whom a list would add to which round of the campaign; nothing is kept."""
    spelled = spell_addresses(one.person for one in given)  # before a query begins a transaction
    rows = {_key(row.team.name): row for row in state.rows}
    others = {_key(team.name) for team in teams_to_ask(session, access=access)} - rows.keys()
    by_round: dict[uuid.UUID, list[GivenAddress]] = {}
    nameless: list[tuple[int, str]] = []
    unknown: dict[str, tuple[int, str]] = {}
    elsewhere: dict[str, tuple[int, str]] = {}
    for one in given:
        key = _key(one.team)
        if key in rows:
            by_round.setdefault(rows[key].round.id, []).append(one.person)
        elif not key:
            nameless.append((one.person.row, one.person.words))
        else:
            (elsewhere if key in others else unknown).setdefault(key, (one.person.row, one.team))
    invited = store.recipients_by_round(session, access.organisation_id, list(by_round))
    named = [row for row in state.rows if row.round.id in by_round]
    return CheckedTeams(
        teams=tuple(
            TeamList(row, _checked(session, row, by_round[row.round.id], spelled, secret), invited.get(row.round.id, 0))
            for row in named
            if why_unmailable(row) is None
        ),
        nameless=tuple(nameless),
        unknown=tuple(unknown.values()),
        elsewhere=tuple(elsewhere.values()),
        unmailable=tuple((row, why) for row in named if (why := why_unmailable(row)) is not None),
        without=tuple(row for row in state.rows if why_unmailable(row) is None and row.round.id not in by_round),
        in_several=_in_several(by_round, spelled),
    )


def people_of_last_rounds(session: Session, *, state: CampaignState) -> list[GivenTeamAddress]:
    """Whom each team's last round was announced to, as far as their addresses are kept."""
    return [
        GivenTeamAddress(row.team.name, person)
        for row in state.rows
        if why_unmailable(row) is None
        for person in people_of_last_round(session, round_=row.round)
    ]


def invite_teams(
    session: Session,
    *,
    state: CampaignState,
    people: Mapping[uuid.UUID, Sequence[Person]],
    turn: str,
    reply_to: str,
    new_message_id: Callable[[], str],
    secret: str,
    now: dt.datetime,
) -> Invited:
    """Adds people to the rounds with these ids and writes each an invitation, as `invite_by_mail` does for one round.

    A round that takes no people (any more), or that would have too many, is left out; its team is named.
    """
    done = Invited()
    for row in state.rows:  # always in one order, so that two at once do not wait for each other
        if not people.get(row.round.id):
            continue
        try:
            with session.begin_nested():
                added = invite_by_mail(
                    session,
                    organisation_id=row.round.organisation_id,
                    round_id=row.round.id,
                    people=people[row.round.id],
                    turn=turn,
                    reply_to=reply_to,
                    new_message_id=new_message_id,
                    secret=secret,
                    now=now,
                )
        except (NotOfThisRound, WrongRoundMode, TooManyRecipients):
            done.left_out.append(row.team.name)
            continue
        done.people += added
        done.teams += added > 0
    return done


def remind_teams(
    session: Session, *, state: CampaignState, new_message_id: Callable[[], str], now: dt.datetime
) -> Reminded:
    """Reminds everybody invited to the campaign's open rounds, each within the limits of its own: once a day at most,
    and nobody who was written to less than twelve hours ago."""
    people = teams = already = 0
    for row in state.in_state(RoundState.OPEN):
        try:
            reached = remind(
                session,
                organisation_id=row.round.organisation_id,
                round_id=row.round.id,
                new_message_id=new_message_id,
                now=now,
            )
        except TooSoon:
            already += 1
        except (NobodyToWriteTo, NotOfThisRound, RoundError):
            continue
        else:
            people, teams = people + reached, teams + 1
    return Reminded(people, teams, already)


def _checked(
    session: Session,
    row: CampaignRow,
    given: Sequence[GivenAddress],
    spelled: Mapping[str, str | None],
    secret: str,
) -> CheckedList:
    where = {"organisation_id": row.round.organisation_id, "round_id": row.round.id}
    return check_list(session, **where, given=given, spelled=spelled, secret=secret)


def _key(name: str) -> str:
    return fold(name)


def _in_several(
    by_round: Mapping[uuid.UUID, Sequence[GivenAddress]], spelled: Mapping[str, str | None]
) -> tuple[str, ...]:
    """Addresses that stand under more than one team, each once."""
    rounds_of: dict[str, set[uuid.UUID]] = {}
    for round_id, given in by_round.items():
        for one in given:
            if (address := spelled[one.address]) is not None:
                rounds_of.setdefault(address, set()).add(round_id)
    return tuple(sorted(address for address, rounds in rounds_of.items() if len(rounds) > 1))
