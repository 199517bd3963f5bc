"""Lists that do not grow: processor time of pages over 1,000 teams with 8 published rounds each.

Each page is compared with an empty one of the same layout: of an organisation without teams, or of a team without
rounds. Pages of a round, which an empty team has none of, are compared with the page of that team.
"""

from __future__ import annotations

import datetime as dt
import statistics
import uuid
from dataclasses import dataclass

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from assessment.catalogue.catalogue import DEFAULT_QUESTIONNAIRE
from assessment.domain.access import OrganisationRole
from assessment.domain.audit import Action, ObjectKind
from assessment.services.access import get_access
from assessment.services.campaigns import MOST_TEAMS, open_campaign
from assessment.store.accounts import User
from assessment.store.audit import AuditEvent
from assessment.store.organisations import Membership, MembershipTeam
from assessment.store.rounds import Round
from assessment.store.teams import Team
from bench.large import NOW, ROUNDS, TEAMS, Account, Large, cpu_seconds, large_organisation
from bench.timing import Row

RUNS = 15
PEOPLE = 1_000
"""Members besides the one who looks: one for each team."""
EVENTS_A_ROUND = 5
"""What the activity log tells of a round: who saw it, changed its plan, printed it."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page and the empty one that it is compared with."""

    name: str
    full: str
    empty: str
    of: Account
    """Whose page the empty one is."""


def rows(made: Large) -> list[Row]:
    """Fills the large organisation up with members, a log and a campaign, and reads its pages."""
    with made.database.writing() as session:
        _add_members(session, made.many.organisation, made.many.user_id)
    measured = [_measure(made, page) for page in (*_of_teams(made), *_of_one_team(made))]
    with made.database.writing() as session:
        campaign = _add_campaign(session, made.many)
        small = _add_campaign(session, made.one_team)
    at = f"{made.many.page}/campaigns/{campaign}"
    few = f"{made.one_team.page}/campaigns/{small}"
    return [*measured, _measure(made, Page(f"A campaign of {MOST_TEAMS} of them / of one", at, few, made.one_team))]


def _measure(made: Large, page: Page) -> Row:
    # In turns, so that a machine that is busy for a while slows both down.
    times = [
        (cpu_seconds(made.many.client, page.full), cpu_seconds(page.of.client, page.empty)) for _ in range(RUNS + 1)
    ]
    many, none = (statistics.median(column) for column in zip(*times[1:], strict=True))
    return Row(
        f"{page.name}, {TEAMS:,} teams × {ROUNDS} rounds / empty",
        f"{many / none:.1f} ({1000 * many:.0f} ms / {1000 * none:.0f} ms of CPU)",
        "under 10",
    )


def _of_teams(made: Large) -> list[Page]:
    full, empty = made.many.page, made.nothing.page
    last = -(-TEAMS // 25)
    last_of_portfolio = -(-TEAMS // 50)
    asked = [
        ("Start page", "/", "/"),
        ("Start page, the last page", f"/?page={last}", "/"),
        ("Organisation", full, empty),
        ("Organisation, the last page", f"{full}?page={last}", empty),
    ]
    asked += [
        (name, full + path, empty + path.partition("?")[0])
        for name, path in (
            ("All teams in one look", "/portfolio"),
            ("All teams in one look, the last page", f"/portfolio?page={last_of_portfolio}"),
            ("All teams in one look, those that need attention", "/portfolio?show=attention"),
            ("How teams moved", "/portfolio/movement"),
            ("How teams moved, the last page", f"/portfolio/movement?page={last_of_portfolio}"),
            ("Campaigns", "/campaigns"),
            ("A new campaign", "/campaigns/new"),
            (f"People, {PEOPLE:,} of them", "/members"),
            ("Inviting somebody", "/members/invite"),
            (f"Activity log, {TEAMS * ROUNDS * EVENTS_A_ROUND:,} rows", "/log"),
            ("Deleting the organisation, before it is confirmed", "/delete"),
        )
    ]
    return [Page(name, many, none, made.nothing) for name, many, none in asked]


def _of_one_team(made: Large) -> list[Page]:
    team, empty = f"{made.many.page}/teams/{made.team}", f"{made.one_team.page}/teams/{made.new_team}"
    asked = [
        ("Team", team, empty),
        ("Rounds of a team", f"{team}/rounds", f"{empty}/rounds"),
        ("A new round", f"{team}/rounds/new", f"{empty}/rounds/new"),
        ("Round by round", f"{team}/history", f"{empty}/history"),
    ]
    asked += [
        (name, f"{team}/rounds/{made.round}{path}", empty)
        for name, path in (("Results", "/results"), ("A plan", "/plan"), ("Following a plan up", "/plan/follow"))
    ]
    return [Page(name, many, none, made.one_team) for name, many, none in asked]


def _add_members(session: Session, organisation: uuid.UUID, user_id: int) -> None:
    """A manager of each team, and what they did, as the activity log has it."""
    teams = session.scalars(select(Team.id).where(Team.organisation_id == organisation).order_by(Team.name)).all()
    model = session.get_one(User, user_id)
    session.execute(
        insert(User),
        [
            {
                "email": f"manager{number}@example.org",
                "password": model.password,
                "active": True,
                "fs_uniquifier": uuid.uuid4().hex,
            }
            for number in range(PEOPLE)
        ],
    )
    accounts = session.scalars(select(User.id).where(User.email.like("manager%")).order_by(User.id)).all()
    members = [
        {
            "id": uuid.uuid4(),
            "organisation_id": organisation,
            "user_id": account,
            "role": OrganisationRole.MANAGER,
            "has_all_teams": False,
        }
        for account in accounts
    ]
    session.execute(insert(Membership), members)
    session.execute(
        insert(MembershipTeam),
        [
            {"organisation_id": organisation, "membership_id": member["id"], "team_id": team}
            for member, team in zip(members, teams, strict=False)
        ],
    )
    manager_of = dict(zip(teams, accounts, strict=False))
    rounds = session.execute(
        select(Round.id, Round.team_id, Round.published_at).where(Round.organisation_id == organisation)
    ).all()
    session.execute(
        insert(AuditEvent),
        [
            {
                "id": uuid.uuid4(),
                "organisation_id": organisation,
                "happened_at": published + dt.timedelta(hours=2 * number),
                "user_id": manager_of[team],
                "action": str(Action.SAW_RESULTS),
                "kind": ObjectKind.ROUND,
                "object_id": id_,
                "about_user_id": None,
                "detail": "",
            }
            for id_, team, published in rounds
            for number in range(EVENTS_A_ROUND)
        ],
    )


def _add_campaign(session: Session, account: Account) -> uuid.UUID:
    """As many teams as a campaign may have."""
    teams = session.scalars(
        select(Team.id).where(Team.organisation_id == account.organisation).order_by(Team.name).limit(MOST_TEAMS)
    ).all()
    return open_campaign(
        session,
        access=get_access(session, user_id=account.user_id, organisation_id=account.organisation),
        name="Campaña",
        questionnaires=[DEFAULT_QUESTIONNAIRE],
        teams=teams,
        opens_at=NOW,
        closes_at=None,
        submission=uuid.uuid4().hex,
        now=NOW,
    ).id


if __name__ == "__main__":
    with large_organisation() as large:
        for row in rows(large):
            print(f"| {row.name} | {row.measured} | {row.aim} |")
