"""Rows of text from one model: every row with its own adapter, seed and constraint, streamed token by token."""

from __future__ import annotations

import codecs
import os
import queue
import sys
import threading
import time
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from llguidance import LLTokenizer
from peft import PeftModel
from safetensors import SafetensorError
from transformers import LogitsProcessorList, StoppingCriteria, StoppingCriteriaList
from transformers.generation.streamers import BaseStreamer

from aac.errors import CorruptError
from aac.files import without_place
from aac.models.adapters import Adapter, weights_sha256
from aac.models.decoding import CardConstraint, SeededSampling, grammar_tokenizer
from aac.models.experts import Experts
from aac.models.free_memory import give_back
from aac.models.leaning import FieldLeaning
from aac.models.loading import LoadedBase
from aac.models.own_thread import OwnThread
from aac.models.time_limit import TimeLimit
from aac.parsing import parse
from aac.prompts import PromptTemplate
from aac.records import Generation, GenerationRequest

_BASE_ROW = "__base__"  # PEFT's name for a row without an adapter
_FREE_TOKENS_PER_CARD = 52
_CARDLESS_TOKENS = 96  # whoever has written no card by then tells a tale, and is not waited for
_NICE = 5  # so much less do the threads that write press; a training gives way further
_WELL_FORMED_TOKENS_PER_CARD = 140  # above what the grammar's bounds let a line need


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a batch: what is asked, with which adapter (None: without LoRA), in which words."""

    request: GenerationRequest
    adapter: Adapter | None
    template: PromptTemplate

    @property
    def max_new_tokens(self) -> int:
        """The request's own limit, or one that leaves room for the cards it wants."""
        if self.request.max_new_tokens:
            return self.request.max_new_tokens
        each = _WELL_FORMED_TOKENS_PER_CARD if self.request.well_formed else _FREE_TOKENS_PER_CARD
        return max(_CARDLESS_TOKENS, each * self.request.cards_wanted)

    def is_tale(self, text: str, tokens: int) -> bool:
        """Whether as many tokens as may be without a card are, where neither a grammar nor a limit was asked for."""
        is_free = not self.request.well_formed and not self.request.max_new_tokens
        return is_free and tokens == _CARDLESS_TOKENS and not parse(text).cards


class Speaker:
    """A loaded base model with its adapters, safe to share: one batch at a time.

    Two generations at once on one PEFT model would silently mix their adapters; so all are made in one thread, which is
    always the same: what a thread's memory was needed for is kept for that thread (glibc), and each of many would have
    its own.
    """

    def __init__(self, base: LoadedBase) -> None:
        self.base = base
        self._model: Any = base.model
        self._names: dict[str, str] = {}
        self._waiting: set[object] = set()
        self._thread = OwnThread(_give_way)
        self._grammar_tokenizer: LLTokenizer = grammar_tokenizer(base.tokenizer)
        self._experts = Experts(base.tokenizer)

    def generate(self, rows: Sequence[Row]) -> list[Generation]:
        """Generate all rows in one batch and wait for it."""
        *_, last = self.stream(rows)
        return last

    def stream(
        self, rows: Sequence[Row], stop: threading.Event | None = None, limit: TimeLimit | None = None
    ) -> Generator[list[Generation]]:
        """Yield what all rows have so far, after each token; the last item is final.

        Setting `stop`, closing the iterator, or the end of `limit` ends the work within one token.
        """
        stop, limit = stop or threading.Event(), limit or TimeLimit()
        streamer = _RowStreamer(self, rows)
        self._waiting.add(streamer)
        work: Future[None] | None = None
        try:
            work = self._thread.do(lambda: self._work(rows, streamer, stop, limit))
            while (item := streamer.items.get()) is not None:
                if isinstance(item, BaseException):
                    raise item
                yield streamer.snapshot("running")
            work.result()
            yield streamer.snapshot("stopped" if stop.is_set() else "time" if limit.has_cut else "length")
        finally:
            stop.set()
            if work:
                self._thread.end(work)
            self._waiting.discard(streamer)

    def _work(self, rows: Sequence[Row], streamer: _RowStreamer, stop: threading.Event, limit: TimeLimit) -> None:
        self._waiting.discard(streamer)
        try:
            streamer.started_s = time.perf_counter()
            limit.begin()
            self._generate(rows, streamer, lambda: stop.is_set() or limit.is_over())
        except BaseException as error:  # handed to the reader of the stream, who raises it
            streamer.items.put(error)
        finally:
            streamer.items.put(None)
            give_back()

    @property
    def is_wanted(self) -> bool:
        """Whether somebody waits for their turn: work that has time should give way."""
        return bool(self._waiting)

    def settle(self, device: str) -> None:
        """Begin in a process that was forked: the threads of the other one are not here."""
        self._waiting, self._thread = set(), OwnThread(_give_way)
        self._model.to(device)

    def _generate(self, rows: Sequence[Row], streamer: _RowStreamer, is_over: Callable[[], bool]) -> None:
        names = [self._load_adapter(row.adapter) for row in rows]
        inputs = self._encode(rows)
        eos = self.base.tokenizer.eos_token_id
        formed = [row.request if row.request.well_formed else None for row in rows]
        processors = LogitsProcessorList()
        experts = [self._experts.of(row.adapter, row.request) for row in rows]
        if any(experts):
            decode = partial(self.base.tokenizer.decode, skip_special_tokens=True)
            processors.append(FieldLeaning(decode, experts))
        if any(formed):
            processors.append(CardConstraint(self._grammar_tokenizer, eos, formed))
        if any(row.request.temperature > 0 for row in rows):
            seeds, temperatures = [row.request.seed for row in rows], [row.request.temperature for row in rows]
            processors.append(SeededSampling(seeds, temperatures))
        with torch.inference_mode():
            self._model.generate(
                **inputs,
                **self._choose(names),
                do_sample=False,
                max_new_tokens=max(row.max_new_tokens for row in rows),
                eos_token_id=eos,
                pad_token_id=self.base.tokenizer.pad_token_id,
                logits_processor=processors,
                stopping_criteria=StoppingCriteriaList([_StopRows(streamer, is_over)]),
                streamer=streamer,
            )

    def _choose(self, names: Sequence[str]) -> dict[str, Any]:
        """What gives each row its adapter. Where all have one, PEFT's plain way: the same numbers, in less time."""
        if not self._names:
            return {}
        if len(set(names)) == 1 and names[0] != _BASE_ROW:
            self._model.set_adapter(names[0], inference_mode=True)
            return {}
        return {"adapter_names": list(names)}

    def _encode(self, rows: Sequence[Row]) -> dict[str, torch.Tensor]:
        """Token ids and mask, [B, P], padded on the left."""
        tokenizer = self.base.tokenizer
        encoded = [encode_prompt(tokenizer, row.template, row.request) for row in rows]
        return tokenizer.pad({"input_ids": encoded}, return_tensors="pt").to(self._model.device)

    def _load_adapter(self, adapter: Adapter | None) -> str:
        """The name under which PEFT holds the adapter, loaded where it is new."""
        if adapter is None:
            return _BASE_ROW
        folder = str(adapter.folder.resolve())
        key = f"{folder}@{weights_sha256(adapter.folder)}"  # pulled again, a folder may hold other weights
        if key not in self._names:
            name = f"adapter{len(self._names)}"
            try:
                if self._names:
                    self._model.load_adapter(folder, adapter_name=name)
                else:
                    self._model = PeftModel.from_pretrained(self._model, folder, adapter_name=name)
            except (OSError, ValueError, RuntimeError, KeyError, SafetensorError) as error:
                said = without_place(error, adapter.folder)
                raise CorruptError(
                    f"O adaptador {adapter.folder.name} não serve neste modelo ({said}). Copie a pasta de novo ou "
                    "treine outra vez.",
                    f"The adapter {adapter.folder.name} does not fit this model ({said}). Copy the folder again or "
                    "train anew.",
                ) from error
            self._model.eval()
            self._names[key] = name
        return self._names[key]


def encode_prompt(tokenizer: Any, template: PromptTemplate, request: GenerationRequest) -> list[int]:
    """The ids that a model continues, with the start token where the tokenizer has one and the text has not."""
    text = template.render(
        request, lambda messages: tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    )
    has_start = tokenizer.bos_token is not None and text.startswith(tokenizer.bos_token)
    return tokenizer(text, add_special_tokens=not has_start)["input_ids"]


def _give_way() -> None:
    """Who presses a key goes before what the model writes. On Linux a thread can be nice alone, and those it starts."""
    if sys.platform == "linux":
        with suppress(OSError):
            thread = threading.get_native_id()
            os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + _NICE)


class _StopRows(StoppingCriteria):
    """Ends a row where it has ended for who reads it, and all of them when the person stops or their time is up."""

    def __init__(self, streamer: _RowStreamer, is_over: Callable[[], bool]) -> None:
        self._streamer = streamer  # it takes each token before it is asked here
        self._is_over = is_over

    def __call__(self, input_ids: torch.LongTensor, scores: torch.FloatTensor, **kwargs: Any) -> torch.BoolTensor:
        is_over = self._is_over()
        return torch.tensor([is_over or done for done in self._streamer.have_ended], device=input_ids.device)  # type: ignore[return-value]


class _RowStreamer(BaseStreamer):
    """Collects the tokens of a batch row by row. Bytes are decoded as they come, so that no emoji is cut in two."""

    def __init__(self, speaker: Speaker, rows: Sequence[Row]) -> None:
        self.items: queue.Queue[int | BaseException | None] = queue.Queue()
        self.started_s = time.perf_counter()
        self._speaker = speaker
        self._rows = [_RowText(row) for row in rows]
        self._special = frozenset(speaker.base.tokenizer.all_special_ids)
        self._seen_prompt = False

    def put(self, value: torch.Tensor) -> None:
        """First the prompt, [B, P], which is passed over; then [B] tokens a step."""
        if not self._seen_prompt:
            self._seen_prompt = True
            return
        now_s = time.perf_counter() - self.started_s
        for row, token in zip(self._rows, value.tolist(), strict=True):
            row.add(token, self._bytes(token), now_s, self._speaker.base.tokenizer.eos_token_id)
        self.items.put(0)

    def end(self) -> None:
        """Nothing: the worker's `finally` ends the stream, also where `generate` fails."""

    @property
    def have_ended(self) -> list[bool]:
        """Of each row, whether nothing more is read of it."""
        return [bool(row.finish) for row in self._rows]

    def _bytes(self, token: int) -> bytes:
        return b"" if token in self._special else self._speaker._grammar_tokenizer.decode_bytes([token])

    def snapshot(self, finish: str) -> list[Generation]:
        """What each row has written so far."""
        base = self._speaker.base
        return [
            Generation(
                request=text.row.request,
                model=base.entry.id,
                revision=base.revision,
                adapter=text.row.adapter.name if text.row.adapter else None,
                raw_text=text.text if finish == "running" else text.text + text.decoder.decode(b"", final=True),
                tokens=text.tokens,
                duration_s=text.duration_s,
                finish=text.finish or finish,
            )
            for text in self._rows
        ]


class _RowText:
    """The text of one row as it grows."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self.decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self.text = ""
        self.tokens = 0
        self.duration_s = 0.0
        self.finish = ""

    def add(self, token: int, data: bytes, now_s: float, eos_token_id: int) -> None:
        """Take a step's token, unless the row has ended and is only padded."""
        if self.finish:
            return
        self.tokens += 1
        self.duration_s = now_s
        self.text += self.decoder.decode(data)
        if token == eos_token_id:
            self.finish = "end"
        elif self.tokens >= self.row.max_new_tokens or self.row.is_tale(self.text, self.tokens):
            self.finish = "length"
