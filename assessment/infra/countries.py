"""Countries that an organisation may be in, with the time zone that most of its people live in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Country:
    """`code` is ISO 3166-1 alpha-2; `time_zone` is a name of the IANA database, and can be changed per organisation."""

    code: str
    time_zone: str


COUNTRIES: dict[str, Country] = {
    code: Country(code, zone)
    for code, zone in {
        "AR": "America/Argentina/Buenos_Aires",
        "BO": "America/La_Paz",
        "BR": "America/Sao_Paulo",
        "CA": "America/Toronto",
        "CL": "America/Santiago",
        "CO": "America/Bogota",
        "CR": "America/Costa_Rica",
        "CU": "America/Havana",
        "DO": "America/Santo_Domingo",
        "EC": "America/Guayaquil",
        "ES": "Europe/Madrid",
        "GB": "Europe/London",
        "GT": "America/Guatemala",
        "HN": "America/Tegucigalpa",
        "IE": "Europe/Dublin",
        "MX": "America/Mexico_City",
        "NI": "America/Managua",
        "PA": "America/Panama",
        "PE": "America/Lima",
        "PR": "America/Puerto_Rico",
        "PY": "America/Asuncion",
        "SV": "America/El_Salvador",
        "US": "America/New_York",
        "UY": "America/Montevideo",
        "VE": "America/Caracas",
    }.items()
}
