"""How much memory there is, is used, and will be; and clear words where it or the disk ends."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import psutil
import torch
from safetensors import SafetensorError

from aac.errors import NoRoomError
from aac.files import no_room

_SAMPLE_EVERY_S = 0.005
_LOGITS_COPIES = 9  # in fp32, at the peak in the loss's backward pass
_WIDTHS_KEPT, _INNER_WIDTHS_KEPT = 15, 6  # see `activation_bytes`
_ATTENTION_KEPT_TOKENS = 320
_BYTES_A_LEARNED_NUMBER = 16
_OUT_OF_MEMORY = ("can't allocate memory", "not enough memory", "out of memory")
_CANNOT_WRITE = ("PytorchStreamWriter", "inline_container", "unexpected pos", "file write failed")


def used_memory_bytes() -> int:
    """What this process takes now: of the GPU where there is one, else its resident set."""
    return torch.cuda.memory_allocated() if torch.cuda.is_available() else psutil.Process().memory_info().rss


class PeakMemory:
    """The greatest `used_memory_bytes` while it is open, sampled; in `bytes` afterwards."""

    def __init__(self) -> None:
        self.bytes = 0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> PeakMemory:
        if torch.cuda.is_available():
            torch.cuda.reset_peak_memory_stats()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._end.set()
        self._thread.join()
        peak = torch.cuda.max_memory_allocated() if torch.cuda.is_available() else used_memory_bytes()
        self.bytes = max(self.bytes, peak)

    def _watch(self) -> None:
        while not self._end.wait(_SAMPLE_EVERY_S):
            self.bytes = max(self.bytes, used_memory_bytes())


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a transformer that its activations depend on."""

    layers: int
    width: int
    inner_width: int
    vocabulary: int
    heads: int

    @classmethod
    def of(cls, config: Any) -> Shape:
        """Read off a Hugging Face configuration."""
        return cls(
            config.num_hidden_layers,
            config.hidden_size,
            getattr(config, "intermediate_size", None) or 4 * config.hidden_size,
            config.vocab_size,
            config.num_attention_heads,
        )


def keeps_attention(length: int) -> bool:
    """Whether attention is computed step by step, its [T, T] weights kept: on a CPU, at lengths in tokens where that is
    quicker than torch's fused kernel, whose backward pass is slow there (0.89 of a training's time at 120 tokens).
    """
    return length <= _ATTENTION_KEPT_TOKENS and not torch.cuda.is_available()


def activation_bytes(shape: Shape, batch: tuple[int, int], checkpointing: bool) -> int:
    """What a forward and backward pass over a batch of (rows, tokens a row, padding included) keeps, in fp32, roughly.

    A layer of the Llama kind with LoRA on every linear keeps about 15 vectors of the model's width (norms, queries,
    keys, values, residuals, the inputs that LoRA's dropout copied) and 6 of the inner width; with checkpointing only
    its input, and one layer at a time the rest. Counted as in Korthikanti et al. 2022, section 4; the three numbers
    were fitted to what the embedded model took with 440 and 1,760 tokens, with and without checkpointing.
    """
    rows, length = batch
    layer = _WIDTHS_KEPT * shape.width + _INNER_WIDTHS_KEPT * shape.inner_width
    if keeps_attention(length):
        layer += 2 * shape.heads * length  # the weights once in fp32, and as what multiplies the values
    kept = shape.layers * shape.width + layer if checkpointing else shape.layers * layer
    return 4 * rows * length * (kept + _LOGITS_COPIES * shape.vocabulary)


def adapter_bytes(layers: Sequence[tuple[int, int]], rank: int) -> int:
    """What LoRA on layers of so many numbers in and out takes: weights, gradients and AdamW's two moments, in fp32."""
    return _BYTES_A_LEARNED_NUMBER * learned_numbers(layers, rank)


def learned_numbers(layers: Sequence[tuple[int, int]], rank: int) -> int:
    """A is rank × in, B is out × rank (Hu et al. 2021, section 4.1)."""
    return rank * sum(into + out for into, out in layers)


@contextmanager
def clear_about_room(folder: Path) -> Iterator[None]:
    """Turns what torch, safetensors and the system say about full memory and full disks into `NoRoomError`.

    folder: where is written meanwhile.
    """
    try:
        yield
    except (MemoryError, torch.OutOfMemoryError) as error:
        raise _no_memory() from error
    except BrokenPipeError:  # who listened to the progress went away
        raise
    except OSError as error:
        raise no_room(folder, error) from error
    except SafetensorError as error:
        raise no_room(folder, OSError(str(error))) from error
    except RuntimeError as error:
        text = str(error)
        if any(words in text for words in _OUT_OF_MEMORY):
            raise _no_memory() from error
        if any(words in text for words in _CANNOT_WRITE):
            raise no_room(folder, OSError(text.splitlines()[0][:200])) from error
        raise


def _no_memory() -> NoRoomError:
    return NoRoomError(
        "A memória acabou durante o treino. Diminua batch_size ou max_length, ligue gradient_checkpointing, ou feche "
        "outros programas; o último ponto de retomada ficou.",
        "Memory ran out during the training. Lower batch_size or max_length, turn gradient_checkpointing on, or close "
        "other programs; the last checkpoint is kept.",
    )
