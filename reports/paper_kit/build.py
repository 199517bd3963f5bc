"""What a team is asked → the sheets' contexts → HTML → PDF."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from assessment.domain.questionnaire import Questionnaire
from assessment.infra.languages import Localisation, Paper
from reports.engine.consultancy import NO_CONSULTANCY, Consultancy
from reports.engine.html import render_document
from reports.engine.scripts import isolated
from reports.paper_kit.context import (
    BallotsContext,
    Card,
    CardsContext,
    LadderContext,
    QuestionnaireContext,
    StatementGroup,
    Steps,
)

BALLOTS_A_PAGE = 10
TIGHT_FROM = 300
"""Characters of the moments' names, from which on the sheet for the wall is set smaller."""


class Sheet(StrEnum):
    """The sheets of a kit; their values are in addresses."""

    QUESTIONNAIRE = "questionnaire"
    CARDS = "cards"
    BALLOTS = "ballots"
    LADDER = "ladder"


@dataclass(frozen=True, slots=True)
class KitSource:
    """What the sheets are made of: `statements` asks each person, `rubrics` the room; `points` are the names of the
    team's perception points."""

    organisation: str
    team: str
    points: tuple[str, ...]
    statements: Questionnaire
    rubrics: Questionnaire
    accent: str
    paper: Paper
    consultancy: Consultancy = NO_CONSULTANCY


def build_html(source: KitSource, sheet: Sheet, reader: Localisation) -> str:
    """The complete HTML that WeasyPrint prints."""
    build = {
        Sheet.QUESTIONNAIRE: questionnaire_context,
        Sheet.CARDS: cards_context,
        Sheet.BALLOTS: ballots_context,
        Sheet.LADDER: ladder_context,
    }[sheet]
    return render_document(f"paper_kit/{sheet}.html", reader, build(source, reader))


def build_pdf(source: KitSource, sheet: Sheet, reader: Localisation) -> bytes:
    """One sheet as PDF/UA-1."""
    from reports.engine.pdf import render_pdf

    return render_pdf(build_html(source, sheet, reader))


def questionnaire_context(source: KitSource, reader: Localisation) -> QuestionnaireContext:
    """A row a statement; nothing asks who somebody is."""
    asked, section = source.statements, source.statements.pillars_section
    numbers = iter(range(1, len(section.items) + 1))
    groups = tuple(
        StatementGroup(
            reader.text(group.name),
            tuple((reader.number(next(numbers)), reader.text(item.text)) for item in group.items),
        )
        for group in section.groups
    )
    comment = asked.comment
    return QuestionnaireContext(
        **_frame(source, reader, reader.gettext("How is our team's service? Questionnaire on paper")),
        introduction=reader.text(asked.introduction),
        question=reader.text(section.scale.question),
        columns=tuple((reader.number(point.value), reader.text(point.label)) for point in section.scale.points),
        dont_know=reader.text(section.scale.dont_know),
        groups=groups,
        ladder=_steps(asked, reader),
        points=tuple(map(isolated, source.points)),
        focus_question=reader.text(asked.focus.question),
        focus=tuple(group.name for group in groups),
        comment_question=reader.text(comment.question),
        comment_warning=reader.text(comment.warning),
    )


def cards_context(source: KitSource, reader: Localisation) -> CardsContext:
    """A card a pillar, two a page, to be cut apart."""
    section = source.rubrics.pillars_section
    return CardsContext(
        **_frame(source, reader, reader.gettext("Cards of the pillars")),
        cards=tuple(
            Card(
                number=reader.number(number),
                name=reader.text(group.name),
                question=reader.text(item.text),
                levels=tuple(
                    (reader.number(point.value), reader.text(point.label), reader.text(level))
                    for point, level in zip(section.scale.points, item.levels, strict=True)
                ),
            )
            for number, group in enumerate(section.groups, 1)
            for item in group.items
        ),
    )


def ballots_context(source: KitSource, reader: Localisation) -> BallotsContext:
    """Slips for one vote each, to be cut apart."""
    scale = source.rubrics.pillars_section.scale
    return BallotsContext(
        **_frame(source, reader, reader.gettext("Ballots")),
        values=tuple(reader.number(point.value) for point in scale.points),
        dont_know=reader.text(scale.dont_know),
        ballots=BALLOTS_A_PAGE,
    )


def ladder_context(source: KitSource, reader: Localisation) -> LadderContext:
    """The six steps, and a row for each of the team's moments, for the wall."""
    return LadderContext(
        **_frame(source, reader, reader.gettext("The ladder of our service")),
        ladder=_steps(source.statements, reader),
        points=tuple(map(isolated, source.points)),
        is_tight=sum(map(len, source.points)) > TIGHT_FROM,
    )


def _frame(source: KitSource, reader: Localisation, title: str) -> dict[str, Any]:
    return {
        "lang": reader.tag,
        "paper": source.paper,
        "accent": source.accent,
        "consultancy": source.consultancy,
        "title": title,
        "team": isolated(source.team),
        "organisation": isolated(source.organisation),
    }


def _steps(asked: Questionnaire, reader: Localisation) -> Steps:
    ladder = asked.ladder
    return Steps(
        question=reader.text(ladder.question),
        steps=tuple(
            (reader.number(step.value), reader.text(step.label), reader.text(step.lived)) for step in ladder.steps
        ),
        dont_know=reader.text(ladder.dont_know),
    )
