"""The pages of questions of a round, made from its questionnaire and its perception points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any, ClassVar

from assessment.domain.answers import AnswerSheet, Role
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.rounds import RoundMode
from assessment.infra.languages import Localisation
from assessment.services.answering_time import minutes_to_answer
from assessment.services.describe_round import AskedPoint, points_to_judge
from assessment.services.respond import AskedRound
from assessment.services.rounds import Round
from assessment.web.respond.forms import AnswersForm, make_form_class, role_field
from assessment.web.respond.sections.page import QuestionPage, SinglePage, pages_of_sections


@dataclass(frozen=True)
class RolePage(SinglePage):
    """Staff or leader: only where the round shows them apart."""

    template: ClassVar[str] = "respond/role.html"
    is_typed: ClassVar[bool] = False
    slug = "role"

    def title(self, reader: Localisation) -> str:
        return reader.gettext("Your part in the team")

    def fields(self, reader: Localisation) -> dict[str, Any]:
        return {"role": role_field(reader)}

    def data(self, sheet: AnswerSheet) -> dict[str, Any]:
        return {"role": sheet.role.value}

    def apply(self, sheet: AnswerSheet, given: Mapping[str, Any]) -> AnswerSheet:
        return replace(sheet, role=Role(given["role"] or Role.STAFF))

    def answered(self, sheet: AnswerSheet) -> int:
        return 1


@dataclass(frozen=True)
class RoundPages:
    """The pages of questions of a round in their order, between the welcome page and the page to check and send.

    It knows nobody's answers: rounds that ask the same share it.
    """

    questionnaire: Questionnaire
    points: tuple[AskedPoint, ...]
    mode: RoundMode
    asks_role: bool

    @cached_property
    def _forms(self) -> dict[tuple[int, str], type[AnswersForm]]:
        return {}

    def form_class(self, at: int, reader: Localisation) -> type[AnswersForm]:
        """The form of a page in a language: made once, and the same for everybody."""
        key = (at, reader.tag)
        if key not in self._forms:
            self._forms[key] = make_form_class(self.pages[at].fields(reader))
        return self._forms[key]

    @cached_property
    def pages(self) -> tuple[QuestionPage, ...]:
        pages = pages_of_sections(self.questionnaire, self.points)
        if self.asks_role and self.mode is RoundMode.ANSWERED:
            # What is typed comes last: before it, the role is one click more of the same kind.
            at = next((at for at, page in enumerate(pages) if page.is_typed), len(pages))
            pages.insert(at, RolePage())
        return tuple(pages)

    def find(self, slug: str) -> int | None:
        """Which page has this name in URLs."""
        return next((at for at, page in enumerate(self.pages) if page.slug == slug), None)

    def before(self, at: int) -> str:
        return self.pages[at - 1].slug if at else "welcome"

    def after(self, at: int) -> str:
        return self.pages[at + 1].slug if at + 1 < len(self.pages) else "send"

    def first_unanswered(self, sheet: AnswerSheet) -> str:
        """Where to go on after a pause: behind the last page with an answer."""
        done = [at for at, page in enumerate(self.pages) if page.slug != "role" and page.answered(sheet)]
        if not done:
            return self.pages[0].slug
        last = done[-1]
        return self.pages[last].slug if self.pages[last].answered(sheet) < self.pages[last].asks else self.after(last)

    def minutes(self) -> int:
        """How long answering takes, as the first page promises it."""
        return minutes_to_answer(self.questionnaire, len(self.points), self.mode)


def round_pages(round_: Round | AskedRound, questionnaire: Questionnaire) -> RoundPages:
    """The pages of questions of a round that asks this."""
    return _round_pages(questionnaire, points_to_judge(round_), round_.mode, round_.asks_role)


_round_pages = lru_cache(maxsize=64)(RoundPages)
