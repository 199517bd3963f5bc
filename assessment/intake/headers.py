"""What a header may stand for: ids, names and full texts in either language, as form programs export them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from assessment.domain.questionnaire import LANGUAGES, Questionnaire, Text
from assessment.domain.sections.groups import GroupedSection
from assessment.intake.sections.column import columns_of
from assessment.intake.sections.ladder import LADDER_PREFIX
from assessment.intake.text import one_line, words
from assessment.intake.wording import asks_for_team

FIXED_COLUMNS = ("team", "role", "respondent")
FIXED_NAMES = {
    "equipo": "team",
    "nombre del equipo": "team",
    "su equipo": "team",
    "team name": "team",
    "your team": "team",
    "rol": "role",
    "código": "respondent",
    "persona": "respondent",
    "prioridades": "focus",
    "comentario": "comment",
    "comentarios": "comment",
}

_LADDER = re.compile(r"(?:ladder|escalera)\s*:(.*)", re.IGNORECASE | re.DOTALL)
_CODE = re.compile(r"(\S{1,40}?)\.\s+(.+)", re.DOTALL)
_NUMBER = re.compile(r"^(?:(?:q|p|n|no|item|question|pregunta) ?)?\d{1,3}(?: \d{1,3})* (?=\S)")
_PARTS = re.compile(r"\s*(?:[|/›\n]|>>|\s[-–—]\s|:\s)\s*")
"""Between a question and its parts, or between two languages: SurveyMonkey, KoboToolbox and others write these."""
_NOT_ANSWERS = frozenset({"points", "feedback", "puntos", "comentarios"})
"""What a quiz of Microsoft Forms adds to each statement: "Points - …"."""
_OF_A_QUIZ = re.compile(r"\]\s*\[(?:score|feedback|puntuaci[oó]n|comentarios)\]\s*$", re.IGNORECASE)
"""What a quiz of Google Forms adds to each row of a grid: "Question [row] [Score]"."""
_GROUP = re.compile(r"\S/(?=\S)")
"""Between a group and the question in it, as KoboToolbox writes them: "Inicio/Equipo"."""
_AROUND_PART = " .:()[]-–—/|>"
_LADDER_NAME = re.compile(r"^(?:ladder|escalera)_(?=\S)", re.IGNORECASE)
_LADDER_CODES = frozenset({"ladder", "escalera"})
_SURVEY_CODE = re.compile(r"(?P<code>[A-Za-z][A-Za-z0-9_]*)\[(?P<row>SQ\d{1,4}|\d{1,4})\]")
_ANY_SURVEY_CODE = re.compile(r"[A-Za-z]\w*\[\w+\]|G\d+Q\d+|[A-Za-z]\w*_SQ\d+", re.IGNORECASE)
_CLOSE_ENOUGH = 0.75
_ENOUGH_WORDS = 2
_HINTS = (
    *((word, "comment") for word in ("comentario", "comentarios", "comment", "comments", "sugerencia", "sugerencias")),
    *((word, "focus") for word in ("pilar", "pilares", "pillar", "pillars", "prioridad", "prioridades", "priorities")),
)
"""Words of a header that say what it probably asks."""
_MAX_COMPARED = 200


class MatchedBy(StrEnum):
    """How a header was recognised."""

    ID = "id"
    NAME = "name"
    SPANISH = "es"
    ENGLISH = "en"
    SURVEY_CODE = "survey-code"
    ANSWERS = "answers"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a header stands for: a fixed column, a section's column or `ladder:<point>`."""

    target: str
    matched_by: MatchedBy


class HeaderIndex:
    """All headers that a questionnaire's files may have."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        columns = columns_of(questionnaire)
        names = (*FIXED_COLUMNS, *(column.id for column in columns))
        self._ids = {name.casefold(): Meaning(name, MatchedBy.ID) for name in names}
        self._items = {column.id for column in columns if column.is_required}
        self._spellings = {words(item): Meaning(item, MatchedBy.ID) for item in self._items}
        self._fixed = set(names) - self._items
        self._codes = {_letters(item): item for item in self._items}
        self._has_ladder = bool(questionnaire.ladder.steps)
        self._texts: dict[str, set[Meaning]] = {}
        for name, target in FIXED_NAMES.items():
            if target in self._ids:
                self._texts.setdefault(words(name), set()).add(Meaning(target, MatchedBy.NAME))
        for column in columns:
            self._add(column.question, column.id)
        self._ladder_questions = {
            words(questionnaire.ladder.question.in_language(language)): _matched_by(language)
            for language in (LANGUAGES if self._has_ladder else ())
        }
        self._questions = {
            words(question.in_language(language))
            for question in (
                *_scale_questions(questionnaire),
                *([questionnaire.ladder.question] if self._has_ladder else []),
            )
            for language in LANGUAGES
        } - {""}

    def _add(self, text: Text, target: str) -> None:
        for language in LANGUAGES:
            self._texts.setdefault(words(text.in_language(language)), set()).add(Meaning(target, _matched_by(language)))

    def meanings(self, header: str) -> list[Meaning]:
        """What a header may stand for, one meaning per target: none if unknown, several if ambiguous."""
        if _OF_A_QUIZ.search(header):
            return []
        by_id = self._ids.get(one_line(header).casefold()) or self._spellings.get(words(header))
        if by_id is not None:
            return [by_id]
        ladder = _LADDER.fullmatch(header) if self._has_ladder else None
        if ladder:
            return [Meaning(LADDER_PREFIX + one_line(ladder[1]), MatchedBy.ID)]
        by_target: dict[str, Meaning] = {}
        for meaning in (*self._all_meanings(header), *self._of_code(header)):
            by_target.setdefault(meaning.target, meaning)
        if not by_target:
            by_target = {meaning.target: meaning for meaning in self._of_parts(header)}
        if not by_target:
            by_target = {meaning.target: meaning for meaning in self._after_question(header)}
        return list(by_target.values())

    def by_wording(self, header: str) -> Meaning | None:
        """What a header means that is none of ours, but says it in usual words, or stands in a group of a form."""
        groups = list(_GROUP.finditer(header))
        own = header[groups[-1].end() :] if groups else header
        known = [one for one in self.meanings(own) if one.target in self._fixed] if groups else []
        if len(known) == 1:
            return known[0]
        coded = _CODE.fullmatch(own)
        texts = (own, _without_number(own), coded[2] if coded else "")
        return Meaning("team", MatchedBy.NAME) if any(map(asks_for_team, filter(None, texts))) else None

    def _all_meanings(self, header: str) -> Iterator[Meaning]:
        yield from self._of_text(header)
        yield from self._of_grid(header)
        coded = _CODE.fullmatch(header)
        if coded:
            by_code = self._ids.get(coded[1].casefold())
            if by_code is not None:
                yield by_code
            yield from self._of_text(coded[2])
            yield from self._of_grid(coded[2])

    def _of_text(self, text: str) -> Iterator[Meaning]:
        for key in {words(text): None, _without_number(text): None}:
            yield from sorted(self._texts.get(key, ()), key=lambda meaning: meaning.matched_by)

    def _of_grid(self, header: str) -> Iterator[Meaning]:
        """A row of a grid is an item or, under the ladder's question, a perception point; never another column."""
        for title, row in _rows_of_grids(header):
            by_id = self._ids.get(one_line(row).casefold())
            for meaning in [by_id] if by_id is not None else list(self._of_text(row)):
                if meaning.target in self._items:
                    yield meaning
            matched_by = self._ladder_question(title)
            if matched_by is not None and one_line(row):
                yield Meaning(LADDER_PREFIX + one_line(row), matched_by)

    def _ladder_question(self, title: str) -> MatchedBy | None:
        for part in (title, *_PARTS.split(title)):
            matched_by = self._ladder_questions.get(_without_number(part))
            if matched_by is not None:
                return matched_by
        return None

    def _of_code(self, header: str) -> Iterator[Meaning]:
        """`language[SQ001]`, as LimeSurvey names the parts of a question: the first statement of that group."""
        coded = _SURVEY_CODE.fullmatch(header.strip())
        if not coded:
            return
        if self._has_ladder and coded["code"].casefold() in _LADDER_CODES:
            yield Meaning(LADDER_PREFIX + coded["row"], MatchedBy.SURVEY_CODE)
            return
        item = self._codes.get(_letters(coded["code"]) + str(int(coded["row"].removeprefix("SQ"))))
        if item is not None:
            yield Meaning(item, MatchedBy.SURVEY_CODE)

    def _of_parts(self, header: str) -> Iterator[Meaning]:
        """A header of several parts: "question - statement", or the same in two languages.

        One part that is a statement is enough, and for a point the ladder's question; any other column needs all of
        its parts to mean it.
        """
        parts = [part for part in _PARTS.split(header) if part]
        if len(parts) < 2 or words(parts[0]) in _NOT_ANSWERS:
            return
        found = [self._of_part(part) for part in parts]
        items = [meaning for meaning in found if meaning is not None and meaning.target in self._items]
        if items:
            yield from items
        elif found[0] is not None and all(meaning and meaning.target == found[0].target for meaning in found):
            yield found[0]
        else:
            *title, point = parts
            matched_by = self._ladder_question(" ".join(title)) or self._ladder_question(title[0])
            if matched_by is not None:
                yield Meaning(LADDER_PREFIX + one_line(point), matched_by)

    def _after_question(self, header: str) -> Iterator[Meaning]:
        """A header that repeats a question of ours and goes on: "question.statement", "question (point)"."""
        text = words(header)
        question = max((known for known in self._questions if text.startswith(f"{known} ")), key=len, default=None)
        if question is None:
            return
        most = min(len(header), 2 * len(question) + _MAX_COMPARED)
        end = next((at for at in range(most, 0, -1) if words(header[:at]) == question), len(header))
        part = one_line(header[end:].strip(_AROUND_PART))
        yield from (meaning for meaning in self._of_text(part) if meaning.target in self._items)
        matched_by = self._ladder_questions.get(question)
        if matched_by is not None and part:
            yield Meaning(LADDER_PREFIX + part, matched_by)

    def _of_part(self, part: str) -> Meaning | None:
        by_id = self._ids.get(one_line(part).casefold()) or self._spellings.get(words(part))
        return by_id or next(self._of_text(part), None)

    def resembling(self, header: str, targets: Collection[str]) -> str | None:
        """Which of these columns a header seems to ask for: nearly its question, or the beginning of it."""
        own = _without_number(header.rpartition("/")[2])[:_MAX_COMPARED]
        texts = {
            key[:_MAX_COMPARED]: meaning.target
            for key, meanings in self._texts.items()
            for meaning in meanings
            if meaning.target in targets and key
        }
        begun = [target for text, target in texts.items() if own.count(" ") >= _ENOUGH_WORDS and text.startswith(own)]
        close = difflib.get_close_matches(own, texts, n=1, cutoff=_CLOSE_ENOUGH)
        if begun or close:
            return begun[0] if begun else texts[close[0]]
        return next((target for word, target in _HINTS if target in targets and word in own.split()), None)

    def nearest(self, header: str, taken: frozenset[str]) -> str | None:
        """The column that an unknown header probably means, if one is similar and not in the file yet."""
        choices = {key: meaning.target for key, meaning in self._ids.items()}
        choices |= {key: next(iter(meanings)).target for key, meanings in self._texts.items() if key}
        free = {key[:_MAX_COMPARED]: target for key, target in choices.items() if target not in taken}
        spellings = {one_line(header).casefold()[:_MAX_COMPARED], _without_number(header)[:_MAX_COMPARED]}
        for text in sorted(spellings - {""}):
            close = difflib.get_close_matches(text, free, n=1, cutoff=_CLOSE_ENOUGH)
            if close:
                return free[close[0]]
        return None


def _scale_questions(questionnaire: Questionnaire) -> list[Text]:
    return [section.scale.question for section in questionnaire.all_sections if isinstance(section, GroupedSection)]


def point_in(header: str) -> str:
    """The name of a perception point in a header without the ladder's question: its row, or all of it."""
    rows = [one_line(row) for _, row in _rows_of_grids(header) if one_line(row)]
    if rows:
        return rows[-1]
    in_group = header[groups[-1].end() :] if (groups := list(_GROUP.finditer(header))) else header
    return one_line(_LADDER_NAME.sub("", in_group)) or one_line(header)


def is_survey_code(header: str) -> bool:
    """Whether a header looks like LimeSurvey's own code for a question, such as `G01Q02[SQ001]`."""
    return _ANY_SURVEY_CODE.fullmatch(header.strip()) is not None


def _letters(text: str) -> str:
    """Only letters and digits: codes of forms allow nothing else."""
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def _matched_by(language: str) -> MatchedBy:
    return MatchedBy.SPANISH if language == "es" else MatchedBy.ENGLISH


def _without_number(text: str) -> str:
    """The words of a text without a question number at its start: "1.", "Q3 -", "2.4)"."""
    return _NUMBER.sub("", words(text), count=1)


def _rows_of_grids(header: str) -> Iterator[tuple[str, str]]:
    """Title and row of a grid question, "Title [row]"; a row may hold brackets itself."""
    header = header.rstrip()
    if not header.endswith("]"):
        return
    first, last = header.find("["), header.rfind("[")
    for start in sorted({first, last} - {-1}):
        yield header[:start], header[start + 1 : -1]
