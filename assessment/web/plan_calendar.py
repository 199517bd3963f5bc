"""A plan as a calendar (iCalendar, RFC 5545): what is due, and the short meetings that keep it moving."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assessment.domain.plans.proposal import due_on
from assessment.infra.languages import Localisation
from assessment.services.plans import RoundPlan
from assessment.services.rounds import Round
from assessment.web.plan_reading import ReadAction, ReadHeading
from assessment.web.public_links import is_local_link, public_url
from reports.action_plan.front import SPANS

if TYPE_CHECKING:
    from icalendar import Event

REFRESH = dt.timedelta(hours=12)
"""How often a calendar that follows the address looks again."""
CALENDAR = "text/calendar"


@dataclass(frozen=True, slots=True)
class CalendarFeed:
    """The secret address that a calendar follows; `subscribe` is the same as a link that opens a calendar."""

    address: str
    is_local_only: bool

    @property
    def subscribe(self) -> str:
        return "webcal://" + self.address.partition("://")[2]


def calendar_feed(round_: Round) -> CalendarFeed | None:
    """`None` while the plan of the round is not shared: nothing answers at the address then."""
    if round_.plan_shared_at is None:
        return None
    address = public_url("shared_plans.calendar", token=round_.plan_token)
    return CalendarFeed(address, is_local_link(address))


@dataclass(frozen=True, slots=True)
class PlanCalendar:
    """What a calendar is made of. `link` is where its readers see the plan; `now` stands in where nobody changed it."""

    team: str
    round_plan: RoundPlan
    headings: Sequence[ReadHeading]
    link: str
    now: dt.datetime

    @property
    def changed_at(self) -> dt.datetime:
        return self.round_plan.plan.changed_at if self.round_plan.plan else self.now


def make_calendar(plan: PlanCalendar, reader: Localisation) -> bytes:
    """Days without hours, so that they are the same in every time zone. The same plan is the same file."""
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", "-//Escala//Plan//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", reader.gettext("Plan for %(name)s", name=plan.team))
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for event in _events(plan, reader):
        calendar.add_component(event)
    ical: bytes = calendar.to_ical()
    return ical


def _events(plan: PlanCalendar, reader: Localisation) -> Iterator[Event]:
    actions = [action for heading in plan.headings for action in heading.actions]
    for action in sorted(actions, key=lambda one: (one.due_on or dt.date.max, one.title)):
        if action.is_open and action.title and action.due_on and not action.is_out_of_plan:
            yield _event(
                plan,
                str(action.id),
                action.due_on,
                reader.gettext("Due: %(action)s", action=action.title),
                _about(action, plan, reader),
            )
    for days in SPANS:
        yield _event(
            plan,
            f"{plan.round_plan.results.round.id}-{days}",
            due_on(plan.round_plan.choices.drawn_on, days),
            reader.gettext("Fifteen minutes for the plan of %(team)s", team=plan.team),
            [reader.gettext("What is done, what is stuck, who needs a hand."), plan.link],
        )


def _about(action: ReadAction, plan: PlanCalendar, reader: Localisation) -> list[str]:
    owner = "" if action.has_proposed_owner else action.owner
    return [
        reader.gettext("Owner: %(name)s", name=owner) if owner else "",
        reader.gettext("How we will know: %(measure)s", measure=action.measure) if action.measure else "",
        plan.link,
    ]


def _event(plan: PlanCalendar, name: str, day: dt.date, title: str, about: list[str]) -> Event:
    from icalendar import Event

    event = Event()
    event.add("uid", f"{name}@escala")
    event.add("dtstamp", plan.changed_at)
    event.add("dtstart", day)
    event.add("summary", title)
    event.add("description", "\n".join(part for part in about if part))
    event.add("transp", "TRANSPARENT")
    return event
