"""Measures how well intake recognises one person in two records, beside two baselines computed in the same run.

Method: candidate pairs come from the blocking keys; a pair belongs to the half of its first record's person (even
or odd number). The weights are fitted and every threshold is chosen on the even half, the figures are of the odd one.
``--fit`` fits the weights anew and prints them as ``weights.py`` ships them.
"""

import argparse
import csv
import difflib
import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kasane_intake.domain.same_person.scoring import compare, evidence
from kasane_intake.domain.same_person.traits import FoldedPerson, PersonTraits, fold_person, keys_of

PERSONS = Path(__file__).resolve().parents[4] / "shared/eval/dedupe/persons.csv"
LARGEST_BLOCK = 200
Pair = tuple[int, int]


@dataclass(frozen=True)
class Half:
    """The pairs of one half: score and truth of each, and how many true pairs there are in all."""

    scored: Sequence[tuple[float, bool]]
    true_pairs: int

    def curve(self) -> list[tuple[float, float, float]]:
        """(threshold, precision, recall) at every score that occurs, highest first."""
        hits, points = 0, []
        ranked = sorted(self.scored, key=lambda one: -one[0])
        for place, (score, truth) in enumerate(ranked, 1):
            hits += truth
            if place == len(ranked) or ranked[place][0] != score:
                points.append((score, hits / place, hits / self.true_pairs))
        return points

    def threshold(self) -> float:
        """The score with the best F1; of equals the lowest, because a person confirms."""
        best = max(self.curve(), key=lambda point: (round(f1(point[1], point[2]), 9), -point[0]))
        return best[0]

    def at(self, threshold: float) -> tuple[float, float, float]:
        """Precision, recall and F1 of what scores at least the threshold."""
        taken = [truth for score, truth in self.scored if score >= threshold]
        hits = sum(taken)
        precision, recall = hits / len(taken) if taken else 0.0, hits / self.true_pairs
        return precision, recall, f1(precision, recall)


def f1(precision: float, recall: float) -> float:
    """The harmonic mean of precision and recall."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def main() -> None:
    """Prints the table and, last, one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("persons", type=Path, nargs="?", default=PERSONS)
    parser.add_argument(
        "--fit", action="store_true", help="fit the weights on the even half and print them"
    )
    arguments = parser.parse_args()
    with arguments.persons.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    started = time.process_time()
    people = [fold_person(_traits(row)) for row in rows]
    pairs = candidate_pairs(people)
    scores = [compare(people[a], people[b]).score for a, b in pairs]
    cpu = time.process_time() - started
    if arguments.fit:
        say(fit(rows, people, pairs))
        return
    truths = [rows[a]["person_id"] == rows[b]["person_id"] for a, b in pairs]
    records_of = Counter(row["person_id"] for row in rows)
    all_true = sum(n * (n - 1) // 2 for n in records_of.values())
    say(f"{len(rows)} records, {all_true} true pairs, {len(pairs)} candidate pairs, ", end="")
    say(f"pair completeness {sum(truths) / all_true:.4f}")
    say(f"{'method':<44}{'P':>8}{'R':>8}{'F1':>8}{'R@P.99':>8}{'in house':>10}")
    methods = {
        "exact after normalisation + birth date": [exact(people[a], people[b]) for a, b in pairs],
        "edit similarity after normalisation": [similar(people[a], people[b]) for a, b in pairs],
        "kasane": scores,
    }
    result: dict[str, float] = {}
    for name, of_method in methods.items():
        result = measure(rows, pairs, of_method, truths)
        say(f"{name:<44}", end="")
        say(
            "".join(f"{result[k]:>8.4f}" for k in ("precision", "recall", "f1", "recall_at_p99")),
            end="",
        )
        say(f"{result['false_pairs_in_household']:>10.0f}")
    say(f"kasane: {cpu:.2f} s CPU for folding, keys and scores of {len(rows)} records")
    say(
        json.dumps(
            {**{key: round(value, 4) for key, value in result.items()}, "cpu_s": round(cpu, 2)}
        )
    )


def candidate_pairs(people: Sequence[FoldedPerson]) -> list[Pair]:
    """Pairs that share a blocking key; a key that very many share tells nothing."""
    blocks: defaultdict[str, list[int]] = defaultdict(list)
    for place, person in enumerate(people):
        for key in keys_of(person):
            blocks[key].append(place)
    found = set()
    for block in blocks.values():
        if len(block) <= LARGEST_BLOCK:
            found.update((a, b) for i, b in enumerate(block) for a in block[:i])
    return sorted(found)


def measure(
    rows: Sequence[dict[str, str]],
    pairs: Sequence[Pair],
    scores: Sequence[float],
    truths: Sequence[bool],
) -> dict[str, float]:
    """Threshold from the even half; figures on the odd half, false pairs in a household on all."""
    even, odd = halves(rows, pairs, scores, truths)
    threshold = even.threshold()
    precision, recall, score = odd.at(threshold)
    sure = [r for _, p, r in odd.curve() if p >= 0.99]
    in_house = sum(
        not truth and points >= threshold and rows[a]["household_id"] == rows[b]["household_id"]
        for (a, b), points, truth in zip(pairs, scores, truths, strict=True)
    )
    return {
        "precision": precision,
        "recall": recall,
        "f1": score,
        "recall_at_p99": max(sure, default=0.0),
        "false_pairs_in_household": in_house,
    }


def halves(
    rows: Sequence[dict[str, str]],
    pairs: Sequence[Pair],
    scores: Sequence[float],
    truths: Sequence[bool],
) -> tuple[Half, Half]:
    """The pairs of even and of odd persons."""
    true_pairs: Counter[bool] = Counter()
    for person, records in Counter(row["person_id"] for row in rows).items():
        true_pairs[int(person) % 2 == 0] += records * (records - 1) // 2
    scored: dict[bool, list[tuple[float, bool]]] = {True: [], False: []}
    for (a, _), score, truth in zip(pairs, scores, truths, strict=True):
        scored[int(rows[a]["person_id"]) % 2 == 0].append((score, truth))
    return Half(scored[True], true_pairs[True]), Half(scored[False], true_pairs[False])


def exact(a: FoldedPerson, b: FoldedPerson) -> float:
    """Baseline: the same birth date and the same folded name or reading."""
    same_name = (a.written and a.written == b.written) or (a.sound and a.sound == b.sound)
    return float(bool(same_name and a.birth_date and a.birth_date == b.birth_date))


def similar(a: FoldedPerson, b: FoldedPerson) -> float:
    """Baseline: fixed weights on the edit similarity of names, birth date, address and telephone."""
    name = max(_ratio(a.written, b.written), _ratio(a.sound, b.sound))
    born = _ratio(str(a.birth_date or ""), str(b.birth_date or ""))
    home = _ratio(a.town + a.house, b.town + b.house)
    phone = float(bool(a.phone) and a.phone == b.phone)
    return round(0.45 * name + 0.35 * born + 0.15 * home + 0.05 * phone, 4)


def fit(
    rows: Sequence[dict[str, str]], people: Sequence[FoldedPerson], pairs: Sequence[Pair]
) -> str:
    """Logistic regression with a ridge of 0.3 on the even half's pairs, by Newton's method; returns the constants."""
    import numpy as np

    found = [evidence(people[a], people[b]) for a, b in pairs]
    names = sorted({name for one in found for name in one})
    column = {name: place for place, name in enumerate(names)}
    x = np.zeros((len(pairs), len(names) + 1))
    x[:, -1] = 1
    for line, one in enumerate(found):
        x[line, [column[name] for name in one]] = 1
    truths = np.array([rows[a]["person_id"] == rows[b]["person_id"] for a, b in pairs])
    even = np.array([int(rows[a]["person_id"]) % 2 == 0 for a, _ in pairs])
    weights, ridge = np.zeros(len(names) + 1), 0.3 * np.eye(len(names) + 1)
    ridge[-1, -1] = 1e-9
    for _round in range(60):
        odds = 1 / (1 + np.exp(-np.clip(x[even] @ weights, -30, 30)))
        slope = x[even].T @ (truths[even] - odds) - ridge @ weights
        bend = (x[even].T * (odds * (1 - odds))) @ x[even] + ridge
        weights += np.linalg.solve(bend, slope)
    weights = np.round(weights, 3)
    scores = [float(score) for score in np.round(x @ weights, 6)]
    half = halves(rows, pairs, scores, [bool(t) for t in truths])[0]
    likely = next(threshold for threshold, _, recall in half.curve() if recall >= 0.99)
    lines = [
        f"START = {weights[-1]}",
        f"SAME_FROM = {half.threshold():.3f}",
        f"LIKELY_FROM = {likely:.3f}",
    ]
    lines += ["WEIGHTS = {", *(f'    "{n}": {weights[column[n]]},' for n in names), "}"]
    return "\n".join(lines)


def say(words: str, end: str = "\n") -> None:
    """Writes to the terminal."""
    sys.stdout.write(words + end)


def _traits(row: dict[str, str]) -> PersonTraits:
    return PersonTraits(
        f"{row['surname']} {row['given']}".strip(),
        f"{row['surname_kana']} {row['given_kana']}".strip(),
        date.fromisoformat(row["dob"]) if row["dob"] else None,
        row["address"],
        row["phone"],
    )


def _ratio(a: str, b: str) -> float:
    return difflib.SequenceMatcher(None, a, b, autojunk=False).ratio() if a and b else 0.5


if __name__ == "__main__":
    main()
