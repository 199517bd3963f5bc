"""The PDF: our time over WeasyPrint's own, and the cost of a page beyond the first."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

from pypdf import PdfReader
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration

from assessment.infra.languages import localisation
from assessment.services.print_plan import PrintOptions, plan_source
from assessment.services.score_responses import read_files
from bench.timing import Row, seconds
from reports.action_plan.build import build_context, build_html, build_pdf
from reports.engine.pdf import REPORTS, render_pdf

EXAMPLES = Path(__file__).parent.parent / "examples"


def rows() -> list[Row]:
    reader = localisation("es-CO")
    files = read_files(EXAMPLES / "mesa-de-ayuda.csv", previous=EXAMPLES / "mesa-de-ayuda-anterior.csv")
    source = plan_source(files, "Mesa de ayuda", reader, PrintOptions(printed_on=dt.date(2026, 11, 21)))
    html = build_html(build_context(source, reader), reader)
    first_page = html[: html.index('<section class="evidence">')] + "</body></html>"

    def weasyprint_alone(page: str) -> bytes:
        document = HTML(string=page, base_url=REPORTS.as_uri() + "/")
        pdf: bytes = document.write_pdf(font_config=FontConfiguration(), pdf_variant="pdf/ua-1")
        return pdf

    our_time = seconds(lambda: build_pdf(source, reader))
    weasyprint_time = seconds(lambda: weasyprint_alone(html))
    one_page = seconds(lambda: render_pdf(first_page))
    pages = len(PdfReader(io.BytesIO(render_pdf(html))).pages)
    further = 1000 * (our_time - one_page) / (pages - 1)
    return [
        Row("PDF: our time / WeasyPrint's time for the same HTML", f"{our_time / weasyprint_time:.2f}", "at most 1.1"),
        Row(f"PDF: a page beyond the first (of {pages})", f"{further:.0f} ms", "at most 80 ms"),
        Row("PDF: the whole sample plan, in a warm process", f"{our_time:.2f} s", ""),
    ]
