"""The columns of items in groups: one for each item, and none may be missing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assessment.domain.questionnaire import Item, Questionnaire, Scale
from assessment.domain.sections.groups import GroupedSection
from assessment.infra.languages import Localisation
from assessment.intake.cells import DONT_KNOW_CODE, item_cells, legend, skipped_words
from assessment.intake.sections.column import Answers, SectionColumn


def columns_of(section: GroupedSection, _questionnaire: Questionnaire) -> Sequence[SectionColumn]:
    scale = section.scale
    cells = item_cells(scale)  # shared by all columns: each text is parsed once
    return [
        SectionColumn(
            item.id,
            item.text,
            "items",
            _answers(item, scale),
            item_cells(scale, item.levels) if item.levels else cells,
            is_required=True,
        )
        for item in section.items
    ]


def _answers(item: Item, scale: Scale) -> Callable[[Localisation], Answers]:
    def answers(reader: Localisation) -> Answers:
        values = tuple(str(point.value) for point in scale.points)
        labels = item.levels or tuple(point.label for point in scale.points)
        explained = legend(values, map(reader.text, labels), skipped_words(scale.dont_know, reader))
        return Answers(explained, (*values, reader.text(DONT_KNOW_CODE)))

    return answers
