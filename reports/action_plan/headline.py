"""One sentence that a manager can repeat: where the team stands, and in a second round what changed first of all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from assessment.domain import conventions as c
from assessment.domain.change import OVERALL
from assessment.domain.result import ChangeLabel, PillarResult
from assessment.domain.scale import Scale
from assessment.infra.languages import N_, Localisation
from reports.action_plan.source import ResultSource
from reports.engine import words

MOST_NAMED = 3
"""As many pillars with the same score are named; of more, only that they are many."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the sentence is made of: `level` and `n` of the overall; the labels of the pillars' change and of the
    overall's; the days of the earlier round and of this one, where they are known."""

    level: int | None
    n: int | None
    labels: tuple[ChangeLabel, ...] = ()
    overall_label: ChangeLabel | None = None
    earlier_on: dt.date | None = None
    now_on: dt.date | None = None
    has_moved_point: bool = False
    """Whether a moment on the ladder is clearly higher or lower."""

    @property
    def shown(self) -> tuple[ChangeLabel, ...]:
        """The labels of the pillars whose change is shown."""
        return tuple(label for label in self.labels if label != "withheld")

    @property
    def has_change(self) -> bool:
        return bool(self.shown)


def standing_of(source: ResultSource) -> Standing:
    overall, since = source.result.overall, source.since
    labels = {change.pillar: change.label for change in source.result.change}
    overall_label = labels.pop(OVERALL, None)
    return Standing(
        overall.level,
        overall.n,
        tuple(labels.values()),
        overall_label,
        since.earlier_on if since else None,
        since.now_on if since else None,
        any(change.label in ("improved", "worse") for change in source.result.ladder_change),
    )


def headline(standing: Standing, reader: Localisation) -> str:
    """Where the team stands; where there is a round before, what changed since then comes first."""
    if standing.level is None:
        if standing.has_change:
            return reader.gettext(
                "%(change)s in what the team says of its own service", change=_change(standing, reader)
            )
        return reader.gettext("What the team says of its own service")
    is_probable = words.is_uncertain(standing.n)
    level = words.level_name(standing.level, reader)
    if standing.has_change:
        message = N_("%(change)s; our service culture is at the level “%(level)s”")
        if is_probable:
            message = N_("%(change)s; our service culture is probably at the level “%(level)s”")
        return reader.gettext(message, change=_change(standing, reader), level=level)
    message = N_("Our service culture is at the level “%(level)s”: %(meaning)s")
    if is_probable:
        message = N_("Our service culture is probably at the level “%(level)s”: %(meaning)s")
    return reader.gettext(message, level=level, meaning=reader.gettext(words.LEVEL_MEANINGS[standing.level]))


def level_meaning(standing: Standing, reader: Localisation) -> str:
    """What the level means, where the headline has no room for it; else empty."""
    if standing.level is None or not standing.has_change:
        return ""
    return reader.gettext(
        "“%(level)s” means: %(meaning)s.",
        level=words.level_name(standing.level, reader),
        meaning=reader.gettext(words.LEVEL_MEANINGS[standing.level]),
    )


def _change(standing: Standing, reader: Localisation) -> str:
    up, down, of = standing.shown.count("improved"), standing.shown.count("worse"), len(standing.shown)
    when = since_when(standing.earlier_on, standing.now_on, reader)
    total = reader.number(of)
    if up and down:
        return reader.gettext(
            "Up in %(up)s and down in %(down)s of %(total)s pillars since %(when)s",
            up=reader.number(up),
            down=reader.number(down),
            total=total,
            when=when,
        )
    if up:
        return reader.gettext(
            "Up in %(n)s of %(total)s pillars since %(when)s", n=reader.number(up), total=total, when=when
        )
    if down:
        return reader.gettext(
            "Down in %(n)s of %(total)s pillars since %(when)s", n=reader.number(down), total=total, when=when
        )
    if standing.overall_label == "improved":
        return reader.gettext("Up overall since %(when)s, though in no pillar for sure", when=when)
    if standing.overall_label == "worse":
        return reader.gettext("Down overall since %(when)s, though in no pillar for sure", when=when)
    if standing.has_moved_point:
        return reader.gettext("No clear change in the pillars since %(when)s", when=when)
    return reader.gettext("No clear change since %(when)s", when=when)


def since_when(earlier_on: dt.date | None, now_on: dt.date | None, reader: Localisation) -> str:
    """The earlier round's month; its day where both are of the same month."""
    if earlier_on is None:
        return reader.gettext("the previous round")
    if now_on and (earlier_on.year, earlier_on.month) == (now_on.year, now_on.month):
        return reader.gettext("the round of %(day)s", day=reader.date(earlier_on))
    return reader.month(earlier_on, has_year=now_on is None or earlier_on.year != now_on.year)


def best_and_last(visible: Sequence[PillarResult], names: dict[str, str], scale: Scale, reader: Localisation) -> str:
    """The strongest and the weakest pillars, all of those that read alike."""
    scores = [pillar.mean or 0.0 for pillar in visible]
    best, last = (
        [pillar for pillar in visible if abs((pillar.mean or 0.0) - end) < c.TOLERANCE]
        for end in (max(scores), min(scores))
    )
    if len(best) == len(visible) > 1:
        score = words.score_words(best[0], scale, reader)
        return reader.gettext("All pillars have the same score: %(score)s.", score=score)
    return reader.gettext(
        "What the team does best: %(best)s (%(best_score)s). Where it has furthest to go: %(last)s (%(last_score)s).",
        best=_named([pillar.pillar for pillar in best], names, reader),
        best_score=words.score_words(best[0], scale, reader),
        last=_named([pillar.pillar for pillar in last], names, reader),
        last_score=words.score_words(last[0], scale, reader),
    )


def _named(pillars: Collection[str], names: dict[str, str], reader: Localisation) -> str:
    if len(pillars) > MOST_NAMED:
        return reader.ngettext("%(n)s pillar", "%(n)s pillars", len(pillars))
    return reader.list_of(reader.gettext("“%(name)s”", name=names[pillar]) for pillar in pillars)


def what_moved(labels: dict[str, ChangeLabel], names: dict[str, str], reader: Localisation) -> str:
    """Which pillars are up and which down, by name; empty where none is."""
    up, down = (
        _named([pillar for pillar, label in labels.items() if label == moved], names, reader)
        for moved in ("improved", "worse")
    )
    if up and down:
        return reader.gettext("Since the previous round, up: %(up)s. Down: %(down)s.", up=up, down=down)
    if up:
        return reader.gettext("Since the previous round, up: %(up)s. No pillar is clearly down.", up=up)
    if down:
        return reader.gettext("Since the previous round, down: %(down)s. No pillar is clearly up.", down=down)
    return ""
