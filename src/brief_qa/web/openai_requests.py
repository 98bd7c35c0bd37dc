"""What is asked in OpenAI's form, read: a conversation to answer, or texts to encode.

Chat front-ends send much that means nothing to an archive (temperature, tools, formats): that is
left unread. What would change the answer and cannot be had is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from brief_qa.errors import InputError

if TYPE_CHECKING:
    from brief_qa.ingest import Encodes

CHAT = "brief-qa"
EMBEDDINGS: dict[str, Literal["question", "passage"]] = {
    "brief-qa-question": "question",
    "brief-qa-passage": "passage",
}
"""Model → the side of a search that its texts are on: encoders have a prefix for each."""
MODELS = (CHAT, *EMBEDDINGS)
TEXTS = 128
"""Texts of one request: all of them are read before anyone else's turn comes."""
BESIDE = "\n\n---\n\n"
"""Between an answer and what is told beside it: the latter is no part of what was said."""
_HISTORY = 50
_ROOM = 8
"""Tokens of its input that an encoder needs for itself: a prefix, a beginning and an end."""
_OPTIONS: dict[str, type] = {
    **dict.fromkeys(("since", "until", "section", "source", "author", "kind"), str),
    **dict.fromkeys(("as_written", "read_dates"), bool),
}
"""Fields of the extension: what ``Archive.ask`` takes by name."""


class Refused(InputError):
    """A request that cannot be met, with what OpenAI's form says of an error."""

    def __init__(
        self, message: str, param: str | None = None, code: str | None = None, status: int = 400
    ) -> None:
        super().__init__(message)
        self.param = param
        self.code = code
        self.status = status


@dataclass(frozen=True, slots=True)
class Chat:
    """A conversation whose last question is to be answered."""

    question: str
    history: tuple[tuple[str, str], ...]
    options: dict[str, Any]
    stream: bool
    usage: bool
    """Whether a stream ends with the count of tokens."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts to encode."""

    model: str
    texts: tuple[str, ...]
    tokens: int
    """Of all of them together."""
    base64: bool


def chat(payload: object) -> Chat:
    """Read a chat completion's body. Raises Refused.

    System messages are left unread: the archive answers, and takes no orders.
    """
    body = _object(payload)
    _known(body, (CHAT,))
    question, history = _conversation(body.get("messages"))
    streaming = body.get("stream_options")
    return Chat(
        question,
        history,
        _options(body.get("brief_qa")),
        stream=body.get("stream") is True,
        usage=isinstance(streaming, dict) and streaming.get("include_usage") is True,
    )


def embeddings(payload: object, encoder: Encodes) -> Texts:
    """Read an embedding's body, for the encoder that is to encode them. Raises Refused."""
    body = _object(payload)
    model = _known(body, tuple(EMBEDDINGS))
    texts = _texts(body.get("input"))
    form = body.get("encoding_format", "float")
    if form not in ("float", "base64"):
        raise Refused("« encoding_format » vaut float ou base64.", "encoding_format")
    if body.get("dimensions") not in (None, encoder.dimension):
        told = f"Les vecteurs ont {encoder.dimension} dimensions, et pas d'autre."
        raise Refused(told, "dimensions")
    tokens = encoder.count_tokens(texts)
    longest = encoder.max_tokens - _ROOM
    if max(tokens) > longest:
        number = tokens.index(max(tokens)) + 1
        told = f"Le texte {number} compte {max(tokens)} jetons ; l'encodeur en lit {longest}."
        raise Refused(f"{told} Coupez-le.", "input", "context_length_exceeded")
    return Texts(model, texts, sum(tokens), form == "base64")


def _object(payload: object) -> dict[str, Any]:
    if not isinstance(payload, dict):
        raise Refused("Le corps de la demande doit être un objet JSON.")
    return payload


def _known(body: dict[str, Any], models: tuple[str, ...]) -> str:
    asked = body.get("model")
    if asked is not None and asked not in models:
        told = f"Il n'y a pas ici de modèle de ce nom. Il y a : {', '.join(models)}."
        raise Refused(told, "model", "model_not_found", status=404)
    if asked is None and len(models) > 1:
        raise Refused(f"Donnez le modèle : {' ou '.join(models)}.", "model")
    return asked or models[0]


def _conversation(messages: object) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The last question, and the (question, answer) pairs before it."""
    if not isinstance(messages, list) or not messages:
        raise Refused("« messages » doit être une liste qui n'est pas vide.", "messages")
    said = [
        (message["role"], _words(message.get("content"), f"messages[{number}].content"))
        for number, message in enumerate(messages)
        if _has_role(message, number) and message["role"] in ("user", "assistant")
    ]
    if not said or said[-1][0] != "user":
        raise Refused("Le dernier message doit être une question (rôle user).", "messages")
    pairs: list[tuple[str, str]] = []
    for role, words in said[:-1]:
        if role == "user":
            pairs.append((words, ""))
        elif pairs:
            pairs[-1] = (pairs[-1][0], words.split(BESIDE)[0])
    return said[-1][1], tuple(pair for pair in pairs if pair[0].strip())[-_HISTORY:]


def _has_role(message: object, number: int) -> bool:
    if not isinstance(message, dict) or not isinstance(message.get("role"), str):
        raise Refused(
            "Un message est un objet qui a « role » et « content ».", f"messages[{number}]"
        )
    return True


def _words(content: object, where: str) -> str:
    """The text of a message: a text, or parts of it."""
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        raise Refused(f"« {where} » doit être un texte, ou des parties.", where)
    parts = []
    for part in content:
        text = part.get("text") if isinstance(part, dict) else None
        if not isinstance(text, str):
            raise Refused(f"« {where} » contient autre chose que du texte : seul il est lu.", where)
        parts.append(text)
    return "\n".join(parts)


def _options(given: object) -> dict[str, Any]:
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise Refused("« brief_qa » doit être un objet.", "brief_qa")
    for name, value in given.items():
        wanted = _OPTIONS.get(name)
        if wanted is None:
            raise Refused(f"« brief_qa » ne connaît que : {', '.join(_OPTIONS)}.", "brief_qa")
        if type(value) is not wanted:
            expected = "un texte" if wanted is str else "true ou false"
            raise Refused(f"« brief_qa.{name} » doit être {expected}.", f"brief_qa.{name}")
    return given


def _texts(given: object) -> tuple[str, ...]:
    texts = [given] if isinstance(given, str) else given
    if not isinstance(texts, list) or not texts or len(texts) > TEXTS:
        raise Refused(f"« input » doit être un texte, ou une liste de 1 à {TEXTS} textes.", "input")
    if not all(isinstance(text, str) for text in texts):
        raise Refused(
            "« input » contient autre chose que des textes. Des numéros de jetons ne disent rien "
            "à cet encodeur : avec LangChain, donnez check_embedding_ctx_length=False.",
            "input",
        )
    if not all(text.strip() for text in texts):
        raise Refused("« input » contient un texte vide.", "input")
    return tuple(texts)
