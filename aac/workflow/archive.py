"""What people say, and who they are to us: a pseudonym that only this server can make."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import threading
from dataclasses import asdict, dataclass, field
from pathlib import Path
from uuid import UUID, uuid5

from aac.errors import CorruptError, StoreError, WrongCall
from aac.files import sync_file, sync_folder, whole_file
from aac.records import Generation, GenerationRequest, StoredGeneration
from aac.settings import Settings
from aac.store.database import FILE_NAME, Database, server_port
from aac.store.people import is_erased
from aac.store.tombstone_log import keep_erased

_GENERATIONS = UUID("5b4d1f0c-6a0e-4a33-9f0b-0d2c8a6f7c11")
SALT_FILE = "annotator-salt"


@dataclass
class Archive:
    """The database, opened when first asked for and asked for again after a failure, and the server's salt."""

    settings: Settings
    _database: Database | None = None
    _salt: bytes = b""
    _lock: threading.Lock = field(default_factory=threading.Lock)
    # Its own: who opens the database may wait for it for long, and a cookie is looked at meanwhile.
    _salt_lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def database(self) -> Database:
        """The database; raises what `Database.open` does."""
        with self._lock:
            if self._database is None:
                opened = Database.open(self.settings.data_dir, self.settings.database_url)
                keep_erased(opened, self.settings.data_dir)
                self._database = opened
            return self._database

    @property
    def has_database(self) -> bool:
        """Whether there is a database already; asking `database` makes one."""
        return bool(self._database or self.settings.database_url or (self.settings.data_dir / FILE_NAME).is_file())

    def keep_erased(self) -> None:
        """List what was erased beside the database, so that an older copy of it brings nothing back."""
        keep_erased(self.database, self.settings.data_dir)

    @property
    def salt(self) -> bytes:
        """What pseudonyms and signatures are made with; it never leaves the server."""
        with self._salt_lock:
            if not self._salt:
                self._salt = self.settings.salt.encode() or _kept_salt(self.settings.data_dir)
            return self._salt

    def known_salt(self) -> bytes:
        """The salt as far as there is one; none is made."""
        if self.settings.salt or self._salt:
            return self.salt
        path = self.settings.data_dir / SALT_FILE
        return path.read_bytes() if path.exists() else b""

    def take_salt(self, salt: bytes) -> None:
        """Make pseudonyms with this salt from now on, in an installation that has no people yet."""
        with self._salt_lock:
            with whole_file(self.settings.data_dir / SALT_FILE) as file:
                os.fchmod(file.fileno(), 0o600)
                file.write(salt)
            self._salt = salt

    def close(self) -> None:
        """Give the database back."""
        with self._lock:
            if self._database is not None:
                self._database.close()
                self._database = None

    def check_address(self) -> None:
        """Raise `WrongCall` where the settings name no database that could be one; whether it answers, nobody asks."""
        if self.settings.database_url:
            server_port(self.settings.database_url)

    def annotator_id(self, token: str, login: str = "") -> str:
        """The pseudonym of a login, else of a browser's token. A person who erased their data gets a new one."""
        who = f"login:{login}" if login else f"browser:{token}"
        with self.database.read() as connection:
            for life in range(1000):
                found = hmac.new(self.salt, f"{who}:{life}".encode(), hashlib.sha256).hexdigest()[:32]
                if not is_erased(connection, found):
                    return found
        raise WrongCall("Esta identidade foi apagada vezes demais.", "This identity was erased too often.")


def _kept_salt(data_dir: Path) -> bytes:
    path = data_dir / SALT_FILE
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        new = path.with_name(f"{SALT_FILE}.{os.getpid()}.{threading.get_ident()}")
        if not path.exists():
            handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(secrets.token_hex(32).encode())
                sync_file(file)
            try:
                os.link(new, path)  # whole, and only once, however many servers start
            except FileExistsError:
                pass
            finally:
                new.unlink()
            sync_folder(data_dir)
        found = path.read_text().encode()
        if not found:
            raise CorruptError(
                f"{path} está vazio: sem ele ninguém reencontra o que é seu. Traga-o da última cópia.",
                f"{path} is empty: without it nobody finds what is theirs again. Bring it back from the last backup.",
            )
        return found
    except OSError as error:
        raise StoreError(
            f"Não é possível escrever em {data_dir} ({error}). Dê permissão de escrita ou aponte PRANCHA_DATA_DIR "
            "para outra pasta.",
            f"{data_dir} cannot be written ({error}). Give write permission or point PRANCHA_DATA_DIR to another "
            "folder.",
        ) from error


def to_document(archive: Archive, generation: Generation) -> str:
    """A finished generation with everything needed to keep it later, as text that the page carries untouched."""
    digest = None
    if generation.adapter:
        from aac.models.adapters import DEFAULT_FOLDER, weights_sha256  # loads torch, which datasets do without

        among = archive.settings.adapters_dir / generation.adapter  # a path of one's own stays what it is
        digest = weights_sha256(DEFAULT_FOLDER if generation.adapter == "default" else among)
    return json.dumps({"generation": asdict(generation), "adapter_sha256": digest}, ensure_ascii=False)


def sign(archive: Archive, document: str) -> str:
    """Proof that this server wrote the document, whatever happened to its memory since."""
    return hmac.new(archive.salt, b"generation:" + document.encode(), hashlib.sha256).hexdigest()


def from_document(archive: Archive, document: str, signature: str) -> StoredGeneration:
    """The generation of a document that this server signed; `WrongCall` for any other."""
    if not hmac.compare_digest(sign(archive, document).encode(), signature.encode()):
        raise WrongCall(
            "Esta resposta não veio deste servidor. Gere os cartões de novo.",
            "This answer did not come from this server. Make the cards again.",
        )
    return to_stored(document)


def to_stored(document: str) -> StoredGeneration:
    """The generation of a document of ours. The same document has the same id."""
    values = json.loads(document)
    made = values["generation"]
    generation = Generation(**{**made, "request": GenerationRequest.from_json(made["request"])})
    return StoredGeneration(str(uuid5(_GENERATIONS, document)), generation, values["adapter_sha256"])
