"""A small questionnaire, and responses files in which tests make errors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from assessment.domain.questionnaire import Questionnaire
from assessment.intake.problems import InvalidFile, Problem
from assessment.intake.responses import read_responses
from tests.intake.build import ResponsesFile, check_sentence, small_questionnaire


@pytest.fixture(scope="session")
def questionnaire() -> Questionnaire:
    return small_questionnaire()


@pytest.fixture(scope="session")
def items(questionnaire: Questionnaire) -> list[str]:
    """The ids of all items, in order."""
    return [item.id for item in questionnaire.items]


@pytest.fixture
def file(items: list[str]) -> ResponsesFile:
    return ResponsesFile(items)


@pytest.fixture
def two_rows(items: list[str]) -> ResponsesFile:
    return ResponsesFile(items, rows=2)


Problems = Callable[..., tuple[Problem, ...]]


@pytest.fixture
def problems_of(questionnaire: Questionnaire) -> Problems:
    """The problems of a file that must be refused; the sentence of each is checked, too."""

    def read(path: Path, *, ignore_unknown: bool = False) -> tuple[Problem, ...]:
        with pytest.raises(InvalidFile) as caught:
            read_responses(path, questionnaire, ignore_unknown=ignore_unknown)
        assert caught.value.file == str(path)
        assert caught.value.problems
        for problem in caught.value.problems:
            check_sentence(problem)
        return caught.value.problems

    return read
