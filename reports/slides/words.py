"""Released figures → what each slide says, in the words of the results page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from assessment.domain.plans.choices import ActionStatus
from assessment.domain.result import ChoiceResult, GroupsResult, PillarResult
from assessment.domain.sections.choice import ChoiceSection
from assessment.domain.sections.groups import GroupedSection
from assessment.infra.languages import N_, Localisation
from reports.action_plan.build import build_context, build_result_context
from reports.action_plan.context import ActionPlanContext, ChangePart, ResultContext
from reports.action_plan.source import PlanSource
from reports.engine import words
from reports.engine.scripts import isolated
from reports.sections.choice import ChoiceTable
from reports.sections.groups import GroupsTable, open_words, score_heading
from reports.sections.rows import PillarRow
from reports.slides.deck import Bar, Chart, Deck, Italic, Slide, Table
from reports.slides.source import SlidesSource

BARS_A_SLIDE = 12
MOST_GONE = 8
"""So many names of what is not shown are told on a slide."""
LONG_LIST = 120
"""So many letters of names in one cell take a wider column."""
PALEST = 0.35
"""Of the accent colour, for the lowest level."""
LEVELS = len(words.LEVELS)
MEANINGS = {
    "unclear": N_("Nobody can tell from these answers whether it moved."),
    "same": N_("Any change is too small to count."),
    "withheld": N_("Not shown: too few answers in one of the two rounds, or a figure too near an end."),
}
"""What a change that is not clear means, said once for all pillars that share it."""


def build_deck(source: SlidesSource, reader: Localisation) -> Deck:
    """The slides in the reader's language."""
    _ = reader.gettext
    source = replace(source, organisation=isolated(source.organisation), round_name=isolated(source.round_name))
    team, day = isolated(source.shown.result.team), reader.date(source.published_on)
    if isinstance(source.shown, PlanSource):
        page: ActionPlanContext | ResultContext = build_context(source.shown, reader)
    else:
        page = build_result_context(source.shown, reader)
    return Deck(
        lang=reader.tag,
        title=_("What we said about our service"),
        subtitle=(team, " · ".join(filter(None, (source.organisation, source.round_name, day)))),
        accent=source.accent,
        logo=source.logo,
        accompanied=_accompanied(source, reader),
        footer=" · ".join(filter(None, (team, source.round_name, day))),
        rights=_(
            "Based on ideas published by Ron Kaufman; marks belong to their owners; independent, neither affiliated "
            "nor endorsed."
        ),
        continued=_("%(title)s (continued)"),
        made_on=source.published_on,
        say=(
            _("Welcome everybody, and thank those who answered."),
            _("Say what this is for: to see together how things are, and to agree on a few actions. Nobody is judged."),
            _("Nothing here shows what a single person answered. Please do not guess who said what."),
        ),
        slides=tuple(_slides(source, page, reader)),
    )


def _accompanied(source: SlidesSource, reader: Localisation) -> str:
    """As in the foot of other documents; empty where nobody accompanies the organisation."""
    return reader.gettext("Accompanied by %(name)s", name=source.accompanied_by) if source.accompanied_by else ""


def _slides(source: SlidesSource, page: ActionPlanContext | ResultContext, reader: Localisation) -> Iterator[Slide]:
    yield _answered(source, page, reader)
    yield _headline(page, reader)
    if isinstance(page, ActionPlanContext) and isinstance(source.shown, PlanSource):
        yield from _pillars(source.shown, page, reader)
        yield from _focus(source.shown, page, reader)
    yield from _ladder(source, page, reader)
    yield from _sections(source, page, reader)
    if isinstance(page, ActionPlanContext):
        yield from _leaders(page, reader)
    yield from _change(source, page.changed, reader)
    if isinstance(page, ActionPlanContext):
        yield from _where_to_begin(page, reader)
    yield _conversation(source, reader)
    yield from _plan(source, page, reader)
    yield _thanks(source, page, reader)


# Who answered, and the whole in a sentence


def _answered(source: SlidesSource, page: ActionPlanContext | ResultContext, reader: Localisation) -> Slide:
    _ = reader.gettext
    is_consensus = page.is_consensus
    sentences = [page.story[0], page.surplus, *_not_shown(source, page, reader)]
    if not is_consensus:
        sentences.append(
            _(
                "A figure is shown only where at least %(n)s people answered, and only as far as it tells nothing of "
                "single people.",
                n=reader.number(source.minimum_group),
            )
        )
    say = [_("Say how many answered before any figure: it tells how much weight the results have.")]
    if is_consensus:
        say.append(_("These values were agreed on: ask the team whether it would still say the same today."))
    else:
        say.append(_("If something is not shown, say why: it protects people. Do not try to work it out."))
    title = _("How these values came about") if is_consensus else _("Who answered, and what is not shown")
    return Slide(title, tuple(say), tuple(filter(None, sentences)))


def _not_shown(source: SlidesSource, page: ActionPlanContext | ResultContext, reader: Localisation) -> Iterator[str]:
    """What is withheld, and why: pillars, moments, what matters most, and leaders beside staff."""
    _, shown = reader.gettext, source.shown
    result, names = shown.result, {one.id: reader.text(one.name) for one in shown.questionnaire.pillars}
    least = shown.questionnaire.pillars_section.minimum(source.minimum_group) if result.pillars else 0
    few = [names[one.pillar] for one in result.pillars if one.is_withheld and (one.n or 0) < least]
    hidden = [names[one.pillar] for one in result.pillars if one.is_withheld and (one.n or 0) >= least]
    points = [isolated(shown.point_name(one.point)) for one in result.ladder if one.is_withheld]
    for gone, message in (
        (few, N_("Not shown, since too few people could answer: %(names)s.")),
        (hidden, N_("Not shown, to protect those who answered: %(names)s.")),
        (points, N_("Not shown, since too few people could answer: %(names)s.")),
    ):
        if gone:
            said = N_("Nothing was agreed on: %(names)s.") if page.is_consensus else message
            yield _(said, names=words.some_of(gone, reader, most=MOST_GONE))
    if isinstance(page, ActionPlanContext):
        if page.focus_withheld:
            yield f"{_('What people say matters most now')}: {_lower_first(page.focus_withheld)}"
        if page.has_leaders_staff and not page.leaders_staff and not result.gaps.leaders_staff:
            yield f"{_('Leaders and staff')}: {_lower_first(page.leaders_staff_rest)}"


def _lower_first(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _headline(page: ActionPlanContext | ResultContext, reader: Localisation) -> Slide:
    _ = reader.gettext
    return Slide(
        page.headline,
        (
            _("Read the sentence aloud, and let it stand for a moment."),
            _("Ask: what do you recognise? What surprises you? Listen before you explain."),
        ),
        tuple(filter(None, (*page.story[1:], page.alarm))) or (page.story[0],),
    )


# Pillars, what matters, the ladder


def _pillars(shown: PlanSource, page: ActionPlanContext, reader: Localisation) -> Iterator[Slide]:
    _ = reader.gettext
    section = shown.questionnaire.pillars_section
    names = {group.id: reader.text(group.name) for group in section.groups}
    note = words.probable_note(shown.result.pillars, names, reader)
    say = (
        _("Each bar is the score of one pillar; the darker it is, the higher its level."),
        _("Begin with what works. Then go to the shortest bars, and ask for an example of last week."),
        _("Do not compare small differences: two bars that are nearly as long say the same."),
    )
    yield from _score_slides(page.pillars_title, section, shown.result.pillars, page.pillars, note, say, reader)


def _score_slides(
    title: str,
    section: GroupedSection,
    results: Sequence[PillarResult],
    rows: Sequence[PillarRow],
    note: str,
    say: tuple[str, ...],
    reader: Localisation,
) -> Iterator[Slide]:
    """A chart of scores, or several where there are too many bars for one."""
    heading = score_heading(section.scale, reader)
    told = [(result, row) for result, row in zip(results, rows, strict=True) if not row.is_open]
    bars = [_score_bar(result, row, section, reader) for result, row in told]
    note = " ".join(filter(None, (note, open_words(rows, reader))))
    for part in _parts(bars):
        described = "; ".join(f"{bar.name}: {_figure(bar, reader)}" for bar in part)
        chart = Chart(heading, part, 1.0, float(section.scale.size), f"{title}. {described}", _decimal_format(reader))
        yield Slide(title, say, chart=chart, note=" ".join(filter(None, (f"{heading}.", note))))


def _score_bar(result: PillarResult, row: PillarRow, section: GroupedSection, reader: Localisation) -> Bar:
    score = words.score_words(result, section.scale, reader)
    is_figure = result.mean is not None and score == reader.number(result.mean, 1)
    level = result.level or LEVELS
    return Bar(
        name=f"{row.number}. {row.name} · {row.level}" if row.level else f"{row.number}. {row.name}",
        value=result.mean,
        label="" if is_figure or result.mean is None else score,
        strength=PALEST + (1 - PALEST) * (level - 1) / (LEVELS - 1),
    )


def _figure(bar: Bar, reader: Localisation) -> str:
    if bar.label or bar.value is None:
        return bar.label or "—"
    return reader.number(bar.value, 1)


def _parts(bars: Sequence[Bar]) -> Iterator[tuple[Bar, ...]]:
    """As many charts as it takes, with about as many bars each."""
    count = -(-len(bars) // BARS_A_SLIDE)
    for at in range(count):
        yield tuple(bars[at * len(bars) // count : (at + 1) * len(bars) // count])


def _focus(shown: PlanSource, page: ActionPlanContext, reader: Localisation) -> Iterator[Slide]:
    _ = reader.gettext
    if not page.focus:
        return
    ids = {reader.text(pillar.name): pillar.id for pillar in shown.questionnaire.pillars}
    planned = {box.pillar for box in page.priorities}
    bars = []
    for row in page.focus:
        share = shown.result.focus[ids[row.name]]
        label = row.share if row.share != reader.percent(share) else ""
        bars.append(Bar(row.name, share, label, 1.0 if row.name in planned else PALEST))
    title = _("What people say matters most now")
    described = "; ".join(f"{row.name}: {row.share}" for row in page.focus)
    chart = Chart(
        _("Share"), tuple(bars), 0.0, 1.0, f"{title}. {described}", number_format=_percent_format(reader), step=0.25
    )
    yield Slide(
        title,
        (
            _("This is not what scores low, but what people would work on first."),
            _("Ask those who want to: why does it matter just now?"),
        ),
        chart=chart,
        note=page.focus_note,
    )


def _decimal_format(reader: Localisation) -> str:
    """One decimal, with the reader's decimal sign."""
    return _in_place(reader, "0.0")


def _in_place(reader: Localisation, number_format: str) -> str:
    """A spreadsheet's format as it is written in the reader's place; programs that do not heed that write as usual."""
    place = "240A" if reader.number(0.5, 1) == "0,5" else "409"  # Colombia, the United States
    return f"[$-{place}]{number_format}"


def _percent_format(reader: Localisation) -> str:
    """As a spreadsheet writes it; Spanish has a space before the sign."""
    return "0%" if reader.percent(0.5) == "50%" else "0\N{NO-BREAK SPACE}%"


def _ladder(source: SlidesSource, page: ActionPlanContext | ResultContext, reader: Localisation) -> Iterator[Slide]:
    """The middle step of each moment, in the order of the customer's journey."""
    _, shown = reader.gettext, source.shown
    if not page.ladder_rows:
        return
    title = _("What customers experience, moment by moment, according to the team")
    customers = {gap.point: gap.median_customers for gap in shown.result.gaps.self_customer}
    bars, second = [], []
    steps = shown.questionnaire.ladder.size
    for number, (point, row) in enumerate(zip(shown.result.ladder, page.ladder_rows, strict=True), start=1):
        mark = f" ({row.mark})" if row.mark else ""
        bars.append(Bar(f"{number}. {row.name}{mark}: {row.median}", point.median, strength=1.0 if row.mark else 0.55))
        second.append(customers.get(point.point))
    heading = _("Agreed step") if page.is_consensus else _("Middle answer")
    for part in _parts(bars):
        at = bars.index(part[0])
        beside = tuple(second[at : at + len(part)])
        has_customers = any(value is not None for value in beside)
        chart = Chart(
            heading,
            part,
            0.0,
            float(steps),
            f"{title}. " + "; ".join(bar.name for bar in part),
            number_format=_in_place(reader, "General"),
            second_name=_("What customers say") if has_customers else "",
            second=beside if has_customers else (),
        )
        yield Slide(
            title,
            (
                _("Walk along the journey of the customer, from the first moment to the last."),
                _("At the lowest moment ask: what happened the last time? What would one step up look like?"),
                _bars_of_ladder(chart, reader),
            ),
            chart=chart,
            note=_(
                "The ladder has six steps, judged from the point of view of whoever receives the service. A perception "
                "point is each moment at which the customer notices something."
            ),
        )


def _bars_of_ladder(chart: Chart, reader: Localisation) -> str:
    """What the bars of a ladder's slide stand for."""
    _ = reader.gettext
    most = reader.number(int(chart.highest))
    told = [_("The length of each bar, from 0 to %(most)s, is the step in its name.", most=most)]
    if any(bar.strength == 1.0 for bar in chart.bars):
        told.append(_("A darker bar is the moment whose name says why, in brackets."))
    if chart.second:
        told.append(_("The grey bar below it is what customers say of the same moment."))
    return " ".join(told)


def _sections(source: SlidesSource, page: ActionPlanContext | ResultContext, reader: Localisation) -> Iterator[Slide]:
    """What was asked beside pillars, ladder and focus."""
    shown, _ = source.shown, reader.gettext
    blocks = iter(page.sections)  # one for each section with a result, in the same order
    say = (
        _("Say what was asked, then what came out."),
        _("Ask: what do you recognise? What surprises you? Listen before you explain."),
    )
    for asked, section in shown.questionnaire.sections_apart:
        result = shown.result.sections.get(asked, {}).get(section.id)
        if result is None:
            continue
        block = next(blocks)
        title = block.title or block.heading or _("What the team said")
        if isinstance(result, GroupsResult) and isinstance(section, GroupedSection):
            assert isinstance(block.content, GroupsTable)  # noqa: S101 - of the same kind
            names = {group.id: reader.text(group.name) for group in section.groups}
            note = words.probable_note(result.groups, names, reader)
            yield from _score_slides(title, section, result.groups, block.content.rows, note, say, reader)
        elif isinstance(result, ChoiceResult) and isinstance(section, ChoiceSection):
            assert isinstance(block.content, ChoiceTable)  # noqa: S101 - of the same kind
            yield _choice(title, block.note, section, result, block.content, say, reader)


def _choice(
    title: str,
    question: str,
    section: ChoiceSection,
    result: ChoiceResult,
    content: ChoiceTable,
    say: tuple[str, ...],
    reader: Localisation,
) -> Slide:
    if result.counts is None or not content.rows:
        return Slide(title, say, tuple(filter(None, (question, content.sentence))))
    bars = tuple(
        Bar(row.name, float(result.counts[option.id]))
        for option, row in zip(section.options, content.rows, strict=True)
    )
    most = max(bar.value or 0.0 for bar in bars)
    described = "; ".join(f"{row.name}: {row.people}" for row in content.rows)
    chart = Chart(
        reader.gettext("People"), bars, 0.0, max(most, 1.0), f"{title}. {described}", "0", step=max(1.0, most // 4)
    )
    return Slide(title, say, (question,), chart=chart, note=content.sentence)


def _leaders(page: ActionPlanContext, reader: Localisation) -> Iterator[Slide]:
    _ = reader.gettext
    if not page.leaders_staff:
        return
    yield Slide(
        _("Leaders and staff"),
        (
            _("A difference is no reproach: both see another part of the work."),
            _("Ask both sides for an example, leaders last."),
        ),
        (page.leaders_staff_note,),
        table=Table(
            (_("Pillar"), _("Difference"), _("Likely range"), _("What it means")),
            tuple((row.name, row.first, row.second, row.words) for row in page.leaders_staff),
            (0.3, 0.13, 0.22, 0.35),
        ),
        note=page.leaders_staff_rest,
    )


# Since the round before


def _change(source: SlidesSource, changed: ChangePart | None, reader: Localisation) -> Iterator[Slide]:
    _ = reader.gettext
    title = _("What changed since the previous round")
    if changed is None:
        if source.no_change:
            yield Slide(title, (_("Say why nothing is compared, and when it will be."),), (source.no_change,))
        return
    say = (
        _("First say what is different about the team and the questions; only then what went up or down."),
        _("“Not sure” is no bad news: with so few answers a small change cannot be told from chance."),
    )
    sentences = [
        _("Compared with “%(name)s”.", name=isolated(source.compared_with)) if source.compared_with else "",
        " ".join((_("First, what is different:"), *changed.circumstances)) if changed.circumstances else "",
        changed.note,
        f"{_('What was done')}: {changed.done}" if changed.done else "",
    ]
    if not changed.overall and source.no_change:
        sentences.append(source.no_change)
    yield Slide(title, say, tuple(filter(None, sentences)))
    rows = list(_change_rows(changed, reader))
    if rows:
        is_long = max(len(what) for _how, what, _means in rows) > LONG_LIST
        widths = (0.16, 0.5, 0.34) if is_long else (0.16, 0.34, 0.5)
        yield Slide(
            _("What went up, what went down, and what is not sure"),
            say,
            table=Table((_("How"), _("What"), _("What it means")), tuple(rows), widths),
            note=changed.ladder_rest,
        )


def _change_rows(changed: ChangePart, reader: Localisation) -> Iterator[tuple[str, str, str]]:
    """What is clear has a row for each pillar or moment; the rest a row for all that is told alike."""
    _ = reader.gettext
    for group in changed.clear_groups:
        for row in group.rows:
            yield f"{row.first} {group.heading}".strip(), row.name, f"{row.words} {group.note}".strip()
    for row in changed.ladder:
        yield f"{row.first} {_('On the ladder')}".strip(), row.name, row.words
    if changed.overall:
        yield changed.overall.first or "·", changed.overall.name, changed.overall.words
    for group in changed.other_groups:
        note = group.note or reader.gettext(MEANINGS.get(group.label, ""))
        yield group.heading, reader.list_of(row.name for row in group.rows), note


# What to do


def _where_to_begin(page: ActionPlanContext, reader: Localisation) -> Iterator[Slide]:
    _ = reader.gettext
    rows = [(box.pillar, " ".join((f"{box.label}.", *box.reasons))) for box in page.priorities]
    if page.point:
        moment = (page.point.heading, page.point.today)
        rows = [moment, *rows] if page.point.is_alarm else [*rows, moment]
    if not rows:
        return
    if page.is_decided:
        title = _("What the plan works on, and why")
    elif page.candidates:
        title = _("What we suggest working on, and why")
    else:
        title = _("What we suggest keeping and sharing")
    yield Slide(
        title,
        (
            _("This is where to begin, not all that could be done: two or three things, and no more."),
            _("Where pillars are tied, the choice is the team's: let it decide, and write down why."),
        ),
        table=Table((_("Where to begin"), _("Why")), tuple(rows), (0.34, 0.66)),
        note=page.candidates_rest,
    )


def _conversation(source: SlidesSource, reader: Localisation) -> Slide:
    _ = reader.gettext
    names = {one.id: reader.text(one.name) for one in source.shown.questionnaire.pillars}
    say = (
        _("Give each question ten minutes. First in pairs, then all together."),
        _("Write down what people say they will do, with a name and a day."),
    )
    questions = (
        _("What do we recognise? What surprises us?"),
        _("When did it go well the last time, and what made it possible?"),
        _("What is one thing that we can do differently from Monday on?"),
    )
    if not source.talks:
        return Slide(_("Let us talk"), say, questions)
    rows = tuple(
        (
            names.get(talk.pillar, talk.pillar),
            reader.text(talk.title),
            f"{reader.text(talk.what)} {reader.text(talk.first_step)}",
        )
        for talk in source.talks
    )
    return Slide(
        _("Let us talk"),
        say,
        questions[:1],
        table=Table((_("Pillar"), _("The conversation"), _("How to begin")), rows, (0.2, 0.28, 0.52)),
    )


def _plan(source: SlidesSource, page: ActionPlanContext | ResultContext, reader: Localisation) -> Iterator[Slide]:
    _ = reader.gettext
    if not source.actions:
        if source.no_plan:
            yield Slide(_("Our plan"), (_("Agree on who brings a proposal, and by when."),), (source.no_plan,))
        return
    is_proposed = all(action.status is None for action in source.actions)
    rows = tuple(
        (
            f"{reader.text(action.title)} ({action.serves})",
            Italic(reader.text(action.owner)) if action.has_proposed_owner else reader.text(action.owner),
            reader.short_date(action.due_on),
            _state(action.status, is_late=action.is_late, reader=reader),
        )
        for action in source.actions
    )
    yield Slide(
        _("Our plan: a proposal") if is_proposed else _("Our plan"),
        (
            _("Read each action aloud with its owner and its day, and ask the owner: is that still right?"),
            _("What nobody wants to take on does not belong in the plan: take it out."),
        ),
        table=Table((_("What"), _("Who"), _("By when"), _("How far it is")), rows, (0.46, 0.24, 0.14, 0.16)),
        note=page.proposal_note if isinstance(page, ActionPlanContext) else "",
    )


def _state(status: ActionStatus | None, *, is_late: bool, reader: Localisation) -> str:
    if status is None:
        return reader.gettext("Proposed")
    state = reader.gettext(words.ACTION_STATUS[status.value])
    return f"{state} · {reader.gettext('late')}" if is_late else state


def _thanks(source: SlidesSource, page: ActionPlanContext | ResultContext, reader: Localisation) -> Slide:
    _ = reader.gettext
    say = (
        _("Thank everybody. Say once more who does what first."),
        _("Fix the day of the next short meeting before people leave."),
    )
    steps: Iterable[str] = (
        _("We tell everybody who answered what came out."),
        _("We write down who does what, by when."),
        _("We meet again for a quarter of an hour, and look at how far we are."),
    )
    if isinstance(page, ActionPlanContext) and page.calendar and source.actions:
        steps = [f"{block.heading}: {block.review}" for block in page.calendar]
    return Slide(_("Thank you. What happens next"), say, tuple(steps), note=_accompanied(source, reader))
