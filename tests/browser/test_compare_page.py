"""What a person does on the Compare tab, in a real browser with the real store; the answers are given, not generated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from aac.cards import Card, cards_to_csv
from aac.models.registry import EMBEDDED_ID
from aac.parsing import PARSER_VERSION
from aac.records import Generation, GenerationRequest, StoredGeneration
from aac.settings import Settings
from aac.store import results
from aac.store.queue import add_prompts, attach_answers, next_item
from aac.store.people import add_consent
from aac.ui.consent import CONSENT_VERSION
from aac.ui.page import build_page, launch_options
from aac.workflow.archive import Archive
from aac.workflow.generating import Speakers
from tests.browser.test_accessibility import violations

pytestmark = pytest.mark.browser

PROMPTS = ("Querer", "Na farmácia", "Dor")
CONTESTANTS = ((EMBEDDED_ID, "none"), (EMBEDDED_ID, "default"))
WITHOUT = EMBEDDED_ID
WITH = f"{EMBEDDED_ID} + default@1a2b3c4d"
