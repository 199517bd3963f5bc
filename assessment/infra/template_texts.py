"""Interface texts in Jinja templates: escaped, and filled in as `Localisation` fills them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jinja2 import Environment, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from assessment.infra.languages import ended_once


def install_texts(
    environment: Environment, gettext: Callable[[str], str], plural_form: Callable[[str, str, int], str]
) -> None:
    """Gives templates `_()`, `gettext()` and `ngettext()`, whose values follow as keywords."""

    def filled(context: Context, sentence: str, values: dict[str, Any]) -> str:
        sentence = ended_once(sentence, values)
        # Our own sentence, from the catalogue; Markup escapes the values.
        return (Markup(sentence) if context.eval_ctx.autoescape else sentence) % values  # noqa: S704

    @pass_context
    def one(context: Context, message: str, /, **values: Any) -> str:
        return filled(context, gettext(message), values)

    @pass_context
    def counted(context: Context, singular: str, plural: str, count: int, /, **values: Any) -> str:
        return filled(context, plural_form(singular, plural, count), {"num": count, **values})

    environment.install_gettext_callables(one, counted, newstyle=False)  # type: ignore[attr-defined]
