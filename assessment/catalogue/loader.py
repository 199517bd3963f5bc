"""A content file → validated content, or every problem in it with file, line and field."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.tokens import (
    AliasToken,
    AnchorToken,
    FlowMappingEndToken,
    FlowMappingStartToken,
    FlowSequenceEndToken,
    FlowSequenceStartToken,
    TagToken,
)

from assessment.catalogue.fields import BROKEN_RULE, PLACE, Content
from assessment.catalogue.schema import SCHEMAS
from assessment.infra.languages import N_, Localisation

LARGEST_FILE = 1_000_000
"""Bytes; the largest of our own files has about 50,000."""
MOST_TOKENS = 20_000
"""Of YAML, in a text that a stranger may have written: each takes as long as a line of words. Ours have 3,000."""
BYTES_A_TOKEN = 4
"""At least, so that many small texts are no more work than a large one. Ours have nine."""
DEEPEST_FLOW = 10
"""Brackets within brackets, each of which the parser looks at again with every token within it. Ours have one."""

_MESSAGES: Mapping[str, str] = {
    "missing": N_("The field is missing: add it."),
    "extra_forbidden": N_("The field is not known: remove it, or check its spelling."),
    "string_type": N_("The value must be a text: put it in quotes."),
    "string_too_short": N_("The text is empty: write it."),
    "string_too_long": N_("The text is too long: at most %(max_length)s characters."),
    "string_pattern_mismatch": N_("“%(input)s” is not a valid id: use lower-case letters, digits and hyphens."),
    "int_type": N_("The value must be a whole number."),
    "list_type": N_("The value must be a list."),
    "model_type": N_("The value must have fields of its own, such as “es” and “en”."),
    "model_attributes_type": N_("The value must have fields of its own, such as “es” and “en”."),
    "literal_error": N_("“%(input)s” is not one of the values allowed here: %(expected)s."),
    "greater_than_equal": N_("The value must be at least %(ge)s."),
    "less_than_equal": N_("The value must be at most %(le)s."),
    "too_short": N_("The list has too few entries: it needs at least %(min_length)s."),
    "bool_type": N_("The value must be true or false."),
    "union_tag_not_found": N_("The field “kind” is missing: say which kind of section this is."),
    "union_tag_invalid": N_("“%(tag)s” is not a kind of section: use one of %(expected_tags)s."),
    "too_long": N_("The list has too many entries: it takes at most %(max_length)s."),
}
_OTHER = N_("The value is not valid: %(input)s.")
_TOO_LARGE = N_("The file is too large for a questionnaire.")
_REPEATED_KEY = re.compile(r'^found duplicate key "(.*?)" with value')


@dataclasses.dataclass(frozen=True, slots=True)
class ContentProblem:
    """What is wrong in a content file, without a language."""

    file: str
    message: str
    line: int | None = None
    field: str | None = None
    values: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def describe(self, reader: Localisation) -> str:
        """One sentence: where, what and what to do."""
        what = reader.gettext(self.message, **self.values)
        place = [self.file]
        if self.line is not None:
            place.append(reader.gettext(N_("line %(line)s"), line=self.line))
        if self.field:
            place.append(reader.gettext(N_("field %(field)s"), field=self.field))
        return f"{', '.join(place)}: {what}"


class InvalidContent(Exception):
    """A content file that cannot be used; carries all its problems."""

    def __init__(self, problems: Sequence[ContentProblem]) -> None:
        super().__init__("; ".join(f"{problem.file}:{problem.line}: {problem.message}" for problem in problems))
        self.problems = tuple(problems)


def read_content(path: Path) -> tuple[Content, bytes]:
    """The validated content of a file of any of our schemas, and its bytes. Raises `InvalidContent`."""
    raw = _read(path)
    return parse_content(raw, str(path)), raw


def parse_content(raw: bytes, name: str) -> Content:
    """The validated content of a text of any schema; `name` is what problems call it. Raises `InvalidContent`."""
    try:
        data = YAML(typ="safe", pure=True).load(raw.decode("utf-8"))
    except UnicodeDecodeError:
        raise InvalidContent([ContentProblem(name, N_("The file is not UTF-8: save it as UTF-8."))]) from None
    except YAMLError as error:
        raise InvalidContent([_syntax_problem(name, error)]) from None
    except RecursionError:
        raise InvalidContent([ContentProblem(name, _TOO_LARGE)]) from None
    if not isinstance(data, dict):
        message = N_("The file must hold fields such as “schema” and “id”: it holds none.")
        raise InvalidContent([ContentProblem(name, message)])
    model = SCHEMAS.get(str(data.get("schema")))
    if model is None:
        message = N_("The field “schema” must be one of: %(known)s.")
        line = _line(_marked(raw), ("schema",))
        raise InvalidContent([ContentProblem(name, message, line, "schema", {"known": ", ".join(SCHEMAS)})])
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise InvalidContent(_problems(name, raw, error)) from None


def require_plain(raw: bytes, name: str) -> None:
    """Raises `InvalidContent` for a text that is too large or too dense, or whose parts refer to each other."""
    if len(raw) > LARGEST_FILE:
        raise InvalidContent([ContentProblem(name, _TOO_LARGE)])
    try:
        tokens = YAML(typ="safe", pure=True).scan(raw.decode("utf-8"))
        is_plain = _are_plain(tokens, most=min(MOST_TOKENS, 500 + len(raw) // BYTES_A_TOKEN))
    except UnicodeDecodeError:
        raise InvalidContent([ContentProblem(name, N_("The file is not UTF-8: save it as UTF-8."))]) from None
    except YAMLError as error:
        raise InvalidContent([_syntax_problem(name, error)]) from None
    if not is_plain:
        raise InvalidContent([ContentProblem(name, _TOO_LARGE)])


def _are_plain(tokens: Iterable[object], *, most: int) -> bool:
    """Reads no further than to the first token that is not."""
    depth = 0
    for number, token in enumerate(tokens):
        if isinstance(token, FlowSequenceStartToken | FlowMappingStartToken):
            depth += 1
        elif isinstance(token, FlowSequenceEndToken | FlowMappingEndToken):
            depth -= 1
        if number >= most or depth > DEEPEST_FLOW or isinstance(token, AliasToken | AnchorToken | TagToken):
            return False
    return True


def _read(path: Path) -> bytes:
    try:
        raw = path.read_bytes()
    except OSError:
        message = N_("The file cannot be read: check its name and your permission.")
        raise InvalidContent([ContentProblem(str(path), message)]) from None
    if len(raw) > LARGEST_FILE:
        raise InvalidContent([ContentProblem(str(path), _TOO_LARGE)])
    return raw


def _syntax_problem(name: str, error: YAMLError) -> ContentProblem:
    mark = getattr(error, "problem_mark", None) if isinstance(error, MarkedYAMLError) else None
    line = mark.line + 1 if mark else None
    detail = str(getattr(error, "problem", None) or type(error).__name__).split("\n")[0]
    if isinstance(error, DuplicateKeyError) and (repeated := _REPEATED_KEY.match(detail)):
        message = N_("“%(value)s” occurs more than once: keep one of them or rename it.")
        return ContentProblem(name, message, line, repeated[1], {"value": repeated[1]})
    message = N_("This is not valid YAML (%(detail)s): check quotes, colons and indentation.")
    return ContentProblem(name, message, line, None, {"detail": detail})


def _marked(raw: bytes) -> Any:
    """The content with its lines, by the slower round-trip loader: for where something is wrong."""
    return YAML(typ="rt", pure=True).load(raw.decode("utf-8"))


def _problems(name: str, raw: bytes, error: ValidationError) -> list[ContentProblem]:
    marked = _marked(raw)
    problems = []
    for detail in error.errors(include_url=False):
        context = dict(detail.get("ctx", {}))
        location = _without_kinds(marked, (*detail["loc"], *context.pop(PLACE, ())))
        if detail["type"] == "union_tag_invalid":
            location = (*location, "kind")
        values = {name: str(value) for name, value in context.items()}
        values["input"] = _shortened(detail["input"])
        if "expected" in values:  # pydantic joins the last two by an English word
            values["expected"] = values["expected"].replace(" or ", ", ")
        message = detail["msg"] if detail["type"] == BROKEN_RULE else _MESSAGES.get(detail["type"], _OTHER)
        problems.append(ContentProblem(name, message, _line(marked, location), _dotted(location), values))
    return problems


def _without_kinds(marked: Any, location: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """The place in the file: pydantic also names the kind of section that it took an entry for."""
    places: list[int | str] = []
    node: Any = marked
    for part in location:
        if isinstance(node, dict) and places and isinstance(places[-1], int) and part == node.get("kind"):
            continue
        places.append(part)
        try:
            node = node[part]
        except (KeyError, IndexError, TypeError):
            node = None
    return tuple(places)


def _shortened(value: object) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:39] + "…"


def _line(marked: Any, location: tuple[int | str, ...]) -> int:
    """The line of the deepest part of the location that the file has."""
    line = 1
    node: Any = marked
    for part in location:
        try:
            line = (node.lc.item(part) if isinstance(part, int) else node.lc.key(part))[0] + 1
            node = node[part]
        except (KeyError, IndexError, TypeError, AttributeError):
            break
    return line


def _dotted(location: tuple[int | str, ...]) -> str:
    """`pillars[3].items[2].text.es`, lists counted from 1 as people do."""
    dotted = ""
    for part in location:
        dotted += f"[{part + 1}]" if isinstance(part, int) else (f".{part}" if dotted else part)
    return dotted
