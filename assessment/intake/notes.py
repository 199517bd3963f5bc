"""What the user should know about how a file was read: nothing is guessed silently."""

from __future__ import annotations

from dataclasses import dataclass, field

from assessment.infra.languages import Localisation
from assessment.intake.codes import NoteCode
from assessment.intake.sentences import NOTE_SENTENCES
from assessment.intake.text import printable

__all__ = ["Note", "NoteCode", "describe_note"]


_MAX_NAME = 120
_LISTS = frozenset({"teams", "points", "columns"})
_QUOTED = frozenset({"header", "sheet", "target"})


@dataclass(frozen=True, slots=True)
class Note:
    """A fact in no language, shown beside the result; a list of names has one name per line in `values`."""

    code: NoteCode
    values: dict[str, str] = field(default_factory=dict)


def describe_note(note: Note, reader: Localisation) -> str:
    """One complete sentence for the reader."""
    values = {name: _format_value(name, value, reader) for name, value in note.values.items()}
    return reader.gettext(NOTE_SENTENCES[note.code], **values)


def _format_value(name: str, value: str, reader: Localisation) -> str:
    if name in _LISTS:
        return ", ".join(reader.gettext("“%(text)s”", text=printable(text, _MAX_NAME)) for text in value.split("\n"))
    return printable(value) if name in _QUOTED else value
