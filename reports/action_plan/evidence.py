"""The pages after page 1: what the team answered, in sentences, tables and charts."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median

from markupsafe import Markup

from assessment.domain import conventions as c
from assessment.domain.change import OVERALL
from assessment.domain.priorities import level_with
from assessment.domain.result import LeadersStaffGap, PillarResult
from assessment.domain.sections.groups import GroupedSection
from assessment.infra.languages import N_, Localisation
from reports.action_plan.context import CandidateRow, FocusRow, LadderRow, Quadrant, Reading
from reports.action_plan.headline import best_and_last, level_meaning, standing_of, what_moved
from reports.action_plan.source import PlanSource, ResultSource
from reports.engine import charts, words
from reports.sections.groups import group_rows, scale_note
from reports.sections.rows import ComparisonRow, PillarRow

FOCUS_ROWS = 6
CANDIDATE_ROWS = 5


def _names(source: ResultSource, reader: Localisation) -> dict[str, str]:
    return {pillar.id: reader.text(pillar.name) for pillar in source.questionnaire.pillars}


def _visible_pillars(source: ResultSource) -> list[PillarResult]:
    return [pillar for pillar in source.result.pillars if pillar.mean is not None]


def story(source: ResultSource, reader: Localisation, *, has_headline: bool = False) -> tuple[str, ...]:
    """What stands out, in sentences: who answered, strongest and weakest pillar, weakest point, what few can see.

    Under a headline that says what changed, what its level means; and not once more that nothing did.
    """
    result, names = source.result, _names(source, reader)
    standing = standing_of(source)
    sentences = [_who_answered(source, reader)]
    if has_headline and (meaning := level_meaning(standing, reader)):
        sentences.append(meaning)
    visible = _visible_pillars(source)
    if visible:
        sentences.append(best_and_last(visible, names, source.questionnaire.scale, reader))
    if result.weakest_point:
        sentences.append(_lowest_moments(source, result.weakest_point, reader))
    labels = {change.pillar: change.label for change in result.change if change.pillar != OVERALL}
    if moved := what_moved(labels, names, reader):
        sentences.append(moved)
    elif standing.has_change and not has_headline:
        sentences.append(
            reader.gettext("Since the previous round no pillar is clearly up or down: it is not sure yet what moved.")
        )
    unseen = _unseen_pillars(source)
    if unseen:
        sentences.append(
            reader.gettext(
                "A quarter or more of the people could not answer part of %(pillars)s: they cannot see it, or there "
                "has been no occasion. That is a finding in itself.",
                pillars=reader.list_of(reader.gettext("“%(name)s”", name=names[pillar]) for pillar in unseen),
            )
        )
    return tuple(sentences)


def _lowest_moments(source: ResultSource, weakest: str, reader: Localisation) -> str:
    """The weakest moment; all of those that read alike, or that all moments do."""
    result = source.result
    step = words.step_words(result.point(weakest).median or 1.0, source.questionnaire.ladder, reader).lower()
    if result.has_level_ladder:
        return reader.gettext(
            "On the customer's journey, all moments are tied: %(step)s, according to the team.", step=step
        )
    if len(result.lowest_points) > 1:
        return reader.gettext(
            "On the customer's journey, the lowest moments are tied, %(points)s: %(step)s, according to the team.",
            points=reader.list_of(
                reader.gettext("“%(name)s”", name=source.point_name(point)) for point in result.lowest_points
            ),
            step=step,
        )
    return reader.gettext(
        "On the customer's journey, the weakest moment is “%(point)s”: %(step)s, according to the team.",
        point=source.point_name(weakest),
        step=step,
    )


def _who_answered(source: ResultSource, reader: Localisation) -> str:
    result = source.result
    if result.mode == "consensus":
        return reader.gettext(
            "The team agreed on these answers together: they are agreed values, not averages, "
            "and nobody's answers or votes are counted in them."
        )
    if source.surplus and not source.surplus.is_corrected:  # answers, since they may be of fewer people
        if result.scored == result.respondents:
            return reader.ngettext("%(n)s answer is counted.", "%(n)s answers are counted.", result.respondents)
        return reader.ngettext(
            "Of %(n)s answer, %(scored)s is complete enough to be counted.",
            "Of %(n)s answers, %(scored)s are complete enough to be counted.",
            result.respondents,
            scored=reader.number(result.scored),
        )
    if result.scored == result.respondents:
        return reader.ngettext("%(n)s person answered.", "%(n)s people answered.", result.respondents)
    return reader.ngettext(
        "%(n)s person answered; %(scored)s answered enough to be counted.",
        "%(n)s people answered; %(scored)s answered enough to be counted.",
        result.respondents,
        scored=reader.number(result.scored),
    )


def _unseen_pillars(source: ResultSource) -> list[str]:
    return [
        pillar.pillar
        for pillar in source.result.pillars
        if any(share is not None and share >= c.UNSEEN_SHARE for share in (pillar.dk_share or {}).values())
    ]


def asked(source: ResultSource, reader: Localisation) -> str:
    """The questionnaires with their versions, for whoever wants to know exactly what was asked."""
    names = [f"{reader.text(one.title)} v{one.version}" for one in source.questionnaire.together]
    return reader.ngettext("Questionnaire: %(name)s.", "Questionnaires: %(name)s.", len(names), name=" · ".join(names))


def reading(source: ResultSource, reader: Localisation) -> Reading:
    """How the result is to be read, in what depends on it."""
    scale, is_consensus = source.questionnaire.scale, source.result.mode == "consensus"
    score = ""
    if scale.points:
        score = reader.gettext(
            "The score of a pillar is the average of what people answered, from 1 (“%(lowest)s”) to %(size)s "
            "(“%(highest)s”).",
            lowest=reader.text(scale.points[0].label),
            highest=reader.text(scale.points[-1].label),
            size=reader.number(scale.size),
        )
    has_levels = bool(scale.points) or any(
        isinstance(section, GroupedSection) for _, section in source.questionnaire.sections_apart
    )
    if not score and has_levels:
        score = reader.gettext("A score is the average of what people answered, on the scale that stands beside it.")
    return Reading(
        is_consensus,
        score,
        has_levels=has_levels,
        has_ladder=bool(source.result.ladder),
        has_pillars=bool(source.result.pillars),
    )


# The ladder


def ladder_chart(source: ResultSource, reader: Localisation) -> Markup | None:
    """The map of the points that are shown: one that is withheld would be an empty column."""
    result, ladder = source.result, source.questionnaire.ladder
    columns = [column for column in _ladder_columns(source) if column.median is not None]
    if not columns:
        return None
    summary = "; ".join(
        f"{source.point_name(point.point)}: {words.step_words(point.median, ladder, reader)}"
        for point in result.ladder
        if point.median is not None
    )
    label = reader.gettext("Ladder map, according to the team. %(points)s.", points=summary)
    return charts.ladder_map(columns, [reader.text(step.label) for step in ladder.steps], label)


def _ladder_columns(source: ResultSource) -> list[charts.LadderColumn]:
    result = source.result
    customers = {gap.point: gap.median_customers for gap in result.gaps.self_customer}
    return [
        charts.LadderColumn(
            name=source.point_name(point.point),
            counts=point.counts,
            median=point.median,
            customers_median=customers.get(point.point),
            is_weakest=point.point in result.lowest_points and not result.has_level_ladder,
        )
        for point in result.ladder
    ]


def ladder_rows(source: ResultSource, reader: Localisation) -> tuple[LadderRow, ...]:
    ladder = source.questionnaire.ladder
    customers = {gap.point: gap for gap in source.result.gaps.self_customer}
    columns = _ladder_columns(source)
    largest = charts.largest_count(columns)
    is_one = len(source.result.lowest_points) == 1
    mark = reader.gettext("the weakest") if is_one else reader.gettext("one of the lowest")
    rows = []
    for point, column in zip(source.result.ladder, columns, strict=True):
        name = column.name
        if point.median is None:
            is_agreed = source.result.mode == "consensus"  # no step was agreed on, or that nobody knows
            withheld = reader.gettext("No agreed step") if is_agreed else reader.gettext("Too few answers")
            rows.append(LadderRow(name, withheld, "", "", "", "", mark="", strip=None))
            continue
        median = words.numbered_step(point.median, ladder, reader)
        gap = customers.get(point.point)
        rows.append(
            LadderRow(
                name=name,
                median=median,
                low="" if point.share_low is None else reader.percent(point.share_low),
                high="" if point.share_high is None else reader.percent(point.share_high),
                agreement=words.point_agreement_words(point, reader),
                customers=words.numbered_step(gap.median_customers, ladder, reader) if gap else "",
                mark=mark if column.is_weakest else "",
                strip=charts.ladder_strip(column, ladder.size, f"{name}: {median}", largest=largest),
            )
        )
    return tuple(rows)


def ladder_note(source: ResultSource, reader: Localisation) -> str:
    if source.result.mode == "consensus":
        dot = reader.gettext("The dot is the step that the team agreed on.")
        agreed = {point.point for point in source.result.ladder if point.median is not None}
        missing = [name for point, name in source.point_names.items() if point not in agreed]
        parts = [dot, _which_is_white(source, reader)]
        if missing:
            parts.append(reader.gettext("Without an agreed step: %(points)s.", points=reader.list_of(missing)))
        return " ".join(parts)
    if all(point.is_withheld for point in source.result.ladder):
        return ""
    shown = [point for point in source.result.ladder if not point.is_withheld]
    has_bars = any(point.counts for point in shown)
    parts = [reader.gettext("The dot is the middle answer."), _which_is_white(source, reader)]
    if has_bars:
        parts.insert(0, reader.gettext("The wider a bar, the more people chose that step."))
    if not all(point.counts for point in shown):
        parts.append(
            reader.gettext(
                "With fewer than %(n)s answers, or where nearly all agree, no bars are drawn, to protect those who "
                "answered.",
                n=reader.number(c.DISTRIBUTION_N),
            )
        )
    if source.result.gaps.self_customer:
        parts.append(reader.gettext("The diamond is the customers' middle answer."))
    return " ".join(parts)


def _which_is_white(source: ResultSource, reader: Localisation) -> str:
    if source.result.has_level_ladder:
        return reader.gettext("All moments are tied.")
    if len(source.result.lowest_points) > 1:
        return reader.gettext("The white dots are the lowest moments, which are tied.")
    return reader.gettext("The white dot is the weakest moment.")


# The pillars


def pillar_rows(source: PlanSource, reader: Localisation) -> tuple[PillarRow, ...]:
    return group_rows(
        source.questionnaire.pillars_section,
        source.result.pillars,
        reader,
        is_consensus=source.result.mode == "consensus",
        target_of=source.target,
    )


def pillars_note(source: PlanSource, reader: Localisation) -> str:
    return scale_note(
        source.questionnaire.pillars_section,
        source.result.pillars,
        reader,
        is_consensus=source.result.mode == "consensus",
        has_targets=True,
    )


def pillars_title(source: PlanSource, reader: Localisation) -> str:
    """The heading that the questionnaire itself gives its pillars: only there are they twelve."""
    title = source.questionnaire.pillars_section.title
    return reader.text(title) if title else reader.gettext("The pillars")


def focus_note(source: PlanSource, reader: Localisation) -> str:
    note = reader.ngettext(
        "Each person could choose %(n)s pillar. Highlighted bars are the pillars of this plan.",
        "Each person could choose up to %(n)s pillars. Highlighted bars are the pillars of this plan.",
        source.questionnaire.focus.at_most,
    )
    if sum(share > 0 for share in source.result.focus.values()) > FOCUS_ROWS:
        most = reader.gettext(
            "Only %(n)s are listed: no other pillar was chosen more often.", n=reader.number(FOCUS_ROWS)
        )
        note = f"{note} {most}"
    return note


# What matters


def focus_withheld(source: PlanSource, reader: Localisation) -> str:
    """Why the question of what matters most has no result; empty where it has one or was not asked."""
    result, needed = source.result, source.questionnaire.focus.minimum(source.minimum_group)
    if result.by_link is not None and result.focus_n and not result.focus:
        return reader.gettext("Not shown: beside sheets typed from paper, too few answers came by link.")
    if result.focus_n is None or result.focus_n >= needed:
        return ""
    return reader.gettext(
        "Not shown: fewer than %(n)s people chose anything. What they chose has no weight in the order of the pillars "
        "either.",
        n=reader.number(needed),
    )


def focus_rows(source: PlanSource, reader: Localisation) -> tuple[FocusRow, ...]:
    """The pillars that at least one person chose, the most chosen first."""
    if source.result.mode == "consensus" or not any(source.result.focus.values()):
        return ()
    names = _names(source, reader)
    chosen = [(pillar, share) for pillar, share in source.result.focus.items() if share > 0]
    chosen.sort(key=lambda entry: -entry[1])
    strong = {planned.result.pillar for planned in source.plan.pillars}
    return tuple(
        FocusRow(
            name=names[pillar],
            share=words.share_words(share, reader),
            bar=charts.share_bar(
                share, f"{names[pillar]}: {words.share_words(share, reader)}", is_strong=pillar in strong
            ),
            score=words.score_words(source.result.pillar(pillar), source.questionnaire.scale, reader),
        )
        for pillar, share in chosen[:FOCUS_ROWS]
    )


def quadrants(source: PlanSource, reader: Localisation) -> tuple[Quadrant, ...]:
    """Importance against performance, divided at the median share, and between the pillars that count as below their
    target and the others: those of the list of priorities, so that the two never contradict each other.

    None where all pillars lie on one side of a line: it would say nothing.
    """
    if source.result.mode == "consensus" or not any(source.result.focus.values()):
        return ()
    visible = [pillar.pillar for pillar in _visible_pillars(source)]
    line, below = _importance_line(source), {entry.pillar for entry in source.result.priorities}
    more = {pillar for pillar in visible if source.result.focus[pillar] > line + c.TOLERANCE}
    if not 0 < len(below.intersection(visible)) < len(visible) or not more:
        return ()
    short = {pillar.id: reader.text(pillar.short_name) for pillar in source.questionnaire.pillars}
    planned = {one.result.pillar for one in source.plan.pillars}

    def cell(*, matters: bool, meets: bool) -> tuple[str, ...]:
        return tuple(
            reader.gettext("%(name)s (in the plan)", name=short[pillar]) if pillar in planned else short[pillar]
            for pillar in visible
            if (pillar in more) == matters and (pillar not in below) == meets
        )

    return (
        Quadrant(reader.gettext("Chosen by more people, below target"), cell(matters=True, meets=False)),
        Quadrant(reader.gettext("Chosen by more people, near its target or above"), cell(matters=True, meets=True)),
        Quadrant(reader.gettext("Chosen by fewer people, below target"), cell(matters=False, meets=False)),
        Quadrant(reader.gettext("Chosen by fewer people, near its target or above"), cell(matters=False, meets=True)),
    )


def _importance_line(source: PlanSource) -> float:
    """The middle share: of the pillars that are shown, half were chosen by no more people."""
    return median([source.result.focus[pillar.pillar] for pillar in _visible_pillars(source)] or [0.0])


def quadrants_note(source: PlanSource, reader: Localisation) -> str:
    """Where the lines of the grid lie, and on which side a pillar is that lies on one; empty without a grid."""
    if not quadrants(source, reader):
        return ""
    line = reader.gettext(
        "“More people” means more than %(share)s: half of the pillars were chosen by that many or fewer.",
        share=reader.percent(_importance_line(source)),
    )
    return f"{line} {_what_is_below(source, reader)}"


def _what_is_below(source: PlanSource, reader: Localisation) -> str:
    smallest = words.smallest_change(source.questionnaire.scale, reader)
    return reader.gettext("A pillar counts as below its target from a distance of %(size)s on.", size=smallest)


def candidate_rows(source: PlanSource, reader: Localisation) -> tuple[CandidateRow, ...]:
    names = _names(source, reader)
    proposed = {planned.result.pillar for planned in source.plan.pillars}
    return tuple(
        CandidateRow(
            name=names[entry.pillar],
            score=words.score_words(source.result.pillar(entry.pillar), source.questionnaire.scale, reader),
            share=words.share_words(entry.focus_share, reader) if source.result.focus else "",
            stability="" if source.result.mode == "consensus" else words.stability_words(entry, reader),
            is_proposed=entry.pillar in proposed,
        )
        for entry in source.result.priorities[:CANDIDATE_ROWS]
    )


def candidates_note(source: PlanSource, reader: Localisation) -> str:
    if source.result.mode == "consensus":
        order = reader.gettext("In consensus mode the distance to the target alone decides the order.")
    else:
        order = reader.gettext(
            "The order takes into account the distance to the target, how many people chose the pillar and how "
            "differently they see it. “Firm” means that it would hardly change with other answers; a toss-up is yours "
            "to decide."
        )
    return " ".join([_what_is_below(source, reader), order, *_level_candidates(source, reader)])


def _level_candidates(source: PlanSource, reader: Localisation) -> Iterable[str]:
    """Which pillars of the list weigh exactly the same; of those that are not listed, nothing."""
    listed = {entry.pillar for entry in source.result.priorities[:CANDIDATE_ROWS]}
    priorities = [
        entry
        for entry in source.result.priorities
        if entry.pillar in listed or listed.intersection(level_with(source.result.priorities, entry.pillar))
    ]
    return words.level_words_of(priorities, _names(source, reader), reader)


def candidates_rest(source: PlanSource, reader: Localisation) -> str:
    """How many candidates the list leaves out, and whether they weigh as much as its last; empty where it has all."""
    rest = source.result.priorities[CANDIDATE_ROWS:]
    if not rest:
        return ""
    last = source.result.priorities[CANDIDATE_ROWS - 1].pillar
    level = set(level_with(source.result.priorities, last)).intersection(entry.pillar for entry in rest)
    if len(level) == len(rest):
        return reader.ngettext(
            "%(n)s more pillar is below its target, tied with the last of this list.",
            "%(n)s more pillars are below their targets, tied with the last of this list.",
            len(rest),
        )
    if level:
        return reader.gettext(
            "%(n)s more pillars are below their targets; %(level)s of them tied with the last of this list.",
            n=reader.number(len(rest)),
            level=reader.number(len(level)),
        )
    return reader.ngettext(
        "%(n)s more pillar is below its target.", "%(n)s more pillars are below their targets.", len(rest)
    )


# Comparisons


def leaders_staff_rows(source: PlanSource, reader: Localisation) -> tuple[ComparisonRow, ...]:
    """The pillars that leaders and staff see clearly differently."""
    names = _names(source, reader)
    meanings = {
        "higher": N_("Leaders see it in a better light than staff: talk about it."),
        "lower": N_("Leaders see it in a worse light than staff: talk about it."),
    }
    return tuple(
        ComparisonRow(
            names[gap.pillar],
            reader.number(gap.difference, 1, signed=True),
            _likely_range(gap, reader),
            reader.gettext(meanings[gap.label]),
        )
        for gap in source.result.gaps.leaders_staff
        if gap.label in meanings
    )


def _likely_range(gap: LeadersStaffGap, reader: Localisation) -> str:
    if gap.ci95 is None:
        return ""
    low, high = (reader.number(end, 1, signed=True) for end in gap.ci95)
    return reader.gettext("likely %(low)s to %(high)s", low=low, high=high)


def leaders_staff_note(source: PlanSource, reader: Localisation) -> str:
    note = reader.gettext("How much higher (+) or lower (−) leaders score each pillar than staff do.")
    clear = [gap for gap in source.result.gaps.leaders_staff if gap.label in ("higher", "lower")]
    return f"{note} {words.no_range_note(reader)}" if any(gap.ci95 is None for gap in clear) else note


def leaders_staff_rest(source: PlanSource, reader: Localisation) -> str:
    """A sentence about the pillars without a row; about all of them where the two groups cannot be compared."""
    gaps = source.result.gaps.leaders_staff
    if not gaps:
        return reader.gettext(
            "Not shown: it takes %(n)s answers of those who lead and %(n)s of the others, and scores that are not too "
            "near an end of the scale. Otherwise it would tell what single people answered.",
            n=reader.number(source.minimum_group),
        )
    unclear = sum(gap.label == "unclear" for gap in gaps)
    if not unclear:
        return ""
    if unclear == len(gaps):
        return reader.gettext(
            "Leaders and staff answered separately; in none of the pillars is there a clear difference."
        )
    return reader.ngettext(
        "In %(n)s other pillar there is no clear difference.",
        "In %(n)s other pillars there is no clear difference.",
        unclear,
    )
