"""The lines that a training writes while it runs."""

from __future__ import annotations

from pathlib import Path

from aac.training.progress import append_line, read_lines


def test_lines_are_read_as_they_were_written(tmp_path: Path):
    lines = [{"kind": "start", "step": 0}, {"kind": "train", "step": 1, "loss": 2.5}]
    for told in lines:
        append_line(tmp_path / "progress.jsonl", told)

    assert read_lines(tmp_path / "progress.jsonl") == lines


def test_a_line_torn_by_a_kill_spoils_no_other(tmp_path: Path):
    path = tmp_path / "progress.jsonl"
    append_line(path, {"kind": "start"})
    path.write_bytes(path.read_bytes() + b'{"kind": "tra')

    append_line(path, {"kind": "end"})

    assert read_lines(path) == [{"kind": "start"}, {"kind": "end"}]


def test_no_file_is_no_lines(tmp_path: Path):
    assert read_lines(tmp_path / "progress.jsonl") == []
