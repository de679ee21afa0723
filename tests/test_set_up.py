"""What `make app` and `make test` say when something is missing. Nothing is installed here."""

from __future__ import annotations

import importlib.util
from collections import namedtuple
from types import ModuleType

import pytest

from tests.conftest import ROOT


@pytest.fixture
def set_up() -> ModuleType:
    spec = importlib.util.spec_from_file_location("set_up", ROOT / "scripts" / "set_up.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_no_disk_is_said_before_anything_is_installed(set_up, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(set_up.shutil, "disk_usage", lambda path: usage(0, 0, 10**9))

    with pytest.raises(set_up.SetUpError, match=r"1\.0 GB of disk are free here"):
        set_up.install_requirements()


def test_no_registry_says_what_to_check(set_up, monkeypatch, tmp_path):
    monkeypatch.setattr(set_up, "PYTHON", tmp_path / "python")
    (tmp_path / "python").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "python").chmod(0o755)

    with pytest.raises(set_up.SetUpError, match="PIP_INDEX_URL"):
        set_up.pip("install", "x")


@pytest.mark.parametrize(
    "tool, packages",
    [
        ("has_chromium", "chromium fonts-noto-color-emoji"),
        ("has_postgresql", "postgresql"),
        ("has_dictionary", "hunspell hunspell-pt-br"),
    ],
)
def test_no_tool_and_no_right_to_install_gives_the_exact_command(set_up, monkeypatch, tool, packages):
    monkeypatch.setattr(set_up, tool, lambda: False)
    monkeypatch.setattr(set_up, "apt_prefix", lambda: None)

    with pytest.raises(set_up.SetUpError, match=f"sudo apt-get install -y {packages}$"):
        set_up.ensure_system_tools()


@pytest.mark.parametrize("where", ["Debian's folder", "PATH", "nowhere"])
def test_the_postgresql_server_is_looked_for_in_debians_folder_and_in_path(set_up, monkeypatch, tmp_path, where):
    folder = tmp_path / "15" / "bin"
    folder.mkdir(parents=True)
    if where != "nowhere":
        (folder / "initdb").write_text("#!/bin/sh\n")
        (folder / "initdb").chmod(0o755)
    monkeypatch.setattr(set_up, "POSTGRESQL_DIR", tmp_path if where == "Debian's folder" else tmp_path / "none")
    monkeypatch.setenv("PATH", str(folder) if where == "PATH" else "")

    assert set_up.has_postgresql() == (where != "nowhere")


def test_an_old_python_is_refused_by_name(set_up, monkeypatch):
    monkeypatch.setattr(set_up.sys, "version_info", (3, 10, 1))

    with pytest.raises(set_up.SetUpError, match="PYTHON="):
        set_up.check_python()


def test_without_an_nvidia_gpu_torch_alone_comes_from_the_cpu_index_in_one_try(set_up, monkeypatch):
    calls: list[tuple[str, ...]] = []
    monkeypatch.setattr(set_up, "has_nvidia_gpu", lambda: False)
    monkeypatch.setattr(set_up, "pip", lambda *a, must_succeed=True: calls.append(a) or True)

    set_up.install_torch()

    (call,) = calls
    assert call[-1] == "torch==2.13.0"
    assert {"--no-deps", "--index-url"} <= set(call)
    assert call[call.index("--retries") + 1] == "0"


def test_where_the_cpu_index_is_out_of_reach_the_registry_gives_the_same_pin(set_up, monkeypatch):
    calls: list[tuple[str, ...]] = []
    monkeypatch.setattr(set_up, "has_nvidia_gpu", lambda: False)
    monkeypatch.setattr(set_up, "pip", lambda *a, must_succeed=True: calls.append(a) or must_succeed)

    set_up.install_torch()

    assert calls[-1] == ("install", "torch==2.13.0")


def test_what_was_done_for_the_same_files_is_not_done_again(set_up, monkeypatch, tmp_path):
    monkeypatch.setattr(set_up, "VENV", tmp_path)
    done: list[int] = []

    for _ in range(2):
        set_up.once("requirements", ["requirements.txt"], lambda: done.append(1))

    assert done == [1]
