"""Maps the text of a cell to an answer.

A file has thousands of cells but few different texts, so each mapping remembers what it has parsed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assessment.domain.answers import DK, Answer, Role
from assessment.domain.questionnaire import LANGUAGES, Ladder, Scale, Step, Text
from assessment.infra.languages import Localisation
from assessment.intake.codes import ProblemCode
from assessment.intake.text import fold, is_spreadsheet_error, trim

_APOSTROPHES = ("'", "’", "‘", "`", "´")
_NUMBER = re.compile(r"[+-]?[0-9]{1,18}")
_WHOLE = re.compile(r"([0-9]{1,18})[.,]0+")
"""A whole number as statistics programs write it in a column with an empty cell."""
_ANSWER_CODE = re.compile(r"AO?[0-9]{1,3}", re.IGNORECASE)
"""What LimeSurvey calls its answers, in an order that only the survey knows."""
_DECIMAL = re.compile(r"[+-]?[0-9]*[.,][0-9]+%?")
_TRUTH_VALUES = frozenset({"true", "false", "verdadero", "falso"})
_MONTH = r"(?:ene|feb|mar|abr|may|jun|jul|ago|sep|sept|oct|nov|dic|jan|apr|aug|dec)[a-z]*\.?"
_DATE = re.compile(
    rf"[0-9]{{1,2}}[-/ ]{_MONTH}(?:[-/ ][0-9]{{2,4}})?|{_MONTH}[-/ ][0-9]{{1,4}}"
    r"|[0-9]{1,2}([-/.])[0-9]{1,2}\1[0-9]{2,4}|[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[ T].*)?"
)
"""What a spreadsheet makes of "3-4" and writes into a CSV: "03-abr", "04/03/2026"."""
_NUMBERED = ("{} {}", "{}. {}", "{}: {}", "{} - {}", "{}) {}", "{} · {}")
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]")
_JOINTS = (": ", ". ", " - ", "; ", " ")
ROLE_WORDS: Mapping[Role, Text] = {
    Role.STAFF: Text(es="personal", en="staff"),
    Role.LEADER: Text(es="líder", en="leader"),
    Role.CUSTOMER: Text(es="cliente", en="customer"),
    Role.CONSENSUS: Text(es="consenso", en="consensus"),
}
DONT_KNOW_CODE = Text(es="NS", en="DK")
_NO_VIEW = frozenset(
    {
        *("dk", "ns", "na", "n/a", "n.a.", "n/s", "nc", "ns/nc", "ns/nr", "ns/na", "-", "--"),
        *("no se", "no lo se", "no sabe", "no aplica", "no se / no aplica", "no corresponde"),
        *("don't know", "i don't know", "not applicable", "does not apply", "doesn't apply", "not sure"),
    }
)
"""How forms and people write the way out, folded: it says that there is no view to give, and never a skipped answer."""
_ROLES = {fold(word): role for role, text in ROLE_WORDS.items() for word in (text.es, text.en)}
_ROLES |= {"equipo": Role.STAFF, "jefatura": Role.LEADER}
_ROLES |= dict.fromkeys(
    ("miembro del equipo", "integrante del equipo", "soy miembro del equipo", "soy parte del equipo", "team member"),
    Role.STAFF,
)
_ROLES |= dict.fromkeys(("lider del equipo", "soy lider", "soy lider del equipo", "team leader"), Role.LEADER)


@dataclass(frozen=True, slots=True)
class InvalidCell:
    """Why a cell is not an answer; `values` fills the problem's sentence."""

    code: ProblemCode
    values: Mapping[str, str]


class AnswerCells(dict[str, Answer | InvalidCell | None]):
    """Maps a cell's text to its answer on a scale of 1 to `size`; `None` for an empty cell.

    `names` are the words that stand for a value, folded: labels of a scale, names of steps.
    """

    def __init__(self, size: int, names: Mapping[str, Answer], default_code: ProblemCode) -> None:
        super().__init__({str(value): value for value in range(1, size + 1)})
        self[""] = None
        self._size = size
        self._names = names
        self._default_code = default_code

    def __missing__(self, cell: str) -> Answer | InvalidCell | None:
        answer = self._parse(cell)
        self[cell] = answer
        return answer

    def _parse(self, cell: str) -> Answer | InvalidCell | None:
        text = trim(cell)
        if text != cell and text in self:
            return self[text]
        named = self._names.get(fold(text)) or self._names.get(fold(text.replace("_", " ")))  # as in "casi_siempre"
        if named is not None:
            return named
        if fold(text) in _NO_VIEW:
            return DK
        if (whole := _WHOLE.fullmatch(text)) is not None:
            text = str(int(whole[1]))
            if text in self:
                return self[text]
        return InvalidCell(self._problem_code(text), {"value": text, "low": "1", "high": str(self._size)})

    def _problem_code(self, text: str) -> ProblemCode:
        if text.startswith(_APOSTROPHES):
            return ProblemCode.APOSTROPHE
        if is_spreadsheet_error(text):
            return ProblemCode.CELL_IS_ERROR
        if _DECIMAL.fullmatch(text):
            return ProblemCode.DECIMAL
        if _NUMBER.fullmatch(text) and not 1 <= int(text) <= self._size:
            return ProblemCode.OUT_OF_RANGE
        if (folded := fold(text)) in _TRUTH_VALUES:
            return ProblemCode.CELL_IS_TRUTH_VALUE
        if _DATE.fullmatch(folded):
            return ProblemCode.CELL_IS_DATE
        if _ANSWER_CODE.fullmatch(text):
            return ProblemCode.ANSWER_IS_CODE
        if any(sign.isdigit() and not sign.isascii() for sign in text):
            return ProblemCode.FOREIGN_DIGITS
        return self._default_code


def item_cells(scale: Scale, levels: Sequence[Text] = ()) -> AnswerCells:
    """What a cell of an item's column means: a value, a label in either language, or "I don't know".

    The texts of a rubric's `levels` also stand for their values: form programs export the chosen text.
    """
    names = _names((point.value, (point.label,)) for point in scale.points)
    names |= _names((value, (level,)) for value, level in enumerate(levels, start=1))
    return AnswerCells(scale.size, names | _dont_know(scale.dont_know), ProblemCode.NOT_AN_ANSWER)


def ladder_cells(ladder: Ladder) -> AnswerCells:
    """What a cell of a perception point's column means: a step in any of its texts, or "I don't know"."""
    names = _names((step.value, _texts_of(step)) for step in ladder.steps)
    return AnswerCells(ladder.size, names | _dont_know(ladder.dont_know), ProblemCode.NOT_A_STEP)


def _texts_of(step: Step) -> tuple[Text, ...]:
    """Its id, name and label, and how it is lived: alone, or after its name or label."""
    lived = [step.lived, *(_both(title, step.lived, sign) for title in (step.name, step.label) for sign in _JOINTS)]
    return (Text(step.id, step.id), step.name, step.label, *lived)


def _both(title: Text, text: Text, sign: str) -> Text:
    return Text(f"{title.es}{sign}{text.es}", f"{title.en}{sign}{text.en}")


def _names(values: Iterable[tuple[int, tuple[Text, ...]]]) -> dict[str, Answer]:
    """Folded texts, with and without their number in front; a text that fits two values is left out."""
    names: dict[str, Answer] = {}
    ambiguous: set[str] = set()
    for value, texts in values:
        for label in {text.in_language(language) for text in texts for language in LANGUAGES}:
            for name in {fold(label), _as_name(label), *(fold(form.format(value, label)) for form in _NUMBERED)}:
                if names.setdefault(name, value) != value:
                    ambiguous.add(name)
    return {name: value for name, value in names.items() if name not in ambiguous}


def _dont_know(words: Text) -> dict[str, Answer]:
    texts = [words.in_language(language) for language in LANGUAGES]
    return {form(text): DK for text in texts for form in (fold, _as_name)}


def _as_name(label: str) -> str:
    """The name that KoboToolbox gives to an answer: "no_s____no_aplica"."""
    return _NOT_IN_NAMES.sub("_", label.lower())


def legend(values: Sequence[str], labels: Iterable[str], skipped: str) -> str:
    """What each answer means, one per line."""
    return "\n".join([*(f"{value} = {label}" for value, label in zip(values, labels, strict=True)), skipped])


def skipped_words(dont_know: Text, reader: Localisation) -> str:
    """How "I don't know" and no answer are written."""
    code, meaning = reader.text(DONT_KNOW_CODE), reader.text(dont_know)
    return reader.gettext("%(code)s = %(meaning)s; empty = no answer", code=code, meaning=meaning)


def code_of(text: str) -> str:
    """A respondent's code; a whole number loses the decimals that some programs add, in CSV as in a workbook."""
    whole = _WHOLE.fullmatch(text)
    return whole[1] if whole else text


def role_of(cell: str) -> Role | None:
    """The role that a cell names, in either language; staff for an empty one, `None` for anything else."""
    text = fold(trim(cell))
    return _ROLES.get(text) if text else Role.STAFF
