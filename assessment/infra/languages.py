"""Languages and formats: interface texts by gettext, numbers and dates by country.

Texts exist in `es` and `en`; a country (`es-MX`, `es-CO`, `en-US`) sets decimals, dates and paper, and whether English
is spelt as in Britain or in America.
The English text is the message id, so only the Spanish catalogue is translated. Babel is imported when the first
number or date is written: it would double the time of `escala --help`.
"""

from __future__ import annotations

import datetime as dt
import gettext
import math
import os
import re
from collections.abc import Iterable, Mapping
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from assessment.infra.spelling import AMERICAN_COUNTRIES, american

if TYPE_CHECKING:
    from babel import Locale

    from assessment.domain.questionnaire import Language, Text

TRANSLATIONS = Path(__file__).parent.parent / "translations"
DEFAULT_LANGUAGE: Language = "es"
DEFAULT_COUNTRY = {"es": "419", "en": "US"}
"""Latin America as a whole (UN M49 code 419) for Spanish, the United States for English."""

LETTER_COUNTRIES = frozenset("US CA MX CO VE CL CR PA GT SV HN NI DO PR PH BO".split())
"""Where office paper is US Letter in practice (CLDR measurement data and common use)."""

Paper = Literal["a4", "letter"]
PAPERS: dict[str | None, Paper] = {"a4": "a4", "letter": "letter"}
_TAG = re.compile(r"^([A-Za-z]{2})(?:[-_]([A-Za-z]{2}|\d{3}))?(?:[.@].*)?$")


class UnknownLocale(ValueError):
    """The tag names a language that Escala does not have."""


def N_(message: str) -> str:
    """Marks a message for translation where it is written; it is translated where it is shown."""
    return message


@cache
def _catalogue(language: Language) -> gettext.NullTranslations:
    if language == "en":
        return gettext.NullTranslations()
    return gettext.translation("messages", localedir=TRANSLATIONS, languages=[language])


def language_of(code: str | None) -> Language:
    """The language of a stored or chosen code: English for `en`, else Spanish."""
    return "en" if code == "en" else "es"


_VALUE_AND_STOP = re.compile(r"%\((\w+)\)s\.(?!\.)")


def ended_once(sentence: str, values: Mapping[str, object]) -> str:
    """A sentence without the full stop that follows a value which ends with one itself: a company's name (S.A.S.), or a
    time (9:00 a. m.)."""
    if not any(str(value).endswith(".") for value in values.values()):
        return sentence
    return _VALUE_AND_STOP.sub(
        lambda found: found[0].removesuffix(".") if str(values.get(found[1], "")).endswith(".") else found[0], sentence
    )


class Localisation:
    """One reader's language and country, and the paper that is usual there unless `paper` names another.

    (No dataclass: their import costs `escala --help` a fifth of its time.)
    """

    def __init__(self, language: Language, country: str | None = None, paper: str | None = None) -> None:
        self.language: Language = language
        self.country = country
        self._paper = PAPERS.get(paper)
        self._is_american = language == "en" and country in AMERICAN_COUNTRIES

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Localisation) and (self.tag, self.paper) == (other.tag, other.paper)

    def __hash__(self) -> int:
        return hash((self.tag, self.paper))

    def __repr__(self) -> str:
        return f"Localisation({self.tag!r})"

    @property
    def tag(self) -> str:
        """BCP 47, for `lang` attributes."""
        return f"{self.language}-{self.country}" if self.country else self.language

    @property
    def paper(self) -> Paper:
        if self._paper is not None:
            return self._paper
        return "letter" if self.country is None or self.country in LETTER_COUNTRIES else "a4"

    # Texts

    def text(self, text: Text) -> str:
        """A text of a questionnaire or action in the reader's language."""
        return self._spelt(text.in_language(self.language))

    def gettext(self, message: str, /, **values: object) -> str:
        """An interface text; `%(name)s` placeholders are filled from `values`."""
        translation = self._spelt(_catalogue(self.language).gettext(message))
        return ended_once(translation, values) % values if values else translation

    def ngettext(self, singular: str, plural: str, count: int, /, **values: object) -> str:
        """An interface text that depends on a count, which fills `%(n)s`."""
        filled = {"n": self.number(count), **values}
        return ended_once(self.plural_form(singular, plural, count), filled) % filled

    def plural_form(self, singular: str, plural: str, count: int) -> str:
        """The form for a count, placeholders not filled yet: for templates."""
        return self._spelt(_catalogue(self.language).ngettext(singular, plural, count))

    def _spelt(self, text: str) -> str:
        """The text before values are filled in: names that people wrote stay as they are."""
        return american(text) if self._is_american else text

    # Formats

    @cached_property
    def _babel(self) -> Locale:
        from babel import Locale, UnknownLocaleError

        try:
            return Locale(self.language, self.country or DEFAULT_COUNTRY[self.language])
        except UnknownLocaleError:
            return Locale(self.language)

    def number(self, value: float, digits: int = 0, *, signed: bool = False) -> str:
        """A number with exactly `digits` decimals and a true minus sign; `signed` writes a plus as well."""
        rounded = round(value, digits)
        text = _decimal(abs(rounded), digits, self)
        if rounded < 0:
            return f"−{text}"
        return f"+{text}" if signed and rounded > 0 else text

    def percent(self, share: float) -> str:
        """A share in [0, 1] as a whole percentage, a half rounded up, with a space before the sign in Spanish."""
        # One of eight is 13%, as people round: `round` would make 12 of it. A float may lie a trace below its half.
        figure = self.number(math.floor(100 * share + 0.5 + 1e-9))
        return f"{figure} %" if self.language == "es" else f"{figure}%"

    def date(self, day: dt.date) -> str:
        """21 de noviembre de 2026 · November 21, 2026."""
        from babel.dates import format_date

        return format_date(day, format="long", locale=self._babel)

    def month(self, day: dt.date, *, has_year: bool = True) -> str:
        """noviembre de 2026 · November 2026; without the year, the month alone."""
        from babel.dates import format_date, format_skeleton

        if has_year:
            return format_skeleton("yMMMM", day, locale=self._babel)
        return format_date(day, format="LLLL", locale=self._babel)

    def short_date(self, day: dt.date) -> str:
        """21 nov · Nov 21 (without the year)."""
        from babel.dates import format_skeleton

        return format_skeleton("MMMd", day, locale=self._babel)

    def time(self, at: dt.datetime) -> str:
        """16:02 · 4:02 p. m. · 4:02 PM, in the country's format."""
        from babel.dates import format_time

        return format_time(at.time(), format="short", locale=self._babel)

    def list_of(self, parts: Iterable[str]) -> str:
        """Parts joined as in a sentence: "a, b y c"."""
        from babel.lists import format_list

        return format_list(list(parts), locale=self._babel)


@lru_cache(4_096)
def _decimal(value: float, digits: int, localisation: Localisation) -> str:
    """The same few figures stand on a page hundreds of times, and Babel reads its pattern anew for each."""
    from babel.numbers import format_decimal

    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return format_decimal(value, format=pattern, locale=localisation._babel)


def localisation(tag: str) -> Localisation:
    """The localisation of a tag such as `es`, `en-US` or `es_CO.UTF-8`.

    Raises `UnknownLocale` for a language other than Spanish or English, or a malformed tag.
    """
    match = _TAG.match(tag.strip())
    language = match.group(1).lower() if match else ""
    if match is None or language not in DEFAULT_COUNTRY:
        raise UnknownLocale(tag)
    country = match.group(2)
    return Localisation("es" if language == "es" else "en", country.upper() if country else None)


def localisation_from_environment(environment: Mapping[str, str] = os.environ) -> Localisation:
    """The localisation of the first of `LC_ALL`, `LC_MESSAGES`, `LANG` that is set; else, or if unknown, Spanish."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = environment.get(name, "")
        if value:
            try:
                return localisation(value)
            except UnknownLocale:
                break
    return Localisation(DEFAULT_LANGUAGE)
