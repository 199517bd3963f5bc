"""The product's conventions: every constant that the method marks [C], in one place.

Everything that is not here follows the source cited where it is computed.
"""

from __future__ import annotations

from typing import Final

# Who counts
MINIMUM_GROUP: Final = 5
MINIMUM_GROUP_FLOOR: Final = 4
VALID_PILLARS_FOR_OVERALL: Final = (10, 12)
"""Share of pillars that a person must have scored for an overall: ten of twelve."""

# Maturity
LEVELS: Final = 5
"""Maturity has five levels, whatever the scale: other scales are stretched to 1–5 for them."""
LEVEL_CUTS: Final = (1.5, 2.5, 3.5, 4.5)
CAPPED_LEVEL: Final = 3
CAPPING_MEDIAN: Final = 2.0
UNSEEN_SHARE: Final = 0.25
"""From this share of "I don't know", that people cannot see it is itself a finding."""

# Agreement
AGREEMENT_N: Final = 8
CLOSE_DIVISOR: Final = 12
SPLIT_DIVISOR: Final = 6
CONSENSUS_SAME_STEP: Final = 0.80
CONSENSUS_CLOSE: Final = 0.60
CONSENSUS_SPREAD: Final = 0.45

# Gaps, change
CUSTOMERS_N: Final = 10
SMALLEST_CHANGE_SHARE: Final = 0.075
"""Δ, the smallest change of interest, as a share of a scale's span: 0.30 on 1–5 (`domain.scale`)."""
CHANGE_N: Final = 5
LINKED_N: Final = 5
SHUFFLES: Final = 19_999
SIGNIFICANCE: Final = 0.05
ANSWERED_AFTER_DAYS: Final = 14
"""A round says whether a finished action worked if it opened so many days after it was done, or more."""
TURNOVER_SHARE: Final = 0.30
"""Where more than this share of a team joined or left, two rounds are of two teams."""

# Reliability, ranking
RELIABILITY_N: Final = 30
RANKING_ICC2: Final = 0.70

# Many teams: what needs attention
PLAN_WITHIN_DAYS: Final = 14
"""So long after publication a team should have a plan."""
FEW_ANSWERED_SHARE: Final = 0.5
"""Under this share of the team, a result says little of it."""
ROUND_WITHIN_DAYS: Final = 183
"""Half a year without a published round is long."""

# Priorities
TARGET_SHARE: Final = 0.75
"""Where on a scale the target of a pillar lies: 4 on 1–5 (`domain.scale`)."""
PROPOSED_PRIORITIES: Final = 2
MOST_PRIORITIES: Final = 3
RESAMPLES: Final = 1_000
RESAMPLING_LIMIT: Final = 200
FIRM_SHARE: Final = 0.80
LIKELY_SHARE: Final = 0.50
CRIMINAL_SHARE: Final = 0.10
CRIMINAL_N: Final = 10

# Anonymity of documents and pages
BOUND_SPAN_SHARE: Final = 0.05
"""A mean this near an end, as a share of the scale's span, is shown as a bound: 1.2 and 4.8 on 1–5 (`domain.scale`)."""
BOUND_SHARE: Final = 0.9
"""No document says that more than nine in ten chose a pillar, or an answer: "all did" would tell what each chose."""
MEAN_STEP: Final = 0.1
"""What a mean is rounded to before it leaves (`domain.as_read`)."""
INTERVAL_N: Final = 8
"""From so many answers an interval leaves the team. With fewer, the mean and its interval give the single answers."""
NARROW_SPREAD_SHARE: Final = 0.05
"""Answers that spread by less than this share of the scale's span are nearly alike: 0.2 on 1–5 (`domain.scale`)."""
DISTRIBUTION_N: Final = 10
"""From so many answers distributions leave, and the figures that could be worked out from them."""
SINGLE_STATEMENT_N: Final = 8
"""From so many answers a group of one statement is shown, with its mean and n only."""
CHOICE_N: Final = 10
CHOICE_NEARLY_ALL: Final = 0.9
"""From this share on, a choice is told as "nearly all", without counts."""
COMMENTS_N: Final = 10

SEED: Final = 20_240_611
"""Resampling and shuffling start here, so that the same answers always give the same figures."""

TOLERANCE: Final = 1e-9
"""Slack where a computed figure is compared with a rule's bound, so that 4 − 3.7 reaches 0.30."""
