"""The action plans of all example teams, each printed once for all tests and all workers."""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path

from assessment.infra.languages import Localisation, Paper, localisation
from assessment.services.print_plan import PrintOptions, plan_source
from assessment.services.score_responses import ResponsesFiles, read_files
from reports.action_plan.build import build_context, build_html
from reports.action_plan.source import PlanSource
from reports.engine.pdf import render_pdf
from tests.conftest import ROOT

DAY = dt.date(2026, 11, 20)
LONG_NAME = "Coordinación interdepartamental de atención y acompañamiento a usuarios de la región Centro-Occidente"
TEAMS = {
    "desk": "Mesa de ayuda",
    "small": "Panadería San Telmo",
    "large": "Contact center",
    "poor": "Ventanilla única",
    "excellent": "Posada La Ceiba",
    "divided": "Taller Norte",
    "consensus": "Consultorio Vida",
    "long": LONG_NAME,
}
LOCALES = ("es-CO", "en-US")
PAPERS: tuple[Paper, ...] = ("a4", "letter")


@dataclass(frozen=True)
class Sample:
    """One printed plan: of which team, in which language, on which paper, and whether to fill in by hand."""

    name: str
    locale: str = "es-CO"
    paper: Paper = "letter"
    is_blank: bool = False

    def __str__(self) -> str:
        return f"{self.name}-{self.locale}-{self.paper}{'-blank' if self.is_blank else ''}"

    @property
    def reader(self) -> Localisation:
        return localisation(self.locale)

    @property
    def source(self) -> PlanSource:
        return _source(self)


EVERY_SAMPLE = [
    Sample(team, locale, PAPERS[(at + language) % 2], (at // 2 + language) % 2 == 1)
    for at, team in enumerate(TEAMS)
    for language, locale in enumerate(LOCALES)
]
"""Every pair of team, language, paper, and filled in or to fill in by hand: a defect of all three at once is rare."""
ONE_OF_EACH = [EVERY_SAMPLE[2 * at + at % 2] for at in range(len(TEAMS))]
"""Every team, in one language or the other, filled in or to fill in by hand."""
FILLED = [Sample(name, locale) for name, locale in product(TEAMS, LOCALES)]
"""Every team in both languages, with the actions written in."""


@dataclass(frozen=True)
class Printed:
    """A printed plan, and what was logged while it was printed."""

    path: Path
    logged: tuple[str, ...]


@cache
def _files(name: str) -> ResponsesFiles:
    if name == "desk":
        return read_files(ROOT / "examples/mesa-de-ayuda.csv", previous=ROOT / "examples/mesa-de-ayuda-anterior.csv")
    return read_files(ROOT / "examples/equipos.csv")


@cache
def _source(sample: Sample) -> PlanSource:
    options = PrintOptions(printed_on=DAY, paper=sample.paper, is_blank=sample.is_blank, organisation="Grupo Ejemplo")
    return plan_source(_files(sample.name), TEAMS[sample.name], sample.reader, options)


class _Collector(logging.Handler):
    """Collects log messages as text."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.name}: {record.getMessage()}")


@contextlib.contextmanager
def kept_log() -> Iterator[list[str]]:
    """The warnings of WeasyPrint and fontTools within the block."""
    handler = _Collector()
    loggers = [logging.getLogger(name) for name in ("weasyprint", "fontTools")]
    for logger in loggers:
        logger.addHandler(handler)
    try:
        yield handler.lines
    finally:
        for logger in loggers:
            logger.removeHandler(handler)


def printed_once(sample: Sample, folder: Path) -> Printed:
    """Prints a plan unless another test or worker has done so: the folder is shared and locked meanwhile."""
    pdf, log = folder / f"{sample}.pdf", folder / f"{sample}.json"
    with (folder / f"{sample}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not log.exists():
            with kept_log() as lines:
                pdf.write_bytes(render_pdf(build_html(build_context(sample.source, sample.reader), sample.reader)))
            log.write_text(json.dumps(lines), encoding="utf-8")
    return Printed(pdf, tuple(json.loads(log.read_text("utf-8"))))
