"""HTML from a document's template: undefined names are errors, texts are escaped, messages are translated."""

from __future__ import annotations

import dataclasses
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from assessment.infra.languages import Localisation
from assessment.infra.resources import data_folder
from assessment.infra.template_texts import install_texts

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

REPORTS = Path(__file__).parent.parent


@cache
def _environment(reader: Localisation) -> Environment:
    environment = Environment(
        loader=FileSystemLoader([REPORTS, data_folder("templates")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    install_texts(environment, reader.gettext, reader.plural_form)
    environment.filters["number"] = reader.number
    environment.filters["percent"] = reader.percent
    environment.filters["date"] = reader.date
    environment.filters["short_date"] = reader.short_date
    environment.globals["reader"] = reader
    return environment


def render_html(template: str, reader: Localisation, **context: Any) -> str:
    """A template of `reports/` or `templates/` as HTML. Raises `jinja2.UndefinedError` for a name it does not have."""
    return _environment(reader).get_template(template).render(context)


def render_document(template: str, reader: Localisation, context: DataclassInstance, **more: Any) -> str:
    """A document's template filled with the fields of its context, and `more`. Raises what `render_html` raises."""
    values = {field.name: getattr(context, field.name) for field in dataclasses.fields(context)}
    return render_html(template, reader, **values, **more)
