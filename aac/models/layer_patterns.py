"""Regular expressions that name a model's layers: those that PEFT may try at every layer, however they were come by.

A configuration or an adapter of the Hub brings them. Python tries every way in which one could match, and there are
patterns of 20 characters with more ways than there is time for.
"""

from __future__ import annotations

import math
import re
from typing import Any

_PATTERN_MAX_CHARS = 300
_NAME_CHARS = 60  # of a layer's name, such as model.layers.21.self_attn.q_proj
_WAYS_MOST = 3e6  # at each of some hundred layers


def is_quick_pattern(pattern: str) -> bool:
    """Whether it is a regular expression, and one that fails within bounds at any name that it does not match."""
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError):
        return False
    return _ways(pattern) <= _WAYS_MOST


def slow_patterns(config: Any) -> list[str]:
    """The regular expressions of PEFT's configuration of an adapter that are none, or not quick."""
    named = [getattr(config, name, None) for name in ("target_modules", "exclude_modules", "layers_pattern")]
    found = [value for value in named if isinstance(value, str) and value != "all-linear"]
    found += [key for name in ("rank_pattern", "alpha_pattern") for key in getattr(config, name, None) or {}]
    return [pattern for pattern in found if not is_quick_pattern(pattern)]


def _ways(pattern: str) -> float:
    """In how many ways, at most, it is tried at one layer's name before it fails.

    Groups that are repeated or come back, and patterns longer than anybody writes, count as without end.
    """
    if len(pattern) > _PATTERN_MAX_CHARS or re.search(r"\\[1-9]", pattern):
        return math.inf
    bare = re.sub(r"\[\^?\]?[^\]]*\]", "x", re.sub(r"\\.", "x", pattern, flags=re.DOTALL))
    if re.search(r"\)[*+{]|\(\?(?![:!=])", bare):
        return math.inf
    repeats = len(re.findall(r"[*+{]", bare))
    choices = bare.count("|") + bare.count("?") - bare.count("(?")
    return _NAME_CHARS**repeats / math.factorial(repeats) * 2.0**choices
