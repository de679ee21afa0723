"""Steps of a training over tensors that stay where they are: each part of a step a CUDA graph, and the update another.

Eagerly, a step of the embedded model takes 230 ms beside an H100 whose processor is slow, nearly all of it Python; a
graph is one call, and a step then 58 ms on half of an H200. Without a GPU the same is computed eagerly, as the tests
do: the capture was run on an H200, and is not tested.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

import torch

from aac.errors import NoRoomError, WrongCall
from aac.training.config import TrainConfig
from aac.training.unlikelihood import MOST_LIKELY
from benchmarks.graphs.plan import Inputs

_MOST_NORM = 1.0  # of the gradients, as the library's trainer clips them
_WARM_UPS = 2
_REASON_CHARS = 300


class Stepper:
    """A model with LoRA weights and their AdamW."""

    def __init__(self, model: Any, config: TrainConfig) -> None:
        base = model.get_base_model()
        self._model, self._decoder, self._head = model, base.get_decoder(), base.get_output_embeddings()
        self._has_eager_attention = base.config._attn_implementation == "eager"
        self._half = config.mixed_precision == "bf16"
        self._weights = [weight for weight in model.parameters() if weight.requires_grad]
        self.device = self._weights[0].device
        self.has_graphs = self.device.type == "cuda"
        for weight in self._weights:
            weight.grad = torch.zeros_like(weight)
        self._rate = torch.zeros((), device=self.device)
        capturable: dict[str, Any] = {"capturable": True, "foreach": True} if self.has_graphs else {}
        rate = self._rate if self.has_graphs else 0.0
        self._optimizer = torch.optim.AdamW(self._weights, rate, weight_decay=config.weight_decay, **capturable)
        self._total = torch.zeros((), device=self.device)
        self._masks: dict[int, torch.Tensor] = {}
        self._graphs: dict[int, tuple[Any, Inputs]] = {}
        self._update_graph: Any = None

    @property
    def vocabulary(self) -> int:
        """How many logits a position has."""
        return int(self._head.weight.shape[0])

    def autocast(self) -> torch.autocast:
        """The configuration's mixed precision. Nothing is kept of it, which a graph could not find again."""
        return torch.autocast(self.device.type, torch.bfloat16, enabled=self._half, cache_enabled=False)

    def loss(self, inputs: Inputs) -> torch.Tensor:
        """The cross entropy and the unlikelihood (`aac.training.unlikelihood`) of one part, as its weights say.

        Logits are computed where one is needed alone. inputs: as `Reader.parts` gives them, on the model's device.
        """
        ids, at, cells, weights = inputs
        with self.autocast():
            hidden = self._decoder(
                input_ids=ids, attention_mask=self._mask(ids.shape[1]), use_cache=False
            ).last_hidden_state
            logits = self._head(hidden.flatten(0, 1).index_select(0, at))
        logits = logits.float()
        of_cells = logits.flatten().index_select(0, cells)
        told = of_cells - logits.logsumexp(-1).index_select(0, cells // logits.shape[1])
        learned, unlearned = told[: len(at)], told[len(at) :]
        again = torch.log1p(-unlearned.exp().clamp(max=MOST_LIKELY))
        return -(learned * weights[: len(at)]).sum() - (again * weights[len(at) :]).sum()

    def _mask(self, width: int) -> torch.Tensor:
        """Causal, [1, 1, T, T]. Padding stands on the right, where nothing that is learned reads it; a mask of its own
        would be computed with a look at the numbers, which no graph can hold.
        """
        if width not in self._masks:
            mask = torch.ones(width, width, dtype=torch.bool, device=self.device).tril()
            if self._has_eager_attention:  # adds it
                mask = torch.zeros(mask.shape, device=self.device).masked_fill(~mask, torch.finfo(torch.float32).min)
            self._masks[width] = mask[None, None]
        return self._masks[width]

    def _learn(self, inputs: Inputs) -> None:
        loss = self.loss(inputs)
        loss.backward()
        self._total.add_(loss.detach())

    def _update(self) -> None:
        torch.nn.utils.clip_grad_norm_(self._weights, _MOST_NORM)
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=False)

    def capture(self, samples: Mapping[int, Inputs]) -> None:
        """A graph for each width, of which `samples` holds an example, that of most tokens first; and the update's.

        All in one pool and all warmed up on one stream: what a smaller one needs is free by then, so that all together
        take about what the greatest takes. Raises `NoRoomError` and `WrongCall`: no other training is begun.
        """
        try:
            self._capture(samples)
        except RuntimeError as error:
            if any(isinstance(one, torch.OutOfMemoryError) for one in (error, error.__context__)):
                raise NoRoomError(
                    f"A memória da GPU não basta para os grafos ({_reason(error)}). Aumente --memory-share, rode menos "
                    "processos ao mesmo tempo ou diminua lora_r.",
                    f"The GPU's memory does not hold the graphs ({_reason(error)}). Raise --memory-share, run fewer "
                    "processes at once, or lower lora_r.",
                ) from error
            raise WrongCall(
                f"Este treino não pôde ser gravado em grafos CUDA ({_reason(error)}). Treine-o com python -m aac "
                "train.",
                f"This training could not be captured in CUDA graphs ({_reason(error)}). Train it with python -m aac "
                "train.",
            ) from error

    def _capture(self, samples: Mapping[int, Inputs]) -> None:
        held = {width: self._here(inputs) for width, inputs in samples.items()}
        for inputs in held.values():
            self._mask(inputs[0].shape[1])
        beside = torch.cuda.Stream()
        beside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(beside):
            for _ in range(_WARM_UPS):
                for inputs in held.values():
                    self._learn(inputs)
                self._update()
        torch.cuda.current_stream().wait_stream(beside)
        torch.cuda.synchronize()
        torch.cuda.empty_cache()
        pool = torch.cuda.graph_pool_handle()
        for width, inputs in held.items():
            graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graph, pool=pool):
                self._learn(inputs)
            self._graphs[width] = graph, inputs
        self._update_graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self._update_graph, pool=pool):
            self._update()
        self.forget()

    def _here(self, inputs: Inputs) -> Inputs:
        ids, at, cells, weights = (tensor.to(self.device) for tensor in inputs)
        return ids, at, cells, weights

    def step(self, parts: Iterable[tuple[int, Inputs]], learning_rate: float) -> None:
        """Learn from all parts of a step, then update once."""
        for width, inputs in parts:
            if width not in self._graphs:
                self._learn(self._here(inputs))
                continue
            graph, held = self._graphs[width]
            for here, new in zip(held, inputs, strict=True):
                here.copy_(new, non_blocking=True)
            graph.replay()
        if self.has_graphs:
            self._rate.fill_(learning_rate)
        else:
            for group in self._optimizer.param_groups:
                group["lr"] = learning_rate
        if self._update_graph:
            self._update_graph.replay()
        else:
            self._update()

    def measure(self, parts: Iterable[Inputs]) -> float:
        """The loss of some parts, of which nothing is learned; eagerly, in parts for the memory's sake too."""
        with torch.no_grad():
            return sum(self.loss(self._here(inputs)).item() for inputs in parts)

    def taken_loss(self) -> float:
        """The sum of the steps' losses since it was asked for last. Waits for the GPU."""
        total = self._total.item()
        self._total.zero_()
        return total

    def seconds_of(self, steps: Iterable[Iterable[tuple[int, Inputs]]]) -> float:
        """How long these steps take, tried at a learning rate of 0 and then forgotten."""
        self.taken_loss()
        began_s = time.monotonic()
        for parts in steps:
            self.step(parts, 0.0)
        self.taken_loss()
        took_s = time.monotonic() - began_s
        self.forget()
        return took_s

    def forget(self) -> None:
        """No gradient, no moment, no loss: the optimizer is as new; the weights stay."""
        for weight in self._weights:
            weight.grad.zero_()
        for state in self._optimizer.state.values():
            for value in state.values():
                value.zero_()
        self._total.zero_()


def _reason(error: BaseException) -> str:
    said = " ".join(str(error).split())
    return said if len(said) <= _REASON_CHARS else f"{said[:_REASON_CHARS]}…"
