"""What the environment says, and what holds where it says nothing."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from aac.cli import main
from aac.errors import WrongCall, WrongSetting
from aac.setting_values import NAMES, misspelt
from aac.settings import SPIN_COUNT, Settings, secret_from
from tests.conftest import ROOT


def test_an_empty_environment_gives_the_defaults():
    settings = Settings.from_environment({})

    assert settings == Settings(settings.data_dir, preloaded_dir=settings.preloaded_dir)
    assert settings.data_dir.name == "prancha"


def test_the_data_folder_is_one_variable(tmp_path: Path):
    assert Settings.from_environment({"PRANCHA_DATA_DIR": str(tmp_path)}).data_dir == tmp_path


def test_a_relative_data_folder_is_made_absolute():
    assert Settings.from_environment({"PRANCHA_DATA_DIR": "data"}).data_dir == Path.cwd() / "data"


def test_the_home_folder_may_be_written_short():
    assert Settings.from_environment({"PRANCHA_DATA_DIR": "~/prancha"}).data_dir == Path.home() / "prancha"


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"PRANCHA_LANGUAGE": "pt"}, "pt"),
        ({"PRANCHA_LANGUAGE": "pt-BR"}, "pt"),
        ({"PRANCHA_LANGUAGE": " PT_br.UTF-8"}, "pt"),
        ({"PRANCHA_LANGUAGE": "pt@latin"}, "pt"),
        ({"PRANCHA_LANGUAGE": " ", "LANG": "pt_BR.UTF-8"}, "pt"),
        ({"LANG": "pt_BR.UTF-8"}, "pt"),
        ({"LC_ALL": "C", "LANG": "pt_BR.UTF-8"}, "en"),
        ({"LC_ALL": "", "LANG": "pt_BR.UTF-8"}, "pt"),
        ({"PRANCHA_LANGUAGE": "en", "LANG": "pt_BR.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
    ],
)
def test_the_first_variable_that_is_set_chooses_the_language(environment: dict[str, str], language: str):
    assert Settings.from_environment(environment).language == language


@pytest.mark.parametrize("value", ["português", "de", "p", "xpt", "en pt"])
def test_a_language_that_we_do_not_speak_is_refused_and_not_guessed_at(value: str):
    with pytest.raises(WrongSetting, match="PRANCHA_LANGUAGE"):
        Settings.from_environment({"PRANCHA_LANGUAGE": value, "LANG": "pt_BR.UTF-8"})


@pytest.mark.parametrize("value", ["wheel", "hubb", "1"])
def test_another_source_of_the_embedded_model_is_refused(value: str):
    with pytest.raises(WrongSetting, match="PRANCHA_EMBEDDED_FROM"):
        Settings.from_environment({"PRANCHA_EMBEDDED_FROM": value})


@pytest.mark.parametrize(("value", "from_hub"), [("hub", True), ("HUB ", True), ("package", False), ("", False)])
def test_the_embedded_model_comes_from_the_hub_only_when_told(value: str, from_hub: bool):
    assert Settings.from_environment({"PRANCHA_EMBEDDED_FROM": value}).embedded_from_hub is from_hub


def test_the_hub_may_be_another_without_its_last_slash():
    assert Settings.from_environment({"HF_ENDPOINT": "http://localhost:1/"}).hub_endpoint == "http://localhost:1"


def test_an_empty_hub_is_the_usual_one():
    assert Settings.from_environment({"HF_ENDPOINT": ""}).hub_endpoint == "https://huggingface.co"


def test_the_token_is_the_servers_own_and_is_not_shown():
    settings = Settings.from_environment({"HF_TOKEN": " hf_secret\n"})

    assert settings.hub_token == "hf_secret"
    assert "hf_secret" not in repr(settings)


def test_annotations_are_sent_nowhere_unless_told():
    assert Settings.from_environment({}).sync_repository == ""
    assert Settings.from_environment({"PRANCHA_SYNC_REPO": "alice/notes"}).sync_repository == "alice/notes"


def test_a_space_is_known_by_its_name():
    assert Settings.from_environment({}).space_id == ""
    assert Settings.from_environment({"SPACE_ID": "alice/prancha"}).space_id == "alice/prancha"


def test_everything_written_lies_in_the_data_folder(tmp_path: Path):
    settings = Settings(tmp_path)

    assert settings.models_dir.parent == settings.hub_cache_dir.parent == tmp_path


def test_reading_the_settings_makes_no_folder(tmp_path: Path):
    Settings.from_environment({"PRANCHA_DATA_DIR": str(tmp_path / "data")})

    assert list(tmp_path.iterdir()) == []


def test_our_own_processes_keep_memory_in_large_pages_unless_somebody_says_otherwise(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.delenv("GLIBC_TUNABLES", raising=False)
    assert "hugetlb=1" in Settings(tmp_path).child_environment()["GLIBC_TUNABLES"]

    monkeypatch.setenv("GLIBC_TUNABLES", "glibc.malloc.hugetlb=0")

    assert Settings(tmp_path).child_environment()["GLIBC_TUNABLES"] == "glibc.malloc.hugetlb=0"


@pytest.mark.parametrize(("given", "expected"), [("", SPIN_COUNT), ("300000", "300000")])
def test_threads_that_wait_leave_the_cores_to_other_processes_unless_somebody_says_otherwise(given: str, expected: str):
    environment = {name: value for name, value in os.environ.items() if name != "GOMP_SPINCOUNT"}
    environment |= {"GOMP_SPINCOUNT": given} if given else {}
    code = "from aac.settings import Settings; print(Settings.from_environment().child_environment()['GOMP_SPINCOUNT'])"

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True)

    assert done.stdout.strip() == expected


def test_the_app_serves_this_machine_alone_unless_it_is_a_space():
    here, space = Settings.from_environment({}), Settings.from_environment({"SPACE_ID": "alice/prancha"})

    assert (here.host, here.server_port) == ("127.0.0.1", None)
    assert (space.host, space.server_port) == ("0.0.0.0", 7860)


def test_the_port_of_a_space_may_be_another():
    environment = {"SPACE_ID": "alice/prancha", "GRADIO_SERVER_PORT": "7999"}

    assert Settings.from_environment(environment).server_port == 7999


def test_what_was_loaded_beforehand_lies_in_the_clients_own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("HOME", str(tmp_path))

    assert Settings.from_environment({}).preloaded_dir == tmp_path / ".cache" / "huggingface" / "hub"
    assert Settings.from_environment({"HF_HUB_CACHE": "/cache"}).preloaded_dir == Path("/cache")


SECRETS = {
    **{"HF_TOKEN": "s3-a", "PRANCHA_SALT": "s3-b", "PRANCHA_METRICS_TOKEN": "s3-c", "OAUTH_CLIENT_SECRET": "s3-d"},
    **{"SMTP_PASSWORD": "s3-e", "OPENAI_API_KEY": "s3-f", "AWS_SECRET_ACCESS_KEY": "s3-g", "some_credentials": "s3-h"},
}


def test_a_process_that_trains_is_told_no_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    for name, value in {**SECRETS, "TOKENIZERS_PARALLELISM": "false", "PGPASSWORD": "of the database"}.items():
        monkeypatch.setenv(name, value)

    told = Settings(tmp_path, hub_token="s3-a", salt="s3-b").child_environment()

    assert [name for name, value in told.items() if value.startswith("s3-")] == []
    assert (told["TOKENIZERS_PARALLELISM"], told["PGPASSWORD"]) == ("false", "of the database")


def test_a_worker_is_told_the_token_and_the_salt_of_the_settings_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)

    told = Settings(tmp_path, hub_token="hf_mine", salt="my salt").child_environment(with_token=True)

    assert (told["HF_TOKEN"], told["PRANCHA_SALT"]) == ("hf_mine", "my salt")
    assert [name for name, value in told.items() if value.startswith("s3-")] == []


def test_a_secret_is_read_from_the_variable_that_a_person_names():
    assert secret_from("SPACE_TOKEN", {"SPACE_TOKEN": " hf_x\n", "HF_TOKEN": "hf_y"}) == "hf_x"
    assert secret_from("SPACE_TOKEN", {}) == ""


def test_the_content_filter_is_at_work_unless_switched_off_and_on_a_space_always():
    off = {"PRANCHA_FILTER": "off"}

    assert Settings.from_environment({}).filters
    assert not Settings.from_environment(off).filters
    assert Settings.from_environment({**off, "SPACE_ID": "alice/prancha"}).filters


@pytest.mark.parametrize("filters", [True, False])
def test_our_own_processes_filter_as_we_do(filters: bool, tmp_path: Path):
    theirs = Settings(tmp_path, filters=filters).child_environment()

    assert Settings.from_environment({**theirs, "SPACE_ID": ""}).filters is filters


@pytest.mark.parametrize(("given", "is_on"), [("", False), ("0", False), ("no", False), ("1", True), (" On ", True)])
def test_tools_for_programs_are_off_unless_asked_for(given: str, is_on: bool):
    assert Settings.from_environment({"PRANCHA_MCP": given}).mcp is is_on
    assert not Settings.from_environment({"GRADIO_MCP_SERVER": "True"}).mcp


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("PRANCHA_MCP", "maybe", "yes or no was expected"),
        ("PRANCHA_WORKER", "foo", "one of auto, off was expected"),
        ("PRANCHA_FILTER", "foo", "one of on, off was expected"),
    ],
)
def test_a_word_that_a_setting_does_not_know_is_refused_and_not_taken_for_its_default(
    name: str, given: str, expected: str
):
    with pytest.raises(WrongCall, match=f"{name} is '{given}'; {expected}"):
        Settings.from_environment({name: given})


@pytest.mark.parametrize(("language", "said"), [("pt", "esperava-se sim ou não"), ("en", "yes or no was expected")])
@pytest.mark.parametrize("command", ["app", "doctor"])
def test_a_refused_setting_is_told_by_every_command_in_the_language_that_is_set(
    command: str, language: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("PRANCHA_LANGUAGE", language)
    monkeypatch.setenv("PRANCHA_MCP", "maybe")

    assert main([command]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(("given", "limit_s"), [("", 120), ("90", 90), ("2.5", 2.5), ("0", 0)])
def test_an_answer_has_two_minutes_unless_somebody_says_otherwise(given: str, limit_s: float):
    assert Settings.from_environment({"PRANCHA_GENERATION_LIMIT_S": given}).generation_limit_s == limit_s


@pytest.mark.parametrize(("given", "limit_s"), [("", 3600), ("600", 600), ("0", 0)])
def test_a_person_has_an_hour_of_the_model_a_day_unless_somebody_says_otherwise(given: str, limit_s: float):
    assert Settings.from_environment({"PRANCHA_DAY_LIMIT_S": given}).day_limit_s == limit_s


@pytest.mark.parametrize("name", ["PRANCHA_GENERATION_LIMIT_S", "PRANCHA_DAY_LIMIT_S"])
@pytest.mark.parametrize("given", ["-1", "long", "inf", "nan", "1m"])
def test_a_time_that_is_none_is_refused_by_its_variable_s_name(name: str, given: str):
    with pytest.raises(WrongCall, match=name):
        Settings.from_environment({name: given})


# --- what Gradio keeps ------------------------------------------------------------------------------------------------


def test_uploads_and_exports_lie_in_the_data_folder_for_its_owner_alone(tmp_path: Path):
    environment: dict[str, str] = {}

    folder = Settings(tmp_path / "data").keep_gradio_files(environment)

    assert environment == {"GRADIO_TEMP_DIR": str(folder)}
    assert folder.parent == tmp_path / "data"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_folder_that_others_could_open_is_closed(tmp_path: Path):
    (tmp_path / "gradio").mkdir(mode=0o755)

    folder = Settings(tmp_path).keep_gradio_files({})

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_folder_that_somebody_chose_stays(tmp_path: Path):
    environment = {"GRADIO_TEMP_DIR": str(tmp_path / "mine")}

    assert Settings(tmp_path / "data").keep_gradio_files(environment) == tmp_path / "mine"
    assert environment == {"GRADIO_TEMP_DIR": str(tmp_path / "mine")}
    assert list(tmp_path.iterdir()) == []


def test_where_the_data_folder_is_none_the_files_lie_in_a_private_temporary_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "data").write_text("", encoding="utf-8")

    folder = Settings(tmp_path / "data").keep_gradio_files({})

    assert folder.parent == tmp_path
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_gradio_itself_takes_the_folder_for_all_that_it_keeps(tmp_path: Path):
    code = (
        "from aac.settings import Settings; folder = Settings.from_environment().keep_gradio_files();"
        "import gradio, gradio.route_utils as routes; from gradio.utils import get_upload_folder;"
        "print({str(folder), get_upload_folder(), routes.DEFAULT_TEMP_DIR, gradio.Blocks().GRADIO_CACHE})"
    )
    environment = {name: value for name, value in os.environ.items() if name != "GRADIO_TEMP_DIR"}
    environment |= {"PRANCHA_DATA_DIR": str(tmp_path / "data")}

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True)

    assert done.stdout.strip() == repr({str(tmp_path / "data" / "gradio")})


def test_the_command_that_serves_sets_it_before_it_loads_gradio(tmp_path: Path):
    code = (
        "import os, sys, aac.cli; sys.modules['aac.ui.page'] = None;"  # what would be imported next
        "aac.cli.main(['app']); print(os.environ['GRADIO_TEMP_DIR'], 'gradio' in sys.modules)"
    )
    environment = {name: value for name, value in os.environ.items() if name != "GRADIO_TEMP_DIR"}
    environment |= {"PRANCHA_DATA_DIR": str(tmp_path / "data")}

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True)

    assert done.stdout.strip() == f"{tmp_path / 'data' / 'gradio'} False"


def test_a_variable_that_opens_gradio_to_others_is_refused_as_before(tmp_path: Path):
    environment = {**os.environ, "PRANCHA_DATA_DIR": str(tmp_path / "data"), "GRADIO_ALLOWED_PATHS": "/"}

    done = subprocess.run(
        [sys.executable, "-m", "aac", "app"], cwd=ROOT, env=environment, capture_output=True, text=True
    )

    assert done.returncode == 2
    assert "GRADIO_ALLOWED_PATHS" in done.stderr


def test_the_names_that_are_known_are_those_that_the_settings_read():
    read = {
        name
        for module in ("settings", "access_settings")
        for name in re.findall(r'"(PRANCHA_[A-Z_]+)"', (ROOT / "aac" / f"{module}.py").read_text(encoding="utf-8"))
    }

    assert read == set(NAMES)


def test_a_name_that_is_only_like_ours_is_found_with_what_is_near():
    assert [fault.en for fault in misspelt(["PRANCHA_LOGN", "PRANCHA_LOGIN", "PATH"])] == [
        "PRANCHA_LOGN: nothing reads this variable. Is it PRANCHA_LOGIN?"
    ]
