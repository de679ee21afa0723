"""Datasets: imported, frozen into versions that never change, shown, compared and exported."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from filelock import FileLock, Timeout

from aac import __version__
from aac.cards import cards_to_csv
from aac.datasets.exports import EXCEL_DIALECT, dataset_card, write_csv, write_folder, write_jsonl, write_parquet
from aac.datasets.imports import Imported, read_import
from aac.datasets.near_duplicates import SPLITS, Split
from aac.datasets.splits import SplitPlan, plan_splits
from aac.datasets.version_files import DATASHEET, read_rows, verify, write_version
from aac.errors import CorruptError, DataError, StoreError, WrongCall
from aac.files import no_room, whole_file
from aac.prompts import PromptTemplate
from aac.records import GenerationRequest, SetRow
from aac.store import versions as stored_versions
from aac.store.versions import ImportFacts, RowChoice, Version
from aac.workflow.archive import Archive
from aac.workflow.datasheets import datasheet
from aac.workflow.days import check_day
from aac.workflow.shipped import SHIPPED_NAME, shipped_id, shipped_sets
from aac.workflow.withdrawing import FREEZE_LOCK, remove_withdrawn

FORMATS = ("csv", "jsonl", "parquet")
_TURN_S = 600
_PSEUDONYM = re.compile(r"[0-9a-f]{6,32}")
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")


def look_at_import(path: Path, source: str = "", *, filters: bool = True) -> Imported:
    """Read a file of cards without storing anything: the good rows, and each bad line with its reason.

    filters: what the content filter stops is a bad line.
    """
    return read_import(path, source or path.name, filters=filters)


def store_import(archive: Archive, found: Imported, source: str) -> tuple[str, int]:
    """Store the good rows of a file; the import's id, and how many sets were not there before."""
    if not found.rows:
        raise DataError(
            "Nenhuma linha do arquivo é um cartão válido. Corrija as linhas listadas e importe de novo.",
            "No line of the file is a valid card. Mend the lines that are listed and import again.",
        )
    facts = ImportFacts(str(uuid4()), source, found.sha256, found.dialect)
    return facts.id, stored_versions.add_import(archive.database, facts, found.rows)


@dataclass(frozen=True, slots=True)
class FreezeOrder:
    """What to freeze: a name, which corrections, and whether the shipped cards too."""

    name: str
    choice: RowChoice = field(default_factory=RowChoice)
    with_shipped: bool = False


@dataclass(frozen=True, slots=True)
class Frozen:
    """A version, and the prompts that it leaves out because they are near to prompts of two splits."""

    version: Version
    left_out: tuple[str, ...]

    @property
    def empty_splits(self) -> tuple[str, ...]:
        """The splits without a prompt: nothing can be trained on, chosen by or measured on them."""
        return tuple(split for split, sets in self.version.manifest["counts"]["by_split"].items() if not sets)


def freeze(archive: Archive, order: FreezeOrder) -> Frozen:
    """Turn rows into a version: files first, manifest last, then the store's own note of it.

    The same rows under the same name are the same version, made once.
    """
    if not _NAME.fullmatch(order.name):
        raise WrongCall(
            f"{order.name!r} não serve de nome. Use até 40 letras minúsculas sem acento, números, ponto, hífen.",
            f"{order.name!r} cannot be a name. Use up to 40 lower-case letters a–z, digits, dots and hyphens.",
        )
    _check_choice(order.choice)
    folder = archive.settings.versions_dir
    database = archive.database
    remove_withdrawn(archive)  # another server of this database may have taken an erasure
    with _alone(folder), database.read() as connection:
        shipped = _ShippedRows.of(connection, order.choice) if order.with_shipped else _ShippedRows({}, 0, 0, {})
        plan = _plan(archive, connection, order, shipped)
        chosen = _Chosen(connection, order, shipped, plan)
        facts = {
            "name": order.name,
            "prancha": __version__,
            "choice": {**_chosen_words(order.choice), "shipped": order.with_shipped},
            "left_out_prompts": len(plan.left_out),  # their words are people's, and a manifest is for ever
            "dialect": chosen.dialect(),
            "provenance": stored_versions.provenance(connection, order.choice),
            "shipped": {
                "sets": len(shipped.rows),
                "replaced_by_corrections": shipped.replaced,
                "cards_in_all": shipped.cards,
                **shipped.reviewed,
            },
            "licence": "Apache-2.0",
        }
        manifest = write_version(folder, chosen.rows(), facts, datasheet)
        _check_same(order.name, manifest, facts)
    try:
        stored_versions.add_version(database, manifest, chosen.ids, plan.splits)
    except StoreError:
        remove_withdrawn(archive)  # a person may have erased meanwhile what the files hold
        raise
    with database.read() as connection:
        return Frozen(stored_versions.find_version(connection, manifest["id"]), plan.left_out)


def _chosen_words(choice: RowChoice) -> dict[str, Any]:
    """The choice as the manifest tells it: how many people were left out, not who."""
    return {
        "author": choice.author,
        "source": choice.source,
        "first_day": choice.first_day,
        "last_day": choice.last_day,
        "people_left_out": len(choice.without_people),
    }


def _check_choice(choice: RowChoice) -> None:
    for day in filter(None, (choice.first_day, choice.last_day)):
        check_day(day)
    for person in choice.without_people:
        if not _PSEUDONYM.fullmatch(person):
            raise WrongCall(
                f"{person!r} não é o começo de um pseudônimo: de 6 a 32 letras a–f e números, como na tabela de dados.",
                f"{person!r} is not the beginning of a pseudonym: 6 to 32 of a–f and digits, as in the table of data.",
            )


def _check_same(name: str, manifest: Mapping[str, Any], facts: Mapping[str, Any]) -> None:
    """The same rows under the same name are one version: then they must also be written out in the same way."""
    if manifest["dialect"] != facts["dialect"]:
        raise WrongCall(
            f"Há uma versão {name!r} destas mesmas linhas, que vieram de outro arquivo. Use outro nome.",
            f"There is a version {name!r} of these very rows, which came in another file. Use another name.",
        )


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Nobody else freezes into `folder`, in whatever process. Raises `NoRoomError` and `StoreError`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        turn = FileLock(folder / FREEZE_LOCK).acquire(timeout=_TURN_S)
    except Timeout as error:
        raise StoreError(
            f"Outra versão está sendo congelada há mais de {_TURN_S} s. Tente de novo quando ela terminar.",
            f"Another version has been freezing for more than {_TURN_S} s. Try again when it is done.",
        ) from error
    except OSError as error:
        raise no_room(folder, error) from error
    with turn:
        yield


@dataclass(frozen=True)
class _ShippedRows:
    """The shipped sets with their splits, but for those that people corrected: the corrections stand for them."""

    rows: dict[str, tuple[SetRow, Split]]
    replaced: int
    cards: int
    reviewed: dict[str, int]

    @classmethod
    def of(cls, connection: Any, choice: RowChoice) -> _ShippedRows:
        sets = [(shipped_id(s), s, split) for split, some in shipped_sets().items() for s in some]
        ids = [row_id for row_id, _, _ in sets]
        takes_corrections = choice.source is None and choice.author in (None, "person")
        corrected = stored_versions.corrected_generations(connection, ids, choice) if takes_corrections else set()
        rows: dict[str, tuple[SetRow, Split]] = {
            row_id: (SetRow(row_id, s.prompt, s.cards, (), "shipped", SHIPPED_NAME), split)
            for row_id, s, split in sets
            if row_id not in corrected
        }
        reviewed = {f"reviewed_{k}": n for k, n in stored_versions.reviewed(connection, ids).items()}
        return cls(rows, len(corrected), sum(len(s.cards) for _, s, _ in sets), reviewed)


def _plan(archive: Archive, connection: Any, order: FreezeOrder, shipped: _ShippedRows) -> SplitPlan:
    """A shipped prompt keeps its shipped split, in a version or not: the default adapter trained on some of them.

    So does a prompt of a published version whose words were erased here: its files, which others have, still say it.
    """
    known: dict[str, Split] = {s.prompt: split for split, some in shipped_sets().items() for s in some}
    for version in stored_versions.list_versions(connection):
        if version.erasures:
            known.update((row.prompt, split) for row, split in read_rows(version_folder(archive, version)))
    known.update(stored_versions.known_splits(connection))  # type: ignore[arg-type]
    prompts = set(stored_versions.chosen_prompts(connection, order.choice))
    plan = plan_splits(known, sorted(prompts | {row.prompt for row, _ in shipped.rows.values()}))
    return plan


class _Chosen:
    """The rows of a version in export order, each with its split; `ids` fills as they pass."""

    def __init__(self, connection: Any, order: FreezeOrder, shipped: _ShippedRows, plan: SplitPlan) -> None:
        self._connection, self._order, self._shipped, self._plan = connection, order, shipped, plan
        self.ids: list[str] = []

    def rows(self) -> Iterator[tuple[SetRow, Split]]:
        seen = set(self._shipped.rows)
        for row, split in self._shipped.rows.values():
            self.ids.append(row.id)
            yield row, split
        for row in stored_versions.chosen_rows(self._connection, self._order.choice):
            if row.prompt in self._plan.splits and row.id not in seen:
                self.ids.append(row.id)
                yield row, self._plan.splits[row.prompt]
        if not self.ids:
            raise DataError(
                "Não há linhas para congelar. Corrija cartões, importe um arquivo ou inclua os que vêm com a Prancha.",
                "There are no rows to freeze. Correct cards, import a file, or include the shipped ones (--shipped).",
            )

    def dialect(self) -> str | None:
        """How to write the same bytes again, where the rows are those of one import and nothing else."""
        if self._shipped.rows or self._plan.left_out:
            return None
        found = stored_versions.only_import(self._connection, self._order.choice)
        return found.dialect if found else None


def list_versions(archive: Archive) -> list[Version]:
    """Every version, the latest first."""
    with archive.database.read() as connection:
        return stored_versions.list_versions(connection)


def find_version(archive: Archive, version_id: str) -> Version:
    """One version by its id, or the latest of a name."""
    with archive.database.read() as connection:
        return stored_versions.find_version(connection, version_id)


def mark_published(archive: Archive, version_id: str, where: str) -> Version:
    """Note that a version lies where others can have it: an erasure then cannot take it back, and says so."""
    version = find_version(archive, version_id)
    version_folder(archive, version)
    if not where.strip():
        raise WrongCall(
            "Diga onde a versão foi publicada: um endereço, por exemplo.",
            "Say where the version was published: an address, for example.",
        )
    stored_versions.add_version_event(archive.database, version.id, "published", where.strip())
    return find_version(archive, version.id)


def version_rows(archive: Archive, version: Version, split: Split | None = None) -> Iterator[tuple[SetRow, Split]]:
    """A version's rows, read from its files; `WrongCall` where it was withdrawn."""
    return read_rows(version_folder(archive, version), split)


def version_datasheet(archive: Archive, version: Version) -> str:
    """What a version says of itself."""
    return (version_folder(archive, version) / DATASHEET).read_text(encoding="utf-8")


def version_folder(archive: Archive, version: Version) -> Path:
    """Where a version's files lie; `WrongCall` where it was withdrawn, `CorruptError` where they are missing."""
    if version.state == "withdrawn":
        raise WrongCall(
            f"A versão {version.id} foi retirada: uma pessoa apagou o que era seu. Congele uma versão nova.",
            f"Version {version.id} was withdrawn: a person erased what was theirs. Freeze a new one.",
        )
    folder = archive.settings.versions_dir / version.id
    if not (folder / "manifest.json").is_file():
        raise CorruptError(
            f"Faltam os arquivos da versão {version.id} em {folder}. Traga-os da última cópia.",
            f"The files of version {version.id} are missing from {folder}. Bring them back from the last backup.",
        )
    return folder


@dataclass(frozen=True, slots=True)
class ExportOrder:
    """What to export: a version, in a format, to a file (.csv, .jsonl, .parquet) or to a folder of splits.

    for_excel: a CSV as Excel in Portuguese wants it: semicolons, and the mark by which it knows UTF-8.
    """

    version_id: str
    format: str
    out: Path
    for_excel: bool = False


def export(archive: Archive, order: ExportOrder) -> Path:
    """Write a version out. An existing file is replaced at once and whole; a folder must be new or empty.

    Raises `NoRoomError` where it cannot be written, `CorruptError` where the version is not whole.
    """
    if order.format not in FORMATS:
        raise WrongCall(
            f"Não há formato {order.format!r}; há {', '.join(FORMATS)}.",
            f"There is no format {order.format!r}; there are {', '.join(FORMATS)}.",
        )
    version = find_version(archive, order.version_id)
    folder = version_folder(archive, version)
    verify(folder)
    if order.out.is_dir() or order.out.suffix.lower().removeprefix(".") not in FORMATS:
        _export_folder(folder, version, order)
    else:
        _export_file(folder, version, order)
    return order.out


def _export_folder(folder: Path, version: Version, order: ExportOrder) -> None:
    if order.out.is_dir() and any(order.out.iterdir()):
        raise WrongCall(
            f"{order.out} não está vazia. Escolha uma pasta nova, ou um arquivo .{order.format}.",
            f"{order.out} is not empty. Choose a new folder, or a file that ends in .{order.format}.",
        )
    rows: dict[str, list[SetRow]] = {split: [row for row, _ in read_rows(folder, split)] for split in SPLITS}
    write_folder(order.out, order.format, rows, dataset_card(version.manifest), _messages)
    with whole_file(order.out / DATASHEET) as file:
        file.write((folder / DATASHEET).read_bytes())


def _export_file(folder: Path, version: Version, order: ExportOrder) -> None:
    rows = [row for row, _ in read_rows(folder)]
    splits: dict[str, str] = {row.id: split for row, split in read_rows(folder)}
    if order.format == "csv":
        write_csv(order.out, rows, EXCEL_DIALECT if order.for_excel else version.manifest.get("dialect"))
    elif order.format == "jsonl":
        write_jsonl(order.out, rows, splits, _messages)
    else:
        write_parquet(order.out, rows, splits)


def _messages(row: SetRow) -> list[dict[str, str]]:
    """The set as a conversation: the words in which an adapter is trained."""
    template = PromptTemplate()
    request = GenerationRequest(row.prompt, len(row.cards))
    found: list[dict[str, str]] = []

    def keep(messages: Any) -> str:
        found.extend(dict(message) for message in messages)
        return ""

    template.render(request, keep)
    return [*found, {"role": "assistant", "content": cards_to_csv(row.cards)}]


@dataclass(frozen=True, slots=True)
class Difference:
    """What two versions do not share. moved: prompts whose split differs (none, if all is well)."""

    only_first: tuple[SetRow, ...]
    only_second: tuple[SetRow, ...]
    shared: int
    moved: tuple[str, ...]


def diff(archive: Archive, first_id: str, second_id: str) -> Difference:
    """Compare two versions row by row."""
    first = {row.id: (row, split) for row, split in version_rows(archive, find_version(archive, first_id))}
    second = {row.id: (row, split) for row, split in version_rows(archive, find_version(archive, second_id))}
    first_splits = {row.prompt: split for row, split in first.values()}
    moved = {row.prompt for row, split in second.values() if first_splits.get(row.prompt, split) != split}
    return Difference(
        tuple(row for row_id, (row, _) in first.items() if row_id not in second),
        tuple(row for row_id, (row, _) in second.items() if row_id not in first),
        len(first.keys() & second.keys()),
        tuple(sorted(moved)),
    )
