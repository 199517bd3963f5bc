"""Small objects for tests of the domain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from assessment.domain.answers import Answer, AnswerSheet, Role, TeamAnswers
from assessment.domain.questionnaire import Item, Pillar, Questionnaire, Scale, ScalePoint, Section, Step, Text
from assessment.domain.sections.focus import FocusSection
from assessment.domain.sections.ladder import LadderSection
from assessment.domain.sections.statements import StatementsSection
from assessment.domain.sections.text import TextSection

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


def build_scale(points: int = 5) -> Scale:
    return Scale(
        question=text("How often"),
        points=tuple(ScalePoint(value, text(f"point {value}")) for value in range(1, points + 1)),
        dont_know=text("I do not know"),
    )


def build_pillars(pillars: Sequence[Pillar] | None = None, *, scale_points: int = 5) -> StatementsSection:
    """The section whose groups are the pillars: the twelve, or these."""
    return StatementsSection(
        id="pillars",
        title=text("Pillars"),
        are_pillars=True,
        scale=build_scale(scale_points),
        groups=tuple(pillars) if pillars else tuple(build_pillar(name) for name in PILLARS),
    )


def build_ladder() -> LadderSection:
    return LadderSection(
        id="ladder",
        question=text("What do customers live"),
        point_gloss=text("a moment"),
        dont_know=text("I do not know"),
        steps=tuple(
            Step(value, name, text(name), text(name), text(f"lived {name}"))
            for value, name in enumerate(STEPS, start=1)
        ),
    )


def build_questionnaire(
    pillars: Sequence[Pillar] | None = None, *, scale_points: int = 5, more: Sequence[Section] = ()
) -> Questionnaire:
    """Pillars, focus, ladder and comment; `more` are further sections."""
    return questionnaire_of(
        build_pillars(pillars, scale_points=scale_points),
        FocusSection(id="focus", question=text("What matters now"), at_most=3),
        build_ladder(),
        TextSection(id="comment", question=text("Anything else"), warning=text("No names")),
        *more,
    )


def questionnaire_of(*sections: Section, id_: str = "test") -> Questionnaire:
    return Questionnaire(
        id=id_,
        version=1,
        checksum=f"sha256:{id_}",
        title=text("Test"),
        introduction=text("Introduction"),
        sections=sections,
    )


def with_pillars(questionnaire: Questionnaire, pillars: Sequence[Pillar]) -> Questionnaire:
    """The same questionnaire with other pillars, or with theirs in another order."""
    sections = tuple(
        replace(section, groups=tuple(pillars)) if section is questionnaire.pillars_section else section
        for section in questionnaire.sections
    )
    return replace(questionnaire, sections=sections)


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
