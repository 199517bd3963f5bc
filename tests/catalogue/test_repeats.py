"""No two texts say the same in other words, as far as letters and words can tell.

Texts that share four letters in five, or three words in five, say the same more often than not. A failure asks a person
to read the two side by side.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from itertools import combinations

import pytest

from assessment.catalogue.catalogue import load_questionnaire
from assessment.domain.questionnaire import LANGUAGES, Language
from tests.catalogue.content import all_actions, statements, words_of

SAME_LETTERS = 0.8
SAME_WORDS = 0.6

Pairs = list[tuple[float, str, str]]


def alike(texts: Mapping[str, Sequence[str]], at_least: float) -> Pairs:
    """The pairs of texts whose parts (letters or words) stand in the same order in so large a share."""
    pairs = []
    matcher = SequenceMatcher(autojunk=False)
    places = list(texts)
    for at, second in enumerate(places):
        matcher.set_seq2(texts[second])
        for first in places[:at]:
            matcher.set_seq1(texts[first])
            if matcher.real_quick_ratio() >= at_least and matcher.quick_ratio() >= at_least:
                share = matcher.ratio()
                if share >= at_least:
                    pairs.append((round(share, 2), first, second))
    return pairs


def sharing(texts: Mapping[str, Sequence[str]], at_least: float) -> Pairs:
    """The pairs of texts that have so large a share of their different words in common."""
    words = {place: set(text) for place, text in texts.items()}
    overlaps = (
        (len(words[one] & words[other]) / len(words[one] | words[other]), one, other)
        for one, other in combinations(words, 2)
    )
    return [(round(share, 2), one, other) for share, one, other in overlaps if share >= at_least]


def statement_texts(language: Language) -> dict[str, str]:
    return {item.id: item.text.in_language(language).casefold() for item in statements()}


def titles(language: Language) -> dict[str, str]:
    return {action.id: action.title.in_language(language).casefold() for action in all_actions()}


def texts_of_actions(language: Language) -> dict[str, list[str]]:
    return {action.id: words_of(action.what.in_language(language)) for action in all_actions()}


def in_words(texts: Mapping[str, str]) -> dict[str, list[str]]:
    return {place: words_of(text) for place, text in texts.items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_statement_is_written_like_another(language: Language) -> None:
    assert alike(statement_texts(language), SAME_LETTERS) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_statement_shares_most_of_its_words_with_another(language: Language) -> None:
    assert sharing(in_words(statement_texts(language)), SAME_WORDS) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_action_is_called_like_another(language: Language) -> None:
    assert alike(titles(language), SAME_LETTERS) == []
    assert sharing(in_words(titles(language)), SAME_WORDS) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_action_is_described_like_another(language: Language) -> None:
    assert alike(texts_of_actions(language), SAME_WORDS) == []
    assert sharing(texts_of_actions(language), SAME_WORDS) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("field", ["title", "what", "why", "first_step"])
def test_no_text_of_an_action_is_used_twice(field: str, language: Language) -> None:
    texts = [getattr(action, field).in_language(language).casefold() for action in all_actions()]
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_five_descriptions_of_a_rubric_differ(language: Language) -> None:
    rubrics = load_questionnaire("service-culture-rubrics").items
    texts = {
        f"{item.id} {value}": words_of(level.in_language(language))
        for item in rubrics
        for value, level in enumerate(item.levels, start=1)
    }
    assert sharing(texts, SAME_WORDS) == []


def test_two_texts_that_say_the_same_in_other_words_are_found() -> None:
    texts = {
        "one": "the team asks customers how the service went for them",
        "other": "the team asks customers how well the service went for them",
        "third": "colleagues thank one another in public",
    }
    assert [pair[1:] for pair in alike(texts, SAME_LETTERS)] == [("one", "other")]
    assert [pair[1:] for pair in sharing(in_words(texts), SAME_WORDS)] == [("one", "other")]
