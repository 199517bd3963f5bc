"""Comments, which have a minimum group of their own."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from assessment.domain import conventions as c
from assessment.domain.answered import answered_of
from assessment.domain.questionnaire import Questionnaire
from assessment.domain.result import TeamResult
from assessment.domain.rounds import RoundMode, RoundNotPublished, RoundState
from assessment.domain.sections.text import TextSection
from assessment.services.paging import page_of
from assessment.services.questionnaires import pinned_questionnaire
from assessment.services.rounds import get_round
from assessment.services.snapshots import result_from_snapshot
from assessment.store.answering import AskedRound
from assessment.store.comments import Comment, comments_of, count_comments, find_comment
from assessment.store.rounds import Round

A_PAGE = 50
"""Comments per page, so that the page of results is as fast with ten thousand of them."""


class UnknownComment(LookupError):
    """The round has no such comment, or too few people answered for comments to be shown."""


@dataclass(frozen=True, slots=True)
class RoundComments:
    """A page of a round's comments, shuffled. If they are withheld, even their number is not given.

    `withheld_sections` are the open questions of a questionnaire that too few answered, beside others that are shown.
    """

    is_withheld: bool
    needed: int
    comments: Sequence[Comment] = ()
    total: int = 0
    page: int = 1
    pages: int = 1
    withheld_sections: tuple[str, ...] = ()


def comments_of_round(
    session: Session, *, organisation_id: uuid.UUID, round_id: uuid.UUID, with_hidden: bool = False, page: int = 1
) -> RoundComments:
    """The comments of a published round, of each questionnaire that ten respondents or more answered; `with_hidden`
    adds those that were hidden.

    For a page that does not exist, the nearest one. The comment of a consensus sheet needs no minimum, since it is not
    anonymous. Raises `UnknownRound`, `RoundNotPublished` or `QuestionnaireChanged`.
    """
    round_ = get_round(session, organisation_id=organisation_id, round_id=round_id)
    if round_.published_at is None or round_.snapshot is None:
        raise RoundNotPublished(RoundState.STOPPED)
    needed = comments_needed(round_)
    asked, result = pinned_questionnaire(session, round_), result_from_snapshot(round_.snapshot)
    answered = result.scored if result.by_link is None else result.by_link
    if result.withheld or (result.mode != "consensus" and answered < needed):
        return RoundComments(is_withheld=True, needed=needed)
    may_show = [
        text.id
        for text in asked.texts
        if result.mode == "consensus" or answered_for(text, result, asked) >= text.minimum(needed)
    ]
    if asked.texts and not may_show:
        return RoundComments(is_withheld=True, needed=needed)
    total = count_comments(session, round_.id, with_hidden=with_hidden, sections=may_show)
    paging = page_of(page, total, A_PAGE)
    comments = comments_of(
        session, round_.id, with_hidden=with_hidden, sections=may_show, at_most=paging.size, after=paging.after
    )
    return RoundComments(
        is_withheld=False,
        needed=needed,
        comments=comments,
        total=total,
        page=paging.page,
        pages=paging.pages,
        withheld_sections=tuple(text.id for text in asked.texts if text.id not in may_show),
    )


def answered_for(text: TextSection, result: TeamResult, asked: Questionnaire) -> int:
    """How many people answered the questionnaire of an open question.

    A way of writing tells who wrote among those who answered it, however many the round asked. Beside typed sheets only
    answers by link count, at least so many: what was typed, somebody knows.
    """
    answered = answered_of(result, asked, next(one for one in asked.together if text in one.sections))
    return answered if result.by_link is None else answered - (result.scored - result.by_link)


def asks_words(round_: Round | AskedRound) -> bool:
    """Whether what people write can be shown: a team too small for that is not asked. A file may have been."""
    return round_.mode is not RoundMode.ANSWERED or round_.team_size >= c.COMMENTS_N


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
    found = comments_of_round(session, organisation_id=organisation_id, round_id=round_id)
    if found.is_withheld:
        raise UnknownComment
    comment = find_comment(session, round_id, comment_id)
    if comment is None or comment.section in found.withheld_sections:
        raise UnknownComment
    comment.is_hidden = is_hidden
    session.flush()
    return comment
