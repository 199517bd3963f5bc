"""What a team is asked → the sheets' contexts → HTML → PDF."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from assessment.domain.facilitation import Agenda, Facilitation
from assessment.domain.paper import PaperBlock
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.texts import Text
from assessment.infra.languages import Localisation, Paper
from reports.closing_sheet import build as closing_sheet
from reports.closing_sheet.context import ClosingSheetContext
from reports.engine.consultancy import NO_CONSULTANCY, Consultancy
from reports.engine.html import render_document
from reports.engine.scripts import isolated
from reports.paper_kit.context import (
    BallotsContext,
    Card,
    CardsContext,
    GuideAgenda,
    GuideContext,
    GuideStep,
    LadderContext,
    PrintedBlock,
    PrintedGroup,
    PrintedQuestion,
    QuestionnaireContext,
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
    GUIDE = "guide"
    CLOSING = "closing"


@dataclass(frozen=True, slots=True)
class KitSource:
    """What the sheets are made of: `statements` asks each person, `rubrics` the room; `points` are the names of the
    team's perception points. `blocks` are what a round asks on paper; without them, the sheet asks `statements`.
    `facilitation` is what whoever leads is told. Results take `minimum_group` answers (0: nothing is promised,
    since the team answers together); `responsible` and `contact` are those of the privacy notice."""

    organisation: str
    team: str
    points: tuple[str, ...]
    statements: Questionnaire
    rubrics: Questionnaire
    accent: str
    paper: Paper
    facilitation: Facilitation
    blocks: tuple[PaperBlock, ...] = ()
    consultancy: Consultancy = NO_CONSULTANCY
    minimum_group: int = 0
    responsible: str = ""
    contact: str = ""


def build_html(source: KitSource, sheet: Sheet, reader: Localisation) -> str:
    """The complete HTML that WeasyPrint prints."""
    if sheet is Sheet.CLOSING:
        return closing_sheet.build_html(_blank_closing_sheet(source, reader), reader)
    build = {
        Sheet.QUESTIONNAIRE: questionnaire_context,
        Sheet.CARDS: cards_context,
        Sheet.BALLOTS: ballots_context,
        Sheet.LADDER: ladder_context,
        Sheet.GUIDE: guide_context,
    }[sheet]
    return render_document(f"paper_kit/{sheet}.html", reader, build(source, reader))


def build_pdf(source: KitSource, sheet: Sheet, reader: Localisation) -> bytes:
    """One sheet as PDF/UA-1."""
    from reports.engine.pdf import render_pdf

    return render_pdf(build_html(source, sheet, reader))


def questionnaire_context(source: KitSource, reader: Localisation) -> QuestionnaireContext:
    """A row a statement; nothing asks who somebody is, but where leaders are told apart, whether they lead."""
    asked = source.statements
    blocks = source.blocks or asked.on_paper([(name, Text(name, name)) for name in source.points])
    printed: list[PrintedBlock] = []
    for block in blocks:
        one = _printed(block, asked, reader)
        if printed and one.is_rows and (printed[-1].columns, printed[-1].question) == (one.columns, one.question):
            printed[-1] = replace(printed[-1], groups=printed[-1].groups + one.groups)
        else:
            printed.append(one)
    return QuestionnaireContext(
        **_frame(source, reader, reader.gettext("How is our team's service? Questionnaire on paper")),
        introduction=reader.text(asked.introduction),
        promises=tuple(_promises(source, reader)),
        number=reader.gettext("Sheet no. (left empty by whoever answers)"),
        blocks=tuple(printed),
    )


def _promises(source: KitSource, reader: Localisation) -> Iterator[str]:
    """What people read by link before they answer, as far as it holds on paper."""
    _ = reader.gettext
    if source.minimum_group:
        yield _(
            "It is anonymous: no name, and no results of fewer than %(n)s people.",
            n=reader.number(source.minimum_group),
        )
        yield _(
            "Whoever types this sheet sees what you marked and wrote, keeps the sheet locked away, and destroys it "
            "once the results are published."
        )
    yield _("You may leave questions unanswered.")
    responsible = isolated(source.responsible or source.organisation)
    yield _("%(organisation)s is responsible for these answers.", organisation=responsible)
    if source.contact:
        yield _("For the privacy notice and for questions: %(contact)s.", contact=isolated(source.contact.rstrip(".")))
    else:
        yield _("Whoever hands out this sheet can show you the privacy notice.")


def _printed(block: PaperBlock, asked: Questionnaire, reader: Localisation) -> PrintedBlock:
    first = block.questions[0]
    if first.part == "role":
        options = (("1", reader.gettext("I am a team member")), ("2", reader.gettext("I lead the team")))
        role = PrintedQuestion("", reader.gettext("What is your part in the team?"), options)
        return PrintedBlock("", (PrintedGroup("", (role,)),))
    is_ladder = first.part == "ladder"
    questions = tuple(
        PrintedQuestion(
            reader.number(one.number) if one.number else "",
            isolated(reader.text(one.text)) if is_ladder else reader.text(one.text),
            () if block.is_rows else tuple((option.key, reader.text(option.text)) for option in one.options),
        )
        for one in block.questions
    )
    warnings = {text.id: text.warning for text in asked.texts}
    return PrintedBlock(
        question=reader.text(block.question),
        groups=(PrintedGroup(reader.text(block.title), questions),),
        is_rows=block.is_rows,
        columns=tuple((option.key, reader.text(option.text)) for option in first.options) if block.is_rows else (),
        meanings=tuple((option.key, reader.text(option.text), reader.text(option.meaning)) for option in first.options)
        if is_ladder
        else (),
        dont_know=reader.text(block.dont_know),
        at_most=first.at_most,
        warning=reader.text(warnings[first.id]) if first.is_words else "",
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


def guide_context(source: KitSource, reader: Localisation) -> GuideContext:
    """What whoever leads the workshop has in their hand."""
    told = source.facilitation

    def texts(of: tuple[Text, ...]) -> tuple[str, ...]:
        return tuple(map(reader.text, of))

    return GuideContext(
        **_frame(source, reader, reader.gettext("Facilitator's guide")),
        aim=reader.text(told.aim),
        points=tuple(map(isolated, source.points)),
        agendas=tuple(
            GuideAgenda(
                name=reader.text(one.name),
                about=reader.text(one.about),
                asked=reader.text((source.rubrics if one.answers == "descriptions" else source.statements).title),
                steps=_guide_steps(one, reader),
            )
            for one in told.agendas
        ),
        difficulties=tuple(
            (reader.text(one.when), reader.text(one.do), reader.text(one.say) if one.say else "")
            for one in told.difficulties
        ),
        before=(
            (reader.gettext("What to bring"), texts(told.materials)),
            (reader.gettext("The room"), texts(told.room)),
            (reader.gettext("The network"), texts(told.network)),
        ),
        after=(
            (reader.gettext("How votes work"), texts(told.votes)),
            (reader.gettext("How to close"), texts(told.closing)),
        ),
    )


def _blank_closing_sheet(source: KitSource, reader: Localisation) -> ClosingSheetContext:
    return closing_sheet.build_blank_context(
        reader,
        team=source.team,
        organisation=source.organisation,
        accent=source.accent,
        paper=source.paper,
        consultancy=source.consultancy,
    )


def _guide_steps(agenda: Agenda, reader: Localisation) -> tuple[GuideStep, ...]:
    steps, begins = [], 0
    for step in agenda.steps:
        ends = begins + step.minutes
        steps.append(
            GuideStep(
                at=f"{_clock(begins)}–{_clock(ends)}",
                minutes=reader.ngettext("%(n)s minute", "%(n)s minutes", step.minutes),
                title=reader.text(step.title),
                do=reader.text(step.do),
                say=reader.text(step.say) if step.say else "",
            )
        )
        begins = ends
    return tuple(steps)


def _clock(minutes: int) -> str:
    """Hours and minutes since the beginning."""
    return f"{minutes // 60}:{minutes % 60:02}"


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
