"""The pillars for which a team may set targets: those that it is asked about, each on its own scale."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from assessment.domain.questionnaire import Pillar
from assessment.domain.scale import Scale
from assessment.domain.texts import Text
from assessment.services.questionnaires import used_questionnaires
from assessment.store.teams import Team


@dataclass(frozen=True, slots=True)
class PillarsOnScale:
    """Pillars that are asked about on one scale, and what their questionnaire calls them."""

    title: Text | None
    scale: Scale
    pillars: tuple[Pillar, ...]


def pillars_with_targets(session: Session, *, team: Team) -> tuple[PillarsOnScale, ...]:
    """The pillars of what the team's next round asks, then those of all else that its rounds have asked.

    A pillar that several questionnaires have is taken as the first of them asks about it.
    """
    seen: set[str] = set()
    found = []
    for asked in used_questionnaires(session, team=team):
        pillars = tuple(pillar for pillar in asked.pillars if pillar.id not in seen)
        seen |= {pillar.id for pillar in pillars}
        if pillars:
            found.append(PillarsOnScale(asked.pillars_section.title, asked.scale, pillars))
    return tuple(found)
