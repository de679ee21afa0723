"""`python -m aac dataset`: import, freeze, list, show, diff, export, published, lint."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from aac.cli.linting import add_lint, lint
from aac.cli.options import new_path
from aac.cli.output import print_json
from aac.settings import Settings

_BAD_LINES_SHOWN = 50


def add_dataset(commands: Any, add_command: Callable[..., argparse.ArgumentParser]) -> None:
    """The command and what may follow it."""
    parser = add_command(commands, "dataset", None, "import, freeze, list, show, diff, export and lint datasets")
    parts = parser.add_subparsers(required=True, metavar="import|freeze|list|show|diff|export|published|lint")

    part = add_command(parts, "import", _import, "store the good lines of a CSV or JSONL file, and list the bad ones")
    part.add_argument("file", type=Path, metavar="FILE")
    part.add_argument("--source", default="", help="where the cards are from; the file's name otherwise")
    part.add_argument("--check", action="store_true", help="only look, store nothing")

    part = add_command(parts, "freeze", _freeze, "make a version that never changes out of what is stored")
    part.add_argument("name", metavar="NAME")
    part.add_argument("--shipped", action="store_true", help="with the cards that come with Prancha")
    part.add_argument("--source", help="only what was imported with this source")
    part.add_argument("--from", dest="first_day", default="", metavar="DAY", help="only what was stored since, UTC")
    part.add_argument("--to", dest="last_day", default="", metavar="DAY", help="only what was stored up to this day")
    part.add_argument(
        "--without", action="append", default=[], metavar="PERSON", help="nothing of whose pseudonym begins so"
    )
    part.add_argument("--author", choices=("person", "import"), help="only corrections, or only imports")

    add_command(parts, "list", _list, "every version, the latest first")
    part = add_command(parts, "show", _show, "one version: its counts, its hash, its datasheet")
    part.add_argument("id", metavar="ID")
    part = add_command(parts, "diff", _diff, "what two versions do not share")
    part.add_argument("first", metavar="A")
    part.add_argument("second", metavar="B")

    part = add_command(parts, "export", _export, "write a version to a file, or to a folder of splits")
    part.add_argument("id", metavar="ID")
    part.add_argument("--format", required=True, choices=("csv", "jsonl", "parquet"))
    part.add_argument("--out", type=new_path, required=True, metavar="PATH", help="a file, or a new folder of splits")
    part.add_argument("--excel", action="store_true", help="as Excel in Portuguese wants it: semicolons")

    part = add_command(parts, "published", _published, "note where a version was published: erasures then name it")
    part.add_argument("id", metavar="ID")
    part.add_argument("--where", required=True, metavar="TEXT", help="an address, for example")
    add_lint(add_command(parts, "lint", lint, "check a folder of card sets against the guideline"))
    for part in parts.choices.values():
        part.add_argument("--json", action="store_true", help="print one JSON document and nothing else")


def _import(options: argparse.Namespace, settings: Settings) -> int:
    from aac.workflow import versions
    from aac.workflow.archive import Archive

    source = options.source or options.file.name
    found = versions.look_at_import(options.file, source, filters=settings.filters)
    document: dict[str, Any] = {
        "import": None,
        "source": source,
        "sets": len(found.rows),
        "cards": found.cards,
        "new_sets": 0,
        "bad_lines": [asdict(bad) for bad in found.bad_lines],
        "notes": [{"pt": pt, "en": en} for pt, en in found.notes],
    }
    if not options.json:
        _print_report(document, settings.language)
    try:
        if not options.check:
            document["import"], document["new_sets"] = versions.store_import(Archive(settings), found, source)
    finally:  # the report is printed also where nothing could be stored
        if options.json:
            print_json(document)
        else:
            print(_import_line(document, settings.language))
    return 0


def _print_report(document: dict[str, Any], language: str) -> None:
    line = "linha" if language == "pt" else "line"
    for note in document["notes"]:
        print(note[language], file=sys.stderr)
    for bad in document["bad_lines"][:_BAD_LINES_SHOWN]:
        print(f"{line} {bad['line']}: {bad[language]} {bad['text']!r}", file=sys.stderr)
    hidden = len(document["bad_lines"]) - _BAD_LINES_SHOWN
    if hidden > 0:
        print(f"+ {hidden} (--json)", file=sys.stderr)


def _import_line(document: dict[str, Any], language: str) -> str:
    sets, cards, bad = document["sets"], document["cards"], len(document["bad_lines"])
    if language == "pt":
        stored = f"guardados {document['new_sets']} conjuntos novos" if document["import"] else "nada foi guardado"
        return f"{sets} conjuntos, {cards} cartões, {bad} linhas ruins; {stored} ({document['source']})"
    stored = f"{document['new_sets']} new sets stored" if document["import"] else "nothing was stored"
    return f"{sets} sets, {cards} cards, {bad} bad lines; {stored} ({document['source']})"


def _freeze(options: argparse.Namespace, settings: Settings) -> int:
    from aac.workflow import versions
    from aac.workflow.archive import Archive

    choice = versions.RowChoice(
        options.author, options.source, options.first_day, options.last_day, tuple(options.without)
    )
    frozen = versions.freeze(Archive(settings), versions.FreezeOrder(options.name, choice, options.shipped))
    if options.json:
        print_json(
            {**_summary(frozen.version), "left_out": list(frozen.left_out), "empty_splits": list(frozen.empty_splits)}
        )
        return 0
    _print_version(frozen.version)
    if frozen.empty_splits:
        print(f"no prompts in: {', '.join(frozen.empty_splits)} (all are near each other, or there are too few)")
    if frozen.left_out:
        print(f"left out (near prompts of two splits): {', '.join(frozen.left_out)}")
    return 0


def _list(options: argparse.Namespace, settings: Settings) -> int:
    from aac.workflow import versions
    from aac.workflow.archive import Archive

    found = versions.list_versions(Archive(settings))
    if options.json:
        print_json({"versions": [_summary(version) for version in found]})
        return 0
    for version in found:
        counts = version.manifest["counts"]
        sizes = f"{counts['sets']} sets, {counts['cards']} cards"
        print(f"{version.id}  {version.created_utc[:10]}  {version.state:9}  {sizes}{_erasures(version, settings)}")
    if not found:
        pt = settings.language == "pt"
        print("nenhuma versão ainda: dataset freeze NOME" if pt else "no version yet: dataset freeze NAME")
    return 0


def _erasures(version: Any, settings: Settings) -> str:
    """What the owner of a published version must know."""
    if not version.erasures:
        return ""
    pt, en = "apagamentos depois de publicada", "erasures since it was published"
    return f"  ({version.erasures} {pt if settings.language == 'pt' else en})"


def _published(options: argparse.Namespace, settings: Settings) -> int:
    from aac.workflow import versions
    from aac.workflow.archive import Archive

    version = versions.mark_published(Archive(settings), options.id, options.where)
    if options.json:
        print_json(_summary(version))
    else:
        _print_version(version)
    return 0


def _show(options: argparse.Namespace, settings: Settings) -> int:
    from aac.workflow import versions
    from aac.workflow.archive import Archive

    archive = Archive(settings)
    version = versions.find_version(archive, options.id)
    if options.json:
        print_json({**_summary(version), "manifest": version.manifest})
        return 0
    _print_version(version)
    if version.state != "withdrawn":
        print()
        print(versions.version_datasheet(archive, version))
    return 0


def _summary(version: Any) -> dict[str, Any]:
    return {
        "id": version.id,
        "name": version.name,
        "sha256": version.rows_sha256,
        "created_utc": version.created_utc,
        "state": version.state,
        "published_at": version.published_at,
        "erasures": version.erasures,
        "counts": version.manifest["counts"],
        "left_out_prompts": version.manifest["left_out_prompts"],
    }


def _print_version(version: Any) -> None:
    counts = version.manifest["counts"]
    print(f"id      {version.id}\nsha256  {version.rows_sha256}\nstate   {version.state}")
    if version.published_at:
        print(f"where   {version.published_at}")
    if version.erasures:
        print(f"erased  rows of {version.erasures} people, who erased them after it was published")
    print(f"counts  {counts['sets']} sets, {counts['cards']} cards, {counts['prompts']} prompts")
    print("split   " + ", ".join(f"{split} {n}" for split, n in counts["by_split"].items()))


def _diff(options: argparse.Namespace, settings: Settings) -> int:
    from aac.workflow import versions
    from aac.workflow.archive import Archive

    found = versions.diff(Archive(settings), options.first, options.second)
    if options.json:
        print_json(
            {
                "only_first": [row.id for row in found.only_first],
                "only_second": [row.id for row in found.only_second],
                "shared": found.shared,
                "moved_prompts": list(found.moved),
            }
        )
        return 0
    for sign, rows in (("-", found.only_first), ("+", found.only_second)):
        for row in rows:
            print(f"{sign} {row.prompt}: " + " · ".join(f"{card.image_id} {card.written_text}" for card in row.cards))
    print(f"= {found.shared}")
    return 0


def _export(options: argparse.Namespace, settings: Settings) -> int:
    from aac.workflow import versions
    from aac.workflow.archive import Archive

    order = versions.ExportOrder(options.id, options.format, options.out, options.excel)
    out = versions.export(Archive(settings), order)
    if options.json:
        print_json({"out": str(out), "format": options.format})
    else:
        print(out)
    return 0
