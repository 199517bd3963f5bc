"""All texts that travel with the product, each with a name that says where it is."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from functools import cache

from assessment.catalogue.catalogue import (
    load_action_library,
    load_privacy_laws,
    load_questionnaire,
    load_team_kinds,
    questionnaire_ids,
)
from assessment.domain.actions import Action
from assessment.domain.privacy_notice import PrivacyLaw
from assessment.domain.questionnaire import Item, Phase, Questionnaire, TeamKind, Text

PHASES: tuple[Phase, ...] = ("beginning", "middle", "end")
BANDS = (1, 3, 5)
"""One level of each band: 1–2, 3, 4–5."""


def texts_in(value: object, place: str = "") -> Iterator[tuple[str, Text]]:
    """Every text inside an object of the domain, with its place."""
    if isinstance(value, Text):
        yield place, value
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from texts_in(getattr(value, field.name), f"{place}.{field.name}")
    elif isinstance(value, tuple):
        for at, part in enumerate(value):
            yield from texts_in(part, f"{place}.{getattr(part, 'id', at)}")


@cache
def pillar_actions() -> tuple[Action, ...]:
    """The actions of all pillars and bands, without the conversations."""
    library = load_action_library()
    return tuple(action for pillar in library.pillars for band in BANDS for action in library.for_pillar(pillar, band))


@cache
def conversations() -> tuple[Action, ...]:
    library = load_action_library()
    return tuple(library.conversation(pillar) for pillar in library.pillars)


@cache
def moves() -> tuple[Action, ...]:
    library = load_action_library()
    return tuple(move for step in range(1, 7) for phase in PHASES for move in library.moves_from(step, phase))


def all_actions() -> tuple[Action, ...]:
    return (*pillar_actions(), *conversations(), *moves())


@cache
def statements() -> tuple[Item, ...]:
    return load_questionnaire("service-culture").items


@cache
def all_texts() -> Mapping[str, Text]:
    """Place → text, of questionnaires, team kinds, actions and privacy notices."""
    whole: list[Questionnaire | TeamKind | Action | PrivacyLaw] = [
        load_questionnaire(id_) for id_ in questionnaire_ids()
    ]
    whole += [*load_team_kinds(), *all_actions(), *load_privacy_laws()]
    return dict(entry for part in whole for entry in texts_in(part, part.id))


def words_of(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
