"""The embedded default: found, verified, converted once, whole or not at all."""

from __future__ import annotations

import hashlib
import shutil
import threading
from collections import namedtuple
from pathlib import Path

import pytest

from aac.errors import CorruptError, MissingError, NoRoomError
from aac.models import embedded
from aac.settings import Settings


@pytest.mark.real_model
def test_the_converted_model_is_there_and_whole(settings: Settings):
    folder = embedded.ensure_converted(settings.models_dir)

    embedded.verify(folder)
    assert not list(settings.models_dir.glob("converting-*"))


@pytest.mark.real_model
def test_a_flipped_byte_is_found(settings: Settings, tmp_path: Path):
    folder = tmp_path / "copy"
    shutil.copytree(embedded.ensure_converted(settings.models_dir), folder)
    with (folder / "model.safetensors").open("r+b") as file:
        file.seek(200_000_000)
        byte = file.read(1)
        file.seek(200_000_000)
        file.write(bytes([byte[0] ^ 1]))

    with pytest.raises(CorruptError, match="python -m aac setup"):
        embedded.verify(folder)


def test_a_damaged_model_is_converted_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    folder = embedded.converted_folder(tmp_path)
    folder.mkdir(parents=True)
    for file in ("config.json", "tokenizer.json", "model.safetensors", "weights.sha256"):
        (folder / file).write_text("damaged")
    conversions: list[Path] = []
    monkeypatch.setattr(embedded, "_convert", lambda gguf, target: conversions.append(target))

    embedded.ensure_converted(tmp_path)

    assert conversions == [folder]


def test_without_the_package_the_command_to_install_it_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(embedded, "PACKAGE", "no_such_package")

    with pytest.raises(MissingError, match=r"requirements-base\.txt"):
        embedded.ensure_converted(tmp_path)


def test_a_corrupt_gguf_is_refused_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    gguf = tmp_path / "package" / embedded.GGUF_NAME
    gguf.parent.mkdir()
    gguf.write_bytes(b"GGUF, but cut short")
    monkeypatch.setattr(embedded, "find_gguf", lambda: gguf)

    with pytest.raises(CorruptError, match="sha256"):
        embedded.ensure_converted(tmp_path / "models")

    assert not embedded.is_converted(tmp_path / "models")


def test_a_full_disk_is_said_before_anything_is_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(embedded.shutil, "disk_usage", lambda path: usage(10**9, 10**9, 1_000_000))

    with pytest.raises(NoRoomError, match=r"1 MB are free .* needs 545 MB"):
        embedded.ensure_converted(tmp_path)

    assert not embedded.converted_folder(tmp_path).exists()


def test_a_data_folder_that_cannot_be_written_is_said(tmp_path: Path):
    (tmp_path / "models").write_text("a file where the folder should be")

    with pytest.raises(NoRoomError, match="PRANCHA_DATA_DIR"):
        embedded.ensure_converted(tmp_path / "models")


def test_a_conversion_that_dies_half_way_leaves_no_model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    def die(*arguments, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(embedded.AutoModelForCausalLM, "from_pretrained", die)

    with pytest.raises(NoRoomError, match="No space left"):
        embedded.ensure_converted(tmp_path)

    assert not embedded.is_converted(tmp_path)
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == []


def test_two_at_once_convert_only_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    conversions: list[Path] = []

    def convert(gguf: Path, folder: Path) -> None:
        conversions.append(folder)
        folder.mkdir(parents=True)
        for file in ("config.json", "tokenizer.json", "model.safetensors"):
            (folder / file).write_text("")
        (folder / "weights.sha256").write_text(hashlib.sha256(b"").hexdigest())

    monkeypatch.setattr(embedded, "_convert", convert)
    threads = [threading.Thread(target=embedded.ensure_converted, args=(tmp_path,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(conversions) == 1
