"""Page 1 and the calendar: what the team will do."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from assessment.domain import conventions as c
from assessment.domain.actions import Action
from assessment.domain.plans.meetings import MEETING_DAYS
from assessment.domain.plans.proposal import PlannedAction, PlannedPillar, due_on
from assessment.domain.priorities import level_with
from assessment.domain.result import PillarResult, TeamResult
from assessment.infra.languages import N_, Localisation
from reports.action_plan.context import ActionDetail, ActionRow, CalendarBlock, CalendarEntry, PointBox, PriorityBox
from reports.action_plan.source import PlanSource, ResultSource
from reports.engine.words import numbered, numbered_step, score_words, share_words, some_of

BLANK_ROWS = 2
SPANS = MEETING_DAYS


def lead(source: PlanSource, reader: Localisation) -> str:
    count = len(source.plan.pillars)
    if source.plan.kind == "keep_and_share":
        return reader.gettext(
            "No pillar is below its target. This is a plan to keep what works alive and to share it with others."
        )
    if count == 1:
        return reader.gettext("One priority for the next 90 days. What already works stays as it is.")
    if count > 2:
        return reader.gettext("Three priorities for the next 90 days, and no more: what already works stays as it is.")
    return reader.gettext("Two priorities for the next 90 days, and no more: what already works stays as it is.")


def proposal_note(source: PlanSource, reader: Localisation) -> str:
    if source.is_blank:
        return reader.gettext(
            "Fill it in together, by hand: who does what, by when, and how you will know that it works."
        )
    if source.is_decided and any(action.has_proposed_owner for action in source.plan.actions):
        return reader.gettext(
            "The team decided on this plan. Owners in italics are proposals still: write in the name of each one. "
            "What turns out differently, change by hand."
        )
    if source.is_decided:
        return reader.gettext(
            "These are the actions of the plan. If something turns out differently, change it by hand."
        )
    return reader.gettext(
        "Actions, owners and dates are proposals: cross out, change, and write in the name of each owner."
    )


def alarm(source: ResultSource, reader: Localisation) -> str:
    """The sentence of the alarm box; empty where no point has a "criminal" alarm."""
    points = [reader.gettext("“%(name)s”", name=source.point_name(point)) for point in source.result.alarms]
    if not points:
        return ""
    return reader.ngettext(
        "Attend to this first: in %(points)s, at least one person in ten sees a broken promise.",
        "Attend to these first: in %(points)s, at least one person in ten sees a broken promise.",
        len(points),
        points=reader.list_of(points),
    )


def priorities(source: PlanSource, reader: Localisation) -> tuple[PriorityBox, ...]:
    boxes = []
    for number, pillar in enumerate(source.plan.pillars, start=1):
        today = score_words(pillar.result, source.questionnaire.scale, reader)
        if source.plan.kind == "keep_and_share":
            label = reader.gettext("Keep and share %(number)s · today %(today)s", number=number, today=today)
        else:
            label = reader.gettext(
                "Priority %(number)s · today %(today)s · target %(target)s",
                number=number,
                today=today,
                target=reader.number(pillar.target, 1),
            )
        boxes.append(
            PriorityBox(
                label=label,
                pillar=reader.text(source.questionnaire.pillars_by_id[pillar.result.pillar].name),
                reasons=tuple(_reasons(source, pillar, reader)),
                rows=_rows(source, pillar.actions, reader, is_known=_is_known(pillar)),
            )
        )
    return tuple(boxes)


def _is_known(pillar: PlannedPillar) -> bool:
    """Whether there are actions for the pillar, if only some that were given up; else they are written by hand."""
    return bool(pillar.actions or pillar.later or pillar.is_given_up)


def reason_words(reason: str | None, reader: Localisation) -> str:
    """The team's own reason for a pillar; where an action of the plan before is the reason, that it is."""
    return reader.gettext("It goes on from our last plan.") if reason is None else reason


def _reasons(source: PlanSource, pillar: PlannedPillar, reader: Localisation) -> list[str]:
    """Why this pillar: a few short sentences, each a fact of the result."""
    reasons = []
    if why := reason_words(pillar.reason, reader):
        reasons.append(reader.gettext("You chose it: %(reason)s", reason=_with_full_stop(why)))
    if pillar.priority:
        widest = max(entry.gap for entry in source.result.priorities)
        furthest = [entry.pillar for entry in source.result.priorities if entry.gap >= widest - c.TOLERANCE]
        if furthest == [pillar.result.pillar]:
            reasons.append(reader.gettext("It is the pillar furthest from its target."))
        else:
            missing = reader.number(pillar.target - (pillar.result.mean or 0.0), 1)
            reasons.append(reader.gettext("It is %(missing)s below its target.", missing=missing))
    if pillar.focus_share:
        share = share_words(pillar.focus_share, reader)
        reasons.append(reader.gettext("%(share)s chose it among what matters most now.", share=share))
    elif source.plan.kind == "keep_and_share" and _is_among_the_strongest(source.result, pillar.result):
        reasons.append(reader.gettext("It is among the strongest pillars."))
    level = _level_pillars(source, pillar)
    is_decided = any(
        one.reason != "" for one in source.plan.pillars
    )  # the team has said why: nothing is left to choose
    if level and not is_decided:
        names = {one.id: reader.text(one.name) for one in source.questionnaire.pillars}
        others = some_of([names[one] for one in level], reader, most=MOST_LEVEL_ON_THE_WALL)
        reasons.append(reader.gettext("Tied with it: %(pillars)s; between them the choice is yours.", pillars=others))
    if pillar.result.agreement == "split":
        reasons.append(reader.gettext("You see it differently: talk before you plan."))
    elif (
        pillar.priority
        and pillar.priority.label == "toss-up"
        and not (level or is_decided)
        and source.result.mode != "consensus"
    ):
        reasons.append(reader.gettext("Others are almost tied with it: the choice is yours."))
    if pillar.is_given_up:
        reasons.append(reader.gettext("What was planned for it was given up: nothing is under way for it now."))
    return reasons


MOST_LEVEL_ON_THE_WALL = 2
"""So many pillars of the same weight are named beside a priority; the evidence names more."""


def _level_pillars(source: PlanSource, pillar: PlannedPillar) -> tuple[str, ...]:
    """The pillars that could as well stand in its place: only the questionnaire's order sets it before them."""
    result, own = source.result, pillar.result.pillar
    if pillar.priority:
        return level_with(result.priorities, own)
    if source.plan.kind != "keep_and_share" or pillar.reason != "":
        return ()
    weights = {one.pillar: (result.focus.get(one.pillar, 0.0), one.mean) for one in result.pillars}
    return tuple(one for one, weight in weights.items() if one != own and weight == weights[own])


def _is_among_the_strongest(result: TeamResult, pillar: PillarResult) -> bool:
    """Whether at most one pillar, or those level with it, stands above; where all are level, none is strong."""
    means = sorted((one.mean for one in result.pillars if one.mean is not None), reverse=True)
    if pillar.mean is None or means[0] == means[-1]:
        return False
    return pillar.mean >= means[: c.PROPOSED_PRIORITIES][-1]


def _rows(
    source: PlanSource, actions: tuple[PlannedAction, ...], reader: Localisation, *, is_known: bool = True
) -> tuple[ActionRow, ...]:
    """A row for each action; rows to fill in by hand in a blank plan, or where the library knows no action."""
    if source.is_blank or not is_known:
        return tuple(ActionRow("", "", "", "", "") for _ in range(BLANK_ROWS))
    return tuple(_row(planned, reader) for planned in actions)


def _row(planned: PlannedAction, reader: Localisation) -> ActionRow:
    action = planned.action
    return ActionRow(
        title=_with_full_stop(reader.text(action.title)),
        what=_own_words(action.what.es) if action.is_own else _first_sentences(reader.text(action.what)),
        owner=reader.text(action.owner),
        due=reader.short_date(planned.due_on),
        measure=reader.text(action.measure),
        has_proposed_owner=planned.has_proposed_owner,
        is_done=planned.is_done,
        is_late=planned.is_late,
        is_stuck=planned.is_stuck,
    )


def _with_full_stop(title: str) -> str:
    """A title as the start of a paragraph: with a full stop, unless it is empty or ends in another mark."""
    return title if not title or title.endswith(("?", "!", "…", ".")) else f"{title}."


MAX_WALL_CHARACTERS = 135


def _first_sentences(words: str) -> str:
    """What to do, short enough for the wall: as many whole sentences as fit. The details have the rest."""
    first, *others = words.split(". ")
    text = first
    for sentence in others:
        if len(text) + len(sentence) + 2 > MAX_WALL_CHARACTERS:
            break
        text = f"{text}. {sentence}"
    return _with_full_stop(text)


def _own_words(words: str) -> str:
    """A team's own text, cut to the room on the wall: its sentences may be long."""
    return textwrap.shorten(words, MAX_WALL_CHARACTERS, placeholder="…")


MAX_WALL_LINES = 25
"""Lines of actions and reasons that fit page 1 in normal spacing, on Letter and with an alarm. The library's proposals
have fewer; a team's own text may have more, and is then set more tightly."""


LINES_OF_LINK = 2
"""What the code and the address of a shared plan take of page 1 at most."""


def is_packed(boxes: Sequence[PriorityBox], point: PointBox | None, *, has_link: bool = False) -> bool:
    """Whether page 1 must be set more tightly to stay one page."""
    rows = [row for box in boxes for row in box.rows] + list(point.rows if point else ())
    reasons = sum(_lines(" ".join(box.reasons), 105) for box in boxes)
    lines = reasons + sum(_row_lines(row) for row in rows) + (LINES_OF_LINK if has_link else 0)
    return len(boxes) > c.PROPOSED_PRIORITIES or lines > MAX_WALL_LINES


def _row_lines(row: ActionRow) -> int:
    # What is done, late or stuck has a line of its own for each below its day.
    days = 1 + row.is_done + row.is_late + row.is_stuck
    return max(_lines(f"{row.title} {row.what}", 46), _lines(row.owner, 16), _lines(row.measure, 26), days)


def _lines(words: str, width: int) -> int:
    return -(-len(words) // width)


def point(source: PlanSource, reader: Localisation) -> PointBox | None:
    planned = source.plan.point
    if planned is None:
        return None
    name = source.point_name(planned.result.point)
    ladder = source.questionnaire.ladder
    today = numbered_step(planned.result.median or 1.0, ladder, reader)
    if planned.is_alarm:
        heading = reader.gettext("The moment to fix first: %(point)s", point=name)
        aim = reader.gettext(
            "Today: %(today)s, according to the team. First of all: no more broken promises.", today=today
        )
    elif planned.step == ladder.size:
        heading = reader.gettext("The moment to look after: %(point)s", point=name)
        aim = reader.gettext("Today: %(today)s, according to the team. The aim: that it stays there.", today=today)
    else:
        heading = _moment_heading(source, planned.result.point, reader)
        aim = reader.gettext(
            "Today: %(today)s, according to the team. One step up: %(next)s.",
            today=today,
            next=numbered(planned.step + 1, reader.text(ladder.steps[planned.step].name)),
        )
    others = [point for point in source.result.lowest_points if point != planned.result.point]
    if not planned.is_alarm and others and planned.result.point in source.result.lowest_points:
        names = reader.list_of(reader.gettext("“%(name)s”", name=source.point_name(point)) for point in others)
        level = reader.gettext("Tied with it: %(points)s.", points=names)
        aim = f"{aim} {level}"
        if not source.is_decided and planned.result.point == source.result.weakest_point:
            why = reader.gettext("It comes first on the customer's journey; you may choose another.")
            aim = f"{aim} {why}"
    rows = _rows(source, (planned.move,), reader)[:1]
    return PointBox(heading, aim, rows, planned.is_alarm)


def _moment_heading(source: PlanSource, point: str, reader: Localisation) -> str:
    """What the moment of the plan is: the weakest, or one that the team may prefer others to."""
    name = source.point_name(point)
    if source.result.lowest_points == (point,):
        return reader.gettext("The weakest moment: %(point)s", point=name)
    if point in source.result.lowest_points and not source.result.has_level_ladder:
        return reader.gettext("One of the lowest moments: %(point)s", point=name)
    return reader.gettext("A moment to lift: %(point)s", point=name)


def calendar(source: PlanSource, reader: Localisation) -> tuple[CalendarBlock, ...]:
    """First steps within seven days, then what is due by day 30, 60 and 90, each span closed by a short review."""
    start = source.plan.drawn_on
    blocks = [
        CalendarBlock(
            heading=reader.gettext("This week, by %(date)s", date=reader.short_date(due_on(start, 7))),
            entries=tuple(
                CalendarEntry(
                    "", reader.text(planned.action.first_step), reader.text(planned.action.owner), planned.is_done
                )
                for planned in source.plan.actions
                if not source.is_blank
            ),
            review=reader.gettext("Hang page 1 where everybody sees it, and write the owners' names on it."),
        )
    ]
    reviews = {
        30: N_("Fifteen minutes together: what is done, what is stuck, who needs a hand."),
        60: N_("Look at the measures: is it working? Keep, change or drop each action."),
        90: N_("Round it off: thank people, tell them what changed, and answer the questionnaire again."),
    }
    previous = 0
    for days in SPANS:
        blocks.append(
            CalendarBlock(
                heading=reader.gettext(
                    "By day %(days)s, %(date)s", days=days, date=reader.short_date(due_on(start, days))
                ),
                entries=() if source.is_blank else _due_between(source, previous, days, reader),
                review=reader.gettext(reviews[days]),
            )
        )
        previous = days
    return tuple(blocks)


def _due_between(source: PlanSource, previous: int, days: int, reader: Localisation) -> tuple[CalendarEntry, ...]:
    """The actions due in a span, and what may be added once the first ones work."""
    entries = [
        CalendarEntry(
            reader.short_date(planned.due_on),
            reader.text(planned.action.title),
            reader.text(planned.action.owner),
            planned.is_done,
            planned.is_late,
            planned.is_stuck,
        )
        for planned in source.plan.actions
        if previous < planned.action.due_days <= days
    ]
    entries += [
        CalendarEntry(reader.gettext("If the first ones hold"), reader.text(action.title), reader.text(action.owner))
        for span, action in _additions(source).values()
        if span == days
    ]
    return tuple(entries)


def _additions(source: PlanSource) -> dict[str, tuple[int, Action]]:
    """One more action per pillar, if there is one, for the second and the third month; none in the first."""
    additions = {}
    for span, pillar in zip(SPANS[1:], source.plan.pillars, strict=False):
        further = [action for action in pillar.later if action.id not in pillar.declined]
        if further:
            additions[pillar.result.pillar] = (span, further[0])
    return additions


EFFORTS = {
    "small": N_("Small: under two hours to start"),
    "medium": N_("Medium: some hours over several weeks"),
    "large": N_("Large: a habit of several people over weeks"),
}


def details(source: PlanSource, reader: Localisation) -> tuple[ActionDetail, ...]:
    """Every action in full: those of page 1 and the additions; for a plan to fill in by hand, all that are suitable."""
    entries = []
    additions = _additions(source)
    for pillar in source.plan.pillars:
        name = reader.text(source.questionnaire.pillars_by_id[pillar.result.pillar].short_name)
        actions = [planned.action for planned in pillar.actions]
        if source.is_blank:
            actions += pillar.later
        elif pillar.result.pillar in additions:
            actions.append(additions[pillar.result.pillar][1])
        entries += [_action_detail(name, action, reader) for action in actions]
    if source.plan.point:
        name = source.point_name(source.plan.point.result.point)
        entries.append(_action_detail(name, source.plan.point.move.action, reader))
    return tuple(entries)


def _action_detail(heading: str, action: Action, reader: Localisation) -> ActionDetail:
    return ActionDetail(
        heading=heading,
        title=_with_full_stop(reader.text(action.title)),
        what=reader.text(action.what),
        why=reader.text(action.why),
        effort="" if action.is_own else reader.gettext(EFFORTS[action.effort]),
        first_step=reader.text(action.first_step),
        measure=reader.text(action.measure),
    )
