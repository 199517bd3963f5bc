"""What the page of a round shows before it is published, decided by the round's state."""

from __future__ import annotations

from dataclasses import dataclass

from assessment.domain.next_step import enough_answers
from assessment.domain.rounds import UNOPENED, RoundMode, RoundState
from assessment.infra.languages import Localisation
from assessment.services.outlook import Outlook
from assessment.services.participation import Participation
from assessment.services.rounds import Round


@dataclass(frozen=True, slots=True)
class RoundPage:
    """`part` is the template of what the state calls for; `options` are what can be done where nothing can be shown."""

    lead: str
    part: str
    options: tuple[str, ...]
    takes_answers: bool
    """Whether people may still be asked to answer."""
    is_shared_first: bool
    """Whether sharing comes before closing: the round is open, and much of the team has not answered."""


def round_page(
    round_: Round,
    state: RoundState,
    participation: Participation,
    outlook: Outlook | None,
    opens: str,
    until: str,
    reader: Localisation,
    *,
    is_held: bool = False,
) -> RoundPage:
    """`opens` and `until` are the first and the last day in words; empty where there is none.

    `outlook` is that of a stopped round, if it can be told. While it `is_held` as a workshop, a sheet from one device
    would count instead of what the workshop agrees on, so no link is offered.
    """
    is_imported = round_.mode is RoundMode.IMPORTED
    has_whole_answer = participation.is_consensus and participation.answered > 0  # one sheet is all that it takes
    return RoundPage(
        lead=_lead(state, is_imported, opens, until, reader),
        part=_part(state, participation, outlook),
        options=_options(participation, is_imported, is_held),
        takes_answers=state is not RoundState.STOPPED and not has_whole_answer and not is_held,
        is_shared_first=state is RoundState.OPEN
        and participation.answered < enough_answers(round_.mode, round_.team_size, round_.minimum_group),
    )


def _part(state: RoundState, participation: Participation, outlook: Outlook | None) -> str:
    if state in UNOPENED:
        return "rounds/part_unopened.html"
    if state is RoundState.OPEN:
        return "rounds/part_open.html"
    is_publishable = outlook.has_result if outlook else not participation.missing
    return "rounds/part_publishable.html" if is_publishable else "rounds/part_too_few.html"


def _lead(state: RoundState, is_imported: bool, opens: str, until: str, reader: Localisation) -> str:
    if state is RoundState.DRAFT:
        return reader.gettext("In preparation: it has no dates yet.")
    if state is RoundState.SCHEDULED:
        return reader.gettext("It opens on %(moment)s.", moment=opens)
    if state is RoundState.OPEN and until:
        return reader.gettext("Open until %(until)s.", until=until)
    if state is RoundState.OPEN:
        return reader.gettext("Open until you stop it.")
    if is_imported:
        return reader.gettext("Its answers came in a file. Nobody has seen anything yet.")
    return reader.gettext("Stopped: no more answers are taken. Nobody has seen anything yet.")


def _options(participation: Participation, is_imported: bool, is_held: bool) -> tuple[str, ...]:
    """For a stopped round that would give no result."""
    if is_imported:
        return ("discard",)
    if not participation.answered:
        return ("reopen",) if is_held else ("reopen", "discard")
    # The sheet of a team that answers together has been sent: it would not be taken again.
    return ("end",) if participation.is_consensus else ("reopen", "answer-together")
