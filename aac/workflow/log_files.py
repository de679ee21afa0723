"""The log on the Hub as files: `log/<lineage>/<first>-<last>.jsonl`, of rows in the order stored.

The first line says what the file is, `{"format": 2, "schema": "0006"}`; each other one is `{"table": …, "row": …}`, the
row as JSON in a text: so that every line has the same columns, whatever table it is of, for whoever reads the files as
a dataset. `all-<last>.jsonl` stands for all of a lineage's files up to there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aac.errors import CorruptError, WrongCall
from aac.store.incoming import LogRow
from aac.store.schema_version import revisions

FORMAT = 2
OLD_FORM = "data/"
_NAME = re.compile(r"log/([0-9a-f]{32})/(?:(\d+)|all)-(\d+)\.jsonl")

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class LogFile:
    """A file's name, read. first: 0 where it stands for all rows up to `last`."""

    path: str
    lineage: str
    first: int
    last: int


def log_files(names: Iterable[str]) -> list[LogFile]:
    """The files of the log among these names, a lineage's in the order of its rows."""
    matches = (_NAME.fullmatch(name) for name in names)
    found = [LogFile(match[0], match[1], int(match[2] or 0), int(match[3])) for match in matches if match]
    return sorted(found, key=lambda file: (file.lineage, file.first, file.last))


def cursors(names: Iterable[str]) -> dict[str, int]:
    """The number of the last row that is there, by lineage."""
    found: dict[str, int] = {}
    for file in log_files(names):
        found[file.lineage] = max(found.get(file.lineage, 0), file.last)
    return found


def file_name(lineage: str, first: int, last: int) -> str:
    """The name of the file with the rows `first` to `last`; first 0: with all up to there."""
    return f"log/{lineage}/{first or 'all'}-{last}.jsonl"


def to_bytes(rows: Iterable[tuple[str, Row]]) -> bytes:
    """A file with these rows, each with its table's name."""
    lines = [json.dumps({"format": FORMAT, "schema": revisions()[-1]})]
    lines += (json.dumps({"table": table, "row": _text(row)}, ensure_ascii=False) for table, row in rows)
    return "".join(f"{line}\n" for line in lines).encode()


def _text(row: Mapping[str, Any]) -> str:
    return json.dumps({name: value for name, value in row.items() if name != "seq"}, ensure_ascii=False)


def read_lines(path: Path) -> Iterator[tuple[str, Row]]:
    """The rows of a file, each with its table's name.

    Raises `WrongCall` where a newer Prancha wrote it, `CorruptError` where it is no file of the log.
    """
    try:
        head, *lines = path.read_bytes().splitlines()  # a text's splitlines also splits at U+2028, which people write
        said = json.loads(head)
        if said["format"] != FORMAT or said["schema"] not in revisions():
            raise WrongCall(
                f"As anotações no Hub foram escritas por uma Prancha mais nova ({head.decode()}). Atualize o programa.",
                f"The annotations on the Hub were written by a newer Prancha ({head.decode()}). Update the program.",
            )
        for line in lines:
            found = json.loads(line)
            yield found["table"], json.loads(found["row"])
    except (ValueError, KeyError, TypeError) as error:
        raise CorruptError(
            f"{path.name}, no Hub, não é um arquivo de anotações da Prancha ({error}).",
            f"{path.name}, on the Hub, is no file of annotations of Prancha's ({error}).",
        ) from error


def read_rows(folder: Path, files: Sequence[LogFile]) -> list[LogRow]:
    """The rows of these files, which lie below `folder`; a lineage's in its order, whatever its clock did."""
    found: list[LogRow] = []
    lineage, time = "", ""
    for file in files:
        if file.lineage != lineage:
            lineage, time = file.lineage, ""
        for table, row in read_lines(folder / file.path):
            time = max(time, str(row.get("created_utc") or ""))
            found.append(LogRow(table, row, time))
    return found
