"""English as it is spelt where its reader is."""

from __future__ import annotations

import re

import pytest

from assessment.domain.questionnaire import Text
from assessment.infra.languages import Localisation
from assessment.infra.spelling import american
from tests.catalogue.content import all_texts, statements
from tests.rules.test_translations import english_of, spanish

BRITISH = re.compile(
    r"\b\w*(?:\wise[sd]?|ising|isations?|\wours?|[bln]ouring|oured|ogue|judgement|ll(?:ed|ing)|enquir\w+|practis\w+)\b",
    re.IGNORECASE,
)
NO_WORDS = r"%\(\w+\)s|\b(?:ex|im)port-organisation\b"
"""Placeholders and names of commands."""
THE_SAME_IN_BOTH = set(
    "advertise advertising arise called calling course courses exercise exercises filled four hour hours improvising "
    "installed otherwise our ours pulling promise promised promises promising rise sour tour telling your yours wise "
    "appraises praise raise raises spelling surprising skilled source surprised surprise precise likewise noise "
    "rolled selling surprises willing".split()
)


@pytest.mark.parametrize(
    ("country", "said"),
    [
        ("US", "The organization: 2 colors"),
        ("GB", "The organisation: 2 colours"),
        (None, "The organisation: 2 colours"),
    ],
)
def test_the_country_decides_the_spelling(country: str | None, said: str) -> None:
    reader = Localisation("en", country)
    assert reader.text(Text(es="x", en="The organisation: 2 colours")) == said
    assert reader.gettext("The organisation: 2 colours") == said
    assert Localisation("es", country).text(Text(es="organisation", en="x")) == "organisation"


def test_what_people_wrote_and_what_computers_read_stays_as_it_is() -> None:
    reader = Localisation("en", "US")
    assert reader.gettext("Welcome to %(organisation)s.", organisation="Colour & Co") == "Welcome to Colour & Co."
    for text in ("give --organisation NAME", "the id role-modelling", "/organisations/7"):
        assert american(text) == text


def test_every_british_word_of_ours_has_an_american_one() -> None:
    texts = [text.en for text in all_texts().values()] + [english_of(message) for message in spanish()]
    left = {word.lower() for text in texts for word in BRITISH.findall(american(re.sub(NO_WORDS, "", text)))}
    assert left - THE_SAME_IN_BOTH == set()


def test_no_statement_depends_on_it_since_files_are_matched_by_their_text() -> None:
    assert [item.id for item in statements() if american(item.text.en) != item.text.en] == []
