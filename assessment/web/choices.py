"""What several forms let one choose from: countries, and kinds of team."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from babel import Locale
from flask import request

from assessment.catalogue.catalogue import load_team_kinds
from assessment.domain.questionnaire import TeamKind
from assessment.infra.countries import COUNTRIES
from assessment.infra.languages import Localisation
from assessment.web.languages import lazy_gettext as _


def country_choices(reader: Localisation) -> list[tuple[str, str]]:
    """Countries by their name in the reader's language."""
    names = Locale(reader.language).territories
    return sorted(((code, names[code]) for code in COUNTRIES), key=lambda choice: _without_accents(choice[1]))


def new_country_choices(reader: Localisation) -> list[tuple[str, object]]:
    """The same with none preselected, so that nobody gets a country by oversight."""
    return [("", _("Choose a country")), *country_choices(reader)]


def likely_country() -> str:
    """The country that the browser names (`es-CO`); empty where it names no country of ours."""
    for tag in request.accept_languages.values():
        country = tag.replace("_", "-").partition("-")[2].upper()
        if country in COUNTRIES:
            return country
    return ""


def find_team_kind(id_: str) -> TeamKind | None:
    """`None` where the catalogue has dropped it."""
    return _team_kinds().get(id_)


def team_kind(id_: str) -> TeamKind:
    return _team_kinds()[id_]


def new_team_kind_choices(reader: Localisation) -> list[tuple[str, object]]:
    """The kinds with none preselected, so that no team gets the moments of another kind by oversight."""
    return [("", _("Choose what comes closest")), *team_kind_choices(reader)]


def team_kind_choices(reader: Localisation) -> list[tuple[str, str]]:
    return [(kind.id, reader.text(kind.name)) for kind in _team_kinds().values()]


def team_kind_name(id_: str, reader: Localisation) -> str:
    """The name of a kind of team, or its id where the catalogue has dropped it."""
    kind = _team_kinds().get(id_)
    return reader.text(kind.name) if kind else id_


def moments_by_kind(
    moments: Mapping[str, Sequence[Mapping[str, str]]], reader: Localisation
) -> list[tuple[str, list[str]]]:
    """The moments that new teams begin with instead of the usual ones, by the names of kinds."""
    return [
        (team_kind_name(kind, reader), [point["name"] for point in points]) for kind, points in sorted(moments.items())
    ]


@cache
def _team_kinds() -> dict[str, TeamKind]:
    return {kind.id: kind for kind in load_team_kinds()}


def _without_accents(name: str) -> str:
    return name.translate(str.maketrans("ÁÉÍÓÚáéíóú", "AEIOUaeiou")).lower()
