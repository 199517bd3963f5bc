"""The pages of questions of a round, made from its questionnaire and its perception points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, ClassVar

from assessment.domain.answers import AnswerSheet, Role
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.rounds import RoundMode
from assessment.domain.texts import Text
from assessment.infra.languages import Localisation
from assessment.services.answering_time import SECONDS_TO_SEND, minutes_to_answer
from assessment.services.comments import asks_words
from assessment.services.describe_round import AskedPoint, points_to_judge
from assessment.services.respond import KNOWN_LINKS, AskedRound
from assessment.services.rounds import Round
from assessment.web.respond.forms import AnswersForm, make_form_class, role_field
from assessment.web.respond.sections.page import QuestionPage, SinglePage, one_of, only_own, pages_of_sections


@dataclass(frozen=True)
class RolePage(SinglePage):
    """Staff or leader: only where the round shows them apart."""

    template: ClassVar[str] = "respond/steps/role.html"
    is_typed: ClassVar[bool] = False
    goes_on: ClassVar[bool] = True
    slug = "role"

    def title(self, reader: Localisation) -> str:
        return reader.gettext("Your part in the team")

    def fields(self, reader: Localisation) -> dict[str, Any]:
        return {"role": role_field(reader)}

    def data(self, sheet: AnswerSheet) -> dict[str, Any]:
        return {"role": sheet.role.value}

    def change(self, given: Mapping[str, Any]) -> dict[str, Any]:
        only_own(given, ("role",))
        return {"role": one_of((Role.STAFF, Role.LEADER), self.slug, given.get("role")) or Role.STAFF.value}

    def answered(self, sheet: AnswerSheet) -> int:
        return 1


@dataclass(frozen=True)
class Part:
    """The pages of one of the questionnaires that are asked together; the last part may be what all of them end with.

    `number` counts the parts that have a title.
    """

    number: int
    title: Text | None
    pages: tuple[QuestionPage, ...]


@dataclass(frozen=True)
class RoundPages:
    """The pages of questions of a round in their order, between the welcome page and the page to check and send.

    It knows nobody's answers: rounds that ask the same share it.
    """

    questionnaire: Questionnaire
    points: tuple[AskedPoint, ...]
    mode: RoundMode
    asks_role: bool
    asks_words: bool = True
    """Whether what people write can be shown: a team too small for that is not asked."""

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
    def by_slug(self) -> dict[str, QuestionPage]:
        return {page.slug: page for page in self.pages}

    @cached_property
    def pages(self) -> tuple[QuestionPage, ...]:
        return tuple(page for part in self.parts for page in part.pages)

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """One part, or one a questionnaire where several are asked: then what is typed comes behind all of them."""
        pages = [(asked, self._pages_of(asked)) for asked in self.questionnaire.together]
        if len(pages) == 1:
            return (Part(1, None, self._with_role(pages[0][1])),)
        parts: list[Part] = []
        for asked, own in pages:
            if chosen := tuple(page for page in own if not page.is_typed):
                parts.append(Part(len(parts) + 1, asked.title, chosen))
        if end := self._with_role([page for _, own in pages for page in own if page.is_typed]):
            parts.append(Part(0, None, end))
        return tuple(parts)

    def _pages_of(self, asked: Questionnaire) -> list[QuestionPage]:
        return [page for page in pages_of_sections(asked, self.points) if self.asks_words or not page.is_typed]

    def _with_role(self, pages: list[QuestionPage]) -> tuple[QuestionPage, ...]:
        if self.asks_role and self.mode is RoundMode.ANSWERED:
            # What is typed comes last: before it, the role is one click more of the same kind.
            at = next((at for at, page in enumerate(pages) if page.is_typed), len(pages))
            return (*pages[:at], RolePage(), *pages[at:])
        return tuple(pages)

    @cached_property
    def titled_parts(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.title)

    def part_of(self, at: int) -> Part | None:
        """The part with a title that a page belongs to."""
        return next((part for part in self.titled_parts if self.pages[at] in part.pages), None)

    def introduction(self, at: int) -> Text | None:
        """What a questionnaire says of itself, on the first of its pages."""
        return self._introductions.get(self.pages[at].slug)

    @property
    def welcome(self) -> Text | None:
        """What the questionnaire says of itself before its first page, where only one is asked."""
        return self.questionnaire.introduction if len(self.questionnaire.together) == 1 else None

    @cached_property
    def _introductions(self) -> dict[str, Text]:
        if self.welcome:
            return {}
        firsts = ((asked, self._pages_of(asked)[:1]) for asked in self.questionnaire.together)
        return {page.slug: asked.introduction for asked, pages in firsts for page in pages}

    def find(self, slug: str) -> int | None:
        """Which page has this name in URLs."""
        return next((at for at, page in enumerate(self.pages) if page.slug == slug), None)

    def before(self, at: int) -> str:
        """The page before this one; the first page of all has no name."""
        return self.pages[at - 1].slug if at else ""

    def after(self, at: int) -> str:
        return self.pages[at + 1].slug if at + 1 < len(self.pages) else "send"

    def first_unanswered(self, sheet: AnswerSheet) -> str:
        """Where to go on after a pause: behind the last page with an answer."""
        done = [at for at, page in enumerate(self.pages) if page.slug != "role" and page.answered(sheet)]
        if not done:
            return self.pages[0].slug
        last = done[-1]
        return self.pages[last].slug if self.pages[last].answered(sheet) < self.pages[last].asks else self.after(last)

    def seconds_of(self, page: QuestionPage) -> float:
        """How long a page takes, so that all of them together take what the first page promises."""
        return page.seconds * self._pace

    def seconds_from(self, at: int) -> float:
        """How long the pages from this one on take, and sending, about."""
        return self._seconds_from(at) * self._pace

    @cached_property
    def _pace(self) -> float:
        """Longer than the pages alone take: the first page is read, and a team that answers together talks."""
        return 60 * self.minutes() / self._seconds_from(0)

    def _seconds_from(self, at: int) -> int:
        return sum(page.seconds for page in self.pages[at:]) + SECONDS_TO_SEND

    def minutes(self) -> int:
        """How long answering takes, as the first page promises it."""
        return minutes_to_answer(self.questionnaire, len(self.points), self.mode)


def round_pages(round_: Round | AskedRound, questionnaire: Questionnaire) -> RoundPages:
    """The pages of questions of a round that asks this."""
    return _round_pages(questionnaire, points_to_judge(round_), round_.mode, round_.asks_role, asks_words(round_))


_round_pages = lru_cache(maxsize=64)(RoundPages)


@lru_cache(maxsize=KNOWN_LINKS)
def pages_of_asked(asked: AskedRound, questionnaire: Questionnaire) -> RoundPages:
    """As `round_pages`, found at once for a round that is as it was."""
    return round_pages(asked, questionnaire)
