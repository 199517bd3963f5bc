"""All rounds of a team → charts and tables, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence

from assessment.domain import conventions as c
from assessment.domain.all_rounds import AllRounds, PastFigure
from assessment.domain.questionnaire import Pillar
from assessment.domain.scale import Scale
from assessment.infra.languages import Localisation
from reports.all_rounds.context import PillarRounds, PointRounds, RoundHead, RoundsBlock
from reports.engine import charts, words
from reports.engine.scripts import isolated

MOST_CHARTS = 12
WIDE = 560.0
"""Of a chart that fills a card by itself, in the units of the others."""
NARROW = 200.0
"""Of one of four beside each other on paper."""
NOTHING = "–"


def rounds_block(past: AllRounds, reader: Localisation, *, at_most: int) -> RoundsBlock:
    """The last so many rounds, the earliest first. Coordinates come from released scores, which are rounded as read."""
    shown = past.last(at_most)
    pillars = [
        pillar
        for pillar in shown.pillars
        if any(shown.figure(at, pillar.id) is not None for at in range(len(shown.rounds)))
    ]
    points = [point for point in shown.point_names if any(point in one.steps for one in shown.rounds)]
    has_ladder = bool(points) and bool(shown.ladder.size)
    return RoundsBlock(
        rounds=tuple(_head(shown, at, reader) for at in range(len(shown.rounds))),
        pillars=tuple(pillar_rounds(shown, pillar, reader) for pillar in pillars[:MOST_CHARTS]),
        overall=tuple(_figure_words(one.overall, shown.scale, reader) for one in shown.rounds) if pillars else (),
        points=tuple(_point_rounds(shown, point, reader) for point in points) if has_ladder else (),
        how_to_read=_how_to_read(shown, reader) if pillars else "",
        steps=", ".join(f"{step.value} {reader.text(step.label)}" for step in shown.ladder.steps) if has_ladder else "",
        left_out=reader.ngettext(
            "%(n)s earlier round is not shown here.", "%(n)s earlier rounds are not shown here.", shown.left_out
        )
        if shown.left_out
        else "",
    )


def pillar_rounds(past: AllRounds, pillar: Pillar, reader: Localisation) -> PillarRounds:
    """One pillar through all rounds."""
    name, figures = reader.text(pillar.name), [past.figure(at, pillar.id) for at in range(len(past.rounds))]
    cells = tuple(_cell(past, at, figure, reader) for at, figure in enumerate(figures))
    marks = [
        charts.RoundMark(
            score=figure.score if figure else None,
            interval=figure.ci95 if figure else None,
            is_bound=figure is not None and figure.n is not None and _is_bound(figure.score, past.scale),
            is_agreed=past.rounds[at].is_agreed,
            joins=past.joins(at, pillar.id),
        )
        for at, figure in enumerate(figures)
    ]
    described = "; ".join(
        reader.gettext("round %(number)s: %(figure)s", number=reader.number(at), figure=cell)
        for at, cell in enumerate(cells, start=1)
    )
    return PillarRounds(
        pillar=pillar.id,
        name=name,
        chart=charts.rounds_chart(marks, name, described, scale_points=past.scale.size),
        wide_chart=charts.rounds_chart(marks, name, described, scale_points=past.scale.size, width=WIDE),
        narrow_chart=charts.rounds_chart(marks, name, described, scale_points=past.scale.size, width=NARROW),
        figures=" · ".join(
            NOTHING if figure is None or figure.score is None else reader.number(figure.score, 1) for figure in figures
        ),
        cells=cells,
    )


def _head(past: AllRounds, at: int, reader: Localisation) -> RoundHead:
    one = past.rounds[at]
    notes = []
    if one.is_agreed:
        notes.append(reader.gettext("agreed together, so no line leads there"))
    elif one.is_withheld:
        notes.append(reader.gettext("nothing shown, to protect those who answered"))
    elif at and not past.rounds[at - 1].is_withheld and _is_worded_anew(past, at):
        notes.append(reader.gettext("asked in other words than the round before, so no line joins them"))
    tells_change = any(past.joins(at, pillar.id) for pillar in past.pillars)
    return RoundHead(
        reader.number(at + 1),
        isolated(one.name),
        reader.date(one.published_on),
        "; ".join(notes),
        changed_in=one.id if tells_change else None,
    )


def _is_worded_anew(past: AllRounds, at: int) -> bool:
    before, now = past.rounds[at - 1], past.rounds[at]
    return bool(before.pillars) and bool(now.pillars) and (not now.wording or before.wording != now.wording)


def _is_bound(score: float | None, scale: Scale) -> bool:
    return score is not None and scale.bound_of(score) is not None


def _cell(past: AllRounds, at: int, figure: PastFigure | None, reader: Localisation) -> str:
    """A round's score in words, or why there is none."""
    if figure is None:
        is_other = at < len(past.rounds) and past.rounds[at].scale not in (None, past.scale)
        if past.rounds[at].is_withheld:
            return reader.gettext("not shown")
        return reader.gettext("on another scale") if is_other else reader.gettext("not asked")
    return _figure_words(figure, past.scale, reader)


def _figure_words(figure: PastFigure, scale: Scale, reader: Localisation) -> str:
    if figure.score is None:
        return reader.gettext("not shown")
    score = reader.number(figure.score, 1)
    bound = scale.bound_of(figure.score) if figure.n is not None else None
    if bound:
        low, high = (
            reader.gettext("%(figure)s or less", figure=score),
            reader.gettext("%(figure)s or more", figure=score),
        )
        return low if bound == "low" else high
    if figure.ci95 is None:
        return score
    low_end, high_end = max(1.0, figure.ci95[0]), min(float(scale.size), figure.ci95[1])
    return reader.gettext(
        "%(score)s (%(low)s to %(high)s)",
        score=score,
        low=reader.number(low_end, 1),
        high=reader.number(high_end, 1),
    )


def _how_to_read(past: AllRounds, reader: Localisation) -> str:
    figures = [figure for one in past.rounds for figure in one.pillars.values() if figure.score is not None]
    sentences = [
        reader.gettext(
            "Each dot is the score of a round, from 1 to %(highest)s; rounds are numbered as in the list.",
            highest=reader.number(past.scale.size),
        )
    ]
    if any(figure.ci95 for figure in figures):
        sentences.append(
            reader.gettext(
                "The bar through it is where the score lies with %(confidence)s confidence: where the bars of two "
                "rounds overlap widely, nothing may have changed at all.",
                confidence=reader.percent(0.95),
            )
        )
    if any(figure.ci95 is None for figure in figures):
        sentences.append(
            reader.gettext(
                "No bar stands where there are fewer than %(n)s answers, near an end of the scale or where answers are "
                "nearly alike.",
                n=reader.number(c.INTERVAL_N),
            )
        )
    if any(figure.n is not None and _is_bound(figure.score, past.scale) for figure in figures):
        sentences.append(
            reader.gettext("A hollow dot is a score so near an end that it is only shown as “or less” or “or more”.")
        )
    if any(one.is_agreed for one in past.rounds):
        sentences.append(reader.gettext("A square is a value that the team agreed on."))
    sentences.append(reader.gettext("A line joins rounds that can be compared; where it is interrupted, they cannot."))
    return " ".join(sentences)


def _point_rounds(past: AllRounds, point: str, reader: Localisation) -> PointRounds:
    numbers, cells = [], []
    for one in past.rounds:
        median = one.steps.get(point)
        if point not in one.steps:
            numbers.append(NOTHING)
            cells.append(reader.gettext("not shown") if one.is_withheld else reader.gettext("not asked"))
        elif median is None:
            numbers.append(NOTHING)
            cells.append(reader.gettext("not shown"))
        else:
            numbers.append(f"{int(median)}" if median == int(median) else f"{int(median)}–{int(median) + 1}")
            cells.append(words.numbered_step(median, past.ladder, reader))
    return PointRounds(isolated(past.point_names[point]), tuple(numbers), _with_other_ladders(past, cells, reader))


def _with_other_ladders(past: AllRounds, cells: Sequence[str], reader: Localisation) -> tuple[str, ...]:
    """Steps of a ladder that was worded otherwise are marked: their names are of the last one."""
    last = next((one.ladder_wording for one in reversed(past.rounds) if one.ladder_wording), "")
    return tuple(
        cell
        if not one.steps or one.ladder_wording == last
        else reader.gettext("%(step)s, on a ladder in other words", step=cell)
        for cell, one in zip(cells, past.rounds, strict=True)
    )
