"""How a plan reaches the team: its address, its QR code, and words ready to be sent."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from assessment.infra.clock import utc_now
from assessment.infra.languages import Localisation
from assessment.services.mailings import NobodyToWriteTo, plan_told_at, tell_of_plan
from assessment.services.organisations import Organisation
from assessment.services.recipients import count_recipients
from assessment.services.rounds import Round
from assessment.services.teams import Team
from assessment.web.dates import local_day
from assessment.web.mail import mailer
from assessment.web.public_links import is_local_link, public_url, whatsapp_link
from assessment.web.transactions import session
from reports.engine.qr import qr_code


@dataclass(frozen=True, slots=True)
class PlanSharing:
    """`since` is the day on which the plan was shared, in words."""

    since: str
    link: str
    qr: Markup
    whatsapp: str
    is_local_only: bool
    """Whether the link only works on this machine, so that no phone can open it."""


@dataclass(frozen=True, slots=True)
class PlanMail:
    """How many people can be told of the plan by e-mail, and since which day, in words, they have been."""

    people: int
    told: str


def plan_mail(round_: Round, organisation: Organisation, reader: Localisation) -> PlanMail:
    """Nobody where no e-mail can be sent."""
    if mailer() is None:
        return PlanMail(0, "")
    where = {"organisation_id": organisation.id, "round_id": round_.id}
    told = local_day(plan_told_at(session(), **where), organisation.time_zone)
    return PlanMail(count_recipients(session(), **where), reader.date(told) if told else "")


def tell_by_mail(round_: Round) -> int:
    """Writes to those who were invited by e-mail that the plan is shared; returns to how many: 0 the second time."""
    sends = mailer()
    if sends is None:
        return 0
    try:
        return tell_of_plan(
            session(),
            organisation_id=round_.organisation_id,
            round_id=round_.id,
            new_message_id=sends.new_message_id,
            now=utc_now(),
        )
    except NobodyToWriteTo:
        return 0


def plan_sharing(round_: Round, team: Team, organisation: Organisation, reader: Localisation) -> PlanSharing | None:
    """`None` for a plan that is not shared."""
    since = local_day(round_.plan_shared_at, organisation.time_zone)
    if since is None:
        return None
    link = public_url("shared_plans.show", token=round_.plan_token)
    message = reader.gettext(
        "Hello. In %(team)s we have a plan, made from what all of us answered: what we take on, who does what, and by "
        "when. You can read it here, without an account.",
        team=team.name,
    )
    return PlanSharing(
        since=reader.date(since),
        link=link,
        qr=qr_code(link, reader.gettext("QR code of the plan's link")),
        whatsapp=whatsapp_link(f"{message}\n{link}"),
        is_local_only=is_local_link(link),
    )
