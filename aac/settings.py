"""The settings, and the only place that reads the environment."""

from __future__ import annotations

import math
import os
import re
import tempfile
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path

from platformdirs import user_data_path

from aac.access_settings import AccessSettings
from aac.errors import WrongSetting, wrong_setting
from aac.setting_values import misspelt, one_of, yes_or_no

# For processes that train, on Linux: large buffers in pages of 2 MB. In pages of 4 kB, asked for anew in each step,
# they cost a good part of its time (docs/benchmarks.md). Never kept for the next step: a long run then grew to 16 GB.
GLIBC_TUNABLES = "glibc.malloc.hugetlb=1"
# What a child of ours is not told unless it needs it; PG…, of libpq, goes with the database's address.
_SECRET = re.compile(
    r"(?!PG)(.*(TOKEN(?!IZ)|SECRET|PASSW|SALT|CREDENTIAL|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY))", re.IGNORECASE
)
_SPACE_PORT = 7860
_WORKERS = ("auto", "off")
_FILTERS = ("on", "off")
_EMBEDDED_FROM = ("package", "hub")
_LANGUAGES = ("en", "pt")

# OpenMP's threads spin while they wait for one another. Where two processes of ours share the cores (an answer beside a
# training, two tests), each then keeps from running what the other waits for, and both take over three times as long;
# with a short spin little longer than alone (docs/benchmarks.md). Read when torch is loaded, which comes later.
SPIN_COUNT = "1000"
os.environ.setdefault("GOMP_SPINCOUNT", SPIN_COUNT)


@dataclass(frozen=True)
class Settings:
    """What differs from one installation to the next.

    data_dir: everything the app writes while it runs.
    language: "pt" or "en", of the command line's messages; a page asks its browser.
    embedded_from_hub: take the embedded default from the Hub rather than from its package.
    hub_endpoint, hub_timeout_s: the Hub to talk to, and how long one answer may take.
    hub_token: the server's own token for it. It is a secret: never shown, stored or logged.
    sync_repository: the private dataset repository that new annotations go to; empty for none.
    database_url: where annotations are kept; empty for a file in data_dir. It may hold a password: never shown.
    filters: whether the content filter (`aac.safety`) is at work; on a Space it always is.
    worker: "auto" (the app starts a process that trains, when there is something to train) or "off" (others do).
    salt: what pseudonyms are made with; empty for one made once and kept in data_dir.
    space_id: OWNER/NAME where this runs as a Hugging Face Space; empty elsewhere.
    server_port: where to serve; None for the first free one from 7860.
    preloaded_dir: the Hub client's own cache, into which a Space's build puts the base model; it is only read.
    access: who may enter.
    generation_limit_s: how long the page's answer may take, from its turn on; 0 for no limit.
    day_limit_s: for how long the model may work for one person in any day, where others reach the page; 0: no limit.
    zero_gpu: whether this is a ZeroGPU Space, whose GPU is lent for one answer at a time.
    mcp: whether programs may use the page's tools over the Model Context Protocol.
    """

    data_dir: Path
    language: str = "en"
    embedded_from_hub: bool = False
    hub_endpoint: str = "https://huggingface.co"
    hub_timeout_s: float = 10.0
    database_url: str = field(default="", repr=False)
    salt: str = field(default="", repr=False)
    worker: str = "auto"
    hub_token: str = field(default="", repr=False)
    sync_repository: str = ""
    space_id: str = ""
    server_port: int | None = None
    preloaded_dir: Path | None = None
    access: AccessSettings = field(default_factory=AccessSettings)
    filters: bool = True
    generation_limit_s: float = 120.0
    day_limit_s: float = 3600.0
    zero_gpu: bool = False
    mcp: bool = False

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Read PRANCHA_DATA_DIR, PRANCHA_LANGUAGE (else LC_ALL, LANG), PRANCHA_EMBEDDED_FROM, HF_ENDPOINT,
        PRANCHA_DATABASE_URL, PRANCHA_SALT, PRANCHA_WORKER, HF_TOKEN, PRANCHA_SYNC_REPO, HF_HUB_CACHE, PRANCHA_FILTER
        (not on a Space: whoever comes there did not choose it), PRANCHA_GENERATION_LIMIT_S, PRANCHA_DAY_LIMIT_S,
        PRANCHA_MCP, on a Space SPACE_ID, SPACES_ZERO_GPU and GRADIO_SERVER_PORT; and of who may enter what
        `AccessSettings` reads. Raises `WrongSetting`.
        """
        data_dir = os.path.expanduser(environment.get("PRANCHA_DATA_DIR", ""))  # noqa: PTH111 - Path's raises
        space_id = environment.get("SPACE_ID", "").strip()
        cache = environment.get("HF_HUB_CACHE") or "~/.cache/huggingface/hub"
        return cls(
            data_dir=Path(data_dir).absolute() if data_dir else user_data_path("prancha", appauthor=False),
            language=_language(environment),
            embedded_from_hub=one_of(
                "PRANCHA_EMBEDDED_FROM", environment.get("PRANCHA_EMBEDDED_FROM", ""), _EMBEDDED_FROM
            )
            == "hub",
            hub_endpoint=(environment.get("HF_ENDPOINT") or cls.hub_endpoint).rstrip("/"),
            database_url=environment.get("PRANCHA_DATABASE_URL", ""),
            salt=environment.get("PRANCHA_SALT", ""),
            worker=one_of("PRANCHA_WORKER", environment.get("PRANCHA_WORKER", ""), _WORKERS),
            hub_token=environment.get("HF_TOKEN", "").strip(),
            sync_repository=environment.get("PRANCHA_SYNC_REPO", "").strip(),
            space_id=space_id,
            server_port=_port(environment.get("GRADIO_SERVER_PORT", "")) if space_id else None,
            preloaded_dir=Path(os.path.expanduser(cache)),  # noqa: PTH111 - Path's raises
            access=AccessSettings.from_environment(environment),
            filters=one_of("PRANCHA_FILTER", environment.get("PRANCHA_FILTER", ""), _FILTERS) == "on" or bool(space_id),
            generation_limit_s=_limit_s(environment, "PRANCHA_GENERATION_LIMIT_S", cls.generation_limit_s),
            day_limit_s=_limit_s(environment, "PRANCHA_DAY_LIMIT_S", cls.day_limit_s),
            zero_gpu=environment.get("SPACES_ZERO_GPU", "").lower() in ("1", "t", "true"),
            mcp=yes_or_no("PRANCHA_MCP", environment.get("PRANCHA_MCP", "")),
        )

    @property
    def host(self) -> str:
        """The address to serve at: this machine's own, or on a Space the one that its proxy asks."""
        return "0.0.0.0" if self.space_id else "127.0.0.1"  # noqa: S104 - a Space is reached through its proxy alone

    def keep_gradio_files(self, environment: MutableMapping[str, str] = os.environ) -> Path:
        """Have Gradio keep uploads and exports where no other account of this computer looks; the folder.

        To be called before Gradio is imported, as some of it looks only then. A folder that somebody chose stays.
        Where the data folder cannot be written, what needs no database still works: then it is a temporary one.
        """
        given = environment.get("GRADIO_TEMP_DIR")
        if given:
            return Path(given)
        folder = self.data_dir / "gradio"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)  # as it may be there already, from somebody who thought otherwise
        except OSError:
            folder = Path(tempfile.mkdtemp(prefix="prancha-gradio-"))  # 0700 too
        environment["GRADIO_TEMP_DIR"] = str(folder)
        return folder

    def child_environment(self, *, with_token: bool = False) -> dict[str, str]:
        """The environment of a process of ours with these settings, and without secrets that it does not need.

        with_token: it is a worker, which needs the Hub's token and the salt.
        """
        ours = {
            "PRANCHA_DATA_DIR": str(self.data_dir),
            "PRANCHA_LANGUAGE": self.language,
            "PRANCHA_EMBEDDED_FROM": "hub" if self.embedded_from_hub else "",
            "PRANCHA_DATABASE_URL": self.database_url,
            "PRANCHA_WORKER": self.worker,
            "PRANCHA_FILTER": "" if self.filters else "off",
            "HF_ENDPOINT": self.hub_endpoint,
            "SPACES_ZERO_GPU": "true" if self.zero_gpu else "",
        }
        kept = {name: value for name, value in os.environ.items() if not is_secret_name(name)}
        known = {"HF_TOKEN": self.hub_token, "PRANCHA_SALT": self.salt} if with_token else {}
        told = {name: value for name, value in known.items() if value}
        return {"GLIBC_TUNABLES": GLIBC_TUNABLES, **kept, **ours, **told, "PYTHONUNBUFFERED": "1"}

    @property
    def models_dir(self) -> Path:
        """Where converted base models lie."""
        return self.data_dir / "models"

    @property
    def adapters_dir(self) -> Path:
        """Where trained adapters lie that the page offers."""
        return self.data_dir / "adapters"

    @property
    def runs_dir(self) -> Path:
        """Where background runs keep their configuration, data, checkpoints, progress and log, a folder each."""
        return self.data_dir / "runs"

    @property
    def versions_dir(self) -> Path:
        """Where dataset versions lie, a folder each."""
        return self.data_dir / "versions"

    @property
    def hub_cache_dir(self) -> Path:
        """Where downloads from the Hub lie."""
        return self.data_dir / "hub"


def misspelt_here() -> tuple[WrongSetting, ...]:
    """What stands in the environment under a name like ours that nothing reads."""
    return tuple(misspelt(os.environ))


def language_of(environment: Mapping[str, str] = os.environ) -> str:
    """ "pt" or "en", whatever the other settings say: it is needed to tell what is wrong with them."""
    named = (environment.get(name, "").strip() for name in ("PRANCHA_LANGUAGE", "LC_ALL", "LANG"))
    return "pt" if next(filter(None, named), "").lower().startswith("pt") else "en"


def _language(environment: Mapping[str, str]) -> str:
    """What somebody chose for this program is one of ours, or written as locales are (pt_BR.UTF-8, en-GB)."""
    given = environment.get("PRANCHA_LANGUAGE", "")
    one_of("PRANCHA_LANGUAGE", re.split("[-_.@]", given.strip())[0], _LANGUAGES)
    return language_of(environment)


def is_secret_name(name: str) -> bool:
    """Whether a variable of that name holds a secret, as far as names tell."""
    return _SECRET.match(name) is not None


def secret_from(name: str, environment: Mapping[str, str] = os.environ) -> str:
    """A secret that a person keeps in a variable of their own choice, without blanks around it; empty for none."""
    return environment.get(name, "").strip()


def _port(text: str) -> int:
    return int(text) if text.isdigit() else _SPACE_PORT


def _limit_s(environment: Mapping[str, str], name: str, otherwise_s: float) -> float:
    text = environment.get(name, "").strip()
    try:
        limit_s = float(text) if text else otherwise_s
    except ValueError:
        limit_s = math.nan
    if not 0 <= limit_s < math.inf:
        pt, en = "esperavam-se segundos, 0 para nenhum limite", "seconds were expected, 0 for no limit"
        raise wrong_setting(name, text, pt, en)
    return limit_s
