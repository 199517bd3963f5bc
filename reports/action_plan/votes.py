"""How the votes of a round's workshops fell, beside what the team agreed on."""

from __future__ import annotations

from assessment.domain.workshops import HeldWorkshop, VotedOn
from assessment.infra.languages import Localisation
from reports.action_plan.context import VotesBlock, VotesRow
from reports.action_plan.source import PlanSource
from reports.engine.votes import bar_of, in_short, level_words, told


def votes_blocks(source: PlanSource, reader: Localisation) -> tuple[VotesBlock, ...]:
    """A table for each workshop, the last one first."""
    return tuple(_block(workshop, reader) for workshop in source.workshops)


def _block(workshop: HeldWorkshop, reader: Localisation) -> VotesBlock:
    last = [one.ballots[-1] for one in workshop.questions if one.ballots]
    are_few = any(not votes.is_anonymous for votes in last)
    return VotesBlock(
        note=reader.gettext(
            "Workshop of %(day)s. Each person voted on their own phone. These are counts of votes, never who voted "
            "what. What counts is what the team agreed on.",
            day=reader.date(workshop.held_on),
        ),
        few=reader.gettext("With fewer than five votes, it can be guessed who voted what.") if are_few else "",
        rows=tuple(_row(one, reader) for one in workshop.questions),
    )


def _row(one: VotedOn, reader: Localisation) -> VotesRow:
    votes = one.ballots[-1] if one.ballots else None
    again = ""
    if len(one.ballots) > 1:
        again = reader.gettext(
            "Vote %(n)s. First vote: %(votes)s",
            n=reader.number(len(one.ballots)),
            votes=in_short(one.question, one.ballots[0], reader),
        )
    return VotesRow(
        title=reader.text(one.question.title),
        agreed=level_words(one.question, one.agreed, reader) if one.agreed is not None else "",
        bar=bar_of(one.question, votes, reader) if votes else None,
        votes=in_short(one.question, votes, reader) if votes else "",
        again=again,
        tie=told(one.question, votes, reader, is_agreed=one.agreed is not None)[0] if votes and votes.is_tied else "",
        is_in_sheet=one.question.is_in_sheet,
    )
