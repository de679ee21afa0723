"""Days as people type them."""

from __future__ import annotations

import re
from datetime import date

from aac.errors import WrongCall


def check_day(day: str) -> None:
    """`WrongCall` where this is no day such as 2026-03-31."""
    try:
        is_day = bool(re.fullmatch(r"\d{4}-\d\d-\d\d", day, re.ASCII) and date.fromisoformat(day))
    except ValueError:
        is_day = False
    if not is_day:
        raise WrongCall(
            f"{day!r} não é um dia. Escreva ano, mês e dia, como 2026-03-31.",
            f"{day!r} is no day. Write year, month and day, such as 2026-03-31.",
        )
