"""The pages after page 1: what the team answered, in sentences, tables and charts."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median

from markupsafe import Markup

from assessment.domain import conventions as c
from assessment.domain.change import OVERALL
from assessment.domain.result import Change, LeadersStaffGap, PillarResult
from assessment.domain.sections.groups import GroupedSection
from assessment.infra.languages import N_, Localisation
from reports.action_plan.context import CandidateRow, FocusRow, LadderRow, Quadrant, Reading
from reports.action_plan.source import PlanSource, ResultSource
from reports.engine import charts, words
from reports.sections.groups import MARKS, change_rows, group_rows, scale_note
from reports.sections.rows import ComparisonRow, PillarRow

FOCUS_ROWS = 6
CANDIDATE_ROWS = 5


def _names(source: ResultSource, reader: Localisation) -> dict[str, str]:
    return {pillar.id: reader.text(pillar.name) for pillar in source.questionnaire.pillars}


def _visible_pillars(source: ResultSource) -> list[PillarResult]:
    return [pillar for pillar in source.result.pillars if pillar.mean is not None]


def headline(source: ResultSource, reader: Localisation) -> str:
    """One sentence that a manager can repeat: where the team stands."""
    overall = source.result.overall
    if overall.level is None:
        return reader.gettext("What the team says of its own service")
    message = N_("Our service culture is at the level “%(level)s”: %(meaning)s")
    if words.is_uncertain(overall.n):
        message = N_("Our service culture is probably at the level “%(level)s”: %(meaning)s")
    return reader.gettext(
        message,
        level=words.level_name(overall.level, reader),
        meaning=reader.gettext(words.LEVEL_MEANINGS[overall.level]),
    )


def story(source: ResultSource, reader: Localisation) -> tuple[str, ...]:
    """What stands out, in sentences: who answered, strongest and weakest pillar, weakest point, what few can see."""
    result, names = source.result, _names(source, reader)
    sentences = [_who_answered(source, reader)]
    visible = _visible_pillars(source)
    if visible:
        sentences += _best_and_last(source, visible, reader)
    if result.weakest_point:
        point = result.point(result.weakest_point)
        sentences.append(
            reader.gettext(
                "Along the way of the customer, the weakest moment is “%(point)s”: %(step)s, according to the team.",
                point=source.point_name(point.point),
                step=words.step_words(point.median or 1.0, source.questionnaire.ladder, reader).lower(),
            )
        )
    unseen = _unseen_pillars(source)
    if unseen:
        sentences.append(
            reader.gettext(
                "A quarter or more of the people cannot see part of %(pillars)s: that is a finding in itself.",
                pillars=reader.list_of(reader.gettext("“%(name)s”", name=names[pillar]) for pillar in unseen),
            )
        )
    return tuple(sentences)


MOST_NAMED = 3
"""As many pillars with the same score are named; of more, only that they are many."""


def _best_and_last(source: ResultSource, visible: list[PillarResult], reader: Localisation) -> list[str]:
    """The strongest and the weakest pillars, all of those that read alike; nothing where all do."""
    names, scale = _names(source, reader), source.questionnaire.scale
    scores = [pillar.mean or 0.0 for pillar in visible]
    best, last = (
        [pillar for pillar in visible if abs((pillar.mean or 0.0) - end) < c.TOLERANCE]
        for end in (max(scores), min(scores))
    )
    if len(best) == len(visible) > 1:
        score = words.score_words(best[0], scale, reader)
        return [reader.gettext("All pillars have the same score: %(score)s.", score=score)]

    def named(pillars: list[PillarResult]) -> str:
        if len(pillars) > MOST_NAMED:
            return reader.ngettext("%(n)s pillar", "%(n)s pillars", len(pillars))
        return reader.list_of(reader.gettext("“%(name)s”", name=names[pillar.pillar]) for pillar in pillars)

    return [
        reader.gettext(
            "What the team does best: %(best)s (%(best_score)s). Where it has furthest to go: %(last)s "
            "(%(last_score)s).",
            best=named(best),
            best_score=words.score_words(best[0], scale, reader),
            last=named(last),
            last_score=words.score_words(last[0], scale, reader),
        )
    ]


def _who_answered(source: ResultSource, reader: Localisation) -> str:
    result = source.result
    if result.mode == "consensus":
        return reader.gettext(
            "The team agreed on these answers together: they are agreed values, not averages, "
            "and nobody's answers are behind them."
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
    return Reading(is_consensus, score, has_levels=has_levels, has_ladder=bool(source.result.ladder))


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
            is_weakest=point.point == result.weakest_point,
        )
        for point in result.ladder
    ]


def ladder_rows(source: ResultSource, reader: Localisation) -> tuple[LadderRow, ...]:
    ladder = source.questionnaire.ladder
    customers = {gap.point: gap for gap in source.result.gaps.self_customer}
    columns = _ladder_columns(source)
    largest = charts.largest_count(columns)
    rows = []
    for point, column in zip(source.result.ladder, columns, strict=True):
        name = column.name
        if point.median is None:
            withheld = reader.gettext("Too few answers")
            rows.append(LadderRow(name, withheld, "", "", "", "", is_weakest=False, strip=None))
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
                is_weakest=column.is_weakest,
                strip=charts.ladder_strip(column, ladder.size, f"{name}: {median}", largest=largest),
            )
        )
    return tuple(rows)


def ladder_note(source: ResultSource, reader: Localisation) -> str:
    if source.result.mode == "consensus":
        return reader.gettext("The dot is the step that the team agreed on.")
    if all(point.is_withheld for point in source.result.ladder):
        return ""
    shown = [point for point in source.result.ladder if not point.is_withheld]
    has_bars = any(point.counts for point in shown)
    parts = [reader.gettext("The dot is the middle answer; the white dot is the weakest moment.")]
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
    )


def pillars_title(source: PlanSource, reader: Localisation) -> str:
    """The heading that the questionnaire itself gives its pillars: only there are they twelve."""
    title = source.questionnaire.pillars_section.title
    return reader.text(title) if title else reader.gettext("The pillars")


def focus_note(source: PlanSource, reader: Localisation) -> str:
    return reader.ngettext(
        "Each person could choose %(n)s pillar. Darker bars are the pillars of this plan.",
        "Each person could choose up to %(n)s pillars. Darker bars are the pillars of this plan.",
        source.questionnaire.focus.at_most,
    )


# What matters


def focus_withheld(source: PlanSource, reader: Localisation) -> str:
    """Why the question of what matters most has no result; empty where it has one or was not asked."""
    result, needed = source.result, source.questionnaire.focus.minimum(source.minimum_group)
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
    """Importance against performance, divided at the median share and at the target."""
    if source.result.mode == "consensus" or not any(source.result.focus.values()):
        return ()
    visible = _visible_pillars(source)
    line = median(source.result.focus[pillar.pillar] for pillar in visible) if visible else 0.0
    short = {pillar.id: reader.text(pillar.short_name) for pillar in source.questionnaire.pillars}

    def cell(*, matters: bool, meets: bool) -> tuple[str, ...]:
        return tuple(
            short[pillar.pillar]
            for pillar in visible
            if (source.result.focus[pillar.pillar] > line) == matters
            and ((pillar.mean or 0.0) >= source.target(pillar.pillar) - c.TOLERANCE) == meets
        )

    return (
        Quadrant(reader.gettext("Matters more, below target: work here"), cell(matters=True, meets=False)),
        Quadrant(reader.gettext("Matters more, on target: keep it up"), cell(matters=True, meets=True)),
        Quadrant(reader.gettext("Matters less, below target: later"), cell(matters=False, meets=False)),
        Quadrant(reader.gettext("Matters less, on target: let it be"), cell(matters=False, meets=True)),
    )


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
        return reader.gettext("In consensus mode the distance to the target alone decides the order.")
    return reader.gettext(
        "The order weighs the distance to the target, how many people chose the pillar and how differently they see it."
        " “Firm” means that it would hardly change with other answers; a toss-up is yours to decide."
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
    """A sentence about the pillars without a row."""
    gaps = source.result.gaps.leaders_staff
    unclear = sum(gap.label == "unclear" for gap in gaps)
    if not unclear:
        return ""
    if unclear == len(gaps):
        return reader.gettext("Leaders and staff answered apart; in none of the pillars is there a clear difference.")
    return reader.ngettext(
        "In %(n)s other pillar there is no clear difference.",
        "In %(n)s other pillars there is no clear difference.",
        unclear,
    )


def _ordered(changes: Iterable[Change]) -> list[Change]:
    """The overall first, then the pillars in their order."""
    return sorted(changes, key=lambda change: change.pillar != OVERALL)


def pillar_change_rows(source: PlanSource, reader: Localisation) -> tuple[ComparisonRow, ...]:
    names = _names(source, reader) | {OVERALL: reader.gettext("Overall")}
    return change_rows(_ordered(source.result.change), names, source.questionnaire.scale, reader)


def change_note(source: PlanSource, reader: Localisation) -> str:
    if not source.result.change:
        return ""
    if any(change.linked for change in source.result.change):
        note = reader.gettext("Only people who answered both times are compared.")
    else:
        note = reader.gettext("All who answered each time are compared; they need not be the same people.")
    has_gap = any(change.label not in ("withheld", "same") and change.ci95 is None for change in source.result.change)
    return f"{note} {words.no_range_note(reader)}" if has_gap else note


def ladder_change_rows(source: ResultSource, reader: Localisation) -> tuple[ComparisonRow, ...]:
    """The perception points that clearly changed."""
    return tuple(
        ComparisonRow(
            source.point_name(change.point),
            MARKS[change.label],
            "",
            words.ladder_change_words(change, source.questionnaire.ladder, reader),
        )
        for change in source.result.ladder_change
        if change.label in MARKS
    )


def ladder_change_rest(source: ResultSource, reader: Localisation) -> str:
    rest = [source.point_name(change.point) for change in source.result.ladder_change if change.label not in MARKS]
    if not rest:
        return ""
    if len(rest) == len(source.result.ladder_change):
        return reader.gettext("On the ladder no moment changed clearly.")
    return reader.gettext("On the ladder there is no clear change in: %(points)s.", points=reader.list_of(rest))
