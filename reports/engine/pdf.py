"""HTML → PDF/UA-1 by WeasyPrint: tagged, titled, in the reader's language, with our fonts embedded.

The only module that imports WeasyPrint, which takes half a second: import it inside functions.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from weasyprint import HTML
from weasyprint.logger import LOGGER
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from reports.engine.errors import MissingFile

REPORTS = Path(__file__).parent.parent


class ForbiddenResource(FatalURLFetchingError):
    """A document asked for something outside its own folder: never the network, never another file."""


class OwnFilesFetcher(URLFetcher):
    """Fetches fonts and styles of `reports/` and embedded `data:` images, and nothing else."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols={"file", "data"}, allow_redirects=False, fail_on_errors=True)
        self.last = ""

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        parts = urlsplit(url)
        if parts.scheme == "file":
            path = Path(url2pathname(parts.path)).resolve()
            if not path.is_relative_to(REPORTS.resolve()):
                raise ForbiddenResource(f"{parts.path} is outside the documents' folder")
            self.last = path.name
        elif parts.scheme != "data":
            raise ForbiddenResource(f"{parts.scheme}: is not allowed in a document")
        return super().fetch(url, headers)


class _MissingGlyphs(logging.Handler):
    """Tells of the signs that no font of this machine has, and which are printed as boxes."""

    def __init__(self, on_missing: Callable[[str], None]) -> None:
        super().__init__(logging.WARNING)
        self._on_missing = on_missing

    def emit(self, record: logging.LogRecord) -> None:
        if str(record.msg).startswith(".notdef glyph") and record.args:
            self._on_missing(str(record.args[0] if isinstance(record.args, tuple) else ""))


def render_pdf(html: str, on_missing: Callable[[str], None] = lambda sign: None) -> bytes:
    """The PDF of a complete HTML page whose relative addresses start at `reports/`.

    `on_missing` is called with each sign that no font has. Raises `ForbiddenResource` if the page asks for anything
    else, `MissingFile` if one of our files is missing.
    """
    fetcher = OwnFilesFetcher()
    missing = _MissingGlyphs(on_missing)
    LOGGER.addHandler(missing)
    try:
        document = HTML(string=html, base_url=REPORTS.as_uri() + "/", url_fetcher=fetcher)
        pdf: bytes = document.write_pdf(font_config=FontConfiguration(), pdf_variant="pdf/ua-1")
    except ForbiddenResource:
        raise
    except FatalURLFetchingError as error:  # a BaseException, which callers would not catch
        raise MissingFile(fetcher.last) from error
    finally:
        LOGGER.removeHandler(missing)
    return pdf
