"""`GET /metrics`, in Prometheus' text format: for maintainers, and for a program that has the token."""

from __future__ import annotations

import asyncio
import hmac
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from prometheus_client import generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response

from aac import __version__
from aac.errors import AacError
from aac.store.browse import totals
from aac.store.runs import open_runs
from aac.ui.health import Health
from aac.ui.meters import Meters
from aac.workflow.archive import Archive
from aac.workflow.syncing import AnnotationSync

PATH = "/metrics"
_OPEN_STATES = ("queued", "running", "evaluating", "pushing")


class Metrics:
    """What answers. token: of programs; empty where only maintainers read it."""

    def __init__(
        self, meters: Meters, health: Health, archive: Archive, sync: AnnotationSync | None = None, token: str = ""
    ) -> None:
        self.meters = meters
        self._health = health
        self._archive = archive
        self._sync = sync
        self._token = token.encode()

    def has_token(self, request: Request) -> bool:
        """Whether the request brings the token: `Authorization: Bearer TOKEN`, once. Compared in constant time."""
        given = [value for name, value in request.scope["headers"] if name == b"authorization"]
        scheme, _, token = (given[0] if len(given) == 1 else b"").partition(b" ")
        return bool(self._token) and scheme.lower() == b"bearer" and hmac.compare_digest(token.strip(), self._token)

    async def answer(self) -> Response:
        """All of it. A database that does not answer is told as such, and what it holds is left out."""
        found = await self._health.found()
        text = await asyncio.to_thread(self._text, found)
        return Response(text, media_type=CONTENT_TYPE_PLAIN_0_0_4)

    def _text(self, found: dict[str, Any]) -> bytes:
        kept = _Kept(self._archive, self._sync) if found["database"] == "ok" else None
        return generate_latest(_Together([self.meters.registry, _Found(found), *([kept] if kept else [])]))


class _Found(Collector):
    """What the health check found."""

    def __init__(self, found: dict[str, Any]) -> None:
        self._found = found

    def collect(self) -> Iterator[Metric]:
        yield _gauge("prancha_build", "The version that runs", {__version__: 1}, "version")
        yield _gauge("prancha_database_up", "1 where it can be written", {"": int(self._found["database"] == "ok")})
        yield _gauge("prancha_folder_up", "1 where files can be written", {"": int(self._found["folder"] == "ok")})
        yield _gauge("prancha_model_ready", "1 once it is in memory", {"": int(self._found["model"] == "ready")})


class _Kept(Collector):
    """What the database holds, counted now."""

    def __init__(self, archive: Archive, sync: AnnotationSync | None) -> None:
        self._archive = archive
        self._sync = sync

    def collect(self) -> Iterator[Metric]:
        try:
            with self._archive.database.read() as connection:
                kept = totals(connection)
                states = Counter(str(run.state) for run in open_runs(connection))
        except AacError:  # gone since the health check: it says so the next time
            return
        yield _gauge("prancha_annotations", "Rows kept, replaced ones too", kept, "kind")
        runs = {state: states[state] for state in _OPEN_STATES}
        yield _gauge("prancha_training_runs", "Training runs that are not over", runs, "state")
        waiting = self._sync.state().waiting if self._sync else None
        if waiting is not None:  # not known before a first round to the Hub has succeeded
            yield _gauge("prancha_annotations_waiting", "Annotations that are not on the Hub yet", {"": waiting})


class _Together(Collector):
    """Several as one, without the time at which each counter was made, which the client adds to the text format."""

    def __init__(self, parts: Sequence[Any]) -> None:
        self._parts = parts

    def collect(self) -> Iterator[Metric]:
        for part in self._parts:
            for metric in part.collect():
                metric.samples = [sample for sample in metric.samples if not sample.name.endswith("_created")]
                yield metric


def _gauge(name: str, told: str, values: dict[str, int], label: str = "") -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, told, labels=[label] if label else [])
    for value, count in values.items():
        family.add_metric([value] if label else [], count)
    return family
