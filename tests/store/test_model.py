"""The store against a model of lists and dictionaries, whatever people do and in whatever order."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from aac.errors import WrongCall
from aac.records import CHOICES, VERDICTS, Correction, Rating, Vote
from aac.store.annotations import OwnWork, add_correction, add_rating, add_vote, own_work
from aac.store.database import FILE_NAME, Database
from aac.store.history import counts, history
from aac.store.people import ConsentNeeded, Erasure, add_consent, erase, export
from aac.store.queue import KINDS, add_prompts, attach_answers, finish, left, next_item, set_overlap
from aac.store.schema import queue_items
from aac.store.versions import add_version_event, chosen_rows, find_version, known_splits
from tests.postgresql import TEMPLATE, PostgresqlServer
from tests.store.sample import ALL, APPLE, CONSENT_VERSION, PARSER_VERSION, WATER, correction, fresh, freeze, generation
from tests.store.sample import new_id, rating, shipped, vote  # noqa: I001

PROMPTS = ("Querer", "Comer", "Ir")
Judgement = Rating | Vote | Correction
