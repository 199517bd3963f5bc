"""Two organisations with everything that an address can name: what must never mix, in every piece."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from assessment.domain.access import OrganisationRole
from assessment.domain.repetitions import RepetitionRule
from assessment.infra.clock import utc_now
from assessment.infra.languages import Localisation
from assessment.infra.pictures import remake_picture
from assessment.infra.tokens import new_token
from assessment.services.access import Access, get_access
from assessment.services.consultancies import set_of_organisation, set_own
from assessment.services.engagement_files import keep_engagement_file, request_engagement_file
from assessment.services.members import invite_member
from assessment.services.organisation_look import set_logo
from assessment.services.outbox import queue_mail
from assessment.services.owner_links import make_owner_link
from assessment.services.plan_documents import PrintAs, RenderedPlan, keep_printed_plan, request_print
from assessment.services.plan_photographs import set_photograph
from assessment.services.plans import draft_plan, read_plan
from assessment.services.portfolio_files import (
    FileKind,
    FileWish,
    PreparedFile,
    keep_file,
    request_file,
    workbook_source,
)
from assessment.services.publication import publish_round
from assessment.services.repetitions import set_repetition
from assessment.services.rounds import open_round, stop_round
from assessment.services.unsubscribing import address_token
from assessment.store.accounts import User
from assessment.store.campaigns import Campaign, CampaignRound
from assessment.store.comments import Comment
from assessment.store.organisations import Membership, Organisation
from assessment.store.paper_sheets import PaperSheet
from assessment.store.recipients import Recipient
from assessment.store.workshops import Workshop
from tests.infra.test_pictures import picture
from tests.services.build import answer, make_sheet
from tests.web.world import World

HIDDEN_TEAM = "Equipo escondido"
DAY = dt.timedelta(days=1)


@dataclass
class Tenant:
    """The ids of one organisation, by the name that they have in addresses."""

    ids: dict[str, uuid.UUID]
    tokens: dict[str, str]
    """Secrets of its links, by endpoint, and the handle that stands for one of its rounds."""


@dataclass
class Tenants:
    world: World
    ours: Tenant
    other: Tenant
    """Where the outsider administers."""
    hidden: Tenant
    """Another team of our organisation, of which those who are of one team are not."""

    @staticmethod
    def make(app: Flask) -> Tenants:
        world = World.make(app)
        world.add_people_of_one_team()
        with app.extensions["escala_database"].writing() as session:
            for account_id in session.scalars(select(User.id)).all():
                set_own(session, user_id=account_id, name="Faro", picture=remake_picture(picture()))
            for id_ in (world.organisation, world.other_organisation):
                set_of_organisation(session, organisation_id=id_, name="Faro", picture=remake_picture(picture()))
        return Tenants(
            world,
            ours=_furnish(world, world.organisation, world.team),
            other=_furnish(world, world.other_organisation, world.other_team),
            hidden=_furnish(world, world.organisation, world.add_team(HIDDEN_TEAM)),
        )


def _furnish(world: World, organisation_id: uuid.UUID, team_id: uuid.UUID) -> Tenant:
    database, now = world.app.extensions["escala_database"], utc_now()
    where: dict[str, Any] = {"organisation_id": organisation_id}
    dates: dict[str, Any] = {"opens_at": now - DAY, "closes_at": None, "now": now - DAY}
    with database.writing() as session:
        first = open_round(session, **where, team_id=team_id, name="Ronda 1", **dates)
        first_link = first.link_token
    for seed in range(12):
        answer(database, first_link, make_sheet(seed, comment="Más tiempo para escuchar."), now=now)
    with database.writing() as session:
        stop_round(session, **where, round_id=first.id, now=now)
    with database.writing() as session:
        publish_round(session, **where, round_id=first.id, now=now)
    with database.writing() as session:
        second = open_round(session, **where, team_id=team_id, name="Ronda 2", **dates)
        second_link = second.link_token
        campaign = Campaign(**where, name="Campaña", submission=str(team_id), created_at=now)
        session.add(campaign)
        session.flush()
        session.add(CampaignRound(**where, round_id=second.id, campaign_id=campaign.id))
        workshop = Workshop(
            **where,
            round_id=second.id,
            token=new_token(),
            started_at=now,
            commanded_at=now,
            agenda_seconds=3600,
            agenda_since=now,
        )
        session.add(workshop)
        sheet_id = _add_paper(session, where, first.id, now)
    with database.writing() as session:
        rule = RepetitionRule(6, now.date() + 90 * DAY)
        set_repetition(session, **where, team_id=team_id, rule=rule, open_days=8, now=now)
    with database.writing() as session:
        guest = User(email=f"guest-{team_id}@example.com", active=True, fs_uniquifier=uuid.uuid4().hex)
        session.add(guest)
        session.flush()
        member = Membership(user_id=guest.id, organisation_id=organisation_id, role=OrganisationRole.VIEWER)
        session.add(member)
        invited = invite_member(
            session, **where, email=f"invited-{team_id}@example.com", role=OrganisationRole.VIEWER, now=now
        )
        session.flush()
        set_logo(
            session, organisation=session.get_one(Organisation, organisation_id), picture=remake_picture(picture())
        )
        message = queue_mail(
            session,
            **where,
            message_id=f"<{team_id}@example.com>",
            to=f"invited-{team_id}@example.com",
            subject="Su invitación",
            text="https://example.com/join/secret",
            language="es",
            now=now,
        )
        recipient = Recipient(
            **where, round_id=first.id, address=f"guest-{team_id}@example.com", name="Ana", language="es"
        )
        session.add(recipient)
        session.flush()
        round_plan = read_plan(session, **where, round_id=first.id, drawn_on=now.date())
        job = request_print(session, round_plan, print_as=PrintAs(Localisation("es")), now=now)
        handed_out = RenderedPlan("0" * 64, PrintAs(Localisation("es")), b"%PDF-")
        printed = keep_printed_plan(session, **where, round_id=first.id, rendered=handed_out, now=now)
        owned = draft_plan(session, **where, round_id=first.id, drawn_on=now.date(), now=now).current_actions[:1]
        owners_link = make_owner_link(
            session, **where, round_id=first.id, owner="Ana", action_ids=[action.id for action in owned], now=now
        )
        head = session.scalars(
            select(Membership.user_id).where(
                Membership.organisation_id == organisation_id, Membership.role == OrganisationRole.ADMINISTRATOR
            )
        ).one()
        access = get_access(session, user_id=head, organisation_id=organisation_id)
        wish = FileWish(FileKind.WORKBOOK, "", "", Localisation("es"), "letter")
        file_job = request_file(session, access=access, wish=wish, now=now)
        prepared = PreparedFile(wish, head, "equipos.xlsx", workbook_source(session, access=access, wish=wish, now=now))
        keep_file(session, job=file_job, prepared=prepared, content=b"PK", now=now)
        comment_id = session.scalars(select(Comment.id).where(Comment.round_id == first.id)).first()
        return Tenant(
            ids={
                "organisation_id": organisation_id,
                "team_id": team_id,
                "round_id": first.id,
                "comment_id": comment_id,
                "printed_id": printed.id,
                "membership_id": member.id,
                "invitation_id": invited.invitation.id,
                "message_id": message.id,
                "recipient_id": recipient.id,
                "job_id": job.id,
                "link_id": owners_link.link.id,
                "file_id": file_job.id,
                "engagement_id": _engagement_file(session, access, now),
                "campaign_id": campaign.id,
                "sheet_id": sheet_id,
            },
            tokens={
                "respond.open_link": second_link,
                "respond.begin_instead": second_link,
                "participate.open_code": workshop.token,
                "members.join": invited.token,
                "shared_plans.show": first.plan_token,
                "shared_plans.calendar": first.plan_token,
                "owners.open_link": owners_link.token,
                "unsubscribing.unsubscribe": address_token(
                    world.app.config["SECRET_KEY"], organisation_id, f"invited-{team_id}@example.com"
                ),
                "documents.file": "engine/print.css",
                "handle": _handle(world, second_link),
            },
        )


def _engagement_file(session: Session, access: Access, now: dt.datetime) -> uuid.UUID:
    """The organisation as a file, ready to be fetched."""
    job = request_engagement_file(session, access=access, made_by="", now=now)
    keep_engagement_file(session, job=job, content=b"PK", now=now)
    return job.id


def _add_paper(session: Session, where: dict[str, Any], round_id: uuid.UUID, now: dt.datetime) -> uuid.UUID:
    """A sheet of paper, and the photograph of a signed plan."""
    sheet = PaperSheet(**where, round_id=round_id, number=1, typing=1, answers={})
    session.add(sheet)
    set_photograph(session, **where, round_id=round_id, picture=remake_picture(picture()), now=now)
    return sheet.id


def _handle(world: World, token: str) -> str:
    return world.client().get(f"/r/{token}").headers["Location"].split("/")[2]


PLAIN_VALUES = {
    "code": "es",
    "filename": "app.css",
    "language": "es",
    "number": "123456",
    "sheet": "ballots",
    "slug": "focus",
    "token": "not-a-token",
}
"""What stands in addresses and belongs to no organisation."""


def values_of(rule: Rule, *tenants: Tenant) -> list[dict[str, Any]]:
    """Every way to fill an address with ids of these organisations; the first is the first one's own."""
    filled: list[dict[str, Any]] = [{}]
    for name in sorted(rule.arguments):
        if name in tenants[0].ids:
            choices: list[Any] = [tenant.ids[name] for tenant in tenants]
        else:
            known = PLAIN_VALUES | tenants[0].tokens
            assert name in known, f"{rule}: say in tests/web/tenants.py what stands for <{name}>"
            choices = [known.get(rule.endpoint, known[name])]
        filled = [{**values, name: choice} for values in filled for choice in choices]
    return filled
