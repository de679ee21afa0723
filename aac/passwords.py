"""Logins with a password, in a file of the data folder that nobody else may read; scrypt (RFC 7914), not the words."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import secrets
import unicodedata
from dataclasses import asdict, dataclass, field
from pathlib import Path

from filelock import FileLock

from aac.errors import CorruptError, WrongCall
from aac.files import check_folder, whole_file

FILE_NAME = "logins.json"
PASSWORD_MIN_CHARS = 10
PASSWORD_MAX_BYTES = 1_024
NO_MAINTAINER = (
    "faça o login de quem mantém: python -m aac login add NOME --maintainer",
    "make a maintainer's login: python -m aac login add NAME --maintainer",
)
_NAME = re.compile(r"[\w.@+-]{1,64}")
_N, _R, _P = 2**15, 8, 1
_MEMORY_MAX_BYTES = 2 * 128 * _N * _R


@dataclass(frozen=True, slots=True)
class Login:
    """salt, digest: of scrypt, in hexadecimal. The digest changes with the password."""

    is_maintainer: bool
    salt: str = field(repr=False)
    digest: str = field(repr=False)


class Logins:
    """The file, read again when it changes; many threads may ask at once."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / FILE_NAME
        self._read: tuple[tuple[int, int, int], dict[str, Login]] | None = None

    def all(self) -> dict[str, Login]:
        """Every login by its name. Raises `CorruptError`, and `StoreError` where the data folder was taken away."""
        try:
            stat = self._path.stat()
            stamp = stat.st_mtime_ns, stat.st_size, stat.st_ino
            read = self._read  # another thread may put a newer one in its place meanwhile, or an older one
            if read is None or read[0] != stamp:
                values = json.loads(self._path.read_text(encoding="utf-8"))
                self._read = read = stamp, {name: Login(**login) for name, login in values.items()}
            return read[1]
        except FileNotFoundError:
            if self._read is not None:  # gone with all that is in it, or only the file
                check_folder(self._path.parent)
            return {}
        except (ValueError, TypeError, AttributeError) as error:
            raise CorruptError(
                f"{self._path} está danificado. Apague-o e faça os logins de novo.",
                f"{self._path} is damaged. Delete it and make the logins again.",
            ) from error

    def add(self, name: str, password: str, is_maintainer: bool | None = None) -> str:
        """Make a login, or give it another password; gives its name as it is kept. Raises `WrongCall`.

        is_maintainer: None leaves a login's role as it is; a new one annotates then.
        """
        name = normal_name(name)
        if not _NAME.fullmatch(name):
            raise WrongCall(
                f"{name!r} não serve de nome: letras, números e . @ + - _, até 64.",
                f"{name!r} is no name: letters, digits and . @ + - _, up to 64.",
            )
        if len(password) < PASSWORD_MIN_CHARS or len(password.encode()) > PASSWORD_MAX_BYTES:
            raise WrongCall(
                f"A senha precisa de {PASSWORD_MIN_CHARS} letras ou mais (até {PASSWORD_MAX_BYTES} bytes).",
                f"The password needs {PASSWORD_MIN_CHARS} characters or more (up to {PASSWORD_MAX_BYTES} bytes).",
            )
        salt = secrets.token_bytes(16)
        before = self.all().get(name)
        if is_maintainer is None:
            is_maintainer = before is not None and before.is_maintainer
        self._change(name, Login(is_maintainer, salt.hex(), _scrypt(password, salt)))
        return name

    def remove(self, name: str) -> None:
        """Take a login away; who is logged in with it is so no more. Raises `WrongCall` where there is none."""
        if normal_name(name) not in self.all():
            raise WrongCall(f"Não há o login {name!r}.", f"There is no login {name!r}.")
        self._change(normal_name(name), None)

    def has_maintainer(self) -> bool:
        """Whether anybody may maintain this installation."""
        return any(login.is_maintainer for login in self.all().values())

    def check(self, name: str, password: str) -> Login | None:
        """The login of this name and password. A name that is none takes the same time. About 0.1 s and 32 MB."""
        found = self.all().get(normal_name(name))
        salt = bytes.fromhex(found.salt) if found else bytes(16)
        given = _scrypt(password, salt)
        return found if found and hmac.compare_digest(given, found.digest) else None

    def _change(self, name: str, login: Login | None) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(self._path.with_name(f".{FILE_NAME}.lock"), timeout=60):
            kept = {**self.all()}
            kept.pop(name, None)
            if login:
                kept[name] = login
            with whole_file(self._path) as file:
                os.fchmod(file.fileno(), 0o600)
                file.write(json.dumps({n: asdict(one) for n, one in sorted(kept.items())}, indent=1).encode())


def normal_name(name: str) -> str:
    """One way of writing a name: however it is typed, it is the same login."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def _scrypt(password: str, salt: bytes) -> str:
    words = unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
    made = hashlib.scrypt(words, salt=salt, n=_N, r=_R, p=_P, maxmem=_MEMORY_MAX_BYTES, dklen=32)
    return made.hex()
