"""Whether a request was made by a page of ours: for those of people without an account, whose pages hold no token.

Their cookies do not come along with what other sites send (`SameSite`); what browsers say of a request's origin is
checked all the same. Those that say how it relates to ours need not be compared: a proxy may have changed our name.
"""

from __future__ import annotations

from werkzeug.wrappers import Request


def is_of_our_pages(request: Request, base_url: str | None) -> bool:
    """`base_url` is the address that Escala is set to, if any."""
    relation = request.headers.get("Sec-Fetch-Site")
    if relation is None and (origin := request.headers.get("Origin")) is not None:
        relation = "same-origin" if origin in (f"{request.scheme}://{request.host}", base_url) else "cross-site"
    return relation in (None, "same-origin", "none")
