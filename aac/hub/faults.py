"""What the Hub's refusals mean: what was found, and what a person can do about it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx2 as httpx
from huggingface_hub.errors import (
    EntryNotFoundError,
    FileMetadataError,
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    JobNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.utils import validate_repo_id

from aac.errors import HubError

_TOKEN = re.compile(r"[!-~]+")
_HUB_TOKEN = re.compile(rb"hf_[A-Za-z0-9]{20,}")  # of theirs 34 letters follow; `hf_transfer` is a package
_FULL = re.compile(r"storage|quota|too large|insufficient", re.IGNORECASE)
_DETAIL_MAX_CHARS = 200


def is_token(text: str) -> bool:
    """Whether it can stand in a header at all."""
    return _TOKEN.fullmatch(text) is not None


def holds_token(content: str | bytes) -> bool:
    """Whether a token of the Hub stands somewhere in it."""
    return _HUB_TOKEN.search(content if isinstance(content, bytes) else content.encode("utf-8", "replace")) is not None


def is_repository(text: str) -> bool:
    """Whether it can be OWNER/NAME, by the client's own rule."""
    try:
        validate_repo_id(text)
    except HFValidationError:
        return False
    return "/" in text


def no_token() -> HubError:
    """Nobody is signed in."""
    return HubError(
        "Para escrever no Hub falta um token. Ponha um, com permissão de escrita, em HF_TOKEN, onde este programa é "
        "iniciado (https://huggingface.co/settings/tokens).",
        "There is no token to write to the Hub with. Put one with write permission into HF_TOKEN, where this program "
        "is started (https://huggingface.co/settings/tokens).",
    )


def unusable_token() -> HubError:
    """What stands for a token has spaces or letters that none has."""
    return HubError(
        "O token tem espaços ou letras que nenhum token tem. Copie-o de novo de https://huggingface.co/settings/tokens.",
        "The token holds spaces or letters that no token has. Copy it again from "
        "https://huggingface.co/settings/tokens.",
    )


def is_address(text: str) -> bool:
    """Whether a Hub can be asked there at all."""
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, half an IPv6 address
        return False


def unusable_address(endpoint: str) -> HubError:
    """What stands for the Hub's address is none."""
    return HubError(
        f"HF_ENDPOINT é {endpoint!r}: o endereço precisa de https:// (ou http://) e de um servidor, como em "
        "https://huggingface.co.",
        f"HF_ENDPOINT is {endpoint!r}: the address needs https:// (or http://) and a host, as in "
        "https://huggingface.co.",
    )


def explain(error: Exception, subject: str, endpoint: str, *, has_token: bool = True) -> HubError | None:
    """What to tell of an error of the client's; None where it is not about the Hub but this computer.

    has_token: whether it was asked for with one.
    """
    if isinstance(error, HFValidationError):
        return HubError(
            f"{subject!r} não é um nome de repositório. Escreva DONO/NOME, com letras sem acento, números, . _ e -.",
            f"{subject!r} is no name of a repository. Write OWNER/NAME, in letters a–z, digits, . _ and -.",
        )
    response = _response(error)
    if response is not None:
        if not has_token and _is_hidden(error, response):
            return _hidden(subject, str(response.status_code))
        return _of_status(error, response, subject)
    for cause in _chain(error):
        if isinstance(cause, httpx.TimeoutException):
            return _again(
                f"{endpoint} demorou demais ao tratar de {subject}",
                f"{endpoint} took too long over {subject}",
            )
        if isinstance(cause, httpx.HTTPError | EntryNotFoundError | FileMetadataError):
            return _again(
                f"{endpoint} não respondeu, ou a conexão caiu, ao tratar de {subject} ({type(cause).__name__}). "
                "Confira a rede",
                f"{endpoint} did not answer, or the connection was cut, over {subject} ({type(cause).__name__}). Check "
                "the network",
            )
    if isinstance(error, KeyError | TypeError):
        return HubError(
            f"{endpoint} respondeu a {subject} algo que o cliente não entende ({error!r}). Confira HF_ENDPOINT.",
            f"{endpoint} answered to {subject} what the client does not understand ({error!r}). Check HF_ENDPOINT.",
        )
    detail = _short(str(error))
    if isinstance(error, OSError):
        if error.errno is not None:
            return None
        return _again(f"{subject} não chegou inteiro ({detail})", f"{subject} did not arrive whole ({detail})")
    if _FULL.search(detail):
        return _full(subject, detail)
    return HubError(
        f"O cliente do Hub recusou {subject}: {detail}",
        f"The Hub's client refused {subject}: {detail}",
        is_retryable=isinstance(error, RuntimeError),
    )


def retry_after_s(error: Exception) -> float:
    """How long the Hub asks us to wait, 0 where it does not say."""
    response = _response(error)
    return 0.0 if response is None else wanted_pause_s(response)


def wanted_pause_s(response: httpx.Response) -> float:
    """How long this answer asks us to wait, 0 where it does not say."""
    value = response.headers.get("Retry-After", "")
    reset = re.search(r"\br=0\b.*\bt=(\d+)", response.headers.get("RateLimit", ""))
    return float(value) if value.isdigit() else float(reset[1]) if reset else 0.0


def _of_status(error: Exception, response: httpx.Response, subject: str) -> HubError:
    status, said = response.status_code, _short(getattr(error, "server_message", None) or "")
    found = f"{status}{f': {said}' if said else ''}"
    causes = tuple(_chain(error))
    if status in (402, 413, 507) or (400 <= status < 500 and _FULL.search(said)):
        return _full(subject, found)
    if status == 412:
        return _again(
            f"Outra pessoa gravou em {subject} ao mesmo tempo ({found})",
            f"Somebody else committed to {subject} at the same time ({found})",
        )
    if status == 409 and "conflicting operation" in response.text:
        return _again(
            f"O Hub ainda trata de outra operação sua ({found}) e não aceita {subject}",
            f"The Hub is still busy with another operation of yours ({found}) and does not take {subject}",
        )
    if status == 409 and not response.request.url.path.endswith("/api/repos/create"):
        return _again(
            f"O Hub não aceitou o pedido sobre {subject}: conflito com outra operação ({found})",
            f"The Hub did not take what was asked of {subject}: it conflicts with another operation ({found})",
        )
    if status == 429:
        return _again(f"O Hub pede calma: pedidos demais ({found})", f"The Hub asks to slow down: too many ({found})")
    if status == 408 or status >= 500:
        return _again(f"O Hub falhou ao tratar de {subject} ({found})", f"The Hub failed over {subject} ({found})")
    if any(isinstance(cause, GatedRepoError) for cause in causes):
        return HubError(
            f"{subject} pede permissão ({found}). Abra a página do repositório, aceite as condições e tente de novo.",
            f"{subject} is gated ({found}). Open the repository's page, accept its terms and try again.",
        )
    return _refused(status, found, subject, causes)


def _refused(status: int, found: str, subject: str, causes: tuple[BaseException, ...]) -> HubError:
    kinds = {type(cause) for cause in causes}
    if status == 401 and RepositoryNotFoundError not in kinds:
        return HubError(
            f"O Hub não aceita o token ({found}): falta, expirou ou foi revogado. Entre de novo, ou crie outro em "
            "https://huggingface.co/settings/tokens e ponha-o em HF_TOKEN.",
            f"The Hub does not accept the token ({found}): it is missing, expired or revoked. Sign in again, or make "
            "another at https://huggingface.co/settings/tokens and put it into HF_TOKEN.",
        )
    if status == 403:
        return HubError(
            f"O token não tem direito de fazer isso em {subject} ({found}). Use um token com permissão de escrita "
            "nesse dono, ou outro DONO/NOME.",
            f"The token has no right to do this in {subject} ({found}). Use a token that may write for this owner, or "
            "another OWNER/NAME.",
        )
    if RevisionNotFoundError in kinds:
        return HubError(
            f"{subject} não tem essa revisão ({found}). Confira --revision: um ramo, uma etiqueta ou um commit.",
            f"{subject} has no such revision ({found}). Check --revision: a branch, a tag or a commit.",
        )
    if JobNotFoundError in kinds:
        return HubError(
            f"O Hub não tem o trabalho {subject} ({found}). Confira o código, ou envie de novo.",
            f"The Hub has no job {subject} ({found}). Check its id, or submit it again.",
        )
    if status in (401, 404):
        return HubError(
            f"O Hub não tem {subject}, ou não o mostra a este token ({found}). Confira DONO/NOME e quem pode ler.",
            f"The Hub has no {subject}, or does not show it to this token ({found}). Check OWNER/NAME and who may "
            "read.",
        )
    if status == 409:
        return HubError(
            f"O nome {subject} já está em uso ({found}). Escolha outro nome.",
            f"The name {subject} is taken ({found}). Choose another name.",
        )
    return HubError(
        f"O Hub recusou {subject} ({found}). Confira o que foi enviado.",
        f"The Hub refused {subject} ({found}). Check what was sent.",
    )


def _is_hidden(error: Exception, response: httpx.Response) -> bool:
    """Whether a repository is missing or not for everybody: the Hub does not say which to somebody without a token."""
    kinds = {type(cause) for cause in _chain(error)}
    return GatedRepoError in kinds or (
        response.status_code in (401, 404) and not kinds & {RevisionNotFoundError, JobNotFoundError}
    )


def _hidden(subject: str, found: str) -> HubError:
    return HubError(
        f"O Hub não tem {subject}, ou só o mostra a quem se identifica ({found}), e não há token. Confira DONO/NOME; "
        "se é privado ou pede permissão, ponha em HF_TOKEN um token que possa ler "
        "(https://huggingface.co/settings/tokens).",
        f"The Hub has no {subject}, or shows it only to those who sign in ({found}), and there is no token. Check "
        "OWNER/NAME; if it is private or gated, put a token that may read it into HF_TOKEN "
        "(https://huggingface.co/settings/tokens).",
    )


def _full(subject: str, found: str) -> HubError:
    return HubError(
        f"Não há mais espaço no Hub para {subject} ({found}). Apague repositórios antigos, ou aumente o plano em "
        "https://huggingface.co/settings/billing.",
        f"The Hub has no more room for {subject} ({found}). Delete old repositories, or extend the plan at "
        "https://huggingface.co/settings/billing.",
    )


def _again(pt: str, en: str) -> HubError:
    return HubError(
        f"{pt}. Nada se perdeu: tente de novo daqui a pouco.",
        f"{en}. Nothing is lost: try again in a while.",
        is_retryable=True,
    )


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def _response(error: Exception) -> httpx.Response | None:
    """The Hub's answer, also where the client wrapped the error in one of its own."""
    for cause in _chain(error):
        if isinstance(cause, HfHubHTTPError | httpx.HTTPStatusError):
            return cause.response
    return None


def _short(text: str) -> str:
    return " ".join(text.split())[:_DETAIL_MAX_CHARS]
