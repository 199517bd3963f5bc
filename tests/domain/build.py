"""Small objects for tests of the domain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assessment.domain.answers import Answer, AnswerSheet, Role, TeamAnswers
from assessment.domain.questionnaire import (
    Comment,
    Focus,
    Item,
    Ladder,
    Pillar,
    Questionnaire,
    Scale,
    ScalePoint,
    Step,
    Text,
)

PILLARS = (
    "language vision recruitment orientation communication recognition "
    "voice measures improvement recovery benchmarking role-modelling"
).split()
STEPS = ("criminal", "basic", "expected", "desired", "surprising", "unbelievable")


def text(words: str) -> Text:
    return Text(es=f"{words} (es)", en=f"{words} (en)")


def build_pillar(name: str, items: int = 4) -> Pillar:
    return Pillar(
        id=name,
        name=text(name),
        short_name=text(name),
        summary=text(name),
        items=tuple(Item(f"{name}-{number}", text(f"{name} statement {number}")) for number in range(1, items + 1)),
    )


def build_questionnaire(pillars: Sequence[Pillar] | None = None, *, scale_points: int = 5) -> Questionnaire:
    return Questionnaire(
        id="test",
        version=1,
        checksum="sha256:0",
        title=text("Test"),
        introduction=text("Introduction"),
        scale=Scale(
            question=text("How often"),
            points=tuple(ScalePoint(value, text(f"point {value}")) for value in range(1, scale_points + 1)),
            dont_know=text("I do not know"),
        ),
        pillars=tuple(pillars) if pillars else tuple(build_pillar(name) for name in PILLARS),
        ladder=Ladder(
            question=text("What do customers live"),
            point_gloss=text("a moment"),
            steps=tuple(
                Step(value, name, text(name), text(name), text(f"lived {name}"))
                for value, name in enumerate(STEPS, start=1)
            ),
        ),
        focus=Focus(text("What matters now"), at_most=3),
        comment=Comment(text("Anything else"), text("No names")),
    )


def all_items(questionnaire: Questionnaire, value: Answer) -> dict[str, Answer]:
    return {item.id: value for item in questionnaire.items}


def sheet_of(
    questionnaire: Questionnaire,
    values: Mapping[str, Answer] | Answer,
    *,
    role: Role = Role.STAFF,
    ladder: Mapping[str, Answer] | None = None,
    focus: tuple[str, ...] = (),
    respondent: str | None = None,
) -> AnswerSheet:
    """A sheet that answers all items of a pillar alike: `values` per pillar, or one for all."""
    items: dict[str, Answer] = {}
    for pillar in questionnaire.pillars:
        value = values.get(pillar.id) if isinstance(values, Mapping) else values
        if value is not None:
            items.update({item.id: value for item in pillar.items})
    return AnswerSheet(role=role, items=items, ladder=dict(ladder or {}), focus=focus, respondent=respondent)


def team_of(sheets: Sequence[AnswerSheet], points: Sequence[str] = (), name: str = "Team") -> TeamAnswers:
    return TeamAnswers(name, tuple(points), tuple(sheets))
