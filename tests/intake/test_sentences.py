"""Every code has a sentence, and every problem is produced by a test."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assessment.intake.codes import NoteCode, ProblemCode
from assessment.intake.sentences import NOTE_SENTENCES, PROBLEM_SENTENCES

HERE = Path(__file__).parent


@pytest.mark.parametrize("code", ProblemCode)
def test_every_problem_has_a_sentence_of_what_is_wrong_and_what_to_do(code: ProblemCode) -> None:
    sentence = PROBLEM_SENTENCES[code]
    assert sentence.endswith(".")
    assert ";" in sentence
    assert not re.search(r"%(?!\(\w+\)s)", sentence)


@pytest.mark.parametrize("code", NoteCode)
def test_every_note_has_a_sentence(code: NoteCode) -> None:
    assert NOTE_SENTENCES[code].endswith(".")


@pytest.mark.parametrize("code", ProblemCode)
def test_every_problem_is_produced_by_a_test(code: ProblemCode) -> None:
    others = [path.read_text(encoding="utf-8") for path in HERE.glob("test_*.py") if path != Path(__file__)]
    assert any(re.search(rf"ProblemCode\.{code.name}\b", text) for text in others)
