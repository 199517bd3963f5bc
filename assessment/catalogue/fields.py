"""What the content files are made of: ids, texts in both languages, and rules that no type can say.

A rule that fails raises a message for translation with its values; `loader` adds file, line and field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from assessment.domain.texts import Text
from assessment.infra.languages import N_

Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]
Words = Annotated[str, Field(min_length=1, max_length=600)]


BROKEN_RULE = "broken_rule"
PLACE = "place"

Place = tuple[str | int, ...]
"""Where in the checked object a rule is broken, as `("points", 2, "id")`: pydantic itself only knows the object."""


def broken(message: str, *place: str | int, **values: object) -> PydanticCustomError:
    """A rule's failure: pydantic leaves the `%(name)s` places of the message alone and keeps the values beside it."""
    return PydanticCustomError(
        BROKEN_RULE, message, {name: str(value) for name, value in values.items()} | {PLACE: place}
    )


class Content(BaseModel):
    """Base of all content: nothing unknown, nothing converted (`1` is no text and "1" no number)."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Both(Content):
    """A text in both languages."""

    es: Words
    en: Words

    def text(self) -> Text:
        return Text(es=self.es, en=self.en)

    @model_validator(mode="after")
    def _trimmed(self) -> Both:
        for language, text in (("es", self.es), ("en", self.en)):
            if text != " ".join(text.split()):
                raise broken(N_("The text has stray spaces or line breaks: remove them."), language)
        return self


def between(bounds: tuple[int, int], *place: str) -> Callable[[Both], Both]:
    low, high = bounds

    def check(text: Both) -> Both:
        for language, words in (("es", text.es), ("en", text.en)):
            if not low <= len(words) <= high:
                raise broken(
                    N_("The %(language)s text has %(length)s characters; %(low)s to %(high)s are allowed: reword it."),
                    *place,
                    language,
                    language=language,
                    length=len(words),
                    low=low,
                    high=high,
                )
        return text

    return check


def no_repeats(values: Iterable[tuple[object, Place]]) -> None:
    """Raises a broken rule at the place of the second of two equal values."""
    seen = set()
    for value, place in values:
        if value in seen:
            raise broken(N_("“%(value)s” occurs more than once: keep one of them or rename it."), *place, value=value)
        seen.add(value)


def counts_from_one(values: Sequence[int], name: str) -> None:
    for at, value in enumerate(values):
        if value != at + 1:
            raise broken(N_("The values must be 1, 2, 3 and so on, in this order."), name, at, "value")
