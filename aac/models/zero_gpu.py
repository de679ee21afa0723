"""The GPU of a ZeroGPU Space, lent for one answer at a time through the package `spaces`; elsewhere there is none.

What `spaces.GPU` decorates runs in a process forked from the server, to which CUDA is real; its arguments and what it
yields are pickled, and a process that is kept for the next call knows nothing of what the server loaded since. So the
server holds the weights on its CPU, plain values go to and fro, and the process moves the weights, or reads them anew.

Read in spaces 0.51.3 (`zero/wrappers.py`); https://huggingface.co/docs/hub/spaces-zerogpu.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from typing import Any

import torch

from aac.errors import AacError, MissingError
from aac.models.generation import Row, Speaker
from aac.models.loading import LoadedBase
from aac.models.time_limit import TimeLimit
from aac.records import Generation, Precision
from aac.settings import Settings

DURATION_S = 60  # the platform's own default: who asks for less waits less, and spends less of their day's share
_MARGIN_S = 10  # weights to move and an adapter to read, before the answer's own time begins
_SAID_CHARS = 300

Load = Callable[[str, Precision], LoadedBase]


@dataclass(frozen=True, slots=True)
class Asked:
    """What goes into the forked process. model: an id or a folder. limit_s: of the answer itself."""

    model: str
    precision: Precision
    rows: tuple[Row, ...]
    limit_s: float


class ZeroGpu:
    """The way to the GPU, made once a server and before it is launched: the platform counts what is decorated then.

    load: reads a base model, in the forked process.
    """

    def __init__(self, gpu: Callable[..., Any], load: Load) -> None:
        self._load = load
        self._held: dict[tuple[str, Precision], Speaker] = {}
        self._lent = gpu(duration=duration_s)(self._answer)

    def speaker(self, base: LoadedBase) -> Speaker:
        """A speaker of a model in the server's own memory, which answers on the GPU."""
        self._held = {**self._held, (base.entry.id, base.precision): Speaker(base)}
        return BorrowingSpeaker(base, self)

    def let_go(self, model: str, precision: Precision) -> None:
        """The server holds the model no longer. model: an id or a folder."""
        self._held = {key: speaker for key, speaker in self._held.items() if key != (model, precision)}

    def answers(self, asked: Asked) -> Generator[list[Generation]]:
        """What the process yields. Raises what it met, and `MissingError` where no GPU was lent."""
        try:
            with closing(self._lent(asked)) as made:
                for one in made:
                    if isinstance(one, AacError):
                        raise one
                    yield one
        except AacError:
            raise
        except Exception as error:  # `spaces` raises Gradio's own, in English: no GPU was free, the share is used up
            said = " ".join(str(getattr(error, "message", error)).split())[:_SAID_CHARS]
            raise MissingError(
                f"Este Space não conseguiu a GPU para esta resposta ({said}). Tente de novo daqui a pouco.",
                f"This Space got no GPU for this answer ({said}). Try again in a while.",
            ) from error

    def _answer(self, asked: Asked) -> Iterator[list[Generation] | AacError]:
        """Runs in the forked process. An error is yielded: raised, only its class would come back."""
        try:
            speaker = self._held.get((asked.model, asked.precision))
            if speaker is None:
                speaker = Speaker(self._load(asked.model, asked.precision))
                self._held = {(asked.model, asked.precision): speaker}
            speaker.settle("cuda" if torch.cuda.is_available() else "cpu")
            yield from speaker.stream(asked.rows, limit=TimeLimit(asked.limit_s))
        except AacError as error:
            yield error


class BorrowingSpeaker(Speaker):
    """Answers on the GPU that is lent for it; here it only keeps the turns."""

    def __init__(self, base: LoadedBase, gpu: ZeroGpu) -> None:
        super().__init__(base)
        self._gpu = gpu
        self._lock = threading.Lock()

    def stream(
        self, rows: Sequence[Row], stop: threading.Event | None = None, limit: TimeLimit | None = None
    ) -> Generator[list[Generation]]:
        """As `Speaker.stream`; in the thread of who asks, where Gradio keeps whose share of the GPU it is.

        An answer gets what is left of `DURATION_S`, also where its own limit is longer or there is none.
        """
        most_s = DURATION_S - _MARGIN_S
        limit_s = min(limit.limit_s if limit and limit.limit_s else most_s, most_s)
        asked = Asked(self.base.entry.id, self.base.precision, tuple(rows), limit_s)
        last: list[Generation] = []
        with self._turn(), closing(self._gpu.answers(asked)) as answers:
            for last in answers:
                if stop and stop.is_set():
                    break
                yield last
        if any(one.finish == "running" for one in last):  # stopped: the process was told, and ends within a token
            yield [replace(one, finish="stopped") if one.finish == "running" else one for one in last]

    @contextmanager
    def _turn(self) -> Iterator[None]:
        waits = object()
        self._waiting.add(waits)
        with self._lock:
            self._waiting.discard(waits)
            yield


def duration_s(asked: Asked) -> int:
    """For how long the GPU is asked for."""
    return math.ceil(asked.limit_s) + _MARGIN_S


def zero_gpu(settings: Settings, load: Load) -> ZeroGpu | None:
    """The way to the GPU, where the Space says that it is a ZeroGPU one and has the package; else None."""
    if not settings.zero_gpu:
        return None
    try:
        import spaces
    except ImportError:  # some other machine on which somebody set the variable
        return None
    return ZeroGpu(spaces.GPU, load)
