"""A round that can be answered → the poster's context → HTML → PDF."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assessment.infra.languages import Localisation, Paper
from reports.engine.consultancy import NO_CONSULTANCY, Consultancy
from reports.engine.html import render_document
from reports.engine.qr import address_code, typed_address
from reports.engine.scripts import isolated
from reports.poster.context import Fact, Fit, PosterContext, PostersContext

TEMPLATE = "poster/document.html"
SEVERAL_TEMPLATE = "poster/several.html"
DENSE_FROM, CROWDED_FROM = 90, 230
"""From these numbers of characters on, names and dates together, the poster is set smaller."""
LONGEST_LINK = 90
"""Longer links take more than two lines."""


@dataclass(frozen=True, slots=True)
class PosterSource:
    """What the poster is made of. `opens` and `until` are dates and times in words, or empty."""

    organisation: str
    team: str
    round: str
    link: str
    minutes: int
    minimum_group: int
    opens: str
    until: str
    accent: str
    paper: Paper | None = None
    consultancy: Consultancy = NO_CONSULTANCY


def build_context(source: PosterSource, reader: Localisation) -> PosterContext:
    """The poster in the reader's language."""
    return PosterContext(
        lang=reader.tag,
        paper=source.paper or reader.paper,
        accent=source.accent,
        consultancy=source.consultancy,
        title=reader.gettext("How good is our service? · %(team)s", team=source.team),
        organisation=isolated(source.organisation),
        team=isolated(source.team),
        round=source.round,
        fit=_fit(source),
        qr=address_code(source.link, reader),
        address=typed_address(source.link),
        facts=(_time(source, reader), _anonymity(source, reader), _dates(source, reader)),
    )


def build_html(context: PosterContext, reader: Localisation) -> str:
    """The complete HTML that WeasyPrint prints."""
    return render_document(TEMPLATE, reader, context)


def build_pdf(source: PosterSource, reader: Localisation) -> bytes:
    """The poster as PDF/UA-1."""
    from reports.engine.pdf import render_pdf

    return render_pdf(build_html(build_context(source, reader), reader))


def build_posters_context(sources: Sequence[PosterSource], title: str, reader: Localisation) -> PostersContext:
    """Posters of several teams of one organisation, a page each; `title` is that of the document."""
    first = sources[0]
    return PostersContext(
        lang=reader.tag,
        paper=first.paper or reader.paper,
        accent=first.accent,
        consultancy=first.consultancy,
        title=title,
        posters=tuple(build_context(source, reader) for source in sources),
    )


def build_posters_html(context: PostersContext, reader: Localisation) -> str:
    return render_document(SEVERAL_TEMPLATE, reader, context)


def build_posters_pdf(sources: Sequence[PosterSource], title: str, reader: Localisation) -> bytes:
    """The posters as one PDF/UA-1."""
    from reports.engine.pdf import render_pdf

    return render_pdf(build_posters_html(build_posters_context(sources, title, reader), reader))


def _fit(source: PosterSource) -> Fit:
    letters = sum(map(len, (source.team, source.organisation, source.round, source.opens, source.until)))
    if letters > CROWDED_FROM or len(source.link) > LONGEST_LINK:
        return "crowded"
    return "dense" if letters > DENSE_FROM else "roomy"


def _time(source: PosterSource, reader: Localisation) -> Fact:
    return Fact(
        reader.ngettext("About %(n)s minute", "About %(n)s minutes", source.minutes),
        reader.gettext("On your own phone. You need no account and nothing to install."),
    )


def _anonymity(source: PosterSource, reader: Localisation) -> Fact:
    return Fact(
        reader.gettext("Anonymous"),
        reader.gettext(
            "You are not asked for your name. Nobody sees what each person answered: results are shown for "
            "everybody together, and only if %(minimum)s people or more have answered.",
            minimum=reader.number(source.minimum_group),
        ),
    )


def _dates(source: PosterSource, reader: Localisation) -> Fact:
    if source.opens:
        title = reader.gettext("From %(moment)s", moment=source.opens)
    elif source.until:
        title = reader.gettext("Until %(moment)s", moment=source.until)
    else:
        title = reader.gettext("Open now")
    if source.opens and source.until:
        words = reader.gettext(
            "You can answer until %(moment)s. With what everybody says, the team chooses what to improve first.",
            moment=source.until,
        )
    else:
        words = reader.gettext("With what everybody says, the team chooses what to improve first.")
    return Fact(title, words)
