"""What every kind of section offers: the other layers ask a section, never which kind it is."""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from assessment.domain.answers import DK, AnswerSheet
from assessment.domain.change import Linking, Rounds
from assessment.domain.paper import PaperBlock
from assessment.domain.people import Person
from assessment.domain.result import SectionResult
from assessment.domain.texts import Text


@dataclass(frozen=True, kw_only=True)
class Section(ABC):
    """One part of a questionnaire.

    `minimum_group` raises the minimum group of the round for this section; a smaller number has no effect. There is no
    title where the interface has a heading of its own.
    """

    kind: ClassVar[str]

    id: str
    title: Text | None = None
    minimum_group: int = 0

    @property
    @abstractmethod
    def asked_ids(self) -> frozenset[str]:
        """The ids under which a sheet's `items`, `choices` and `texts` hold the answers to this section."""

    @property
    def column_ids(self) -> tuple[str, ...]:
        """The columns of a responses file that are this section's, in its order; none shared with another section."""
        return tuple(sorted(self.asked_ids))

    @property
    def statement_count(self) -> int:
        """How many statements are read and judged."""
        return 0

    @property
    def description_count(self) -> int:
        """How many questions have descriptions to choose between, which take longer to read."""
        return 0

    @property
    def group_ids(self) -> tuple[str, ...]:
        """Its groups of items, if it has any: none shared with another section."""
        return ()

    @abstractmethod
    def check(self, sheet: AnswerSheet) -> None:
        """Raises `InvalidAnswer` for the first of its answers that the section does not accept."""

    @property
    def is_scored_apart(self) -> bool:
        """Whether its result stands under `sections`: not where it has a place of its own in a team's result."""
        return False

    def minimum(self, minimum_group: int) -> int:
        """The minimum group of this section in a round with the given one."""
        return max(self.minimum_group, minimum_group)

    def score(
        self, people: Sequence[Person], *, minimum_group: int, is_consensus: bool = False
    ) -> SectionResult | None:
        """What these people said in this section; `None` where a section has no result of its own."""
        return None

    def compare(
        self, result: SectionResult, rounds: Rounds, *, minimum_group: int, linking: Linking = Linking.MATCHED
    ) -> SectionResult:
        """The result with its change since an earlier round, as a family of its own."""
        return result

    def release(self, result: SectionResult) -> SectionResult:
        """The result as pages, documents and the API may show it (the method's section 6)."""
        return result

    @abstractmethod
    def on_paper(
        self, pillars: Sequence[tuple[str, Text]], points: Sequence[tuple[str, Text]]
    ) -> tuple[PaperBlock, ...]:
        """Its questions as a sheet of paper has them, not numbered yet. `pillars` and `points` are the ids and names of
        the pillars that are asked and of the team's perception points."""

    @property
    @abstractmethod
    def outline(self) -> Sequence[OutlineLine]:
        """Everything that it asks, and what may be answered where that is more than a scale."""

    @property
    @abstractmethod
    def content(self) -> object:
        """What is asked and what may be answered, as plain data: ids, wording and scale, without headings."""

    @cached_property
    def fingerprint(self) -> str:
        """Equal where two versions ask the same: only then are their answers compared."""
        document = json.dumps([self.kind, self.content], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(document.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class OutlineLine:
    """A line of a questionnaire as somebody reads it through: `mark` before the text, its `id` behind it."""

    depth: int
    mark: str
    text: Text
    id: str = ""


def pair(text: Text) -> list[str]:
    """A text as plain data."""
    return [text.es, text.en]


def is_on_scale(answer: object, points: int) -> bool:
    """Whether something is an answer on a scale of so many points, or "I don't know"."""
    if answer is DK:
        return True
    return isinstance(answer, int) and not isinstance(answer, bool) and 1 <= answer <= points
