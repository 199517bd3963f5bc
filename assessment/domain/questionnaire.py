"""What is asked: a questionnaire is a list of sections, and everything that is asked is one of their six kinds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, TypeVar

from assessment.domain.paper import ROLE, PaperBlock, numbered
from assessment.domain.scale import Scale, ScalePoint
from assessment.domain.sections.focus import NO_FOCUS, FocusSection
from assessment.domain.sections.groups import Group, GroupedSection, Item
from assessment.domain.sections.ladder import NO_LADDER, LadderSection, Step
from assessment.domain.sections.section import Section
from assessment.domain.sections.statements import StatementsSection
from assessment.domain.sections.text import NO_COMMENT, TextSection
from assessment.domain.texts import LANGUAGES, NO_TEXT, Language, Text

__all__ = [
    "LANGUAGES",
    "Focus",
    "Item",
    "Ladder",
    "Language",
    "NotAskedTogether",
    "PerceptionPoint",
    "Phase",
    "Pillar",
    "Questionnaire",
    "Scale",
    "ScalePoint",
    "Section",
    "Step",
    "TeamKind",
    "Text",
    "ask_together",
]

Pillar = Group
"""A group of the section whose groups are the pillars."""
Ladder = LadderSection
Focus = FocusSection

NO_PILLARS = StatementsSection(id="", scale=Scale(NO_TEXT, (), NO_TEXT), groups=(), are_pillars=True)
"""Where a questionnaire has no pillars."""

SectionOfType = TypeVar("SectionOfType", bound=Section)


@dataclass(frozen=True)
class Questionnaire:
    """A published version of a questionnaire; `checksum` is the SHA-256 of the file it was read from.

    `beside` are the other questionnaires that a round asks together with this one; `ask_together` makes it. Ids of
    sections, groups and columns are unique across all of them, and there is one section at most of pillars, one ladder
    and one question for the focus.
    """

    id: str
    version: int
    checksum: str
    title: Text
    introduction: Text
    sections: tuple[Section, ...]
    beside: tuple[Questionnaire, ...] = ()

    def __hash__(self) -> int:
        """By its files: a questionnaire is a key of caches, and long."""
        return hash((self.checksum, *(other.checksum for other in self.beside)))

    @property
    def together(self) -> tuple[Questionnaire, ...]:
        """Every questionnaire that is asked, this one first."""
        return (self, *self.beside)

    @cached_property
    def all_sections(self) -> tuple[Section, ...]:
        """The sections of every questionnaire that is asked, in the order in which they are asked."""
        return tuple(section for asked in self.together for section in asked.sections)

    @cached_property
    def sections_apart(self) -> tuple[tuple[str, Section], ...]:
        """The sections whose results stand under `sections`, each with the id of its questionnaire."""
        return tuple(
            (asked.id, section) for asked in self.together for section in asked.sections if section.is_scored_apart
        )

    def _of_type(self, type_: type[SectionOfType]) -> Iterator[SectionOfType]:
        return (section for section in self.all_sections if isinstance(section, type_))

    # The main path: pillars, ladder, focus and comment have places of their own in a result

    @cached_property
    def pillars_section(self) -> GroupedSection:
        """The section whose groups are the pillars; one without groups where there is none."""
        return next((section for section in self._of_type(GroupedSection) if section.are_pillars), NO_PILLARS)

    @property
    def pillars(self) -> tuple[Group, ...]:
        return self.pillars_section.groups

    @property
    def scale(self) -> Scale:
        """The scale of the pillars."""
        return self.pillars_section.scale

    @property
    def items(self) -> tuple[Item, ...]:
        """The items of the pillars."""
        return self.pillars_section.items

    @cached_property
    def pillars_by_id(self) -> dict[str, Group]:
        return {pillar.id: pillar for pillar in self.pillars}

    @cached_property
    def ladder(self) -> LadderSection:
        """One without steps where none is asked."""
        return next(self._of_type(LadderSection), NO_LADDER)

    @cached_property
    def focus(self) -> FocusSection:
        """One that takes no choice where none is asked."""
        return next(self._of_type(FocusSection), NO_FOCUS)

    @cached_property
    def comment(self) -> TextSection:
        """One without a question where none is asked."""
        return next((section for section in self._of_type(TextSection) if section.id == NO_COMMENT.id), NO_COMMENT)

    @cached_property
    def texts(self) -> tuple[TextSection, ...]:
        """All open questions."""
        return tuple(self._of_type(TextSection))

    # What is common to all kinds

    @cached_property
    def counted_items(self) -> tuple[Item, ...]:
        """The items of which a respondent must have answered half to be scored: those of the pillars.

        Without pillars, all items of all sections. So the pillars say the same whatever is asked beside them.
        """
        return self.items or tuple(item for section in self._of_type(GroupedSection) for item in section.items)

    @cached_property
    def asked_ids(self) -> frozenset[str]:
        """All ids under which a sheet may hold items, choices and texts."""
        return frozenset(id_ for section in self.all_sections for id_ in section.asked_ids)

    def on_paper(
        self, points: Sequence[tuple[str, Text]], *, asks_role: bool = False, asks_words: bool = True
    ) -> tuple[PaperBlock, ...]:
        """Everything that is asked, as a sheet of paper has it: the role first, what is written last.

        `points` are the ids and names of the team's perception points.
        """
        pillars = [(pillar.id, pillar.name) for pillar in self.pillars]
        blocks = [block for section in self.all_sections for block in section.on_paper(pillars, points)]
        words = [block for block in blocks if block.is_words]
        marked = [block for block in blocks if not block.is_words]
        role = [PaperBlock((ROLE,))] if asks_role else []
        return numbered([*role, *marked, *(words if asks_words else ())])

    @cached_property
    def fingerprint(self) -> str:
        """Equal where two versions or files ask for the same pillars and ladder: then their rounds are compared."""
        return f"{self.id}:{self.pillars_section.fingerprint}:{self.ladder.fingerprint}"


class NotAskedTogether(ValueError):
    """Two questionnaires use the same id, or both have what a round asks once; `shared` is that id or kind."""

    def __init__(self, first: str, second: str, shared: str) -> None:
        super().__init__(f"{first}, {second}: {shared}")
        self.first = first
        self.second = second
        self.shared = shared


def ask_together(questionnaires: Sequence[Questionnaire]) -> Questionnaire:
    """What a round asks: the questionnaire that holds the pillars, else the first, with the others beside it.

    Raises `NotAskedTogether`.
    """
    _check_together(questionnaires)
    main = next((asked for asked in questionnaires if asked.pillars), questionnaires[0])
    return replace(main, beside=tuple(asked for asked in questionnaires if asked is not main))


def _check_together(questionnaires: Sequence[Questionnaire]) -> None:
    owners: dict[str, str] = {}
    for at, asked in enumerate(questionnaires):
        if any(other.id == asked.id for other in questionnaires[:at]):
            raise NotAskedTogether(asked.id, asked.id, asked.id)
        for id_ in _ids_of(asked):
            if owners.setdefault(id_, asked.id) != asked.id:
                raise NotAskedTogether(owners[id_], asked.id, id_)


def _ids_of(asked: Questionnaire) -> list[str]:
    """Every id that must be unique in what is asked, first of all what is asked once."""
    once = {"pillars": asked.pillars, "ladder": asked.ladder.steps, "focus": asked.focus.at_most}
    ids = {id_ for section in asked.sections for id_ in (section.id, *section.column_ids, *section.group_ids)}
    return [*(name for name, is_asked in once.items() if is_asked), *sorted(ids)]


Phase = Literal["beginning", "middle", "end"]


@dataclass(frozen=True, slots=True)
class PerceptionPoint:
    """A moment at which the customer senses something."""

    id: str
    phase: Phase
    name: Text
    described: Text


@dataclass(frozen=True, slots=True)
class TeamKind:
    """A kind of team and the sequence of perception points it may start from."""

    id: str
    name: Text
    points: tuple[PerceptionPoint, ...]
