"""Comments, which have a minimum group of their own."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from assessment.domain import conventions as c
from assessment.domain.rounds import RoundNotPublished, RoundState
from assessment.services.paging import page_of
from assessment.services.rounds import get_round
from assessment.services.snapshots import result_from_snapshot
from assessment.store.comments import Comment, comments_of, count_comments, find_comment
from assessment.store.rounds import Round

A_PAGE = 50
"""Comments per page, so that the page of results is as fast with ten thousand of them."""


class UnknownComment(LookupError):
    """The round has no such comment, or too few people answered for comments to be shown."""


@dataclass(frozen=True, slots=True)
class RoundComments:
    """A page of a round's comments, shuffled. If they are withheld, even their number is not given."""

    is_withheld: bool
    needed: int
    comments: Sequence[Comment] = ()
    total: int = 0
    page: int = 1
    pages: int = 1


def comments_of_round(
    session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID, with_hidden: bool = False, page: int = 1
) -> RoundComments:
    """The comments of a published round with ten respondents or more; `with_hidden` adds those that were hidden.

    For a page that does not exist, the nearest one. The comment of a consensus sheet needs no minimum, since it is not
    anonymous. Raises `UnknownRound` or `RoundNotPublished`.
    """
    round_ = get_round(session, organisation_id=organisation_id, round_id=round_id)
    if round_.published_at is None or round_.snapshot is None:
        raise RoundNotPublished(RoundState.STOPPED)
    needed = comments_needed(round_)
    result = result_from_snapshot(round_.snapshot)
    if result.withheld or (result.mode != "consensus" and result.scored < needed):
        return RoundComments(is_withheld=True, needed=needed)
    total = count_comments(session, round_.id, with_hidden=with_hidden)
    paging = page_of(page, total, A_PAGE)
    shown = comments_of(session, round_.id, with_hidden=with_hidden, at_most=paging.size, after=paging.after)
    return RoundComments(
        is_withheld=False, needed=needed, comments=shown, total=total, page=paging.page, pages=paging.pages
    )


def comments_needed(round_: Round) -> int:
    """How many people must have answered for comments to be shown."""
    return max(c.COMMENTS_N, round_.minimum_group)


def hide_comment(
    session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID, comment_id: uuid.UUID
) -> Comment:
    """Hides a comment; its text stays stored.

    Raises `UnknownRound`, `RoundNotPublished` or `UnknownComment`.
    """
    return _set_hidden(session, organisation_id, round_id, comment_id, is_hidden=True)


def unhide_comment(
    session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID, comment_id: uuid.UUID
) -> Comment:
    """Shows a hidden comment again. Raises what `hide_comment` raises."""
    return _set_hidden(session, organisation_id, round_id, comment_id, is_hidden=False)


def _set_hidden(
    session: Session, organisation_id: uuid.UUID, round_id: uuid.UUID, comment_id: uuid.UUID, *, is_hidden: bool
) -> Comment:
    if comments_of_round(session, organisation_id=organisation_id, round_id=round_id).is_withheld:
        raise UnknownComment
    comment = find_comment(session, round_id, comment_id)
    if comment is None:
        raise UnknownComment
    comment.is_hidden = is_hidden
    session.flush()
    return comment
