"""Dataset rows as files for others: CSV, JSON Lines for fine-tuning, Parquet, and a folder with a file a split."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from aac.cards import FIELDS
from aac.datasets.card_files import COLUMNS, REFERENCE, card_json, telling_columns
from aac.datasets.dialects import Dialect
from aac.datasets.near_duplicates import SPLITS
from aac.errors import DataError, WrongCall
from aac.files import whole_file
from aac.records import REQUEST_COLUMNS, SetRow

FORMATS = ("csv", "jsonl", "parquet")

DEFAULT_DIALECT = "minimal-lf-bom"  # without the mark Excel shows accents as two letters
EXCEL_DIALECT = "minimal-crlf-bom-semicolon"  # where the comma is in numbers, as in Brazil, Excel wants semicolons

_ROWS_AT_ONCE = 2000
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))

Messages = Callable[[SetRow], list[dict[str, str]]]


def write_csv(path: Path, rows: Iterable[SetRow], dialect: str | None = None) -> None:
    """One card a line: `prompt,written_text,spoken_text,image_id`, then the request columns that any row carries.

    Cells are written as they are. Sets that would read as one get a `reference` each. Rows of one import, written in
    its dialect, give its bytes again.
    """
    with whole_file(path) as file:
        _write_lines(file, csv_lines(rows, dialect or DEFAULT_DIALECT))


def csv_lines(rows: Iterable[SetRow], dialect: str, names: Sequence[str] | None = None) -> Iterator[str]:
    """The CSV's text, line by line; names: the request columns to write, if not the dialect's or those of the rows."""
    how = Dialect.parse(dialect)
    rows = with_references(rows)
    if names is None:
        names = _used_columns(rows) if how.names is None else how.names
    cell, line_end = how.cell(), ""
    yield how.mark
    for line in _records(rows, names):
        yield line_end + how.separator.join(map(cell, line))
        line_end = how.end
    if not how.is_open:
        yield line_end


def _records(rows: Iterable[SetRow], names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    yield (*COLUMNS, *names)
    for row in rows:
        given = dict(row.columns)
        # a set without a reference beside sets with one is the first
        values = [given.get(name, "1" if name == REFERENCE else "") for name in names]
        for card in row.cards:
            yield (row.prompt, card.written_text, card.spoken_text, card.image_id, *values)


def with_references(rows: Iterable[SetRow]) -> list[SetRow]:
    """The rows, with `reference` 1, 2, … on those of one prompt and the same other columns if any two share theirs."""
    rows = list(rows)
    groups: dict[tuple[object, ...], list[int]] = {}
    for index, row in enumerate(rows):
        others = (column for column in telling_columns(row.columns) if column[0] != REFERENCE)
        groups.setdefault((row.prompt, *others), []).append(index)
    for members in groups.values():
        references = {dict(rows[index].columns).get(REFERENCE, "1") for index in members}
        if len(references) < len(members):
            for reference, index in enumerate(members, start=1):
                columns = {**dict(rows[index].columns), REFERENCE: str(reference)}
                in_order = sorted(columns.items(), key=lambda column: REQUEST_COLUMNS.index(column[0]))
                rows[index] = dataclasses.replace(rows[index], columns=tuple(in_order))
    return rows


def write_jsonl(path: Path, rows: Iterable[SetRow], splits: Mapping[str, str] | None, messages: Messages) -> None:
    """One set a line: `messages` for fine-tuning, and the set itself.

    splits: by row id. messages: the set as a conversation (system, user, assistant). Every line has the same keys:
    a request column that a row does not carry is null.
    """
    rows = with_references(rows)
    with whole_file(path) as file:
        _write_lines(file, _jsonl_lines(rows, splits or {}, messages, _used_columns(rows)))


def write_parquet(path: Path, rows: Iterable[SetRow], splits: Mapping[str, str] | None) -> None:
    """One card a row, `position` from 1 in its set; splits: by row id."""
    rows = with_references(rows)
    with whole_file(path) as file:
        _write_parquet(file, rows, splits or {}, _used_columns(rows))


def write_folder(
    folder: Path, format: str, splits: Mapping[str, Sequence[SetRow]], card: str, messages: Messages
) -> None:
    """A file a split, and a README.md that lets `datasets.load_dataset(folder)` read them; empty splits are left out.

    card: the README's text; what Hugging Face reads at its head is put before it.
    """
    if format not in FORMATS:
        raise WrongCall(
            f"Não há formato {format!r}; há {', '.join(FORMATS)}.",
            f"There is no format {format!r}; there are {', '.join(FORMATS)}.",
        )
    full = {split: with_references(splits[split]) for split in SPLITS if splits.get(split)}
    if not full:
        raise DataError(
            "Não há conjuntos para exportar: todas as partes estão vazias. Congele uma versão com cartões.",
            "There are no sets to export: every split is empty. Freeze a version that holds cards.",
        )
    names = _used_columns(row for rows in full.values() for row in rows)
    for split, rows in full.items():
        split_of = dict.fromkeys((row.id for row in rows), split)
        with whole_file(folder / f"{split}.{format}") as file:
            if format == "parquet":
                _write_parquet(file, rows, split_of, names)
            elif format == "jsonl":
                _write_lines(file, _jsonl_lines(rows, split_of, messages, names))
            else:
                _write_lines(file, csv_lines(rows, DEFAULT_DIALECT, names))
    sizes = [len(rows) if format == "jsonl" else sum(len(row.cards) for row in rows) for rows in full.values()]
    with whole_file(folder / "README.md") as file:
        file.write((_front_matter(format, list(full), names, sum(sizes)) + card).encode())


def dataset_card(manifest: Mapping[str, Any]) -> str:
    """The text of a README for people who meet the dataset on the Hub; the datasheet says the rest."""
    counts = manifest["counts"]
    return f"""
# {manifest.get("name", "Prancha")}

{counts["sets"]} conjuntos ({counts["cards"]} cartões, {counts["prompts"]} pedidos) de comunicação aumentativa e
alternativa em português do Brasil. Cada cartão tem `written_text` (o que mostra), `spoken_text` (o que a voz diz) e
`image_id` (um emoji ou o código de um pictograma); um conjunto responde a um `prompt` (o pedido). A divisão é por
pedido; pedidos quase iguais ficam do mesmo lado. Quem escreveu e quem reviu: veja `DATASHEET.md`.

{counts["sets"]} sets ({counts["cards"]} cards, {counts["prompts"]} prompts) of augmentative and alternative
communication in Brazilian Portuguese. Each card has `written_text` (what it shows), `spoken_text` (what the voice
says) and `image_id` (an emoji or a pictogram's id); a set answers a `prompt`. Split by prompt; near-duplicate prompts
are on one side. Who wrote and who reviewed it: see `DATASHEET.md`.

sha256 das linhas · of the rows: `{manifest["rows_sha256"]}`
"""


def _used_columns(rows: Iterable[SetRow]) -> tuple[str, ...]:
    used = {name for row in rows for name, _ in row.columns}
    return tuple(name for name in REQUEST_COLUMNS if name in used)


def _write_lines(file: BinaryIO, lines: Iterable[str]) -> None:
    file.writelines(line.encode() for line in lines)


def _jsonl_lines(
    rows: Iterable[SetRow], splits: Mapping[str, str], messages: Messages, names: Sequence[str]
) -> Iterator[str]:
    encoder = json.JSONEncoder(ensure_ascii=False)
    for row in rows:
        given = dict(row.columns)
        line = {
            "messages": messages(row),
            "prompt": row.prompt,
            "cards": [card_json(card) for card in row.cards],
            "columns": {name: given.get(name) for name in names},
            "id": row.id,
            "split": splits.get(row.id),
        }
        yield encoder.encode(line) + "\n"


def _write_parquet(file: BinaryIO, rows: Sequence[SetRow], splits: Mapping[str, str], names: Sequence[str]) -> None:
    import pyarrow as pa  # type: ignore[import-untyped]  # takes long to load, and only this needs it
    import pyarrow.parquet as pq  # type: ignore[import-untyped]

    kinds = _kinds("parquet", names)
    schema = pa.schema([(name, pa.int32() if kind == "int32" else pa.string()) for name, kind in kinds.items()])
    with pq.ParquetWriter(file, schema) as writer:
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            some = rows[start : start + _ROWS_AT_ONCE]
            lines = [line for row in some for line in _parquet_lines(row, splits.get(row.id), names)]
            writer.write_table(pa.Table.from_pylist(lines, schema))


def _parquet_lines(row: SetRow, split: str | None, names: Sequence[str]) -> Iterator[dict[str, object]]:
    given = dict(row.columns)
    shared = {"id": row.id, "prompt": row.prompt, **{name: given.get(name) for name in names}}
    shared |= {"author": row.author, "source": row.source, "split": split}
    for position, card in enumerate(row.cards, start=1):
        yield {**shared, **card_json(card), "position": position}


def _kinds(format: str, names: Sequence[str]) -> dict[str, Any]:
    """The columns of a format and what they hold, as Hugging Face names it."""
    texts = dict.fromkeys(names, "string")
    if format == "csv":
        return {**dict.fromkeys(COLUMNS, "string"), **texts}
    if format == "jsonl":
        lists: dict[str, Any] = {
            "messages": {"role": "string", "content": "string"},
            "prompt": "string",
            "cards": dict.fromkeys(FIELDS, "string"),
        }
        return {**lists, "columns": texts, "id": "string", "split": "string"}
    card = {**dict.fromkeys(("id", *COLUMNS), "string"), "position": "int32"}
    return {**card, **texts, "author": "string", "source": "string", "split": "string"}


def _front_matter(format: str, splits: Sequence[str], names: Sequence[str], size: int) -> str:
    """What Hugging Face reads of a README: where each split lies and, so that none is guessed, every column's kind."""
    lines = ["language:", "- pt", "license: apache-2.0", "task_categories:", "- text-generation"]
    lines += ["size_categories:", f"- {next((name for most, name in _SIZES if size < most), '1M<n<10M')}"]
    lines += ["configs:", "- config_name: default", "  data_files:"]
    for split in splits:
        lines += [f"  - split: {split}", f"    path: {split}.{format}"]
    if format == "csv":
        lines.append("  keep_default_na: false")  # a card may say "NA" or "null"
    lines += ["dataset_info:", "  features:", *_feature_lines(_kinds(format, names), "  ")]
    return "\n".join(["---", *lines, "---", ""])


def _feature_lines(kinds: Mapping[str, Any], indent: str) -> Iterator[str]:
    for name, kind in kinds.items():
        yield f"{indent}- name: {name}"
        if isinstance(kind, str):
            yield f"{indent}  dtype: {kind}"
        else:
            yield f"{indent}  {'struct' if name == 'columns' else 'list'}:" + ("" if kind else " []")
            yield from _feature_lines(kind, indent + "  ")
