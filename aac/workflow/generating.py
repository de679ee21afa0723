"""Answers of base models and adapters, as they come."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from aac.errors import AacError, NoRoomError
from aac.models.adapters import DEFAULT_FOLDER, PEFT_CONFIG, Adapter, find_adapter, read_adapter
from aac.models.free_memory import free_bytes
from aac.models.generation import Row, Speaker
from aac.models.loading import give_memory_back, is_here, load_base, locate, needed_bytes
from aac.models.registry import EMBEDDED_ID, BaseModel, find_base_model
from aac.models.time_limit import TimeLimit
from aac.models.zero_gpu import ZeroGpu, zero_gpu
from aac.parsing import parse
from aac.prompts import PromptTemplate, check_content, check_request
from aac.records import Generation, GenerationRequest, Precision
from aac.settings import Settings
from aac.workflow.active import ACTIVE, DEFAULT, NONE, active_adapter, real_adapter
from aac.workflow.archive import Archive
from aac.workflow.withholding import Withholder

Progress = Callable[[str, str], None]
Key = tuple[str, Precision]
"""A model's id or folder, and its precision."""


def silent(pt: str, en: str) -> None:
    """No progress wanted."""


@dataclass
class Speakers:
    """The base models in memory, each loaded when first asked for: one at a time, or two where others reach the server.

    clock: of the time limit. gpu: where answers are written that a Space lends a GPU for; None elsewhere.
    keeps_default: the embedded model, which everybody uses, stays, and whatever else is chosen takes one second place.
    """

    settings: Settings
    clock: Callable[[], float] = time.monotonic
    gpu: ZeroGpu | None = None
    keeps_default: bool = False
    _loaded: dict[Key, Speaker] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(
        self, model: str, precision: Precision = "fp32", progress: Progress = silent, *, may_replace: bool = True
    ) -> Speaker:
        """The model called `model` (an id or a folder), ready to speak.

        may_replace: whether it may take the place of the default that is kept, where memory does not hold both; else
        that is a `NoRoomError`, and what is loaded stays. But the second place is emptied before its memory can be seen
        to be free: where somebody still holds the model that had it, that is the same error, and the place stays empty.
        """
        key = (model, precision)
        if found := self._loaded.get(key):  # at once, also while another one is being loaded
            return found
        with self._lock:
            if key not in self._loaded:
                entry = find_base_model(model)
                # what cannot be had must not cost the one that is loaded
                located = locate(entry, self.settings, progress)
                self._let_go(self._in_its_place(entry, located[0], precision, may_replace))
                try:
                    base = load_base(entry, self.settings, precision, progress, located, self._device)
                except NoRoomError as error:
                    if may_replace or not self.keeps_default or entry.id == EMBEDDED_ID:
                        raise
                    needed = needed_bytes(entry, located[0], precision)  # who cannot change the server is told theirs
                    raise _no_second_place(entry, needed, free_bytes(self._device)) from error
                self._loaded[key] = self.gpu.speaker(base) if self.gpu else Speaker(base)
            return self._loaded[key]

    @property
    def _device(self) -> str:
        return "cpu" if self.gpu else ""

    def _in_its_place(self, entry: BaseModel, folder: Path, precision: Precision, may_replace: bool) -> list[Key]:
        """What has to go for a model. Raises `NoRoomError` where it may not go."""
        if not self.keeps_default:
            return list(self._loaded)  # a second base model in memory is what a small computer cannot hold
        others = [key for key in self._loaded if key[0] != EMBEDDED_ID]
        needed, free = needed_bytes(entry, folder, precision), free_bytes(self._device)
        if entry.id == EMBEDDED_ID:
            return list(self._loaded) if free < needed else [key for key in self._loaded if key not in others]
        if not self.has(EMBEDDED_ID):  # it comes back, and needs its place then
            needed += needed_bytes(find_base_model(EMBEDDED_ID), folder, "fp32")
        free += sum(self._loaded[key].base.model.get_memory_footprint() for key in others)
        if free >= needed:
            return others
        if not may_replace:
            raise _no_second_place(entry, needed, free)
        return list(self._loaded)

    def _let_go(self, keys: list[Key]) -> None:
        for key in keys:
            self._forget(key)
        if keys:
            give_memory_back()

    def _forget(self, key: Key) -> None:
        """On the GPU too, which knows a folder by its entry, however it was written here (`model/`)."""
        base = self._loaded.pop(key).base
        if self.gpu:
            self.gpu.let_go(base.entry.id, base.precision)

    def is_here(self, model: str) -> bool:
        """Whether a model is in this computer; raises `WrongCall` where there is none of that name."""
        return is_here(find_base_model(model), self.settings)

    def has(self, model: str) -> bool:
        """Whether the model is in memory."""
        return model in self.held()

    def held(self) -> list[str]:
        """The models in memory, by id or folder."""
        return [name for name, _ in list(self._loaded)]

    def is_wanted(self) -> bool:
        """Whether somebody waits for the model: work that has time should give way."""
        return any(speaker.is_wanted for speaker in list(self._loaded.values()))


def _no_second_place(entry: BaseModel, needed: float, free: float) -> NoRoomError:
    return NoRoomError(
        f"Na memória deste servidor não cabe {entry.id} ao lado de {EMBEDDED_ID}, que fica porque todas as pessoas o "
        f"usam: seriam precisos {needed / 1e9:.1f} GB e há {free / 1e9:.1f} GB. Escolha {EMBEDDED_ID} em “Ajustes”, ou "
        "fale com quem mantém o servidor.",
        f"The memory of this server does not hold {entry.id} beside {EMBEDDED_ID}, which stays because everybody uses "
        f"it: {needed / 1e9:.1f} GB would be needed and {free / 1e9:.1f} GB are free. Choose {EMBEDDED_ID} under "
        "“Settings”, or speak with who maintains the server.",
    )


def speakers_for_server(settings: Settings, *, keeps_default: bool = False) -> Speakers:
    """Those of a server that is about to be launched, on a ZeroGPU Space with its GPU."""
    return Speakers(
        settings,
        keeps_default=keeps_default,
        gpu=zero_gpu(settings, lambda model, precision: load_base(find_base_model(model), settings, precision)),
    )


@dataclass(frozen=True, slots=True)
class GenerateOrder:
    """What to generate with: a base model and, column by column, an adapter's name ("default", "none", a folder).

    "active" has to become the name of the adapter that speaks first: `with_real_adapters`.
    """

    request: GenerationRequest
    adapters: tuple[str, ...] = (DEFAULT,)
    model: str = EMBEDDED_ID
    precision: Precision = "fp32"


def with_real_adapters(archive: Archive, order: GenerateOrder) -> GenerateOrder:
    """The order with the adapters' real names, as `real_adapter` gives them."""
    return replace(order, adapters=tuple(real_adapter(archive, name, order.model) for name in order.adapters))


def generate(
    speakers: Speakers,
    order: GenerateOrder,
    stop: threading.Event | None = None,
    progress: Progress = silent,
    limit_s: float = 0.0,
    *,
    may_replace: bool = True,
) -> Generator[list[Generation]]:
    """Yield what each column has so far, token by token; the last item is final.

    All columns come from one batched pass and are asked in the words of the first adapter among them, so that they
    differ by the adapter alone. Where the content filter is at work, `Refused` for a request that it stops, and a card
    that it stops is not in the text. limit_s: seconds from the answer's own turn after which it is cut; 0 for none.
    may_replace: whether the model may take the place of what a server keeps for everybody (`Speakers.get`).
    """
    request = check_request(order.request)
    if speakers.settings.filters:
        check_content(request)
    adapters = [_found(speakers.settings, name, find_base_model(order.model)) for name in order.adapters]
    speaker = speakers.get(order.model, order.precision, progress, may_replace=may_replace)
    template = _template(adapters, speaker.base.entry)
    limit = TimeLimit(limit_s, speakers.clock)
    answers = speaker.stream([Row(request, adapter, template) for adapter in adapters], stop, limit)
    if not speakers.settings.filters:
        yield from answers
        return
    withholder = Withholder(request.prompt)
    with closing(answers):
        for columns in answers:
            yield [withholder.withhold(column) for column in columns]


def read_otherwise(settings: Settings, order: GenerateOrder) -> str:
    """What the model is given in place of an order's mistyped prompt (`aac.words.understanding`); empty where it is
    given what was typed, but for capitals.
    """
    base, typed = find_base_model(order.model), check_request(order.request).prompt
    adapters = [_found(settings, name, base) for name in order.adapters]
    read = _template(adapters, base).read_as(typed)
    return "" if read.casefold() == typed.casefold() else read


def _template(adapters: Sequence[Adapter | None], base: BaseModel) -> PromptTemplate:
    return next((adapter.template for adapter in adapters if adapter), base.template)


def _found(settings: Settings, name: str, base: BaseModel) -> Adapter | None:
    """The adapter, called by its folder's name where it is among the adapters: what it writes tells of no path."""
    adapter = find_adapter(name, base)
    if adapter is None or adapter.folder.parent != settings.adapters_dir:
        return adapter
    return replace(adapter, name=adapter.folder.name)


def request_json(request: GenerationRequest) -> dict[str, Any]:
    """What was asked, as the command line and the page's download give it: the prompt, and what was said beside it."""
    said = {name: getattr(request, name) for name in ("context", "follows", "level", "given")}
    return {"prompt": request.prompt, **{name: value for name, value in said.items() if value}}


def generation_json(generation: Generation) -> dict[str, Any]:
    """One column as the command line and the page's download give it."""
    parsed = parse(generation.raw_text)
    return {
        "model": generation.model,
        "adapter": generation.adapter,
        "raw_text": generation.raw_text,
        "cards": [asdict(card) for card in parsed.cards],
        "problems": [asdict(problem) for problem in parsed.problems],
        "tokens": generation.tokens,
        "duration_s": round(generation.duration_s, 3),
    }


def adapters_on_offer(archive: Archive, model: str) -> list[str]:
    """What a person may choose for a base model: "active" first, where an adapter speaks for it; then each by name."""
    names = adapters_for(archive.settings, model)
    return [ACTIVE, *names] if active_adapter(archive, find_base_model(model).id) != NONE else names


def adapters_for(settings: Settings, model: str) -> list[str]:
    """The adapters on offer for a base model: the default where it fits, and those in the data folder's `adapters/`,
    by their folders' names.
    """
    found = [(DEFAULT, DEFAULT_FOLDER)]
    folders = [path.parent for path in sorted(settings.adapters_dir.glob(f"*/{PEFT_CONFIG}"))]
    found += [(folder.name, folder) for folder in folders if folder.name not in (ACTIVE, DEFAULT, NONE)]
    names = []
    for name, folder in found:
        with suppress(AacError):  # a damaged one is not on offer
            if read_adapter(folder, name).base_model == model:
                names.append(name)
    return names
