"""Personal links → the context of the slips → HTML → PDF."""

from __future__ import annotations

from dataclasses import dataclass

from assessment.infra.languages import Localisation, Paper
from reports.engine.html import render_document
from reports.engine.qr import address_code, typed_address
from reports.engine.scripts import isolated
from reports.slips.context import Slip, SlipsContext

TEMPLATE = "slips/document.html"
COLUMNS, ROWS = 2, 4


@dataclass(frozen=True, slots=True)
class SlipsSource:
    """What the slips are made of. `until` is a date and time in words, or empty."""

    organisation: str
    team: str
    links: tuple[str, ...]
    minutes: int
    minimum_group: int
    until: str
    accent: str
    paper: Paper | None = None


def build_context(source: SlipsSource, reader: Localisation) -> SlipsContext:
    """The slips in the reader's language."""
    slips = [Slip(address_code(link, reader), typed_address(link)) for link in source.links]
    rows = [tuple(slips[at : at + COLUMNS]) for at in range(0, len(slips), COLUMNS)]
    return SlipsContext(
        lang=reader.tag,
        paper=source.paper or reader.paper,
        accent=source.accent,
        title=reader.gettext("Personal links · %(team)s", team=source.team),
        team=isolated(source.team),
        organisation=isolated(source.organisation),
        promise=reader.ngettext(
            "Anonymous, about %(n)s minute: results are shown for everybody together, from %(minimum)s answers on.",
            "Anonymous, about %(n)s minutes: results are shown for everybody together, from %(minimum)s answers on.",
            source.minutes,
            minimum=reader.number(source.minimum_group),
        ),
        until=reader.gettext("Until %(moment)s", moment=source.until) if source.until else "",
        pages=tuple(tuple(rows[at : at + ROWS]) for at in range(0, len(rows), ROWS)),
    )


def build_html(context: SlipsContext, reader: Localisation) -> str:
    """The complete HTML that WeasyPrint prints."""
    return render_document(TEMPLATE, reader, context)


def build_pdf(source: SlipsSource, reader: Localisation) -> bytes:
    """The slips as PDF/UA-1."""
    from reports.engine.pdf import render_pdf

    return render_pdf(build_html(build_context(source, reader), reader))
