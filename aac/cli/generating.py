"""`generate`: cards for a word or a situation, and what else may be asked of them."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from aac.cli.options import add_model_options, progress_for, real_adapter
from aac.cli.output import print_json
from aac.errors import WrongCall
from aac.prompts import check_request
from aac.records import LEVELS, GenerationRequest
from aac.settings import Settings

if TYPE_CHECKING:
    from aac.ui.texts import Text


def add_generate(commands: Any, add_command: Callable[..., argparse.ArgumentParser]) -> None:
    """`generate`."""
    parser = add_command(commands, "generate", _generate, "cards for a word or a situation")
    parser.add_argument("prompt")
    parser.add_argument("--compare", action="store_true", help="without and with the adapter, in one pass")
    parser.add_argument("--cards", type=int, default=5)
    parser.add_argument("--context", default="", metavar="TEXT", help="where or when, in a few words")
    parser.add_argument("--follows", default="", metavar="TEXT", help="the card that was just pressed")
    parser.add_argument("--level", default="", choices=LEVELS[1:], help="single words or short sentences")
    each = "what each card shows; speech and picture are made"
    parser.add_argument("--complete", default=[], nargs="+", action="extend", metavar="TEXT", help=each)
    parser.add_argument("--temperature", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=0)
    add_model_options(parser, "active")


def _generate(options: argparse.Namespace, settings: Settings) -> int:
    request = check_request(_request(options))
    progress = progress_for(settings)
    adapter = real_adapter(options, settings, progress)
    if options.compare and adapter == "none":
        raise WrongCall("--compare pede um adaptador.", "--compare needs an adapter.")
    from aac.ui.help_line import help_for
    from aac.workflow import generating  # loads the models' libraries

    adapters = ("none", adapter) if options.compare else (adapter,)
    order = generating.GenerateOrder(request, adapters, options.model, options.precision)
    *_, columns = generating.generate(generating.Speakers(settings), order, progress=progress)
    documents = [generating.generation_json(column) for column in columns]
    read = generating.read_otherwise(settings, order)
    helped = help_for(request)
    if options.json:
        asked = generating.request_json(columns[0].request)
        told = {**({"read_as": read} if read else {}), **({"help": _as_one(helped)} if helped else {})}
        print_json({**asked, **told, "columns": documents})
    else:
        _print_asked(columns[0].request, settings.language)
        if read:
            print(f"# {'lido como' if settings.language == 'pt' else 'read as'}: {read}")
        for whom_to_call in helped:
            print(f"# {whom_to_call.in_language(settings.language)}")
        for document in documents:
            _print_column(document, settings.language)
    return 0


def _as_one(helped: Sequence[Text]) -> dict[str, str]:
    """Whom to call, each language as one text."""
    return {language: " ".join(text.in_language(language) for text in helped) for language in ("pt", "en")}


def _request(options: argparse.Namespace) -> GenerationRequest:
    """What is asked. A comparison is free, unless there are cards to complete, which only the grammar keeps."""
    by_itself = not options.compare or bool(options.complete)
    return GenerationRequest(
        options.prompt,
        options.cards,
        options.temperature,
        options.seed,
        well_formed=by_itself if options.well_formed is None else options.well_formed,
        context=options.context,
        follows=options.follows,
        level=options.level,
        given=tuple(options.complete),
    )


def _print_asked(request: GenerationRequest, language: str) -> None:
    """The request, where more than the prompt was asked: that alone stands in the call."""
    from aac.ui.asked import asked, asked_line

    if asked(request):
        print(f"# {asked_line(request, language)}")


def _print_column(column: dict[str, Any], language: str) -> None:
    pt = language == "pt"
    name = column["adapter"] or ("sem LoRA" if pt else "without LoRA")
    speed = column["tokens"] / column["duration_s"] if column["duration_s"] else 0
    numbers = f"{column['tokens']} tokens · {column['duration_s']:.1f} s · {speed:.0f} tokens/s"
    print(f"# {column['model']} · {name} · {numbers}")
    print(column["raw_text"])
    for problem in column["problems"]:
        print(f"  ! {'linha' if pt else 'line'} {problem['line']}: {problem['kind']}: {problem['text']}")
    print()
