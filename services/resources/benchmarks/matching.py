"""Measures the matching on labelled needs, beside the anchors, which it computes in the same run.

    python services/resources/benchmarks/matching.py ../shared/eval/matching

The folder holds resources.json, resources_padding.json, needs.<split>.json and
judgements.<split>.json. The product reads none of them. Beside them it judges the product on needs of its own
(``own``): ``needs.own.json`` was written and graded before the thesaurus was widened, ``needs.later.json`` after
it was closed. Needs marked ``other`` are told in words that no guide uses.
"""

import argparse
import json
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import log, log2
from pathlib import Path
from typing import Any

from kasane_resources.domain.eligibility import AreaKind, Eligibility, ServiceArea
from kasane_resources.domain.folding import fold
from kasane_resources.domain.human_service import (
    ContactMode,
    HumanService,
    HumanServiceEntry,
    ServiceStatus,
)
from kasane_resources.domain.location import Location, Position
from kasane_resources.domain.matching import (
    CandidateShelf,
    MatchingPolicy,
    match_rows,
    reasons_against,
)
from kasane_resources.domain.need import Availability, Need
from kasane_resources.domain.schedule import DAYS, Schedule
from kasane_resources.domain.scoring import DEFAULT_WEIGHTS, Weights
from kasane_resources.domain.taxonomy import kinds_in, taxonomy
from kasane_resources.domain.thesaurus import thesaurus

TODAY = date(2026, 11, 21)
OWN = Path(__file__).parent / "own"
BEST = 10
MODES = {
    "電話": ContactMode.PHONE,
    "メール": ContactMode.EMAIL,
    "Web": ContactMode.WEB_FORM,
    "LINE": ContactMode.LINE,
    "SNS": ContactMode.MESSAGE,
    "来所": ContactMode.WALK_IN,
    "見学": ContactMode.WALK_IN,
    "訪問": ContactMode.HOME_VISIT,
    "オンライン": ContactMode.ONLINE,
}
WEIGHTS_TRIED: Mapping[str, tuple[float, ...]] = {
    "strength": (10.0, 13.0, 16.0, 20.0),
    "further": (0.0, 2.0, 4.0, 6.0),
    "offer": (3.0, 5.0, 7.0, 10.0),
    "nearest": (10.0, 20.0, 30.0),
    "similarity": (15.0, 25.0, 40.0),
    "contact": (0.0, 4.0, 8.0),
    "certificate": (-20.0, -30.0, -45.0),
}
Ranking = Callable[[str], Sequence[str]]


@dataclass(frozen=True)
class Labelled:
    """One labelled set: what is offered, who needs something, and what fits how well."""

    resources: Mapping[str, Mapping[str, Any]]
    needs: Mapping[str, Mapping[str, Any]]
    grades: Mapping[str, Mapping[str, int]]


def read(folder: Path, split: str) -> Labelled:
    """The labelled set in a folder, with its padding."""
    files = (folder / "resources.json", folder / "resources_padding.json")
    resources = [one for file in files for one in _entries(file, "resources")]
    grades: dict[str, dict[str, int]] = {}
    for judgement in _entries(folder / f"judgements.{split}.json", "judgements"):
        of_need = grades.setdefault(judgement["need_id"], {})
        of_need[judgement["resource_id"]] = judgement["relevance"]
    return Labelled(
        {one["id"]: one for one in resources},
        {one["id"]: one for one in _entries(folder / f"needs.{split}.json", "needs")},
        grades,
    )


def _entries(file: Path, name: str) -> list[Mapping[str, Any]]:
    found = json.loads(file.read_text("utf-8"))
    return list(found if isinstance(found, list) else found[name])


def human_service(one: Mapping[str, Any]) -> HumanService:
    """An entry of the file in the product's own words."""
    schedule, area = one["schedule"], one["service_area"]
    labels = " ".join(category["label"] for category in one["categories"])
    help_at_place = "、".join(one["accessibility"])
    return HumanService(
        one["id"],
        HumanServiceEntry(
            name=one["name"],
            description=" ".join(filter(None, (one["description"], help_at_place))),
            status=ServiceStatus.ACTIVE
            if one["status"] == "active"
            else ServiceStatus.TEMPORARILY_CLOSED,
            categories=kinds_in(labels),
            contact_modes=tuple(dict.fromkeys(MODES[mode] for mode in one["contact_modes"])),
            referral_needed="相談窓口" in one["referral"],
            application_process="" if one["referral"] == "不要" else one["referral"],
            fees_description=one["fee"],
            capacity=one["capacity"]["maximum"],
            last_confirmed_on=date.fromisoformat(one["last_confirmed"]),
            eligibility=Eligibility(
                one["minimum_age"],
                one["maximum_age"],
                "、".join(one["audience"]),
                ServiceArea() if area == "制限なし" else ServiceArea(AreaKind.TOWNS, (area,)),
            ),
            schedule=Schedule(
                tuple(DAYS["月火水木金土日".index(day)] for day in schedule["byday"]),
                schedule["opens_at"] or "",
                schedule["closes_at"] or "",
            ),
            location=Location(
                municipality=one["municipality"]["code"],
                position=Position(one["latitude"], one["longitude"]),
            ),
        ),
    )


def need_of(one: Mapping[str, Any], text_only: bool = False) -> Need:
    """A need of the file in the product's own words; alone, its text keeps place and ages."""
    intake = one["intake"]
    bare = Need(
        category="",
        categories=(),
        municipality=one["municipality"]["code"],
        area=one["area"],
        town_name=one["municipality"]["name"],
        position=Position(one["latitude"], one["longitude"]),
        description=one["text"],
        ages=tuple(person["age"] for person in one["household"] if person["age"] is not None),
    )
    if text_only:
        return bare
    conditions = [person["condition"] for person in one["household"] if person["condition"]]
    return replace(
        bare,
        issues=tuple(intake["issues"]),
        conditions=tuple(conditions),
        without_car=intake["transport"] != "車あり",
        contact=MODES.get(intake["contact_preference"]),
        availability=Availability.read(intake["available_times"]),
    )


def measure(ranking: Ranking, labelled: Labelled, needs: Sequence[str]) -> dict[str, float]:
    """The means over the needs of every measure that looks at the order."""
    sums: Counter[str] = Counter()
    for need_id in needs:
        grades, found = labelled.grades[need_id], ranking(need_id)
        top = [grades.get(one, 0) for one in found[:BEST]]
        ideal = sorted(grades.values(), reverse=True)[:BEST]
        good = sum(grade >= 2 for grade in grades.values())
        first = next((place for place, one in enumerate(found, 1) if grades.get(one) == 3), None)
        sums["ndcg10"] += _gain(top) / _gain(ideal)
        sums["mrr3"] += 1 / first if first else 0.0
        sums["p1"] += bool(top) and top[0] >= 2
        sums["recall10"] += sum(grade >= 2 for grade in top) / good if good else 1.0
        sums["hardneg10"] += sum(grades.get(one) == 0 for one in found[:BEST])
    names = ("ndcg10", "p1", "mrr3", "recall10", "hardneg10")
    return {name: sums[name] / len(needs) for name in names}


def _gain(grades: Sequence[int]) -> float:
    return sum((2**grade - 1) / log2(place + 1) for place, grade in enumerate(grades, 1))


def violations(ranking: Ranking, labelled: Labelled, unborn: bool = True) -> int:
    """How many of the first ten are closed, for other ages or for another town, all needs together.

    Judged from the file alone, not by the product's own filter. A child to be born counts as a
    member of age 0 unless ``unborn`` is false.
    """
    count = 0
    for need_id, need in labelled.needs.items():
        ages = [person["age"] for person in need["household"] if person["age"] is not None]
        if unborn and ages and "妊娠" in need["text"]:
            ages.append(0)
        for one in (labelled.resources[found] for found in ranking(need_id)[:BEST]):
            low, high = one["minimum_age"] or 0, one["maximum_age"] or 200
            wrong_age = bool(ages) and not any(low <= age <= high for age in ages)
            wrong_place = not _place_fits(one, need)
            count += one["status"] != "active" or wrong_age or wrong_place
    return count


def _place_fits(one: Mapping[str, Any], need: Mapping[str, Any]) -> bool:
    area, town = one["service_area"], need["municipality"]
    named = re.match(r".+?[市町村]", area)
    if area != "制限なし" and named:
        return named.group() == town["name"]
    return bool(one["municipality"]["prefecture"] == town["prefecture"])


def bm25(labelled: Labelled, query_of: Callable[[str], str]) -> Callable[[str], dict[str, float]]:
    """BM25 on character bigrams (k1 1.2, b 0.75) over all entries: the plain anchor."""
    documents = {
        key: Counter(
            _pairs(
                " ".join(
                    (
                        one["name"],
                        one["description"],
                        *(category["label"] for category in one["categories"]),
                        *one["audience"],
                    )
                )
            )
        )
        for key, one in labelled.resources.items()
    }
    frequency = Counter(pair for pairs in documents.values() for pair in pairs)
    mean = sum(pairs.total() for pairs in documents.values()) / len(documents)

    def scores(need_id: str) -> dict[str, float]:
        wanted = sorted(set(_pairs(query_of(need_id))))
        return {
            key: sum(
                log(1 + (len(documents) - frequency[pair] + 0.5) / (frequency[pair] + 0.5))
                * pairs[pair]
                * 2.2
                / (pairs[pair] + 1.2 * (0.25 + 0.75 * pairs.total() / mean))
                for pair in wanted
                if pair in pairs
            )
            for key, pairs in documents.items()
        }

    return scores


def _pairs(text: str) -> list[str]:
    normal = "".join(unicodedata.normalize("NFKC", text).casefold().split())
    return [normal[at : at + 2] for at in range(len(normal) - 1)]


def by_score(scores: Mapping[str, float], allowed: frozenset[str] | None = None) -> list[str]:
    """The keys with the most points first; equal points by key."""
    kept = [key for key in scores if allowed is None or key in allowed]
    return sorted(kept, key=lambda key: (-scores[key], key))


class Bench:
    """One labelled set, ready to be ranked in several ways."""

    def __init__(self, labelled: Labelled) -> None:
        self.labelled = labelled
        self.services = [human_service(one) for one in labelled.resources.values()]
        self.shelf = CandidateShelf.of(self.services)
        self.needs = {key: need_of(one) for key, one in labelled.needs.items()}
        self.texts = {key: need_of(one, True) for key, one in labelled.needs.items()}
        self.allowed = {key: self._allowed(need) for key, need in self.needs.items()}

    def _allowed(self, need: Need) -> frozenset[str]:
        found = reasons_against(need, self.shelf, MatchingPolicy(taxonomy(), TODAY))
        return frozenset(key for key, reason in found if reason is None)

    def product(self, weights: Weights = DEFAULT_WEIGHTS, text_only: bool = False) -> Ranking:
        """The order in which the product suggests."""
        needs = self.texts if text_only else self.needs
        policy = MatchingPolicy(taxonomy(), TODAY, weights=weights)
        found = {
            key: [one.human_service.id for one in match_rows(need, self.shelf, policy).matches]
            for key, need in needs.items()
        }
        return found.__getitem__

    def anchors(self) -> Mapping[str, Ranking]:
        """The plain systems that every figure is to be read against."""
        needs = self.labelled.needs
        plain = bm25(self.labelled, lambda key: needs[key]["text"])
        worded = bm25(
            self.labelled,
            lambda key: " ".join((needs[key]["text"], *needs[key]["intake"]["issues"])),
        )
        grades = self.labelled.grades
        return {
            "BM25": lambda key: by_score(plain(key)),
            "BM25 + eligibility": lambda key: by_score(plain(key), self.allowed[key]),
            "BM25 + eligibility + intake": lambda key: by_score(worded(key), self.allowed[key]),
            "best inside the filter": lambda key: by_score(grades[key], self.allowed[key]),
        }


def words_blind(bench: Bench) -> Ranking:
    """The order when the thesaurus loses, for each need, every word that no other need confirms.

    What only this need's text uses could have been written into the thesaurus because of it. The
    figure is too low rather than too high: a plain word of the field is lost as well.
    """
    texts = {key: _folded_words(need) for key, need in bench.needs.items()}
    found: dict[str, list[str]] = {}
    for key, need in bench.needs.items():
        others = [text for other, text in texts.items() if other != key]
        kept = tuple(
            replace(one, said=said)
            for one in thesaurus().situations
            if (said := tuple(word for word in one.said if any(map(word.stands_in, others))))
        )
        blind = replace(need)
        blind.__dict__["situations"] = tuple(one for one in kept if one.told_in([texts[key]]))
        matches = match_rows(blind, bench.shelf, MatchingPolicy(taxonomy(), TODAY)).matches
        found[key] = [one.human_service.id for one in matches]
    return found.__getitem__


def _folded_words(need: Need) -> str:
    return fold(" ".join((need.description, *need.issues, *need.conditions)))


def tuned(bench: Bench, needs: Sequence[str]) -> Weights:
    """The weights that serve these needs best, one weight after the other, twice around."""
    best, reached = DEFAULT_WEIGHTS, -1.0
    for _ in range(2):
        for name, values in WEIGHTS_TRIED.items():
            for value in values:
                tried = replace(best, **{name: value})
                score = measure(bench.product(tried), bench.labelled, needs)["ndcg10"]
                if score > reached + 1e-9:
                    best, reached = tried, score
    return best


def line(name: str, found: Mapping[str, float]) -> str:
    """One row of the table."""
    return f"{name:<38}" + "".join(f"{value:>10.3f}" for value in found.values())


def say(text: str = "") -> None:
    """Writes one line."""
    sys.stdout.write(f"{text}\n")


def main() -> None:
    """Prints the table, the check against overfitting, and one JSON object in the last line."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("folder", type=Path)
    options.add_argument("--split", default="dev", help="which needs: needs.<split>.json")
    options.add_argument("--each", action="store_true", help="also one row for each need")
    chosen = options.parse_args()
    labelled = read(chosen.folder, chosen.split)
    bench, needs = Bench(labelled), sorted(labelled.needs)
    say(f"{len(labelled.resources)} entries with padding, {len(needs)} needs ({chosen.split})")
    heads = ("ndcg10", "p1", "mrr3", "recall10", "hardneg10")
    say(" " * 38 + "".join(f"{head:>10}" for head in heads))
    for size, part in (("", labelled), (" *", _without_padding(labelled))):
        for name, ranking in Bench(part).anchors().items():
            say(line(name + size, measure(ranking, part, needs)))
    product, text_only = bench.product(), bench.product(text_only=True)
    found, alone = measure(product, labelled, needs), measure(text_only, labelled, needs)
    say(line("Kasane", found))
    say(line("Kasane, text alone", alone))
    wrong, strict = (violations(product, labelled, unborn) for unborn in (True, False))
    say(f"eligibility violations in the first ten, all needs: {wrong}")
    say(f"the same when a child to be born is not counted as a member of the household: {strict}")
    say("* = without padding")
    if chosen.each:
        for need_id in needs:
            say(line(need_id, measure(product, labelled, [need_id])))
    blind = measure(words_blind(bench), labelled, needs)
    say(line("words of no other need taken out", blind))
    say()
    say("Check against overfitting: weights tuned on one half of the needs, nDCG@10 on the other")
    for tune, held in ((needs[::2], needs[1::2]), (needs[1::2], needs[::2])):
        ranking = bench.product(tuned(bench, tune))
        on_tuned = measure(ranking, labelled, tune)["ndcg10"]
        on_held = measure(ranking, labelled, held)["ndcg10"]
        plain = measure(product, labelled, held)["ndcg10"]
        say(f"  tuned {on_tuned:.3f}  held out {on_held:.3f}  (as shipped, held out {plain:.3f})")
    say()
    result = {name: round(value, 4) for name, value in found.items()}
    for own in ("own", "later"):
        result |= judged(own)
    say()
    result |= {"violations": wrong, "text_only_ndcg10": round(alone["ndcg10"], 4)}
    say(json.dumps(result))


def judged(split: str) -> dict[str, float]:
    """Prints how the product does on one of the service's own sets; the figures for the last line."""
    labelled = read(OWN, split)
    bench = Bench(labelled)
    product, text_only = bench.product(), bench.product(text_only=True)
    intake = bench.anchors()["BM25 + eligibility + intake"]
    found: dict[str, float] = {}
    for words in ("field", "other"):
        needs = sorted(key for key, one in labelled.needs.items() if one["words"] == words)
        say(line(f"{split}, {words} words: BM25 … intake", measure(intake, labelled, needs)))
        ours = measure(product, labelled, needs)
        say(line(f"{split}, {words} words ({len(needs)} needs)", ours))
        say(line(f"{split}, {words} words, text alone", measure(text_only, labelled, needs)))
        found |= {
            f"{split}_{words}_ndcg10": round(ours["ndcg10"], 4),
            f"{split}_{words}_hardneg10": round(ours["hardneg10"], 4),
        }
    wrong = violations(product, labelled)
    say(f"eligibility violations in the first ten, {split}: {wrong}")
    return found | {f"{split}_violations": wrong}


def _without_padding(labelled: Labelled) -> Labelled:
    kept = {key: one for key, one in labelled.resources.items() if not key.startswith("P")}
    return replace(labelled, resources=kept)


if __name__ == "__main__":
    main()
