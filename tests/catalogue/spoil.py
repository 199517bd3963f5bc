"""A valid content file with one error, and the problem that is reported."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from assessment.catalogue.loader import ContentProblem, InvalidContent, read_content
from assessment.infra.languages import Localisation
from tests.conftest import ROOT

ENGLISH, SPANISH = Localisation("en"), Localisation("es")
CONTENT = ROOT / "questionnaires"
STATEMENTS = CONTENT / "service-culture/v1.yaml"
RUBRICS = CONTENT / "service-culture-rubrics/v1.yaml"
KINDS = CONTENT / "team-kinds/v1.yaml"
VOICE = CONTENT / "actions/voice.yaml"
MOVES = CONTENT / "actions/ladder.yaml"


@dataclass(frozen=True)
class Spoilt:
    """One edit of a shipped file: `old`, which must be there, becomes `new`; the problem is told of `field`.

    The line is that of the edit, or of the text `below` or `above` it; `says` is part of the English sentence.
    """

    name: str
    source: Path
    old: str
    new: str
    field: str
    says: str
    below: str = ""
    above: str = ""

    def text(self) -> str:
        source = self.source.read_text("utf-8")
        assert self.old in source, f"{self.name}: the shipped file has changed; choose another place to spoil"
        return source.replace(self.old, self.new, 1)

    @property
    def line(self) -> int:
        text, edit = self.text(), self.source.read_text("utf-8").index(self.old)
        at = text.rindex(self.above, 0, edit) if self.above else text.index(self.below, edit)
        return text[:at].count("\n") + 1


def between(source: Path, start: str, end: str) -> str:
    """The text of a file from one mark to before the next."""
    text = source.read_text("utf-8")
    first = text.index(start)
    return text[first : text.index(end, first)]


def problems_of(path: Path) -> tuple[ContentProblem, ...]:
    """The problems of a file that must be refused; each is checked to be a whole sentence in both languages."""
    with pytest.raises(InvalidContent) as caught:
        read_content(path)
    assert caught.value.problems
    for problem in caught.value.problems:
        check_sentences(problem, path)
    return caught.value.problems


def check_sentences(problem: ContentProblem, path: Path) -> None:
    english, spanish = problem.describe(ENGLISH), problem.describe(SPANISH)
    assert english != spanish
    for sentence in (english, spanish):
        assert sentence.startswith(str(path))
        assert sentence.endswith((".", "?"))
        assert "%(" not in sentence
        if problem.field:
            assert problem.field in sentence
    if problem.line is not None:
        assert f", line {problem.line}" in english
        assert f", línea {problem.line}" in spanish


def save(folder: Path, text: str | bytes) -> Path:
    path = folder / "v1.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path
