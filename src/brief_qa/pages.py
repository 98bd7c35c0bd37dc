"""Paths → pages: folders, files and zip members, read within limits.

Nothing is ever written to disk and no link inside a folder is followed. What cannot be
read gives a :class:`~brief_qa.domain.Rejection` or raises
:class:`~brief_qa.errors.PageError`; either names what was given and what to do.
"""

from __future__ import annotations

import os
import re
import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import IO

from brief_qa.decoding import MEBIBYTE, read_up_to
from brief_qa.domain import Page, Rejection
from brief_qa.errors import PageError
from brief_qa.texts import number

PAGE_LIMIT = 10 * MEBIBYTE
"""Bytes of one page (text, HTML, Markdown): a news article is a thousand times smaller."""
FILE_LIMIT = 64 * MEBIBYTE
"""Bytes of one JSON file, which is held whole."""
ZIP_LIMIT = 1024 * MEBIBYTE
"""Bytes that one zip may give once decompressed, all members together."""
ZIP_RATIO = 200
"""How many times its own size a zip may give; text shrinks 3 to 30 times, a bomb 1,000."""

PAGE_SUFFIXES = (".txt", ".html", ".htm", ".xhtml", ".md", ".markdown")
RECORD_SUFFIXES = (".jsonl", ".ndjson", ".json", ".csv", ".tsv")
ACCEPTED = (*PAGE_SUFFIXES, *RECORD_SUFFIXES, ".zip")
_LITTER = ("thumbs.db", "desktop.ini", "__macosx")


@dataclass(frozen=True, slots=True)
class File:
    """A file found under the given paths, not opened yet."""

    path: Path
    size: int
    """Bytes on disk."""
    root: Path | None = None
    """The folder below which it is named, when not by its whole path."""

    @property
    def name(self) -> str:
        """The path, for messages."""
        return printable(os.fspath(self.path.relative_to(self.root) if self.root else self.path))


@dataclass(frozen=True, slots=True)
class Source:
    """An open file or zip member; valid until the next one is asked for."""

    name: str
    """A path, or ``archive.zip!folder/page.html``."""
    stream: Metered
    weight: int
    """Bytes it takes on disk, for progress."""
    read_as: str = ""
    """The extension that tells how it is read, where the name's does not."""
    address: str | None = None
    """Where on the web it was fetched."""

    @property
    def suffix(self) -> str:
        """The extension, in lower case, with its dot."""
        return self.read_as or PurePosixPath(self.name).suffix.lower()


def printable(name: str) -> str:
    """A file name as text that can be shown and stored, whatever bytes it is made of."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


# --- finding -----------------------------------------------------------------------------


def find_files(paths: Iterable[str | Path], root: Path | None = None) -> Iterator[File | Rejection]:
    """Every file of these paths, folders walked in the order of names.

    A path given by name is followed even if it is a link; a link met inside a folder is
    not. Hidden files and the litter of operating systems are passed over in silence. All are
    named by their paths, or below ``root`` by their places in it.
    """
    for item in _found(paths):
        yield _below(root, item) if root else item


def _found(paths: Iterable[str | Path]) -> Iterator[File | Rejection]:
    for path in map(Path, paths):
        try:
            mode = path.stat().st_mode
        except (OSError, ValueError) as error:
            yield Rejection(printable(os.fspath(path)), _open_failure(error))
            continue
        if stat.S_ISDIR(mode):
            yield from _walk(path, path.resolve())
        else:
            yield _checked(path)


def _below(root: Path, item: File | Rejection) -> File | Rejection:
    if isinstance(item, File):
        return replace(item, root=root)
    return replace(item, name=item.name.removeprefix(printable(f"{root}{os.sep}")))


def _walk(folder: Path, root: Path) -> Iterator[File | Rejection]:
    waiting = [folder]  # not recursion: folders may be nested deeper than Python calls
    while waiting:
        entry = waiting.pop()
        try:
            if entry is not folder and entry.is_symlink():
                if reason := _link_fault(entry, root):
                    yield Rejection(printable(os.fspath(entry)), reason)
            elif entry.is_dir():
                kept = [inside for inside in entry.iterdir() if not _is_litter(inside.name)]
                waiting += sorted(kept, key=lambda inside: inside.name, reverse=True)
            else:
                yield _checked(entry)
        except OSError as error:
            yield Rejection(printable(os.fspath(entry)), _open_failure(error))


def _is_litter(name: str) -> bool:
    hidden = name.startswith((".", "~$")) and name not in (".", "..")
    return hidden or name.lower() in _LITTER


def _link_fault(link: Path, root: Path) -> str | None:
    """Why a link is left aside; None where what it points to is read under its own name."""
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError):
        return "Lien symbolique brisé ou qui tourne en rond : il n'est pas suivi."
    if target == root or target in link.parent.resolve().parents or target == link.parent.resolve():
        return f"Lien symbolique vers un dossier parent, « {target} » : il n'est pas suivi."
    if not target.is_relative_to(root):
        return (
            f"Lien symbolique qui sort du dossier lu, vers « {target} » : il n'est pas suivi. "
            "Donnez ce chemin lui-même pour le lire."
        )
    return None


def _checked(path: Path) -> File | Rejection:
    """The file, or why it can't be a page: not a regular file, or of an unknown kind."""
    name = printable(os.fspath(path))
    try:
        status = path.stat()
    except OSError as error:
        return Rejection(name, _open_failure(error))
    if not stat.S_ISREG(status.st_mode):
        return Rejection(name, "Ni un fichier ni un dossier : rien à lire.")
    if fault := _suffix_fault(name):
        return Rejection(name, fault)
    return File(path, status.st_size)


def _suffix_fault(name: str) -> str | None:
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in ACCEPTED:
        return None
    what = f"Extension « {suffix} » inconnue" if suffix else "Fichier sans extension"
    return f"{what}. Extensions lues : {', '.join(ACCEPTED)}."


def _open_failure(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "Chemin introuvable. Vérifiez son orthographe."
    if isinstance(error, PermissionError):
        return "Lecture refusée par le système. Vérifiez les droits de ce fichier."
    return f"Lecture impossible ({error})."


# --- opening -----------------------------------------------------------------------------


def open_sources(file: File) -> Iterator[Source | Rejection]:
    """The file itself, or each page of a zip, one at a time, in the order of names."""
    try:
        if file.path.suffix.lower() == ".zip":
            yield from _open_zip(file)
        else:
            with file.path.open("rb") as stream:
                yield Source(file.name, Metered(stream), file.size)
    except OSError as error:
        yield Rejection(file.name, _open_failure(error))


def _open_zip(file: File) -> Iterator[Source | Rejection]:
    limit = min(ZIP_LIMIT, max(ZIP_RATIO * file.size, MEBIBYTE))
    budget = _Budget(limit)
    try:
        archive = zipfile.ZipFile(file.path)
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        yield Rejection(
            file.name,
            "Zip illisible : vide, tronqué ou abîmé. Refaites ou retéléchargez l'archive.",
        )
        return
    with archive:
        for member in sorted(archive.infolist(), key=lambda member: member.filename):
            if member.is_dir() or any(map(_is_litter, _stored_name(member).split("/"))):
                continue
            name = printable(f"{file.name}!{member.filename}")
            if fault := _member_fault(member):
                yield Rejection(name, fault)
                continue
            try:
                stream = archive.open(member)
            except _ZIP_FAULTS:
                yield Rejection(name, _DAMAGED_MEMBER)
                continue
            with stream:
                yield Source(name, Metered(stream, budget), member.compress_size)
            if budget.left < 0:
                yield Rejection(
                    file.name,
                    f"Zip suspect : plus de {limit // MEBIBYTE} Mio une fois décompressé, "
                    f"pour {number(file.size)} octets. La lecture s'arrête à "
                    f"« {member.filename} » ; décompressez l'archive vous-même si vous en êtes "
                    "sûr.",
                )
                return


_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""The others (bzip2, LZMA) are decompressed by zipfile without regard to the size asked for:
4 KiB of them may give 4 GiB at once."""
_DAMAGED_MEMBER = "Membre du zip tronqué ou abîmé. Refaites ou retéléchargez l'archive."
_ZIP_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)


def _stored_name(member: zipfile.ZipInfo) -> str:
    """The member's path as the archive writes it, before zipfile mends it."""
    return member.orig_filename.replace("\\", "/")


def _member_fault(member: zipfile.ZipInfo) -> str | None:
    """Why a member is not opened, if so."""
    stored = _stored_name(member)
    if stored.startswith("/") or re.match(r"[A-Za-z]:", stored) or ".." in stored.split("/"):
        return "Chemin qui sort de l'archive : membre ignoré, rien n'a été écrit."
    if stat.S_ISLNK(member.external_attr >> 16):
        return "Lien symbolique dans un zip : il n'est pas suivi."
    if member.flag_bits & 0x1:
        return "Membre chiffré par un mot de passe. Donnez une archive sans mot de passe."
    if member.compress_type not in _METHODS:
        return "Méthode de compression inusitée. Refaites l'archive avec la méthode ordinaire."
    if PurePosixPath(member.filename).suffix.lower() == ".zip":
        return "Zip dans un zip : il n'est pas ouvert. Donnez-le séparément."
    return _suffix_fault(member.filename)


@dataclass(slots=True)
class _Budget:
    """Bytes that a zip may still give, whatever its headers announce."""

    left: int


class Metered:
    """An open file or zip member that counts what it gives, within its archive's budget."""

    def __init__(self, stream: IO[bytes], budget: _Budget | None = None) -> None:
        self._stream = stream
        self._budget = budget
        self.given = 0

    def read(self, size: int, /) -> bytes:
        """At most ``size`` bytes. Raises PageError for a damaged member, or past the budget."""
        try:
            piece = self._stream.read(size)
        except _ZIP_FAULTS as error:
            if self._budget is None:
                raise
            raise PageError(_DAMAGED_MEMBER) from error
        self.given += len(piece)
        if self._budget is not None:
            self._budget.left -= len(piece)
            if self._budget.left < 0:
                raise PageError("Lecture arrêtée : l'archive donne trop d'octets pour sa taille.")
        return piece


def read_page(source: Source, limit: int = PAGE_LIMIT) -> Page:
    """All the bytes of a source. Raises PageError when there are none, or over ``limit``."""
    content = read_up_to(source.stream, limit + 1)
    if len(content) > limit:
        raise PageError(
            f"Plus de {limit // MEBIBYTE} Mio : trop pour une page. Découpez-la, ou donnez les "
            "articles en JSONL, un par ligne."
        )
    if not content.strip():
        raise PageError("Fichier vide : aucun article à lire.")
    return Page(source.name, content)
