"""What a draft still lacks, in sentences: each with the field that it is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assessment.domain.plans.faults import PlanFault, PlanProblem
from assessment.infra.languages import N_, Localisation

SENTENCES = {
    PlanProblem.NO_PILLAR: N_("Choose at least one pillar to work on."),
    PlanProblem.PILLAR_TWICE: N_("This pillar is in the plan already."),
    PlanProblem.UNKNOWN_PILLAR: N_("Please choose one of the pillars."),
    PlanProblem.REASON_MISSING: N_("Still to be written: why you chose this pillar."),
    PlanProblem.NO_ACTION: N_("Add an action for this pillar, or take the pillar out."),
    PlanProblem.TOO_MANY_ACTIONS: N_("Page 1 holds five actions. Take one away, and there is room for this one."),
    PlanProblem.TOO_MANY_DROPPED: N_("The plan remembers forty actions at most. Remove some that were given up first."),
    PlanProblem.TOO_MANY_PILLARS: N_("Three pillars are the most that a plan takes on. Take one out first."),
    PlanProblem.UNKNOWN_ACTION: N_("The library no longer has this action. Choose another."),
    PlanProblem.ACTION_TWICE: N_("This action is in the plan already."),
    PlanProblem.ACTION_WITHOUT_TITLE: N_("Still to be written: what you will do."),
    PlanProblem.DATE_MISSING: N_("Still to be chosen: by when."),
    PlanProblem.DATE_OUT_OF_PLAN: N_("Choose a day within the 90 days of the plan."),
}

FIELDS = {
    PlanProblem.REASON_MISSING: "reason",
    PlanProblem.ACTION_WITHOUT_TITLE: "title",
    PlanProblem.DATE_MISSING: "due",
    PlanProblem.DATE_OUT_OF_PLAN: "due",
}


@dataclass(frozen=True, slots=True)
class FaultText:
    """`field` is the name of the field that it is about, or empty; `anchor` is where on the page to mend it.

    `listed` says it away from there, with the name of its pillar or moment, and of its action.
    """

    anchor: str
    field: str
    words: str
    listed: str


def fault_texts(
    faults: tuple[PlanFault, ...],
    names: Mapping[str, str],
    titles: Mapping[tuple[str, int], str],
    reader: Localisation,
) -> tuple[FaultText, ...]:
    """`names` are those of the plan's pillars, and of its moment; `titles` those of the actions, by heading and
    place."""
    return tuple(_fault_text(fault, names, titles, reader) for fault in faults)


def fault_words(problem: PlanProblem, reader: Localisation) -> str:
    return reader.gettext(SENTENCES[problem])


def _fault_text(
    fault: PlanFault, names: Mapping[str, str], titles: Mapping[tuple[str, int], str], reader: Localisation
) -> FaultText:
    key = fault.heading if fault.action is None else f"{fault.heading}-{fault.action}"
    field = f"{FIELDS[fault.problem]}-{key}" if fault.problem in FIELDS else ""
    anchor = field or (f"at-{key}" if key else "plan-end")
    words = fault_words(fault.problem, reader)
    name = names.get(fault.heading)
    title = titles.get((fault.heading, fault.action)) if fault.action is not None else ""
    if name and title:
        listed = reader.gettext("“%(name)s”, “%(action)s”: %(words)s", name=name, action=title, words=words)
    elif name:
        listed = reader.gettext("“%(name)s”: %(words)s", name=name, words=words)
    else:
        listed = words
    return FaultText(anchor, field, words, listed)
