"""Whether teams differ at all: one-way analysis of variance on person scores (Shrout & Fleiss 1979)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from assessment.domain import conventions as c
from assessment.domain.distributions import f_survival
from assessment.domain.result import BetweenTeams


def between_teams(pillar: str, scores: Mapping[str, Sequence[Fraction]], *, minimum_group: int) -> BetweenTeams | None:
    """ICC(1) and ICC(2) of one pillar over teams; `None` with fewer than two teams of at least `minimum_group` scores.

    n̄ = N/teams; ICC(1) = (MSB − MSW)/(MSB + (n̄ − 1)·MSW), ICC(2) = (MSB − MSW)/MSB, negatives kept. With no variance
    within teams F, p and both ICC are `None`. A ranking is allowed only where ICC(2) ≥ .70, p < .05 and no team had to
    be left out (Goldstein & Spiegelhalter 1996 on why rankings mislead).
    """
    compared = {team: values for team, values in scores.items() if len(values) >= minimum_group}
    teams = len(compared)
    if teams < 2:
        return None
    n = sum(len(values) for values in compared.values())
    total = Fraction(sum(sum(values) for values in compared.values()))
    squares = sum(value * value for values in compared.values() for value in values)
    between = sum(Fraction(sum(values)) ** 2 / len(values) for values in compared.values()) - total**2 / n
    within = squares - total**2 / n - between
    msb = float(between / (teams - 1))
    n_by_team = {team: len(values) for team, values in compared.items()}
    if n == teams or within == 0:
        msw = None if n == teams else 0.0
        return BetweenTeams(pillar, n_by_team, msb, msw, None, None, None, None, ranking_allowed=False)
    msw = float(within / (n - teams))
    f = msb / msw
    p = f_survival(f, teams - 1, n - teams)
    icc1 = (msb - msw) / (msb + (n / teams - 1) * msw)
    icc2 = (msb - msw) / msb if msb else None
    allowed = (
        icc2 is not None
        and icc2 >= c.RANKING_ICC2 - c.TOLERANCE
        and p < c.SIGNIFICANCE
        and len(compared) == len(scores)
    )
    return BetweenTeams(pillar, n_by_team, msb, msw, f, p, icc1, icc2, ranking_allowed=allowed)
