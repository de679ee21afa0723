"""The shipped adapter on the base model in fp32, bitsandbytes NF4 and int8, and llama.cpp's Q4_1: scores, memory, pace.

    python -m pip install -r requirements-test.txt
    python -m benchmarks.precisions [--keep docs/quality] [--only int8]

Each has a process of its own. Its resident memory and its tokens a second are of one request at a time; then
it answers the tasks "set" and "complete" of the test data, unless its answers are kept and of the same adapter. Answers
lean on the same experts everywhere; llama.cpp is asked for a token at a time for that, and also timed left to itself.
What was measured and the answers are kept: `make report` scores these again and prints the same table.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import torch

from aac.cli.quality import DATA, print_precisions
from aac.errors import DataError, MissingError
from aac.evaluation import BATCH_SIZE, MAX_NEW_TOKENS, PROTOCOL
from aac.models.adapters import Adapter, find_adapter, weights_sha256
from aac.models.embedded import find_gguf
from aac.models.experts import Experts
from aac.models.generation import Row, Speaker, encode_prompt
from aac.models.leaning import FieldLeaning
from aac.models.registry import EMBEDDED_ID, find_base_model
from aac.records import GenerationRequest
from aac.settings import Settings
from aac.workflow import quality
from aac.workflow.generating import Speakers
from aac.workflow.merging import export_gguf
from aac.workflow.precisions import KEPT, LLAMA_CPP, PRECISIONS, TASKS, folder_of, precisions_told, read_measured
from aac.workflow.quality_tasks import Task, read_task

PACE_PROMPTS = ("Querer", "Na farmácia", "Comida", "Dor", "Caiu a luz")
PACE_TOKENS = 64


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", type=Path, default=Path("docs/quality"))
    parser.add_argument("--only", nargs="+", choices=(*PRECISIONS, LLAMA_CPP), help="the others stay as they are kept")
    parser.add_argument("--one", choices=(*PRECISIONS, LLAMA_CPP), help="only this one, in this process")
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measured(options.one, folder_of(options.keep / "answers", options.one))))
        return
    answers, kept = options.keep / "answers", options.keep / KEPT
    rows = {row["name"]: row for row in read_measured(answers)} if options.only else {}
    for name in options.only or (*PRECISIONS, LLAMA_CPP):
        rows[name] = in_own_process(name, options.keep)
        kept.write_text(json.dumps(list(rows.values()), indent=1) + "\n", encoding="utf-8")
    print_precisions(precisions_told(DATA, answers))


def in_own_process(name: str, keep: Path) -> dict[str, Any]:
    """What `measured` found, said by a child as its last line."""
    command = [sys.executable, "-m", "benchmarks.precisions", "--one", name, "--keep", str(keep)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def measured(name: str, folder: Path) -> dict[str, Any]:
    """What one request at a time takes; and both tasks answered into `folder`."""
    adapter = find_adapter("default", find_base_model(EMBEDDED_ID))
    assert adapter is not None
    tasks = [read_task(DATA, task_name) for task_name in TASKS]
    todo = [task for task in tasks if not is_answered(folder, task, adapter)]
    if name == LLAMA_CPP:
        return {"name": name, **by_llama_cpp(adapter, todo, folder)}
    precision = next(one for one in PRECISIONS if one == name)
    speaker = Speakers(Settings.from_environment()).get(EMBEDDED_ID, precision)
    found = {"name": name, "tokens_per_s": round(pace_by(partial(written_by, speaker, adapter)), 1), **memory()}
    for task in todo:
        quality.answer(speaker, adapter, task, folder)
    return found


def is_answered(folder: Path, task: Task, adapter: Adapter) -> bool:
    """Whether answers of this adapter, made as they are made now, are kept there."""
    try:
        kept = quality.read_answers(folder, quality.WITH, task)
    except (MissingError, DataError):
        return False
    made_now = kept.protocol.split("|")[0] == PROTOCOL.split("|")[0]
    return made_now and kept.adapter_sha256 == weights_sha256(adapter.folder)


def memory() -> dict[str, int]:
    """What this process holds, and the most that it held, while it read the weights or after."""
    held, peak = psutil.Process().memory_info().rss, 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"memory_bytes": held, "peak_memory_bytes": max(held, peak)}  # the two are not counted alike


def by_llama_cpp(adapter: Adapter, tasks: Sequence[Task], folder: Path) -> dict[str, Any]:
    """Answers with the GGUF file that the base model came in, and the adapter as GGUF. Tokens a second as the others
    have them, and left to itself: greedy, one request at a time, without what an answer leans on.
    """
    import xllamacpp
    from transformers import AutoTokenizer

    from aac.models.loading import locate

    settings = Settings.from_environment()
    tokenizer = AutoTokenizer.from_pretrained(locate(find_base_model(EMBEDDED_ID), settings)[0])
    with tempfile.TemporaryDirectory() as temporary:
        lora = xllamacpp.CommonAdapterLoraInfo()
        lora.path, lora.scale = str(export_gguf(settings, "default", Path(temporary) / "adapter.gguf")), 1.0
        params = xllamacpp.CommonParams()
        params.model.path, params.n_ctx, params.n_parallel = str(find_gguf()), 1024, 1
        params.cpuparams.n_threads, params.lora_adapters = 2, [lora]
        writer = Writer(xllamacpp.Server(params), tokenizer, adapter)
        found = {"tokens_per_s": round(pace_by(writer.leaning), 1), **memory()}
        found["tokens_per_s_alone"] = round(pace_by(writer.alone), 1)
        protocol = PROTOCOL.replace("|fp32|", "|q4_1|").replace(f"batch:{BATCH_SIZE}", "batch:1")
        told = {"protocol": protocol, "model": find_gguf().name, "adapter_sha256": weights_sha256(adapter.folder)}
        for task in tasks:
            texts = [writer.leaning(request, MAX_NEW_TOKENS)[0] for request in task.requests]
            quality.keep_answers(folder, quality.WITH, task, texts, told)
    return found


def written_by(speaker: Speaker, adapter: Adapter, request: GenerationRequest, tokens_max: int) -> tuple[str, int]:
    """The text and how many tokens it has."""
    asked = dataclasses.replace(request, well_formed=False, max_new_tokens=tokens_max)
    (found,) = speaker.generate([Row(asked, adapter, adapter.template)])
    return found.raw_text, found.tokens


def pace_by(write: Callable[[GenerationRequest, int], tuple[str, int]]) -> float:
    """Tokens a second of one request at a time."""
    started_s = time.perf_counter()
    written = sum(write(GenerationRequest(prompt, 5), PACE_TOKENS)[1] for prompt in PACE_PROMPTS)
    return written / (time.perf_counter() - started_s)


class Writer:
    """llama.cpp with an adapter."""

    def __init__(self, server: Any, tokenizer: Any, adapter: Adapter) -> None:
        self._server = server
        self._tokenizer = tokenizer
        self._adapter = adapter
        self._experts = Experts(tokenizer)

    def alone(self, request: GenerationRequest, tokens_max: int) -> tuple[str, int]:
        """The text and how many tokens it has."""
        found = self._ask(encode_prompt(self._tokenizer, self._adapter.template, request), tokens_max)
        return found["choices"][0]["text"], found["usage"]["completion_tokens"]

    def leaning(self, request: GenerationRequest, tokens_max: int) -> tuple[str, int]:
        """The same, leaning on what answers here lean on: a request a token, whose biases are what the experts say."""
        prompt, written = encode_prompt(self._tokenizer, self._adapter.template, request), list[int]()
        decode = partial(self._tokenizer.decode, skip_special_tokens=True)
        leaning = FieldLeaning(decode, [self._experts.of(self._adapter, request)])
        while len(written) < tokens_max:
            ids = prompt + written
            scores = leaning(torch.LongTensor([ids]), torch.zeros(1, len(self._tokenizer)))[0]  # type: ignore[arg-type]
            scores -= scores.median()  # what every other token gets
            biases = [[token, float(scores[token])] for token in scores.nonzero().flatten().tolist()]
            found = self._ask(ids, 1, logit_bias=biases, return_tokens=True, verbose=True)
            if found["choices"][0]["finish_reason"] == "stop":
                break
            written += found["__verbose"]["tokens"]  # a part of an emoji is a token and no text
        return decode(written), len(written)

    def _ask(self, prompt: Sequence[int], tokens_max: int, **more: Any) -> dict[str, Any]:
        asked = {"prompt": list(prompt), "temperature": 0, "n_predict": tokens_max, "max_tokens": tokens_max, **more}
        found: dict[str, Any] = self._server.handle_completions(asked)
        return found


if __name__ == "__main__":
    main()
