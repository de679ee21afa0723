"""Whether people may be asked for what they think: only where something holds it that a restart does not take away."""

from __future__ import annotations

from aac.errors import AacError
from aac.settings import Settings
from aac.workflow.archive import Archive
from aac.workflow.syncing import AnnotationSync


class Restoring(AacError):
    """What people said earlier is still on its way back: until then nobody can be found again. Ask again later."""


class NotDurable(AacError):
    """Nothing durable would hold an answer now. Keep what was to be sent, and ask again later."""


def check_collecting(archive: Archive, sync: AnnotationSync | None, *, writes: bool) -> None:
    """Raise `Restoring` or, for what `writes`, `NotDurable`, in words for whoever wants to say something."""
    if sync and sync.is_restoring():
        raise Restoring(
            "As anotações guardadas no Hub estão sendo trazidas de volta. O que você escreveu continua neste navegador "
            "e segue sozinho depois; gerar cartões já funciona.",
            "The annotations kept on the Hub are being brought back. What you wrote stays in this browser and goes on "
            "by itself afterwards; making cards works already.",
        )
    if writes and why_not_durable(archive.settings, sync):
        raise NotDurable(
            "A coleta está fechada agora: nada que dure guardaria a sua resposta. Ela continua neste navegador e segue "
            "sozinha quando a coleta abrir; gerar cartões funciona. O responsável vê o motivo na aba “Dados”.",
            "Collecting is closed now: nothing that lasts would hold your answer. It stays in this browser and goes on "
            "by itself when collecting opens; making cards works. The owner sees the reason in the “Data” tab.",
        )


def why_not_durable(settings: Settings, sync: AnnotationSync | None) -> AacError | None:
    """Why nothing durable holds what people say, and what mends it, in words for the owner; None where something does.

    Durable are PostgreSQL, any disk but a Space's, which each restart empties, and the log on the Hub as long as rows
    reach it.
    """
    if missing := what_is_missing(settings):
        return missing
    if not settings.space_id or _has_postgresql(settings) or (sync and sync.is_level()):
        return None
    where = settings.sync_repository
    return AacError(
        f"As anotações não chegam a {where}, e o disco deste Space não dura: a coleta está fechada até que cheguem. "
        "Confira HF_TOKEN e o conjunto de dados; o servidor tenta de novo a cada minuto.",
        f"Annotations do not reach {where}, and this Space's disk does not last: collecting is closed until they do. "
        "Check HF_TOKEN and the dataset; the server tries again every minute.",
    )


def what_is_missing(settings: Settings) -> AacError | None:
    """What a Space's owner has yet to set before anybody is asked, in words for them; None where all of it is there."""
    if not settings.space_id:
        return None
    if not _has_postgresql(settings) and not (settings.sync_repository and settings.hub_token):
        missing = "HF_TOKEN" if settings.sync_repository else "PRANCHA_SYNC_REPO=DONO/NOME"
        missing_en = "HF_TOKEN" if settings.sync_repository else "PRANCHA_SYNC_REPO=OWNER/NAME"
        return AacError(
            f"Cada reinício apaga o disco deste Space, e nada mais guarda as anotações: a coleta está fechada. Falta "
            f"{missing}. Em Settings → Variables and secrets ponha a variável PRANCHA_SYNC_REPO (um conjunto de dados "
            "privado) e os segredos HF_TOKEN (que pode escrever nele) e PRANCHA_SALT.",
            f"Each restart empties this Space's disk, and nothing else holds the annotations: collecting is closed. "
            f"{missing_en} is missing. Under Settings → Variables and secrets set the variable PRANCHA_SYNC_REPO (a "
            "private dataset) and the secrets HF_TOKEN (which may write to it) and PRANCHA_SALT.",
        )
    if not settings.salt:
        return AacError(
            "Falta o segredo PRANCHA_SALT: depois de um reinício deste Space ninguém reencontraria o que é seu, e a "
            "coleta está fechada. Em Settings → Variables and secrets ponha um texto longo e ao acaso, e não o mude.",
            "The secret PRANCHA_SALT is missing: after a restart of this Space nobody would find what is theirs, and "
            "collecting is closed. Under Settings → Variables and secrets set a long random text, and keep it.",
        )
    return None


def _has_postgresql(settings: Settings) -> bool:
    return settings.database_url.startswith("postgres")
