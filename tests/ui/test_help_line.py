"""Whom to call, where a prompt tells of wishing to die."""

from __future__ import annotations

import pytest

from aac.records import GenerationRequest
from aac.ui.help_line import help_for


@pytest.mark.parametrize("prompt", ["Quero desaparecer", "quero dezaparecer"], ids=["as it is written", "mistyped"])
def test_who_wishes_to_die_is_told_whom_to_call(prompt: str):
    assert help_for(GenerationRequest(prompt)) is not None


def test_nobody_else_is():
    assert help_for(GenerationRequest("quero comer")) is None
