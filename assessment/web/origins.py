"""Whether a request was made by a page of ours: for those of people without an account, whose pages hold no token.

Their cookies do not come along with what other sites send (`SameSite`); what browsers say of a request's origin is
checked all the same. Those that say how it relates to ours need not be compared: a proxy may have changed our name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from werkzeug.wsgi import get_host

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


def is_of_our_pages(environ: WSGIEnvironment, base_url: str | None) -> bool:
    """`base_url` is the address that Escala is set to, if any."""
    relation = environ.get("HTTP_SEC_FETCH_SITE")
    if relation is None and (origin := environ.get("HTTP_ORIGIN")) is not None:
        own = f"{environ['wsgi.url_scheme']}://{get_host(environ)}"
        relation = "same-origin" if origin in (own, base_url) else "cross-site"
    return relation in (None, "same-origin", "none")
