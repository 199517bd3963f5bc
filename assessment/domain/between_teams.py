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
    if len(compared) < 2:
        return None
    n = sum(len(values) for values in compared.values())
    total = Fraction(sum(sum(values) for values in compared.values()))
    squares = sum(value * value for values in compared.values() for value in values)
    between = sum(Fraction(sum(values)) ** 2 / len(values) for values in compared.values()) - total**2 / n
    within = squares - total**2 / n - between
    n_by_team = {team: len(values) for team, values in compared.items()}
    return _analysed(
        pillar,
        n_by_team,
        n,
        float(between),
        float(within),
        n - len(compared),
        is_constant=within == 0,
        is_whole=len(compared) == len(scores),
    )


def between_sums(
    pillar: str, n_by_team: Mapping[str, int], *, n: int, total: float, squares: float, within: float, within_df: int
) -> BetweenTeams | None:
    """The same from sums over teams that are all of at least the minimum group: n = Σnᵢ, `total` = Σnᵢ·meanᵢ,
    `squares` = Σnᵢ·meanᵢ²; over those of known SD `within` = Σ(nᵢ − 1)·SDᵢ² and `within_df` = Σ(nᵢ − 1). `None` with
    fewer than two teams."""
    if len(n_by_team) < 2:
        return None
    between = max(0.0, squares - total**2 / n)
    return _analysed(pillar, n_by_team, n, between, within, within_df, is_constant=within <= c.TOLERANCE, is_whole=True)


def _analysed(
    pillar: str,
    n_by_team: Mapping[str, int],
    n: int,
    between: float,
    within: float,
    within_df: int,
    *,
    is_constant: bool,
    is_whole: bool,
) -> BetweenTeams:
    """From the sums of squares between and within teams; `is_whole` where no team had to be left out."""
    teams = len(n_by_team)
    msb = between / (teams - 1)
    if within_df == 0 or is_constant:
        msw = None if within_df == 0 else 0.0
        return BetweenTeams(pillar, dict(n_by_team), msb, msw, None, None, None, None, ranking_allowed=False)
    msw = within / within_df
    f = msb / msw
    p = f_survival(f, teams - 1, within_df)
    icc1 = (msb - msw) / (msb + (n / teams - 1) * msw)
    icc2 = (msb - msw) / msb if msb else None
    allowed = icc2 is not None and icc2 >= c.RANKING_ICC2 - c.TOLERANCE and p < c.SIGNIFICANCE and is_whole
    return BetweenTeams(pillar, dict(n_by_team), msb, msw, f, p, icc1, icc2, ranking_allowed=allowed)
