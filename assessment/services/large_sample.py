"""A large invented organisation, for trying Escala with many teams and measuring it."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator

from sqlalchemy.orm import Session

from assessment.catalogue.catalogue import load_questionnaire, load_team_kinds
from assessment.catalogue.samples import SamplePlan, SampleRound, SampleTeam
from assessment.domain.questionnaire import Language
from assessment.domain.rounds import RoundState
from assessment.infra.countries import COUNTRIES
from assessment.services.organisations import create_organisation
from assessment.services.sample_data import SampleData, create_sample_account, first_day, make_sample_team
from assessment.store.copies import TeamRows, add_copy, read_team_rows

DRAWN = 24
"""So many teams answer; the others are copies of them under other names, since scoring is what takes time."""
EVERY_DAYS = 91
LATEST_OPENED_DAYS_AGO = 40
DAYS_TO_PLAN = 15
NAMES: dict[Language, tuple[str, str, str]] = {
    "es": ("Cadena de muchos equipos (ejemplo)", "Equipo {:04d}", "Ronda {}"),
    "en": ("Chain of many teams (sample)", "Team {:04d}", "Round {}"),
}
COUNTRY_OF: dict[Language, str] = {"es": "MX", "en": "US"}
SEED = 1848


def make_large_sample(
    session: Session,
    *,
    teams: int,
    rounds: int,
    language: Language,
    password: str,
    now: dt.datetime,
    drawn: int = DRAWN,
    on_team: Callable[[str], None] = lambda name: None,
) -> SampleData:
    """One organisation of so many teams with so many published rounds each, in a database that nobody has set up.

    The first `drawn` teams answer; the others are copies of them. `on_team` is told of each that is made. Raises
    `AlreadySetUp` or `PasswordTooShort`.
    """
    account = create_sample_account(session, password=password, now=now)
    name, team_name, _round_name = NAMES[language]
    stories = [_story(number, rounds, language) for number in range(1, min(teams, drawn) + 1)]
    begun = first_day(stories, now)
    organisation = create_organisation(
        session, name=name, country=COUNTRIES[COUNTRY_OF[language]], language=language, founder_id=account.id, now=begun
    )
    originals: list[TeamRows] = []
    for story in stories:
        team = make_sample_team(session, account, organisation, story, seed=SEED, begun=begun, now=now)
        session.flush()
        originals.append(read_team_rows(session, organisation.id, team.id))
        on_team(story.name)
    for number in range(len(originals) + 1, teams + 1):
        copy = team_name.format(number)
        add_copy(session, originals[(number - 1) % len(originals)], copy)
        on_team(copy)
    return SampleData(account, (organisation,))


def _story(number: int, rounds: int, language: Language) -> SampleTeam:
    """What a team is like, and how it moves from round to round: some rise, some stay, a few fall."""
    chance = random.Random(f"{SEED} {number}")  # noqa: S311 - invented answers, no secret
    size = chance.randint(6, 24)
    kind = chance.choice(load_team_kinds()).id
    return SampleTeam(
        name=NAMES[language][1].format(number),
        kind=kind,
        size=size,
        rounds=tuple(_rounds(chance, size, rounds, language)),
    )


def _rounds(chance: random.Random, size: int, rounds: int, language: Language) -> Iterator[SampleRound]:
    pillars = [pillar.id for pillar in load_questionnaire().pillars]
    scores = {pillar: chance.uniform(2, 3.8) for pillar in pillars}
    for number in range(rounds):
        focus = chance.sample(pillars, 3)
        opened = LATEST_OPENED_DAYS_AGO + EVERY_DAYS * (rounds - 1 - number)
        is_enough = chance.random() < 0.95
        answers = chance.randint(min(size, max(5, round(0.7 * size))), size) if is_enough else 3
        usual = sum(scores.values()) / len(scores)
        yield SampleRound(
            name=NAMES[language][2].format(number + 1),
            opened_days_ago=opened,
            answers=answers,
            usual=usual,
            pillars=scores,
            usual_step=_within(usual + 0.5, 6),
            focus=tuple(focus),
            ending=RoundState.PUBLISHED,
            plan=SamplePlan(drawn_days_ago=opened - DAYS_TO_PLAN, done=chance.randint(0, 5), is_printed=False)
            if answers >= 5
            else None,
        )
        for pillar in focus:
            scores[pillar] = _within(scores[pillar] + chance.choice((-0.6, 0, 0.3, 0.8)), 5)


def _within(value: float, highest: float) -> float:
    return min(highest, max(1.0, value))
