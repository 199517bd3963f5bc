"""Languages and formats: what a country writes, and what a reader who speaks neither language gets."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessment.domain.as_read import share_as_read
from assessment.domain.questionnaire import Text
from assessment.infra.languages import Localisation, UnknownLocale, localisation, localisation_from_environment

DAY = dt.date(2026, 11, 3)


@pytest.mark.parametrize(
    ("tag", "language", "country"),
    [
        ("es", "es", None), ("en", "en", None), ("es-MX", "es", "MX"), ("es_CO.UTF-8", "es", "CO"),
        ("EN-us", "en", "US"),
        ("es-419", "es", "419"), (" es ", "es", None), ("es_ES@euro", "es", "ES"),
    ],
)  # fmt: skip
def test_a_tag_names_a_language_and_perhaps_a_country(tag: str, language: str, country: str | None) -> None:
    assert localisation(tag) == Localisation(language, country)  # type: ignore[arg-type]


@pytest.mark.parametrize("tag", ["", "fr", "pt-BR", "spa", "es-", "es-MEX", "e", "es MX", "C", "POSIX"])
def test_another_language_is_not_taken_for_one_of_ours(tag: str) -> None:
    with pytest.raises(UnknownLocale):
        localisation(tag)


@pytest.mark.parametrize(
    ("environment", "tag"),
    [
        ({}, "es"), ({"LANG": "en_US.UTF-8"}, "en-US"), ({"LANG": "C"}, "es"), ({"LANG": "de_DE"}, "es"),
        ({"LC_ALL": "es_MX", "LANG": "en_US"}, "es-MX"), ({"LC_MESSAGES": "en", "LANG": "es"}, "en"),
        ({"LC_ALL": "", "LANG": "en"}, "en"), ({"LC_ALL": "fr_FR", "LANG": "en"}, "es"),
    ],
)  # fmt: skip
def test_the_environment_names_the_language_as_other_programs_read_it(environment: dict[str, str], tag: str) -> None:
    assert localisation_from_environment(environment).tag == tag


@pytest.mark.parametrize(
    ("tag", "number"),
    [("es-CO", "1.234,5"), ("es-MX", "1,234.5"), ("es-AR", "1.234,5"), ("en-US", "1,234.5"),
     ("es", "1,234.5"), ("en", "1,234.5")],
)  # fmt: skip
def test_a_number_has_the_countrys_signs(tag: str, number: str) -> None:
    assert localisation(tag).number(1234.5, 1) == number


@pytest.mark.parametrize(
    ("value", "digits", "signed", "written"),
    [
        (3, 0, False, "3"), (3, 1, False, "3.0"), (-0.34, 1, False, "−0.3"), (0.34, 1, True, "+0.3"),
        (-0.34, 1, True, "−0.3"),
        (0.04, 1, True, "0.0"), (-0.04, 1, True, "0.0"), (-0.04, 1, False, "0.0"), (2.25, 2, False, "2.25"),
    ],
)  # fmt: skip
def test_a_number_has_so_many_decimals_and_a_true_sign(value: float, digits: int, signed: bool, written: str) -> None:
    assert Localisation("en").number(value, digits, signed=signed) == written


@given(st.floats(-1000, 1000), st.integers(0, 3))
def test_zero_is_never_written_with_a_minus_sign(value: float, digits: int) -> None:
    written = Localisation("en").number(value, digits, signed=True)
    assert any(digit in written for digit in "123456789") or written.strip("0.") == ""


def test_a_share_is_written_as_whole_percent() -> None:
    assert localisation("es-CO").percent(0.424) == "42 %"
    assert localisation("en").percent(1) == "100%"
    assert localisation("es").percent(0) == "0 %"


@pytest.mark.parametrize(
    ("share", "expected"), [(1 / 8, "13%"), (3 / 8, "38%"), (0.124, "12%"), (0.145, "15%"), (0.285, "29%")]
)
def test_half_a_percent_is_rounded_up_as_people_do_it(share: float, expected: str) -> None:
    assert localisation("en").percent(share) == expected
    assert localisation("en").percent(share_as_read(share)) == expected


def test_dates_are_written_as_people_say_them() -> None:
    assert localisation("es-CO").date(DAY) == "3 de noviembre de 2026"
    assert localisation("en-US").date(DAY) == "November 3, 2026"
    assert localisation("es").short_date(DAY) == "3 nov"
    assert localisation("en").short_date(DAY) == "Nov 3"


def test_hours_are_written_as_the_country_has_them() -> None:
    afternoon = dt.datetime(2026, 11, 3, 16, 2, tzinfo=dt.UTC)
    assert localisation("es-ES").time(afternoon) == "16:02"
    assert localisation("es-CO").time(afternoon).split() == ["4:02", "p.", "m."]
    assert localisation("en-US").time(afternoon).split() == ["4:02", "PM"]


def test_a_list_is_written_as_a_sentence_would() -> None:
    assert localisation("es").list_of(["a", "b", "c"]) == "a, b y c"
    assert localisation("es").list_of(["a"]) == "a"
    assert localisation("en").list_of(["a", "b"]) == "a and b"


@pytest.mark.parametrize(
    ("tag", "paper"),
    [("es-MX", "letter"), ("es-CO", "letter"), ("en-US", "letter"), ("es-AR", "a4"), ("es-ES", "a4"),
     ("en-GB", "a4"), ("es", "letter")],
)  # fmt: skip
def test_paper_is_that_of_the_country_else_letter(tag: str, paper: str) -> None:
    assert localisation(tag).paper == paper


def test_a_country_that_nobody_knows_writes_as_its_language_does() -> None:
    assert localisation("es-ZZ").date(DAY) == "3 de noviembre de 2026"


def test_a_text_is_given_in_the_readers_language() -> None:
    assert [localisation(tag).text(Text("hola", "hello")) for tag in ("es-MX", "en-US")] == ["hola", "hello"]


def test_a_count_chooses_the_words_and_is_written_as_the_country_does() -> None:
    one, many = "%(n)s answer", "%(n)s answers"
    assert [localisation("en").ngettext(one, many, n) for n in (0, 1, 2, 1234)] == [
        "0 answers", "1 answer", "2 answers", "1,234 answers",
    ]  # fmt: skip
    assert [localisation("es-CO").ngettext(one, many, n) for n in (1, 1234)] == ["1 respuesta", "1.234 respuestas"]


def test_a_text_without_translation_is_given_in_english() -> None:
    assert localisation("es").gettext("No such text: %(value)s.", value=3) == "No such text: 3."


def test_a_percent_sign_in_a_text_without_values_is_left_alone() -> None:
    assert localisation("en").gettext("100% sure") == "100% sure"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"organisation": "Cóndor S.A.S."}, "Welcome to Cóndor S.A.S."),
        ({"organisation": "Cóndor"}, "Welcome to Cóndor."),
        ({"organisation": "Cóndor %(x)s."}, "Welcome to Cóndor %(x)s."),
    ],
)
def test_a_sentence_ends_once_whatever_its_last_value_ends_with(values: dict[str, str], words: str) -> None:
    assert Localisation("en").gettext("Welcome to %(organisation)s.", **values) == words
