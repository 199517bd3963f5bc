"""The reader of a request: the language they chose, else their browser's, else the organisation's."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from flask import Flask, current_app, g, has_request_context, request, url_for
from flask_babel import Babel
from werkzeug.datastructures import LanguageAccept
from werkzeug.exceptions import HTTPException
from werkzeug.http import parse_accept_header

from assessment.infra.languages import DEFAULT_LANGUAGE, TRANSLATIONS, Localisation, language_of
from assessment.infra.template_texts import install_texts

if TYPE_CHECKING:
    from assessment.domain.questionnaire import Language

LANGUAGE_COOKIE = "escala_language"
LANGUAGES = ("es", "en")
LANGUAGE_NAMES = (("es", "Español"), ("en", "English"))
ONE_YEAR = 365 * 24 * 3600


def reader() -> Localisation:
    """The request's reader. A page that knows the organisation puts its country (`g.escala_country`), its paper
    (`g.escala_paper`) and its language (`g.escala_fallback`) there first."""
    if not has_request_context():
        return Localisation(DEFAULT_LANGUAGE)
    # A page calls this for each of its texts; the reader is made again only where something has changed.
    request_globals = cast(Any, g)._get_current_object()
    known = (
        request_globals.get("escala_language"),
        request_globals.get("escala_country"),
        request_globals.get("escala_paper"),
        request_globals.get("escala_fallback"),
    )
    if request_globals.get("escala_reader_known") != known:
        chosen_now, country, paper, fallback = known
        chosen = (
            chosen_now  # in this very request
            or request.cookies.get(LANGUAGE_COOKIE)
            or _preferred(request.headers.get("Accept-Language"))
            or fallback
            or DEFAULT_LANGUAGE
        )
        request_globals.escala_reader = _localisation(language_of(chosen), country, paper)
        request_globals.escala_reader_known = known
    return cast(Localisation, request_globals.escala_reader)


def document_language() -> Language:
    """The language that documents begin in: what the organisation whose page this is has set, so that they are the same
    whoever prints; else the reader's."""
    return language_of(g.get("escala_document_language") or reader().language)


@lru_cache(maxsize=512)
def _preferred(accepted: str | None) -> str | None:
    """The language of ours that a browser prefers. Cached: parsing the header takes a while, and many send the same."""
    return parse_accept_header(accepted, LanguageAccept).best_match(LANGUAGES)


@lru_cache(maxsize=512)
def _localisation(language: Language, country: str | None, paper: str | None) -> Localisation:
    """Shared by all requests: its formats are looked up once."""
    return Localisation(language, country, paper)


class LazyText:
    """A text of a form, translated when it is rendered."""

    def __init__(self, message: str) -> None:
        self.message = message

    def __str__(self) -> str:
        return reader().gettext(self.message)

    def __mod__(self, values: object) -> str:
        return str(self) % values

    def __bool__(self) -> bool:
        return bool(self.message)


def lazy_gettext(message: str) -> str:
    """Imported as `_` by forms, so that their texts are found for translation. To forms, it is a text as any other."""
    return cast(str, LazyText(message))


def language_link(code: str) -> str:
    """The link that changes the language and comes back to this page, or home from a page that is no place to be."""
    page = request.full_path.rstrip("?") if request.method in ("GET", "HEAD") else request.path
    return url_for("home.language", code=code, next=page if _can_be_visited(request.path) else "/")


def _can_be_visited(path: str) -> bool:
    """Whether a path answers to GET: where a form was sent to, it may not."""
    try:
        current_app.url_map.bind_to_environ(request.environ).match(path, method="GET")
    except HTTPException:
        return False
    return True


def init_app(app: Flask) -> None:
    app.config.update(
        BABEL_TRANSLATION_DIRECTORIES=str(TRANSLATIONS),
        BABEL_DEFAULT_LOCALE=DEFAULT_LANGUAGE,
    )
    # The words of Flask-Security and WTForms; our own come from `reader`.
    Babel(app, locale_selector=lambda: reader().language)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    install_texts(
        app.jinja_env,
        lambda message: reader().gettext(message),
        lambda one, many, n: reader().plural_form(one, many, n),
    )

    @app.context_processor
    def formats() -> dict[str, object]:
        localisation = reader()
        return {
            "reader": localisation,
            "lang": localisation.tag,
            "language": localisation.language,
            "document_language": document_language(),
            "languages": LANGUAGE_NAMES,
            "language_link": language_link,
        }
