"""No two texts say the same in other words, as far as letters and words can tell.

The bounds lie a little above the closest pair today. A failure asks a person to read the two texts side by side.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from itertools import combinations

import pytest

from assessment.catalogue.catalogue import load_questionnaire
from assessment.domain.questionnaire import LANGUAGES, Language
from tests.catalogue.content import all_actions, statements, words_of

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
    assert alike(statement_texts(language), at_least=0.70) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_statement_shares_most_of_its_words_with_another(language: Language) -> None:
    assert sharing(in_words(statement_texts(language)), at_least=0.42) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_action_is_called_like_another(language: Language) -> None:
    assert alike(titles(language), at_least=0.78) == []
    assert sharing(in_words(titles(language)), at_least=0.5) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_action_is_described_like_another(language: Language) -> None:
    assert alike(texts_of_actions(language), at_least=0.50) == []
    assert sharing(texts_of_actions(language), at_least=0.42) == []


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
    assert sharing(texts, at_least=0.4) == []


def test_two_texts_that_say_the_same_in_other_words_are_found() -> None:
    texts = {
        "one": "the team asks customers how the service went for them",
        "other": "the team asks its customers how well the service went",
        "third": "colleagues thank one another in public",
    }
    assert [pair[1:] for pair in alike(texts, 0.70)] == [("one", "other")]
    assert [pair[1:] for pair in sharing(in_words(texts), 0.42)] == [("one", "other")]
