"""The pages of questions of a round, made from its questionnaire and its perception points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any, ClassVar, Protocol

from assessment.domain.answers import AnswerSheet, Role
from assessment.domain.questionnaire import Ladder, Pillar, Questionnaire, Scale
from assessment.domain.rounds import RoundMode
from assessment.infra.languages import Localisation
from assessment.services.answering_time import minutes_to_answer
from assessment.services.describe_round import AskedPoint, points_to_judge
from assessment.services.rounds import AskedRound, Round, pinned_questionnaire
from assessment.web.respond.forms import (
    AnswersForm,
    comment_field,
    focus_field,
    form_value,
    item_field,
    ladder_field,
    make_form_class,
    parse_answer,
    role_field,
)


class QuestionPage(Protocol):
    """One page of questions. `fields`, `data` and `apply` tie its form to the sheet."""

    template: ClassVar[str]
    is_typed: ClassVar[bool]
    """Whether words are typed, not only chosen."""

    @property
    def slug(self) -> str: ...

    @property
    def asks(self) -> int:
        """How many questions, for "3 of 4 answered"."""

    def title(self, reader: Localisation) -> str: ...

    def counter(self, reader: Localisation) -> str: ...

    def fields(self, reader: Localisation) -> dict[str, Any]: ...

    def data(self, sheet: AnswerSheet) -> dict[str, Any]: ...

    def apply(self, sheet: AnswerSheet, given: Mapping[str, Any]) -> AnswerSheet: ...

    def answered(self, sheet: AnswerSheet) -> int: ...


@dataclass(frozen=True)
class PillarPage:
    """A pillar's statements."""

    template = "respond/pillar.html"
    is_typed = False
    pillar: Pillar
    scale: Scale
    number: int
    of: int

    @property
    def slug(self) -> str:
        return self.pillar.id

    @property
    def asks(self) -> int:
        return len(self.pillar.items)

    def title(self, reader: Localisation) -> str:
        return reader.text(self.pillar.name)

    def counter(self, reader: Localisation) -> str:
        return reader.gettext("Pillar %(number)s of %(of)s", number=self.number, of=self.of)

    def fields(self, reader: Localisation) -> dict[str, Any]:
        return {item.id: item_field(item, self.scale, reader) for item in self.pillar.items}

    def data(self, sheet: AnswerSheet) -> dict[str, Any]:
        return {item.id: form_value(sheet.items.get(item.id)) for item in self.pillar.items}

    def apply(self, sheet: AnswerSheet, given: Mapping[str, Any]) -> AnswerSheet:
        own = {item.id for item in self.pillar.items}
        others = {item: answer for item, answer in sheet.items.items() if item not in own}
        return replace(sheet, items=others | {item: parse_answer(given[item]) for item in sorted(own) if given[item]})

    def answered(self, sheet: AnswerSheet) -> int:
        return sum(item.id in sheet.items for item in self.pillar.items)


class _SinglePage:
    """A page of one question without a counter: there is only one such page."""

    asks = 1

    def counter(self, reader: Localisation) -> str:
        return ""


@dataclass(frozen=True)
class FocusPage(_SinglePage):
    """The pillars that matter most now."""

    template = "respond/focus.html"
    is_typed = False
    slug = "focus"
    questionnaire: Questionnaire

    def title(self, reader: Localisation) -> str:
        return reader.gettext("What matters most now")

    def fields(self, reader: Localisation) -> dict[str, Any]:
        return {"focus": focus_field(self.questionnaire.focus, self.questionnaire.pillars, reader)}

    def data(self, sheet: AnswerSheet) -> dict[str, Any]:
        return {"focus": list(sheet.focus)}

    def apply(self, sheet: AnswerSheet, given: Mapping[str, Any]) -> AnswerSheet:
        return replace(sheet, focus=tuple(dict.fromkeys(given["focus"] or ())))

    def answered(self, sheet: AnswerSheet) -> int:
        return int(bool(sheet.focus))


@dataclass(frozen=True)
class PointPage:
    """One perception point on the ladder."""

    template = "respond/point.html"
    is_typed = False
    asks = 1
    point: AskedPoint
    ladder: Ladder
    scale: Scale
    number: int
    of: int

    @property
    def slug(self) -> str:
        return f"moment-{self.point.id}"

    def title(self, reader: Localisation) -> str:
        return reader.text(self.point.name)

    def counter(self, reader: Localisation) -> str:
        return reader.gettext("Moment %(number)s of %(of)s", number=self.number, of=self.of)

    def fields(self, reader: Localisation) -> dict[str, Any]:
        return {"step": ladder_field(self.ladder, self.scale, reader)}

    def data(self, sheet: AnswerSheet) -> dict[str, Any]:
        return {"step": form_value(sheet.ladder.get(self.point.id))}

    def apply(self, sheet: AnswerSheet, given: Mapping[str, Any]) -> AnswerSheet:
        others = {point: answer for point, answer in sheet.ladder.items() if point != self.point.id}
        return replace(sheet, ladder=others | ({self.point.id: parse_answer(given["step"])} if given["step"] else {}))

    def answered(self, sheet: AnswerSheet) -> int:
        return int(self.point.id in sheet.ladder)


@dataclass(frozen=True)
class RolePage(_SinglePage):
    """Staff or leader: only where the round shows them apart."""

    template = "respond/role.html"
    is_typed = False
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
class CommentPage(_SinglePage):
    """The open question."""

    template = "respond/comment.html"
    is_typed = True
    slug = "comment"
    questionnaire: Questionnaire

    def title(self, reader: Localisation) -> str:
        return reader.gettext("In your own words")

    def fields(self, reader: Localisation) -> dict[str, Any]:
        return {"comment": comment_field(reader.text(self.questionnaire.comment.question), reader)}

    def data(self, sheet: AnswerSheet) -> dict[str, Any]:
        return {"comment": sheet.comment}

    def apply(self, sheet: AnswerSheet, given: Mapping[str, Any]) -> AnswerSheet:
        return replace(sheet, comment=given["comment"])

    def answered(self, sheet: AnswerSheet) -> int:
        return int(bool(sheet.comment))


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
        questionnaire, pillars, points = self.questionnaire, self.questionnaire.pillars, self.points
        role = (RolePage(),) if self.asks_role and self.mode is RoundMode.ANSWERED else ()
        return (
            *(PillarPage(pillar, questionnaire.scale, at, len(pillars)) for at, pillar in enumerate(pillars, start=1)),
            FocusPage(questionnaire),
            *(
                PointPage(point, questionnaire.ladder, questionnaire.scale, at, len(points))
                for at, point in enumerate(points, start=1)
            ),
            *role,
            CommentPage(questionnaire),
        )

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


def round_pages(round_: Round | AskedRound) -> RoundPages:
    """The pages of questions of a round. Raises `QuestionnaireChanged`."""
    return _round_pages(pinned_questionnaire(round_), points_to_judge(round_), round_.mode, round_.asks_role)


_round_pages = lru_cache(maxsize=64)(RoundPages)
