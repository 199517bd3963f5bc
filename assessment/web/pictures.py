"""Pictures that somebody sends, and pictures that pages show: logos of organisations and of consultancies,
photographs of signed plans."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from flask import Response, request
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as AnyResponse

from assessment.infra.pictures import MAX_BYTES, Picture, PictureTooLarge, remake_picture
from assessment.web.languages import lazy_gettext as _
from assessment.web.prepare import documents, make_now
from assessment.web.transactions import commit_early

TOO_LARGE = _("That picture is too large. Send a usual PNG or JPEG file of at most 1 MB and 10 million pixels.")
NO_PICTURE = _("Escala cannot read this picture. Send a PNG or JPEG file.")


class StoredPicture(Protocol):
    """A row with a picture; `checksum` changes with it."""

    media_type: str
    picture: bytes
    checksum: str


def redrawn(file: FileStorage, remake: Callable[[bytes], Picture] | None = None, *, most: int = MAX_BYTES) -> Picture:
    """The picture, of at most so many bytes, drawn anew, in a process of its own and without a transaction: what
    somebody sends may take long.

    Raises `PictureTooLarge` or `NotAPicture`.
    """
    with file.stream as opened:
        sent = opened.read(most + 1)
    commit_early()
    return make_now(documents().files, remake or remake_picture, sent)


def why_refused(error: Exception) -> str:
    """What to tell about `PictureTooLarge` or `NotAPicture`."""
    return TOO_LARGE if isinstance(error, PictureTooLarge) else NO_PICTURE


def picture_response(stored: StoredPicture) -> AnyResponse:
    """The picture itself, for pages; documents carry it within."""
    headers = {"Cache-Control": "private, no-store", "Content-Disposition": "inline"}
    response = Response(stored.picture, mimetype=stored.media_type, headers=headers)
    response.set_etag(stored.checksum)
    return response.make_conditional(request)
