"""The points of each piece of evidence, as logarithms of odds.

Fitted by ``services/intake/benchmarks/dedupe.py --fit``: logistic regression (ridge 1) on the candidate pairs of
invented persons with an even number, so that the odd half can judge it. ``SAME_FROM`` is the score with the best
F1 on that half; above ``LIKELY_FROM`` lie 99 of 100 true pairs of that half.
"""

START = -2.324
SAME_FROM = -0.467
LIKELY_FROM = -1.326
WEIGHTS = {
    "address.different": -1.669,
    "address.same": 1.9,
    "address.same_town": -0.099,
    "address.unknown": -0.131,
    "birth.different": -4.882,
    "birth.one_digit": 0.179,
    "birth.placeholder": -0.071,
    "birth.same": 2.692,
    "birth.swapped": 1.095,
    "birth.unknown": 0.459,
    "birth.year_and_day": -0.623,
    "birth.year_slip": 1.15,
    "family.common": -1.221,
    "family.common_birth": -0.382,
    "family.different": -1.783,
    "family.same": 0.329,
    "family.sound": 0.572,
    "family.unknown": 0.882,
    "given.different": -2.102,
    "given.same": 1.19,
    "given.sound": 0.284,
    "given.unknown": 0.628,
    "home.given": 1.778,
    "home.given_family": 1.847,
    "home.other": 1.296,
    "home.other_family": -1.659,
    "order.swapped": 0.587,
    "other_given.birth": -1.107,
    "other_given.no_birth": -0.994,
    "phone.different": -0.489,
    "phone.same": 0.77,
    "phone.unknown": -0.281,
    "together.given_birth": 3.031,
    "together.given_birth_only": 0.138,
    "together.given_nearly": 3.189,
    "together.given_nearly_home": 0.715,
    "together.given_nearly_only": -1.109,
    "together.given_no_birth": 0.97,
}
