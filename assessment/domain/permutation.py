"""Permutation tests of a difference of means, exact and without a seed wherever that takes reasonable work.

Person scores are whole numbers once multiplied by a common denominator, so the number of ways to reach each sum can be
counted. A polynomial whose coefficients are those counts is kept as *one big integer*: each coefficient has a field of
fixed width, and multiplying by x^v is a shift. One such integer per subset size makes two groups of 50 a matter of
milliseconds (Pagano & Tritchler 1983 count the same thing with arrays).
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from functools import lru_cache

from assessment.domain.conventions import SEED, SHUFFLES
from assessment.domain.summary import Score, whole

EXACT_WORK_LIMIT = 100_000_000_000
"""Bits that the dynamic programme may touch: two seconds for two groups of 200. Above it, seeded shuffles."""


def _smaller_and_larger(first: Sequence[Score], second: Sequence[Score]) -> tuple[list[int], list[int]]:
    """The groups as whole numbers from 0 up in the smallest common step: shifting and scaling leaves the test alone."""
    pool, _ = whole([*first, *second])
    lowest = min(pool)
    step = math.gcd(*(value - lowest for value in pool)) or 1
    steps = [(value - lowest) // step for value in pool]
    one, other = steps[: len(first)], steps[len(first) :]
    return (one, other) if len(one) <= len(other) else (other, one)


def _fields_up_to(packed: int, last: int, width: int) -> int:
    """The sum of the fields 0…last: a number is the sum of its digits modulo its base less one."""
    if last < 0:
        return 0
    return (packed & ((1 << ((last + 1) * width)) - 1)) % ((1 << width) - 1)


def _subset_sums(values: Sequence[int], size: int, width: int) -> int:
    """For every sum, the number of subsets of `size` values that reach it, packed in fields of `width` bits."""
    by_size = [1] + [0] * size
    for seen, value in enumerate(sorted(values), start=1):
        shift = value * width
        # A subset of k values can still grow to `size` only while enough values are left.
        for k in range(min(seen, size), max(0, size - (len(values) - seen)) - 1, -1):
            if k:
                by_size[k] += by_size[k - 1] << shift
    return by_size[size]


def two_sample_p(first: Sequence[Score], second: Sequence[Score]) -> float:
    """The two-sided p of the difference of means of two independent groups, both with at least one score.

    Exact: the share of all regroupings whose difference is at least as large in absolute value. For groups too large
    for that, 19,999 seeded shuffles.
    """
    smaller, larger = _smaller_and_larger(first, second)
    pool = smaller + larger
    n, size, total = len(pool), len(smaller), sum(pool)
    if max(pool) == 0:
        return 1.0
    # n·S − size·total is the difference of means times a constant, S the smaller group's sum.
    observed = abs(n * sum(smaller) - size * total)
    width = n + 1
    if n * size * max(pool) * size * width // 4 > EXACT_WORK_LIMIT:
        return shuffled_two_sample_p(first, second)
    packed = _subset_sums(pool, size, width)
    low = (size * total - observed) // n
    high = -(-(size * total + observed) // n)
    ways = math.comb(n, size)
    between = _fields_up_to(packed, high - 1, width) - _fields_up_to(packed, low, width) if high > low else 0
    return (ways - max(0, between)) / ways


def sign_flip_p(differences: Sequence[Score]) -> float:
    """The two-sided p of a mean of paired differences under exchange of signs; exact, seeded only for huge groups."""
    values, _ = whole(differences)
    step = math.gcd(*values)
    if step == 0:
        return 1.0
    sizes = [abs(value) // step for value in values if value]
    n, total = len(sizes), sum(sizes)
    observed = abs(sum(values)) // step
    width = n + 1
    if n * total * width // 2 > EXACT_WORK_LIMIT:
        return shuffled_sign_flip_p(differences)
    packed = 1
    for value in sizes:
        packed += packed << (value * width)
    # A field s counts the sign patterns whose positive part is s, so whose sum is 2·s − total.
    low = (total - observed) // 2
    high = -(-(total + observed) // 2)
    between = _fields_up_to(packed, high - 1, width) - _fields_up_to(packed, low, width) if high > low else 0
    ways = 1 << n
    return (ways - max(0, between)) / ways


@lru_cache(maxsize=4)
def _samples(n: int, size: int) -> tuple[tuple[int, ...], ...]:
    """The seeded regroupings of n people, shared by all tests of the same two sizes."""
    chance = random.Random(SEED)
    people = range(n)
    return tuple(tuple(chance.sample(people, size)) for _ in range(SHUFFLES))


def _seeded_samples(n: int, size: int) -> tuple[tuple[int, ...], ...]:
    return _samples(n, size) if n <= 200 else _samples.__wrapped__(n, size)


def shuffled_two_sample_p(first: Sequence[Score], second: Sequence[Score]) -> float:
    """The same p by 19,999 seeded shuffles, (b + 1)/(B + 1) (Phipson & Smyth 2010)."""
    smaller, larger = _smaller_and_larger(first, second)
    # Sorted, so that neither the order of people nor that of the groups decides who is drawn.
    pool = sorted(smaller + larger)
    n, size, total = len(pool), len(smaller), sum(pool)
    observed = abs(n * sum(smaller) - size * total)
    pick = pool.__getitem__
    extreme = sum(abs(n * sum(map(pick, sample)) - size * total) >= observed for sample in _seeded_samples(n, size))
    return (extreme + 1) / (SHUFFLES + 1)


def shuffled_sign_flip_p(differences: Sequence[Score]) -> float:
    """The sign-flip p by 19,999 seeded draws of signs, (b + 1)/(B + 1) (Phipson & Smyth 2010)."""
    values, _ = whole(differences)
    observed = abs(sum(values))
    sizes = sorted(abs(value) for value in values)
    total = sum(sizes)
    chance = random.Random(SEED)
    extreme = 0
    for _ in range(SHUFFLES):
        signs = chance.getrandbits(len(sizes))
        positive = sum(size for position, size in enumerate(sizes) if signs >> position & 1)
        extreme += abs(2 * positive - total) >= observed
    return (extreme + 1) / (SHUFFLES + 1)
