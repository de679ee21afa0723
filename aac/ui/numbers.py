"""Numbers in words, as each language writes them."""

from __future__ import annotations

import math

from aac.ui.texts import Text

_SWAPPED = str.maketrans(",.", ".,")
_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000)
_SIZES = (("GB", 1e9, 1), ("MB", 1e6, 0), ("kB", 1e3, 0))


def number(value: float, digits: int = 2) -> Text:
    """A decimal point in English, a comma in Portuguese, and a true minus."""
    en = f"{round(value, digits) + 0.0:,.{digits}f}".replace("-", "−")  # + 0.0 makes no minus of a rounded zero
    return Text(en.translate(_SWAPPED), en)


def count(n: float) -> Text:
    """A whole number, its thousands apart."""
    return number(n, 0)


def percent(share: float, digits: int = 1) -> Text:
    """A share of 1 as a percentage."""
    found = number(100 * share, digits)
    return Text(f"{found.pt}%", f"{found.en}%")


def fill(template: Text, **values: Text | str) -> Text:
    """The template with its `{name}`s filled in, in each language."""
    pt = {name: value.pt if isinstance(value, Text) else value for name, value in values.items()}
    en = {name: value.en if isinstance(value, Text) else value for name, value in values.items()}
    return Text(template.pt.format(**pt), template.en.format(**en))


def round_axis(low: float, high: float, least_step: float = 0.1) -> tuple[float, float, float]:
    """Round ends around the values, and a round step that makes few ticks."""
    step = least_step
    for step in _STEPS:
        if step < least_step:
            continue
        first, last = math.floor(low / step), math.ceil(high / step)
        if last - first <= 5:
            break
    return first * step, max(last, first + 1) * step, step


def duration(seconds: float) -> Text:
    """About how long: seconds below a minute, minutes below an hour and a half, then hours, then days."""
    if seconds < 59.5:
        both = f"{max(0, round(seconds))} s"
    elif seconds < 5400:
        both = f"{round(seconds / 60)} min"
    elif seconds < 48 * 3600:
        minutes = round(seconds / 60)
        both = f"{minutes // 60} h" + (f" {minutes % 60:02d} min" if minutes % 60 else "")
    else:
        days = round(seconds / 86400)
        return Text(f"{days} dias", f"{days} days")
    return Text(both, both)


def size(size_bytes: float) -> Text:
    """Bytes in the largest unit of which there is one, counted in thousands."""
    for name, unit, digits in _SIZES:
        if size_bytes >= unit:
            found = number(size_bytes / unit, digits)
            return Text(f"{found.pt} {name}", f"{found.en} {name}")
    return Text(f"{round(size_bytes)} B", f"{round(size_bytes)} B")
