"""What people wrote, under a minimum of its own."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from assessment.domain import conventions as c
from assessment.domain.rounds import RoundNotPublished, RoundState
from assessment.services.rounds import get_round
from assessment.store.comments import Comment, comments_of, find_comment


class UnknownComment(LookupError):
    """The organisation has no such comment, or too few people answered for anybody to see it."""


@dataclass(frozen=True, slots=True)
class RoundComments:
    """The comments of a round, shuffled. Where they are withheld, not even their number is told."""

    is_withheld: bool
    needed: int
    comments: Sequence[Comment] = ()


def comments_of_round(
    session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID, with_hidden: bool = False
) -> RoundComments:
    """The comments of a published round, from ten respondents; `with_hidden` is for whoever may show them again.

    A consensus sheet's comment is open by agreement. Raises `UnknownRound` or `RoundNotPublished`.
    """
    found = get_round(session, organisation_id=organisation_id, round_id=round_id)
    if found.published_at is None or found.snapshot is None:
        raise RoundNotPublished(RoundState.STOPPED)
    needed = max(c.COMMENTS_N, found.minimum_group)
    snapshot = found.snapshot
    if snapshot["withheld"] or (snapshot["mode"] != "consensus" and snapshot["scored"] < needed):
        return RoundComments(is_withheld=True, needed=needed)
    shown = [comment for comment in comments_of(session, found.id) if with_hidden or not comment.is_hidden]
    return RoundComments(is_withheld=False, needed=needed, comments=shown)


def hide_comment(session: Session, *, organisation_id: uuid.UUID, comment_id: uuid.UUID) -> Comment:
    """Takes a comment out of sight; its words stay as they are. Raises `UnknownComment`."""
    return _set_hidden(session, organisation_id, comment_id, is_hidden=True)


def unhide_comment(session: Session, *, organisation_id: uuid.UUID, comment_id: uuid.UUID) -> Comment:
    """Shows a hidden comment again. Raises `UnknownComment`."""
    return _set_hidden(session, organisation_id, comment_id, is_hidden=False)


def _set_hidden(session: Session, organisation_id: uuid.UUID, comment_id: uuid.UUID, *, is_hidden: bool) -> Comment:
    comment = find_comment(session, organisation_id, comment_id)
    if comment is None:
        raise UnknownComment
    if comments_of_round(session, organisation_id=organisation_id, round_id=comment.round_id).is_withheld:
        raise UnknownComment
    comment.is_hidden = is_hidden
    session.flush()
    return comment
