"""The split of new prompts beside prompts that have theirs for ever."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from aac.datasets.near_duplicates import SPLITS, Split, fill_splits, near_marks, prompt_clusters

_MARKS = {split: 1 << index for index, split in enumerate(SPLITS)}
_SPLIT_OF = {mark: split for split, mark in _MARKS.items()}


@dataclass(frozen=True, slots=True)
class SplitPlan:
    """Where prompts go. splits: every prompt asked for that may be used, those of old with the split they had.

    left_out: new prompts near prompts of two splits, themselves or through other new ones: in neither would they be
    honest. Sorted.
    """

    splits: dict[str, Split]
    left_out: tuple[str, ...]


def plan_splits(
    known: Mapping[str, Split], prompts: Iterable[str], *, validation: float = 0.1, test: float = 0.1
) -> SplitPlan:
    """Give each new prompt the split of the known ones near it, and fill the others in whole clusters.

    A known prompt never moves. One that is near known prompts of two splits is left out; of the rest, near-duplicates
    stay together, and a cluster that reaches two splits is left out whole. Known prompts do not join new ones into a
    cluster: what they link has their split already. The shares are of all prompts, known and new; without known ones
    the splits are those of `split_prompts`. The same prompts give the same plan, whatever their order.
    """
    asked = sorted(set(prompts))
    new = [prompt for prompt in asked if prompt not in known]
    marks = dict(zip(new, near_marks(new, {prompt: _MARKS[split] for prompt, split in known.items()}), strict=True))
    splits: dict[str, Split] = {prompt: known[prompt] for prompt in asked if prompt in known}
    left_out = [prompt for prompt in new if marks[prompt].bit_count() > 1]
    free: list[tuple[str, ...]] = []
    for cluster in prompt_clusters([prompt for prompt in new if marks[prompt].bit_count() <= 1]):
        mark = 0
        for prompt in cluster:
            mark |= marks[prompt]
        if mark in _SPLIT_OF:
            splits.update(dict.fromkeys(cluster, _SPLIT_OF[mark]))
        elif mark:
            left_out += cluster
        else:
            free.append(cluster)
    taken = Counter({**known, **splits}.values())
    total = taken.total() + sum(map(len, free))
    room = {"test": round(test * total) - taken["test"], "validation": round(validation * total) - taken["validation"]}
    splits.update(fill_splits(free, room))
    return SplitPlan({prompt: splits[prompt] for prompt in asked if prompt in splits}, tuple(sorted(left_out)))
