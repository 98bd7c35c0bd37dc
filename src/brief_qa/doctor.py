"""The doctor: is an index folder sound, what is the way out, and the two ways out it knows.

Only the catalog is the truth. What is derived from it (the term index, the vectors) can be
made again from the articles; a damaged catalog cannot, and the doctor then says so.
"""

from __future__ import annotations

import platform
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np

from brief_qa import reader
from brief_qa.catalog import Catalog, EncodedArticle
from brief_qa.errors import BriefQAError, EncoderError, EncoderMismatch, IndexDamaged, InputError
from brief_qa.index import Index
from brief_qa.ingest import Encodes, encoded, encoder_facts
from brief_qa.terms import TermIndex
from brief_qa.views import View

LoadEncoder = Callable[[str | None], Encodes]
"""Gives the encoder of this name; for None, the default one. Raises EncoderError."""
Advance = Callable[[int, int], None]
"""Told the articles done and the articles in all."""

_UNIT_TOLERANCE = 0.01
"""How far a stored vector's length may be from 1: 16-bit components stay within 0.001."""
_SPARE_BYTES = 200 * 2**20
_BATCH = 32
_PACKAGES = ("brief_qa", "faiss-cpu", "tantivy", "onnxruntime", "numpy")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at."""

    name: str
    sound: bool
    detail: str
    remedy: str | None = None
    """What to do, when it is not sound."""


@dataclass(frozen=True, slots=True)
class _Broken:
    """Articles whose passages or vectors cannot be used, by id."""

    passages: frozenset[str]
    vectors: frozenset[str]

    def ids(self) -> frozenset[str]:
        """All of them."""
        return self.passages | self.vectors


def holds_index(folder: Path) -> bool:
    """Whether the folder holds an index, sound or not."""
    return (folder / "catalog.sqlite").is_file()


def existing(folder: Path) -> Path:
    """The folder, if it holds an index. Raises InputError otherwise: none is made."""
    if not holds_index(folder):
        raise InputError(
            f"Il n'y a pas d'index dans « {folder} ». Faites-en un : "
            f"brief-qa ingest CHEMIN --index {folder}"
        )
    return folder


def examine(folder: Path, load: LoadEncoder) -> list[Check]:
    """Look at everything, change nothing. Raises InputError when there is no index."""
    about_machine = [_versions(), _disk(existing(folder))]
    try:
        catalog = Catalog(folder / "catalog.sqlite")
        with catalog.reading() as view:
            checks = [
                _integrity(folder, view),
                *_passages(folder, view),
                _terms(folder, view),
                _encoder(folder, view, load),
                _reader(),
            ]
        catalog.close()
    except (BriefQAError, sqlite3.DatabaseError) as error:
        return [_damaged(folder, str(error)), *about_machine]
    return [*checks, *about_machine]


def repair(folder: Path, load: LoadEncoder) -> list[str]:
    """Make again what is derived and wrong; what was done, in French.

    Passages that break their article's bounds, leave out a part of it, or have no usable
    vector are cut and encoded again. The articles themselves are never touched.
    """
    done = []
    with closing(Index(existing(folder))) as index:  # an unreadable term index is made anew here
        with index.writing() as writer:
            with index.catalog.reading() as view:
                articles = list(view.articles(_broken(view).ids()).values())
                encoder = _encoder_of(folder, view, load) if articles else None
            if encoder:
                writer.put(encoded(articles, encoder))
                done.append(f"articles redécoupés et réencodés : {len(articles)}")
        with index.catalog.reading() as view:
            sound = _terms(folder, view).sound
        if not sound:
            index.refill_terms()
            done.append("index de termes refait")
    return done


def reencode(folder: Path, load: LoadEncoder, advance: Advance | None = None) -> int:
    """Cut and encode every article again, with the encoder loaded; how many there were.

    One transaction: until its end every reader goes on with the old passages, and a crash
    leaves them as they were.
    """
    with closing(Index(existing(folder))) as index, index.writing() as writer:
        with index.catalog.reading() as view:
            total, encoder = view.coverage().articles, load(view.fact("encoder"))
            writer.put(_again(view, encoder, total, advance), encoder_facts(encoder))
        writer.put([])  # a write of its own takes the old passages out of the term index
    return total


def _again(
    view: View, encoder: Encodes, total: int, advance: Advance | None
) -> Iterator[EncodedArticle]:
    articles, done = view.all_articles(), 0
    while batch := [article for _, article in zip(range(_BATCH), articles, strict=False)]:
        yield from encoded(batch, encoder)
        done += len(batch)
        if advance:
            advance(done, total)


# -- the checks ----------------------------------------------------------------------------


def _command(folder: Path, options: str) -> str:
    return f"brief-qa doctor {options} --index {folder}"


def _integrity(folder: Path, view: View) -> Check:
    found = view.integrity()
    if found:
        return _damaged(folder, "; ".join(found[:3]))
    coverage = view.coverage()
    return Check("catalogue", True, f"intact (articles : {coverage.articles})")


def _damaged(folder: Path, detail: str) -> Check:
    return Check(
        "catalogue",
        False,
        detail,
        "Restaurez « catalog.sqlite » d'une sauvegarde ; sans elle, reprenez les pages dans un "
        f"index neuf : brief-qa ingest PAGES --index {folder}-neuf",
    )


def _passages(folder: Path, view: View) -> list[Check]:
    broken = _broken(view)
    wrong, dimension = len(broken.passages), view.fact("dimension")
    return [
        Check(
            "passages",
            not wrong,
            f"faux ou manquants ; articles touchés : {wrong}"
            if wrong
            else f"{view.count_passages()}, chacun dans son article",
            _command(folder, "--repair") if wrong else None,
        ),
        Check(
            "vecteurs",
            not broken.vectors,
            f"inutilisables ; articles touchés : {len(broken.vectors)}"
            if broken.vectors
            else f"dimension {dimension}, finis, de longueur 1"
            if dimension
            else "aucun encore",
            _command(folder, "--repair") if broken.vectors else None,
        ),
    ]


def _broken(view: View) -> _Broken:
    dimension = int(view.fact("dimension") or 0)
    passages, vectors = set(), set()
    for article_id, body, stored in view.stored():
        if not _covers(body, [(start, end) for start, end, _ in stored]):
            passages.add(article_id)
        if not all(_usable(vector, dimension) for _, _, vector in stored):
            vectors.add(article_id)
    return _Broken(frozenset(passages), frozenset(vectors))


def _covers(body: str, spans: list[tuple[int, int]]) -> bool:
    """Whether the spans lie in the body, in order, and leave out nothing but white space."""
    at = 0
    for start, end in spans:
        if not (at <= start < end <= len(body)) or body[at:start].strip():
            return False
        at = end
    return not body[at:].strip()


def _usable(vector: bytes, dimension: int) -> bool:
    if len(vector) != 2 * dimension:
        return False
    length = float(np.linalg.norm(np.frombuffer(vector, np.float16).astype(np.float32)))
    return abs(length - 1) <= _UNIT_TOLERANCE  # False for a length that is not a number


def _terms(folder: Path, view: View) -> Check:
    """The term index holds every article, and none that the catalog never had."""
    repair, terms = _command(folder, "--repair"), folder / "terms"
    try:
        index = TermIndex(terms) if terms.is_dir() else None
        damaged = index.damaged_files() if index else []
        if damaged:
            return Check("termes", False, f"fichiers abîmés : {', '.join(damaged[:3])}", repair)
        found = set(index.numbers()) if index else set()
    except IndexDamaged as error:
        return Check("termes", False, str(error), repair)
    held = set(view.article_numbers())
    # Searches hide the articles that have left the catalog and those that a killed writer
    # had got ready; the next write takes both out.
    missing, extra = held - found, found - held - set(view.removed_since(0))
    extra = {one for one in extra if one <= view.last_passage_id()}
    if missing or extra:
        detail = f"articles manquants : {len(missing)}, de trop : {len(extra)}"
        return Check("termes", False, detail, repair)
    return Check("termes", True, f"autant que d'articles au catalogue ({len(held)})")


def _encoder(folder: Path, view: View, load: LoadEncoder) -> Check:
    try:
        encoder = _encoder_of(folder, view, load)
    except EncoderError as error:
        return Check("encodeur", False, str(error), _command(folder, "--reencode --encoder NOM"))
    return Check("encodeur", True, f"« {encoder.name} » se charge, c'est celui de l'index")


def _reader() -> Check:
    """The reader's weights are those that were published, and load."""
    wrong = reader.damage()
    if wrong is None:
        try:
            reader.shared_reader()
        except EncoderError as error:
            wrong = str(error)
    if wrong is None:
        named = f"« {reader.WEIGHTS.name} », {reader.digest()[:12]} comme publié, se charge"
        return Check("lecteur", True, named)
    remedy = "Réinstallez brief_qa : pip install --force-reinstall --no-deps brief_qa"
    return Check("lecteur", False, wrong, remedy)


def _encoder_of(folder: Path, view: View, load: LoadEncoder) -> Encodes:
    """The encoder the index was made with. Raises EncoderMismatch when another is loaded."""
    recorded, fingerprint = view.fact("encoder"), view.fact("fingerprint")
    encoder = load(recorded)
    if fingerprint not in (None, encoder.fingerprint):
        raise EncoderMismatch(
            f"« {encoder.name} » donne d'autres vecteurs que « {recorded} », avec lequel l'index "
            f"« {folder} » a été fait. Gardez le premier, ou réencodez l'index."
        )
    return encoder


def _versions() -> Check:
    parts = [f"{name} {version(name)}" for name in _PACKAGES]
    parts += [f"Python {platform.python_version()}", f"SQLite {sqlite3.sqlite_version}"]
    sound = sqlite3.sqlite_version_info >= (3, 38)  # the first with json_each always there
    remedy = None if sound else "Prenez un Python lié à SQLite 3.38 ou plus récent."
    return Check("versions", sound, ", ".join(parts), remedy)


def _disk(folder: Path) -> Check:
    """Room for a second copy of the catalog, which encoding again takes for a while."""
    free = shutil.disk_usage(folder).free
    needed = max(_SPARE_BYTES, 2 * (folder / "catalog.sqlite").stat().st_size)
    detail = f"{free / 2**30:.1f} Gio libres".replace(".", ",")
    remedy = f"Libérez au moins {needed // 2**20} Mio sur le disque de « {folder} »."
    return Check("disque", free >= needed, detail, None if free >= needed else remedy)
