"""Keys to an archive: who may read it, write to it and administer it over the network.

    bq_1f3a90c2_… ── the part before the second "_" finds the key's hash in keys.json,
                     the rest is 256 random bits, shown once and kept nowhere

``keys.json`` lies in the index folder and not in the catalog, whose one writer may be at work
for an hour: a key must be made and deleted at any moment. It is written whole to a new file and
renamed, and none but its owner may read it.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from brief_qa.errors import ArchiveError, IndexDamaged, InputError
from brief_qa.texts import UNSEEN

if TYPE_CHECKING:
    from argon2 import PasswordHasher

Scope = Literal["read", "write", "admin"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
"""From the narrowest: each may do what those before it may."""
FILE = "keys.json"
NAME_LIMIT = 60
_MARK = "bq"
_KNOWN = 1_000
"""Keys that were verified and are remembered, at most."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is kept: enough to recognise it, not to make it again."""

    id: str
    """Eight hexadecimal digits, no secret: they find the hash."""
    name: str
    scope: Scope
    created: date
    hash: str
    """By argon2id, with its own salt and costs."""

    def may(self, scope: Scope) -> bool:
        """Whether the key gives this right."""
        return SCOPES.index(scope) <= SCOPES.index(self.scope)


class Keys:
    """The keys of an index folder. Safe to use from any thread and from several processes.

    The file is looked at before each use, so that a key made or deleted elsewhere counts at
    once. A key that was verified is remembered by its SHA-256: argon2 is slow by design.
    """

    def __init__(self, folder: Path) -> None:
        """Nothing is read or made yet."""
        self._path = folder / FILE
        self._lock = threading.Lock()
        self._seen: tuple[int, ...] | None = None
        self._keys: dict[str, Key] = {}
        self._known: dict[bytes, str] = {}
        """SHA-256 of a verified key → its id, as long as the file is the same."""

    def all(self) -> list[Key]:
        """Every key, by name. Raises IndexDamaged when the file cannot be read."""
        with self._lock:
            return sorted(self._current().values(), key=lambda key: key.name.casefold())

    def create(self, name: str, scope: Scope, today: date | None = None) -> tuple[Key, str]:
        """A new key, and the text to present, which can never be had again.

        Raises InputError on a name that is taken or no name, or a scope that there is not.
        """
        name = " ".join(UNSEEN.sub("", name).split())
        if not 0 < len(name) <= NAME_LIMIT:
            raise InputError(f"Une clé a un nom de 1 à {NAME_LIMIT} caractères : « {name[:80]} ».")
        if scope not in SCOPES:
            raise InputError(f"« {scope} » n'est pas un droit. Il y a : {', '.join(SCOPES)}.")
        with self._changing() as keys:
            if any(key.name == name for key in keys.values()):
                raise InputError(f"Une clé s'appelle déjà « {name} ». Supprimez-la d'abord.")
            while (key_id := secrets.token_hex(4)) in keys:
                pass
            presented = f"{_MARK}_{key_id}_{secrets.token_urlsafe(32)}"
            made = Key(key_id, name, scope, today or date.today(), _hasher().hash(presented))
            keys[key_id] = made
        return made, presented

    def delete(self, name: str) -> bool:
        """Delete a key by its name: it opens nothing from now on. False when there is none."""
        with self._changing() as keys:
            found = [key.id for key in keys.values() if key.name == name]
            for one in found:
                del keys[one]
        return bool(found)

    def remembered(self, presented: str) -> Key | None:
        """The key, if it was verified before and still is one: at once, whoever asks."""
        with self._lock:
            keys = self._current()
            return keys.get(self._known.get(_digest(presented), ""))

    def verified(self, presented: str) -> Key | None:
        """The key that this text is, None when it is none. Takes some hundredths of a second."""
        if key := self.remembered(presented):
            return key
        mark, _, rest = presented.partition("_")
        with self._lock:  # one at a time: each takes the memory of a hash
            key = self._current().get(rest.partition("_")[0]) if mark == _MARK else None
            if key is None or not _is_hash_of(key.hash, presented):
                return None
            if len(self._known) >= _KNOWN:
                self._known.clear()
            self._known[_digest(presented)] = key.id
            return key

    def holds(self, key: Key) -> bool:
        """Whether a key that was verified is still one."""
        with self._lock:
            return self._current().get(key.id) == key

    # -- the file ----------------------------------------------------------------------

    def _current(self) -> dict[str, Key]:
        """The keys as they are now; the lock is held."""
        seen = _state(self._path)
        if seen != self._seen:
            self._keys, self._known, self._seen = _read(self._path), {}, seen
        return self._keys

    @contextmanager
    def _changing(self) -> Iterator[dict[str, Key]]:
        """The keys, to be changed: written when the block ends, by one process at a time."""
        with self._lock, _alone(self._path.parent):
            keys = _read(self._path)
            yield keys
            _write(self._path, keys)


def _hasher() -> PasswordHasher:
    """The least that OWASP advises for argon2id: a random key needs no more, a server is quick."""
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def _is_hash_of(kept: str, presented: str) -> bool:
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return _hasher().verify(kept, presented)
    except (VerificationError, InvalidHashError):
        return False


def _digest(presented: str) -> bytes:
    return hashlib.sha256(presented.encode("utf-8", "replace")).digest()


def _state(path: Path) -> tuple[int, ...] | None:
    """What tells that a file is another one: it is replaced, never written in."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size


def _read(path: Path) -> dict[str, Key]:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))["keys"]
        keys = (Key(**one) for one in told)
        return {key.id: replace(key, created=_day(key.created)) for key in keys}
    except FileNotFoundError:
        return {}
    except PermissionError as error:
        raise ArchiveError(
            f"« {path} » ne se lit que par le compte qui l'a fait. Lancez brief-qa sous ce compte."
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise IndexDamaged(
            f"« {path} » n'est pas un fichier de clés lisible. Supprimez-le, puis refaites les "
            "clés : brief-qa key create"
        ) from error


def _day(written: object) -> date:
    return date.fromisoformat(str(written))


def _write(path: Path, keys: dict[str, Key]) -> None:
    told = [{**asdict(key), "created": key.created.isoformat()} for key in keys.values()]
    descriptor, new = tempfile.mkstemp(prefix=f".{FILE}.", dir=path.parent)  # for its owner only
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump({"keys": told}, file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        Path(new).replace(path)
    except BaseException:
        Path(new).unlink(missing_ok=True)
        raise


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder itself locked: no file is left behind for it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
