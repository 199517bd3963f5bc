"""Page 1 holds whatever the library may propose: the longest actions, an alarm, long names."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import replace
from itertools import product

import pypdf
import pytest

from assessment.catalogue.catalogue import load_action_library, load_team_kinds
from assessment.domain.actions import OWN_ACTION, Action
from assessment.domain.plans.choices import (
    LONGEST_MEASURE,
    LONGEST_OWNER,
    LONGEST_REASON,
    LONGEST_TEXT,
    LONGEST_TITLE,
)
from assessment.domain.plans.proposal import MOST_ACTIONS, PlannedAction, PlannedPillar, draft_plan
from assessment.domain.questionnaire import Text
from assessment.domain.result import Priority
from assessment.domain.surplus import Surplus
from assessment.infra.languages import Localisation, Paper, localisation
from reports.action_plan.build import build_context, build_html
from reports.action_plan.source import PlanSource
from reports.engine.pdf import render_pdf
from tests.browser.matrix import ways
from tests.infra.test_pictures import picture
from tests.reports.plans import DAY, LOCALES, LONG_NAME, Sample, kept_log
from tests.services.files import PILLARS

CORRECTED = Surplus(1_234, 1_250, size_before=1_200)
"""What takes the most words to say."""
LINK = "https://escala.secretaria-de-desarrollo-economico.example.org/p/iRQ3cBxzU8nq0W2rTtKm_g"
"""Of a shared plan, under a long name."""
BANDS = {2: 2.1, 3: 3.1, 4: 3.6}
"""A level of each band, and a mean of that level below the target."""


def wordiness(pillar: str, level: int, reader: Localisation) -> int:
    """How long the texts of a pillar's first two actions are."""
    first = load_action_library().for_pillar(pillar, level)[:2]
    texts = (text for action in first for text in (action.title, action.what, action.owner, action.measure))
    return sum(len(reader.text(text)) for text in texts)


def hardest(level: int, locale: str, paper: Paper, *, is_split: bool, has_alarm: bool) -> PlanSource:
    """A plan of the two wordiest pillars, as a team with a long name in a large organisation would get it."""
    sample = Sample("divided", locale, paper)
    source = sample.source
    chosen = sorted(PILLARS, key=lambda pillar: -wordiness(pillar, level, sample.reader))[:2]
    result = replace(
        source.result,
        pillars=tuple(
            replace(pillar, level=level, mean=BANDS[level], agreement="split" if is_split else "fair")
            for pillar in source.result.pillars
        ),
        priorities=tuple(Priority(pillar, 30, 0.4, 0.4, 0.5, 0.5, "toss-up") for pillar in chosen),
        focus=dict.fromkeys(PILLARS, 0.4),
        alarms=("updates", "closing") if has_alarm else (),
        weakest_point="updates",
    )
    known = {point.id: point for kind in load_team_kinds() for point in kind.points}
    plan = draft_plan(result, load_action_library(), scale=source.questionnaire.scale, drawn_on=DAY, known_points=known)
    return replace(
        source,
        result=result,
        plan=replace(plan, team=LONG_NAME),
        organisation="Secretaría de Desarrollo y Competitividad Empresarial",
        surplus=CORRECTED,
    )


def pages_of_the_wall_plan(source: PlanSource, reader: Localisation) -> int:
    """How many pages the first section takes, printed alone."""
    html = build_html(build_context(source, reader), reader)
    alone = re.sub(r'<section class="evidence">.*(?=</body>)', "", html, count=1, flags=re.DOTALL)
    assert len(alone) < len(html) / 2
    with kept_log() as logged:
        pdf = render_pdf(alone)
    assert logged == []
    return len(pypdf.PdfReader(io.BytesIO(pdf)).pages)


# Paper, alarm, conversations.
ALARM, BOTH, ROOMIER = ("letter", True, False), ("letter", True, True), ("a4", False, False)
IN_PAIRS = [
    (ALARM, 2, "es-CO", LINK),
    (ALARM, 3, "en-US", ""),
    (ALARM, 4, "es-CO", ""),
    (BOTH, 2, "en-US", LINK),
    (BOTH, 3, "es-CO", LINK),
    (BOTH, 4, "es-CO", ""),
    (ROOMIER, 2, "es-CO", ""),
    (ROOMIER, 3, "es-CO", LINK),
    (ROOMIER, 4, "en-US", LINK),
]
"""Every pair; all together in CI."""


@ways(
    "room, level, locale, link",
    IN_PAIRS,
    [one for one in product((ALARM, BOTH, ROOMIER), BANDS, LOCALES, ("", LINK)) if one not in IN_PAIRS],
)
def test_the_wordiest_plan_fits_the_wall(room: tuple[Paper, bool, bool], level: int, locale: str, link: str) -> None:
    paper, has_alarm, is_split = room
    source = replace(hardest(level, locale, paper, is_split=is_split, has_alarm=has_alarm), link=link)
    assert len(source.plan.actions) == 5
    assert pages_of_the_wall_plan(source, localisation(locale)) == 1


LONG_WORDS = "Conversación semanal con clientes internos y externos sobre sus expectativas, quejas y sugerencias; " * 6


@pytest.mark.parametrize("pillars", [2, 3])
@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("paper", ["letter", "a4"])
def test_all_that_a_team_may_write_fits_the_wall(paper: Paper, locale: str, pillars: int) -> None:
    """Five actions of their own, a reason for each pillar, an alarm and a logo: everything as long as it may be."""
    sample = Sample("poor", locale, paper)
    source = sample.source
    own = PlannedAction(
        Action(
            id=OWN_ACTION,
            title=_same(LONGEST_TITLE),
            what=_same(LONGEST_TEXT),
            why=Text("", ""),
            first_step=_same(LONGEST_TITLE),
            owner=_same(LONGEST_OWNER),
            measure=_same(LONGEST_MEASURE),
            effort="small",
            due_days=30,
        ),
        DAY,
        is_late=True,
        is_stuck=True,
    )
    chosen = tuple(
        PlannedPillar(
            result=result,
            target=4.0,
            priority=next((entry for entry in source.result.priorities if entry.pillar == result.pillar), None),
            focus_share=source.result.focus[result.pillar],
            actions=(own,) * (2 if at < MOST_ACTIONS - 1 - pillars else 1),
            later=(),
            reason=_same(LONGEST_REASON).es,
        )
        for at, result in enumerate(source.result.pillars[:pillars])
    )
    assert source.plan.point
    assert source.result.alarms
    plan = replace(source.plan, pillars=chosen, point=replace(source.plan.point, move=own))
    assert len(plan.actions) == MOST_ACTIONS
    logo = f"data:image/png;base64,{base64.b64encode(picture(size=(400, 300))).decode()}"
    full = replace(source, plan=plan, is_decided=True, logo=logo, surplus=CORRECTED, link=LINK)
    assert pages_of_the_wall_plan(full, sample.reader) == 1


def _same(length: int) -> Text:
    words = LONG_WORDS[:length].strip()
    return Text(words, words)
