"""Secrets in links, and the countries that an organisation may be in."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

from babel import Locale

from assessment.infra.countries import COUNTRIES
from assessment.infra.tokens import new_token, token_hash


def test_tokens_are_short_differ_and_may_stand_in_a_link():
    tokens = {new_token() for _ in range(1000)}
    assert len(tokens) == 1000
    assert all(re.fullmatch(r"[\w-]{22}", token) for token in tokens)


def test_a_hash_fits_its_column_and_does_not_show_the_secret():
    token = new_token()
    assert re.fullmatch(r"[0-9a-f]{64}", token_hash(token))
    assert token_hash(token) == token_hash(token) != token_hash(new_token())


def test_every_country_has_a_time_zone_and_a_name_in_both_languages():
    for code, country in COUNTRIES.items():
        assert country.code == code
        assert ZoneInfo(country.time_zone)
        assert Locale("es").territories[code]
        assert Locale("en").territories[code]
