"""The points of each piece of evidence, as logarithms of odds.

Fitted by ``services/intake/benchmarks/dedupe.py --fit``: logistic regression (ridge 0.3) on the candidate pairs of
invented persons with an even number, so that the odd half can judge it. ``SAME_FROM`` is the score with the best
F1 on that half; above ``LIKELY_FROM`` lie 99 of 100 true pairs of that half.
"""

START = -3.562
SAME_FROM = -0.100
LIKELY_FROM = -0.100
WEIGHTS = {
    "address.different": -2.33,
    "address.same": 2.14,
    "address.same_city": -0.02,
    "address.same_town": -0.061,
    "address.unknown": 0.271,
    "birth.different": -6.07,
    "birth.one_digit": 0.444,
    "birth.placeholder": 0.816,
    "birth.placeholder_near": -1.657,
    "birth.same": 3.266,
    "birth.swapped": 1.149,
    "birth.unknown": 0.628,
    "birth.year_and_day": -0.574,
    "birth.year_slip": 1.998,
    "family.common": -1.406,
    "family.common_birth": -0.786,
    "family.different": -2.028,
    "family.homophone": -0.006,
    "family.same": 0.834,
    "family.sound": 1.194,
    "family.unknown": 0.007,
    "given.different": -2.886,
    "given.homophone": -0.991,
    "given.same": 1.392,
    "given.sound": 1.284,
    "given.unknown": 1.201,
    "home.given": 2.944,
    "home.given_family": 2.718,
    "home.other": 0.631,
    "home.other_family": -1.85,
    "order.swapped": 0.258,
    "order.swapped_part": 1.393,
    "other_given.birth": -2.017,
    "other_given.no_birth": -0.87,
    "phone.different": -0.639,
    "phone.same": 1.017,
    "phone.unknown": -0.378,
    "renamed.other": -1.917,
    "renamed.womans": 0.987,
    "together.given_birth": 3.323,
    "together.given_birth_only": 0.756,
    "together.given_nearly": 3.44,
    "together.given_nearly_home": 0.76,
    "together.given_nearly_only": -0.81,
    "together.given_no_birth": 1.006,
}
