"""Base models: whether the Hub answers, and one snapshot of one repository, kept in the client's own cache."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import httpx2 as httpx
from huggingface_hub import snapshot_download, try_to_load_from_cache
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    LocalEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from aac.errors import AacError, MissingError, NoRoomError
from aac.hub.access import HubAccess
from aac.hub.faults import explain
from aac.settings import Settings

_NEEDED = ("config.json", "tokenizer.json")
_INDEX = "model.safetensors.index.json"  # of weights in several files
_MODEL_FILES = ["*.json", "*.jinja", "*.model", "*.txt", "*.safetensors"]


def is_reachable(settings: Settings) -> bool:
    """Whether the Hub answers at all, within the settings' time-out."""
    try:
        httpx.get(f"{settings.hub_endpoint}/api/models?limit=1", timeout=settings.hub_timeout_s)
    except httpx.HTTPError:
        return False
    return True


def is_downloaded(repository: str, revision: str, settings: Settings) -> bool:
    """Whether that commit is here, whole."""
    return bool(preloaded(repository, revision, settings)) or _stamp(repository, revision, settings).is_file()


def preloaded(repository: str, revision: str, settings: Settings) -> Path | None:
    """That commit's folder in the client's own cache, where a Space's build puts it; None where it is not whole there.

    Nothing is written there, and nobody is asked.
    """
    if settings.preloaded_dir is None:
        return None
    found = try_to_load_from_cache(repository, _NEEDED[0], cache_dir=settings.preloaded_dir, revision=revision)
    if not isinstance(found, str):
        return None
    folder = Path(found).parent
    needed = [*(folder / name for name in _NEEDED), *_weights(folder)]
    return folder if len(needed) > len(_NEEDED) and all(path.is_file() for path in needed) else None


def _weights(folder: Path) -> list[Path]:
    """The files that hold the weights, also those that its index names and that are not there."""
    named: set[str] = set()
    with suppress(OSError, ValueError, KeyError):
        named = set(json.loads((folder / _INDEX).read_text(encoding="utf-8"))["weight_map"].values())
    return [folder / name for name in named] or list(folder.glob("*.safetensors"))


def _stamp(repository: str, revision: str, settings: Settings) -> Path:
    """Written last: the client's own cache does not tell a whole snapshot from one that was broken off."""
    return settings.hub_cache_dir / "complete" / f"{repository.replace('/', '--')}--{revision}"


def download_model(repository: str, revision: str, settings: Settings) -> Path:
    """The local folder of one commit of a model repository, downloaded where it is not there yet.

    What a Space's build has put into the client's own cache is taken from there, without a network. Raises
    `MissingError` without a network, repository or permission, and `NoRoomError` without disk.
    """
    ready = preloaded(repository, revision, settings)
    if ready:
        return ready
    stamp = _stamp(repository, revision, settings)
    if stamp.is_file():
        folder = Path(stamp.read_text(encoding="utf-8"))
        if folder.is_dir():
            return folder
    access = HubAccess.of(settings)
    try:
        access.api().model_info(repository, revision=revision)
        folder = Path(
            snapshot_download(
                repository,
                revision=revision,
                cache_dir=settings.hub_cache_dir,
                endpoint=settings.hub_endpoint,
                allow_patterns=_MODEL_FILES,
                token=access.token or False,
            )
        )
        stamp.parent.mkdir(parents=True, exist_ok=True)
        stamp.write_text(str(folder), encoding="utf-8")
        return folder
    except (GatedRepoError, RepositoryNotFoundError, RevisionNotFoundError) as error:
        raise MissingError(
            f"O Hub não tem {repository} na revisão {revision}, ou pede permissão ({type(error).__name__}). Confira o "
            "nome, ou ponha em HF_TOKEN um token que possa ler.",
            f"The Hub has no {repository} at revision {revision}, or asks for permission ({type(error).__name__}). "
            "Check the name, or put a token that may read it into HF_TOKEN.",
        ) from error
    except (httpx.HTTPError, HfHubHTTPError, LocalEntryNotFoundError) as error:
        if isinstance(error, HfHubHTTPError) and error.response.status_code in (401, 403):
            raise explain(error, repository, settings.hub_endpoint, has_token=bool(access.token)) or error from None
        raise _offline(repository, settings, error) from error
    except OSError as error:
        raise NoRoomError(
            f"Não foi possível guardar {repository} em {settings.hub_cache_dir} ({error}). Libere espaço ou mude "
            "PRANCHA_DATA_DIR.",
            f"Could not keep {repository} in {settings.hub_cache_dir} ({error}). Free some space or change "
            "PRANCHA_DATA_DIR.",
        ) from error


def _offline(repository: str, settings: Settings, error: Exception) -> AacError:
    """Where the default comes from the Hub too, as on a Space, it is no way out."""
    pt, en = (
        ("", "")
        if settings.embedded_from_hub
        else ("; o padrão smollm2-135m não precisa de rede", "; the default smollm2-135m needs no network")
    )
    return MissingError(
        f"{settings.hub_endpoint} não respondeu ao pedir {repository} ({type(error).__name__}). Confira a rede e "
        f"tente de novo, ou use uma pasta local com o modelo{pt}.",
        f"{settings.hub_endpoint} did not answer when asked for {repository} ({type(error).__name__}). Check the "
        f"network and try again, or use a local folder with the model{en}.",
    )
