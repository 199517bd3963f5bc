"""How people ask for the team in a form of their own, and which other headers could name it."""

from __future__ import annotations

import re

from assessment.intake.text import words

_KIND = r"(?:area|departamento|grupo|unidad)"
_SPANISH = (
    r"(?:(?:por favor )?(?:indique|escriba|seleccione|elija|escoja|marque|cual es|como se llama) )?"
    r"(?:(?:el|la|su|tu|mi|nuestro) )?(?:nombre (?:del |de ))?(?:(?:el|la|su|tu|mi|nuestro) )?"
    rf"(?:{_KIND} o )?equipo(?: o {_KIND})?(?: de (?:trabajo|servicio))?"
    r"(?: (?:al (?:que|cual) perteneces?|(?:en el que|en que|donde) (?:trabaja|labora|esta)s?"
    r"|del que (?:forma|hace)s? parte))?"
)
_SPANISH_QUESTION = (
    rf"(?:a|de|en) (?:que|cual) (?:{_KIND} o )?equipo(?: o {_KIND})?(?: de trabajo)? "
    r"(?:pertenece|trabaja|labora|esta|eres|es|forma parte|formas parte|hace parte|haces parte|se encuentra)s?"
    r"(?: usted| tu)?"
)
_KIND_ENGLISH = r"(?:area|department|group|unit)"
_ENGLISH = (
    r"(?:(?:please )?(?:choose|enter|indicate|select|write) )?(?:(?:what|which)(?: is| s)? )?"
    r"(?:(?:the|your|my|our) )?(?:name of )?"
    rf"(?:(?:the|your|my|our) )?(?:{_KIND_ENGLISH} or )?(?:work )?team(?: or {_KIND_ENGLISH})?(?: s)?"
    r"(?: name)?"
    r"(?: (?:are you|do you (?:belong|work)|you (?:belong|work|are))(?: (?:a|in|member|of|on|part|to|with))*)?"
)
_OF_TEAM = re.compile(f"{_SPANISH}|{_SPANISH_QUESTION}|{_ENGLISH}")
_MAYBE_TEAM = re.compile(
    r"\b(?:equipos?|areas?|departamento|dependencia|division|gerencia|grupo|local|oficina|region|seccion|sede|sucursal"
    r"|tienda|unidad|branch|department|group|location|office|region|section|site|store|teams?|unit)\b"
)
_OF_SOMETHING_ELSE = re.compile(
    r"age|browser|device|dispositivo|edad|estado|finished|gender|genero|idioma|language|navegador|sex|status|tipo|type"
)
"""Parts of the headers of other things that divide people: what a form adds, and what it asks of everybody."""
_LONGEST = 12
"""No question for the team has more words; a statement has, and may name the team as well."""


def asks_for_team(header: str) -> bool:
    """Whether the header is one of the usual ways to ask for the team: "¿A qué equipo pertenece?"."""
    return _OF_TEAM.fullmatch(words(header)) is not None


def may_name_team(header: str) -> bool:
    """Whether a column with this header could hold the teams: "Sede", "Department"."""
    text = words(header)
    return text.count(" ") < _LONGEST and _MAYBE_TEAM.search(text) is not None


def is_of_something_else(header: str) -> bool:
    """Whether the header plainly asks for another thing that divides people, such as the language of the form."""
    return _OF_SOMETHING_ELSE.search(words(header)) is not None
