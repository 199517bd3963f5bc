"""What the slides are made of: a released result, and the plan as it stands."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from assessment.domain.plans.choices import ActionStatus
from assessment.domain.texts import Text
from reports.action_plan.source import ResultSource


@dataclass(frozen=True, slots=True)
class Talk:
    """The guided conversation about a pillar: what to talk about, and how to begin."""

    pillar: str
    title: Text
    what: Text
    first_step: Text


@dataclass(frozen=True, slots=True)
class TakenAction:
    """An action of the plan. `status` is `None` as long as it is only proposed; its owner may be longer."""

    serves: str
    title: Text
    owner: Text
    due_on: dt.date
    status: ActionStatus | None
    is_late: bool = False
    has_proposed_owner: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SlidesSource:
    """`shown` is released (`domain.privacy.release`): a `PlanSource` where a plan stands on it.

    `no_plan` and `no_change` are sentences that say why there is none; empty where there is one, or nothing to say.
    """

    shown: ResultSource
    organisation: str
    round_name: str
    published_on: dt.date
    accent: str
    minimum_group: int
    logo: bytes = b""
    """A PNG or JPEG picture."""
    talks: tuple[Talk, ...] = ()
    actions: tuple[TakenAction, ...] = ()
    accompanied_by: str = ""
    """The consultancy that accompanies the organisation."""
    compared_with: str = ""
    """The name of the round that the change starts from."""
    no_plan: str = ""
    no_change: str = ""
