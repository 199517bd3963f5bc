"""What the user should know about how a file was read: nothing is guessed silently."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from assessment.infra.languages import Localisation
from assessment.intake.codes import NoteCode
from assessment.intake.sentences import NOTE_SENTENCES, target_name
from assessment.intake.text import printable

__all__ = ["Note", "NoteCode", "describe_note"]


_MAX_NAME = 120
_MAX_LISTED = 12
_LISTS = frozenset({"teams", "points", "columns", "others"})
_COMPLETE = frozenset({"teams", "points"})
_QUOTED = frozenset({"header", "sheet", "team", "file", "example"})
_NUMBERS = frozenset({"count"})
_WARNINGS = frozenset(
    {
        *(NoteCode.TEAM_COLUMN_MAYBE, NoteCode.SHEETS_WITH_ANSWERS, NoteCode.ANSWERS_IGNORED, NoteCode.COLUMN_MAYBE),
        *(NoteCode.FOCUS_OPTIONS_IGNORED, NoteCode.POINTS_BY_ANSWERS, NoteCode.COLUMN_BY_ANSWERS),
        *(NoteCode.COLUMNS_BY_SURVEY_CODE, NoteCode.HIDDEN_ROWS),
    }
)
_PLACES = frozenset(
    {
        *(NoteCode.READ_SHEET, NoteCode.SHEETS_WITH_ANSWERS, NoteCode.READ_IN_ARCHIVE),
        *(NoteCode.HEADER_BELOW, NoteCode.HEADER_IN_TWO_ROWS),
    }
)


@dataclass(frozen=True, slots=True)
class Note:
    """A fact in no language, shown beside the result; a list of names has one name per line in `values`."""

    code: NoteCode
    values: dict[str, str] = field(default_factory=dict)

    @property
    def is_warning(self) -> bool:
        """Whether it has to be looked at before the answers are kept."""
        return self.code in _WARNINGS

    @property
    def says_where(self) -> bool:
        """Whether it says in which part of the file the table is."""
        return self.code in _PLACES


def without_team_name(notes: Iterable[Note]) -> list[Note]:
    """The notes for somebody who named a team for another reason than to say whose answers a file has."""
    return [note for note in notes if note.code is not NoteCode.TEAM_NAME_NOT_USED]


def describe_note(note: Note, reader: Localisation) -> str:
    """One complete sentence for the reader."""
    values = {name: _format_value(name, value, reader) for name, value in note.values.items()}
    return reader.gettext(NOTE_SENTENCES[note.code], **values)


def _format_value(name: str, value: str, reader: Localisation) -> str:
    if name in _LISTS:
        return printable_list(value.split("\n"), reader, at_most=len(value) if name in _COMPLETE else _MAX_LISTED)
    if name in _NUMBERS:
        return reader.number(int(value))
    if name == "pairs":
        return ", ".join(_pair(run, reader) for run in value.split("\n"))
    if name == "target":
        return printable(target_name(value, reader))
    return printable(value) if name in _QUOTED else value


def _pair(run: str, reader: Localisation) -> str:
    """Which columns are what: "J = team", or of many side by side the first and the last."""
    letters, _, targets = run.partition("\t")
    return f"{letters} = " + " … ".join(target_name(target, reader) for target in targets.split("\t"))


def printable_list(names: Sequence[str], reader: Localisation, *, at_most: int = _MAX_LISTED) -> str:
    """Names in quotation marks; of very many, only the first and how many more there are."""
    listed = ", ".join(reader.gettext("“%(text)s”", text=printable(text, _MAX_NAME)) for text in names[:at_most])
    if (more := len(names) - at_most) > 0:
        return reader.ngettext("%(listed)s and %(n)s more", "%(listed)s and %(n)s more", more, listed=listed)
    return listed
