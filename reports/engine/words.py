"""The words for figures: no statistic is shown without a sentence that says what it means."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from assessment.domain import conventions as c
from assessment.domain.priorities import level_with
from assessment.domain.questionnaire import Ladder
from assessment.domain.result import (
    Change,
    ChangeLabel,
    LadderChange,
    PillarResult,
    PointResult,
    Priority,
)
from assessment.domain.scale import Scale
from assessment.infra.languages import N_, Localisation

LEVELS = {
    1: N_("Absent"),
    2: N_("Emerging"),
    3: N_("Practised"),
    4: N_("Embedded"),
    5: N_("Exemplary"),
}
LEVEL_MEANINGS = {
    1: N_("its habits are hardly seen yet"),
    2: N_("its habits are seen now and then, thanks to some people"),
    3: N_("its habits are seen, though not steadily"),
    4: N_("its habits are seen nearly always, whoever is on duty"),
    5: N_("its habits are always seen, and others learn from them"),
}
AGREEMENT = {
    "close": N_("You see this the same way"),
    "fair": N_("You broadly agree"),
    "split": N_("You see this differently: talk before you plan"),
    "none": N_("Too few answers to judge"),
}
POINT_AGREEMENT = {
    "same step": N_("Same step"),
    "close": N_("Close steps"),
    "spread": N_("Spread out"),
    "no common view": N_("No common view"),
    "none": N_("Too few answers to judge"),
}
ACTION_STATUS = {
    "todo": N_("To do"),
    "doing": N_("Under way"),
    "blocked": N_("Stuck"),
    "done": N_("Done"),
    "dropped": N_("Given up"),
}
STABILITY = {
    "firm": N_("Firm"),
    "likely": N_("Likely"),
    "toss-up": N_("Toss-up: your choice"),
}


LEAST_ALIKE = 3
"""Rows of a table that are said once if they say the same."""
MOST_LEVEL = 5
"""As many pillars that weigh the same are named; of more, so many and how many more."""


def level_name(level: int, reader: Localisation) -> str:
    return reader.gettext(LEVELS[level])


def level_words(result: PillarResult, reader: Localisation) -> str:
    """The level in a word, with "probably" where the interval crosses a cut, and always under eight answers."""
    if result.level is None:
        return reader.gettext("Too few answers")
    name = level_name(result.level, reader)
    return reader.gettext("Probably %(level)s", level=name.lower()) if is_probable(result) else name


PROBABLE_MARK = "(?)"


def marked_level_words(result: PillarResult, reader: Localisation) -> str:
    """The level in a word for a table with several that are only probable: with a mark, which `probable_note` tells."""
    if result.level is None or not is_probable(result):
        return level_words(result, reader)
    return f"{level_name(result.level, reader)}\N{NO-BREAK SPACE}{PROBABLE_MARK}"


def probable_note(results: Sequence[PillarResult], names: Mapping[str, str], reader: Localisation) -> str:
    """What the mark beside a level means; empty where the few that are only probable say so in a word.

    Where most are, no row has a mark, and the sure ones are named.
    """
    if are_mostly_probable(results):
        sure = [names[result.pillar] for result in results if result.level is not None and not is_probable(result)]
        if not sure:
            return reader.gettext("All levels are only probable: each could be the one next to it.")
        return reader.gettext(
            "The levels are only probable: each could be the one next to it. Sure are: %(names)s.",
            names=reader.list_of([reader.gettext("“%(name)s”", name=name) for name in sure]),
        )
    if not are_marked(results):
        return ""
    return reader.gettext("%(mark)s beside a level means probably: it could be the one next to it.", mark=PROBABLE_MARK)


def are_marked(results: Sequence[PillarResult]) -> bool:
    """Whether several levels are only probable, so that a table says it once and marks them."""
    return sum(result.level is not None and is_probable(result) for result in results) > 1


def are_mostly_probable(results: Sequence[PillarResult]) -> bool:
    """Whether more levels are only probable than sure, so that a table says it once and marks none."""
    with_level = [result for result in results if result.level is not None]
    return are_marked(results) and 2 * sum(is_probable(result) for result in with_level) > len(with_level)


def common_agreement(results: Sequence[PillarResult]) -> str | None:
    """What is to be said of the agreement in most rows, so that a table says it once; `None` where there is no such."""
    known = [result.agreement for result in results if result.agreement not in (None, "none")]
    if not known:
        return None
    [(agreement, count)] = Counter(known).most_common(1)
    return agreement if count >= LEAST_ALIKE and 2 * count > len(known) else None


def agreement_note(results: Sequence[PillarResult], reader: Localisation) -> str:
    """What is said once about agreement, for the rows that say nothing of it."""
    common = common_agreement(results)
    if common is None:
        return ""
    words, shown = reader.gettext(AGREEMENT[common]), [result.agreement for result in results if result.agreement]
    if all(agreement == common for agreement in shown):
        return reader.gettext("In all of them: “%(agreement)s”.", agreement=words)
    return reader.gettext("Where the table says nothing else: “%(agreement)s”.", agreement=words)


def is_probable(result: PillarResult) -> bool:
    """Whether the interval crosses a cut, or so few answered that it may."""
    return result.level_low != result.level_high or is_uncertain(result.n)


def is_uncertain(n: int | None) -> bool:
    """Whether so few answered that a level is never said without "probably"; agreed answers have no number."""
    return n is not None and n < c.INTERVAL_N


def score_words(result: PillarResult, scale: Scale, reader: Localisation) -> str:
    """The score with one decimal, or the bound that stands for it: "2.8", "4.8 or more"."""
    if result.mean is None:
        return reader.gettext("withheld")
    figure = reader.number(result.mean, 1)
    if result.n is None:
        return figure
    bound = scale.bound_of(result.mean)
    if bound == "low":
        return reader.gettext("%(figure)s or less", figure=figure)
    if bound == "high":
        return reader.gettext("%(figure)s or more", figure=figure)
    return figure


def interval_words(result: PillarResult, reader: Localisation, scale_points: int) -> str:
    """The interval on the scale: "between 2.5 and 3.1"; empty where there is none."""
    if result.ci95 is None:
        return ""
    low, high = max(1.0, result.ci95[0]), min(float(scale_points), result.ci95[1])
    return reader.gettext("between %(low)s and %(high)s", low=reader.number(low, 1), high=reader.number(high, 1))


def agreement_words(result: PillarResult, reader: Localisation) -> str:
    return reader.gettext(AGREEMENT[result.agreement]) if result.agreement else ""


def share_words(share: float, reader: Localisation) -> str:
    """A share of people in percent; near an end "90 % or more", "10 % or less": nobody is as telling as all."""
    if share >= c.BOUND_SHARE:
        return reader.gettext("%(figure)s or more", figure=reader.percent(share))
    if share <= 1 - c.BOUND_SHARE + c.TOLERANCE:
        return reader.gettext("%(figure)s or less", figure=reader.percent(1 - c.BOUND_SHARE))
    return reader.percent(share)


def step_words(median: float, ladder: Ladder, reader: Localisation) -> str:
    """The median in words: a step as it is printed, or "between expected and desired"."""
    low = ladder.steps[int(median) - 1]
    if median == int(median):
        return reader.text(low.label)
    high = ladder.steps[int(median)]
    # Step 1 is printed "Criminal: broken promise"; a sentence uses only the second half, which accuses nobody.
    low_words = reader.text(low.label).rpartition(": ")[2]
    return reader.gettext("between %(low)s and %(high)s", low=low_words.lower(), high=reader.text(high.label).lower())


def numbered_step(median: float, ladder: Ladder, reader: Localisation) -> str:
    """The step with its number, as on the ladder: "3 · Expected", or "3–4 · between expected and desired"."""
    number = f"{int(median)}" if median == int(median) else f"{int(median)}–{int(median) + 1}"
    return numbered(number, step_words(median, ladder, reader))


def numbered(number: object, name: str) -> str:
    """A number and its name, kept on one line."""
    return f"{number}\N{NO-BREAK SPACE}·\N{NO-BREAK SPACE}{name}"


def point_agreement_words(result: PointResult, reader: Localisation) -> str:
    return reader.gettext(POINT_AGREEMENT[result.agreement]) if result.agreement else ""


def stability_words(priority: Priority, reader: Localisation) -> str:
    return reader.gettext(STABILITY[priority.label])


def some_of(names: Sequence[str], reader: Localisation, *, most: int) -> str:
    """Names in quotation marks, as in a sentence: all of them, or so many and how many more there are."""
    quoted = [reader.gettext("“%(name)s”", name=name) for name in names]
    if len(quoted) <= most:
        return reader.list_of(quoted)
    more = len(quoted) - most
    return reader.ngettext("%(names)s and %(n)s more", "%(names)s and %(n)s more", more, names=", ".join(quoted[:most]))


def level_words_of(priorities: Sequence[Priority], names: Mapping[str, str], reader: Localisation) -> Iterable[str]:
    """A sentence for each lot of candidates that weigh the same: only the questionnaire's order sets one first."""
    said: set[str] = set()
    for entry in priorities:
        if entry.pillar in said or not (others := level_with(priorities, entry.pillar)):
            continue
        level = [entry.pillar, *others]
        said.update(level)
        yield reader.gettext(
            "Tied: %(pillars)s. Between them the choice is yours.",
            pillars=some_of([names[pillar] for pillar in level], reader, most=MOST_LEVEL),
        )


def no_chance(reader: Localisation) -> str:
    """What a clear change is, said once above several."""
    return reader.gettext("Unlikely to be chance.")


def marked_are_no_chance(reader: Localisation) -> str:
    return reader.gettext("What has an arrow is unlikely to be chance.")


def one_sided_note(changes: Iterable[Change], scale: Scale, reader: Localisation, *, compared: int) -> str:
    """Why a change may be unclear although its whole range lies on one side of zero; empty where none is.

    `compared` is how many figures were compared at once: one alone needs no correction, and is only of too few people.
    """
    one_sided = [
        abs(change.difference)
        for change in changes
        if change.label == "unclear"
        and change.difference is not None
        and change.ci95 is not None
        and not change.ci95[0] <= 0 <= change.ci95[1]
    ]
    sentences = []
    if any(size >= scale.smallest_change - c.TOLERANCE for size in one_sided):
        if compared > 1:
            note = reader.gettext(
                "A range may lie wholly on one side of zero and the change still not be sure: of %(n)s figures that "
                "are compared at once, some move that far by chance.",
                n=reader.number(compared),
            )
        else:
            note = reader.gettext(
                "The range lies on one side of zero, but with so few answers a change this large may still be chance."
            )
        sentences.append(note)
    if any(size < scale.smallest_change - c.TOLERANCE for size in one_sided):
        size = smallest_change(scale, reader)
        sentences.append(
            reader.gettext(
                "A change of less than %(size)s does not count, even where its range lies on one side of zero.",
                size=size,
            )
        )
    return " ".join(sentences)


def change_words(change: Change, scale: Scale, reader: Localisation, *, says_chance: bool = True) -> str:
    """A change in the method's words, with its interval where it has one.

    Without `says_chance`, a sentence above several says that the clear ones are unlikely to be chance."""
    sentence = _change_sentence(change, scale, reader)
    return f"{sentence} {no_chance(reader)}" if says_chance and change.label in ("improved", "worse") else sentence


def _change_sentence(change: Change, scale: Scale, reader: Localisation) -> str:
    if change.label == "withheld":
        return reader.gettext("Not shown: too few answers in one of the two rounds, or a figure too near an end.")
    if change.label == "same":
        return reader.gettext("Any change is smaller than %(size)s.", size=smallest_change(scale, reader))
    if change.difference is None or change.ci95 is None:
        return _change_without_interval(change, reader)
    low, high = change.ci95
    size = reader.number(abs(change.difference), 1)
    if change.label == "improved":
        return reader.gettext(
            "Up %(size)s (likely %(low)s to %(high)s).",
            size=size,
            low=_end_of_clear(low, reader),
            high=reader.number(high, 1),
        )
    if change.label == "worse":
        return reader.gettext(
            "Down %(size)s (likely %(low)s to %(high)s).",
            size=size,
            low=_end_of_clear(-high, reader),
            high=reader.number(-low, 1),
        )
    said = reader.gettext(
        "Not sure yet: changed by %(difference)s; with %(n)s answers it could be %(low)s to %(high)s.",
        difference=reader.number(change.difference, 1, signed=True),
        n=reader.number(change.n2),
        low=reader.number(low, 1, signed=True),
        high=reader.number(high, 1, signed=True),
    )
    if round(low, 1) <= 0 <= round(high, 1):
        return said
    return f"{said} {_why_unclear(change.difference, scale, reader)}"


def _end_of_clear(low: float, reader: Localisation) -> str:
    """The end next to zero of the range of a clear change, which leaves out zero although it may round to it."""
    return reader.number(low, 1) if round(low, 1) else reader.gettext("just above 0")


def _why_unclear(difference: float, scale: Scale, reader: Localisation) -> str:
    """Why a change is called unclear whose range leaves out zero."""
    if abs(difference) < scale.smallest_change - c.TOLERANCE:
        return reader.gettext("That is less than the %(size)s that counts.", size=smallest_change(scale, reader))
    return reader.gettext("So many figures are compared at once that one of them may well move like this by chance.")


def _change_without_interval(change: Change, reader: Localisation) -> str:
    if change.difference is None or change.label not in ("improved", "worse"):
        return reader.gettext("Not sure yet.")
    size = reader.number(abs(change.difference), 1)
    if change.label == "improved":
        return reader.gettext("Up %(size)s.", size=size)
    return reader.gettext("Down %(size)s.", size=size)


def no_range_note(reader: Localisation) -> str:
    """Why a score, a difference or a change stands without its range."""
    return reader.gettext(
        "No range is shown with fewer than %(n)s answers, near an end of the scale or where the answers are nearly "
        "alike: it would reveal what individuals answered.",
        n=reader.number(c.INTERVAL_N),
    )


def smallest_change(scale: Scale, reader: Localisation) -> str:
    """Δ with as many decimals as it has: 0.3 on five points, 0.15 on three."""
    return reader.number(scale.smallest_change, 1 if round(scale.smallest_change * 10, 9).is_integer() else 2)


_LINKED_POINT: dict[ChangeLabel, str] = {
    "improved": N_("Those who answered both times see it higher than before. Unlikely to be chance."),
    "worse": N_("Those who answered both times see it lower than before. Unlikely to be chance."),
    "unclear": N_("No clear change among those who answered both times."),
}


_STILL_AT: dict[ChangeLabel, str] = {
    "improved": N_("Higher than before, though the middle answer is still %(step)s. Unlikely to be chance."),
    "worse": N_("Lower than before, though the middle answer is still %(step)s. Unlikely to be chance."),
    "unclear": N_("No clear change: still %(step)s."),
    "same": N_("No clear change: still %(step)s."),
}


def ladder_change_words(change: LadderChange, ladder: Ladder, reader: Localisation) -> str:
    if change.label == "withheld":
        return reader.gettext("Not shown: too few answers in one of the two rounds.")
    if change.median1 is None or change.median2 is None:  # of linked people: what they chose stays with them
        return reader.gettext(_LINKED_POINT[change.label])
    before, after = (
        step_words(change.median1, ladder, reader).lower(),
        step_words(change.median2, ladder, reader).lower(),
    )
    if before == after:
        return reader.gettext(_STILL_AT[change.label], step=before)
    if change.label == "improved":
        message = N_("Higher than before: it was %(before)s, now it is %(after)s. Unlikely to be chance.")
    elif change.label == "worse":
        message = N_("Lower than before: it was %(before)s, now it is %(after)s. Unlikely to be chance.")
    else:
        message = N_("No clear change: it was %(before)s, now it is %(after)s.")
    return reader.gettext(message, before=before, after=after)
