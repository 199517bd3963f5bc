"""HTML → PDF/UA-1 by WeasyPrint: tagged, titled, in the reader's language, with our fonts embedded.

The only module that imports WeasyPrint, which takes half a second: import it inside functions.
"""

from __future__ import annotations

import atexit
import logging
import threading
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from urllib.parse import urljoin, urlsplit
from urllib.request import url2pathname

from reports.engine.errors import MissingFile
from reports.engine.libraries import found_by_their_names

with found_by_their_names():
    from weasyprint import CSS, HTML
    from weasyprint.css.counters import CounterStyle
    from weasyprint.logger import LOGGER
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

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


class _Styles:
    """Style sheets of `reports/`, each read once a process, and the fonts that they bring.

    Reading them takes a third of a document of one page. All documents share one set of fonts, which Pango lets only
    one thread at a time use.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.fonts = FontConfiguration()
        self.counters = CounterStyle()
        self._read: dict[str, CSS] = {}

    def take_from(self, document: HTML) -> Iterator[CSS]:
        """The style sheets that a document names, in order; they are then no longer in it."""
        for parent in list(document.etree_element.iter()):
            for link in [child for child in parent if child.tag == "link" and child.get("rel") == "stylesheet"]:
                address = urljoin(document.base_url, link.get("href"))
                if address not in self._read:
                    fonts, counters = {"font_config": self.fonts}, {"counter_style": self.counters}
                    self._read[address] = CSS(address, url_fetcher=document.url_fetcher, **fonts, **counters)
                yield self._read[address]
                parent.remove(link)


@cache
def _styles() -> _Styles:
    atexit.register(_styles.cache_clear)  # while there still is what removes the folder of its fonts
    return _Styles()


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
        styles = _styles()
        with styles.lock:
            pdf: bytes = document.write_pdf(
                stylesheets=list(styles.take_from(document)),
                font_config=styles.fonts,
                counter_style=styles.counters,
                pdf_variant="pdf/ua-1",
            )
    except ForbiddenResource:
        raise
    except FatalURLFetchingError as error:  # a BaseException, which callers would not catch
        raise MissingFile(fetcher.last) from error
    finally:
        LOGGER.removeHandler(missing)
    return pdf
