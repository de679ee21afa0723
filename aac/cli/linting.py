"""`python -m aac dataset lint FOLDER`: the guideline's rules that a machine can check."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

from aac.cli.output import print_json
from aac.settings import Settings


def add_lint(part: argparse.ArgumentParser) -> None:
    """What may follow the command."""
    part.add_argument("folder", type=Path, metavar="FOLDER", help="such as annotations/cards_v2")


def lint(options: argparse.Namespace, settings: Settings) -> int:
    """Print each finding, the coverage and the counts; 1 where anything was found."""
    from aac.workflow.linting import lint_folder

    found = lint_folder(options.folder)
    if options.json:
        print_json(asdict(found))
        return int(bool(found.findings))
    for finding in found.findings:
        print(f"{finding.rule}\t{finding.prompt}\t{finding.text}")
    for title, table in (("theme", found.themes), ("asked", found.ways)):
        print(f"| {title} | requests | cards |\n| --- | --- | --- |")
        for line in table:
            print(f"| {line.name} | {line.requests} | {line.cards} |")
    counts = found.counts
    print(
        f"{counts.prompts} prompts, {counts.sets} sets, {counts.cards} cards, {counts.images} images; "
        f"most frequent opening “{counts.frame}” {counts.frame_share:.1%}; "
        f"{counts.tile_words_spoken:.1%} of the tiles' words are spoken; {len(found.findings)} findings"
    )
    return int(bool(found.findings))
