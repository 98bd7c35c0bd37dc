"""Where an LLM server is, and how long it may take: read once, at the edge."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from brief_qa.errors import InputError


@dataclass(frozen=True, slots=True)
class LlmSettings:
    """An OpenAI-compatible server and the model to ask it for. Raises InputError when unusable.

    Times are in seconds.
    """

    url: str
    """The address that ``/chat/completions`` is added to: ``http://localhost:11434/v1``."""
    model: str
    key: str | None = field(default=None, repr=False)
    connect: float = 3.0
    first_token: float = 60.0
    """Until it writes, further tries included: a small machine reads 2,500 tokens for long."""
    between: float = 20.0
    """Between two of the pieces that it writes."""
    whole: float = 120.0
    """All of it."""
    passages: int = 8_000
    """Characters of passages that it is given: 2,400 tokens or so, which fit with the rest
    into the 4,096 that some servers have by default."""
    tokens: int = 600
    """The most that it may write."""

    def __post_init__(self) -> None:
        """Check what was given."""
        try:
            parts = urlsplit(self.url)
            known = parts.scheme in ("http", "https") and bool(parts.hostname)
            bare = not (parts.username or parts.password or parts.query or parts.fragment)
            _ = parts.port
        except ValueError:
            known = bare = False
        if not known or not bare or any(c.isspace() or not c.isprintable() for c in self.url):
            # Not shown: it may hold a password.
            raise InputError(
                "L'adresse du serveur de modèle de langue est inutilisable. Il en faut une comme "
                "http://localhost:11434/v1, sans nom d'utilisateur, sans « ? » ni « # » ; la clé "
                "se donne par BRIEF_QA_LLM_KEY."
            )
        if not self.model.strip() or not self.model.isprintable():
            raise InputError(
                "Donnez le nom du modèle de langue : --llm-model ou BRIEF_QA_LLM_MODEL."
            )
        if self.key is not None and not (self.key.isascii() and self.key.isprintable()):
            raise InputError("La clé du serveur de modèle de langue a un caractère impossible.")


def llm_settings(url: str | None, model: str | None, key: str | None) -> LlmSettings | None:
    """The settings given by a command line or an environment; None when there is no address."""
    if not url:
        return None
    return LlmSettings(url.strip(), (model or "").strip(), (key or "").strip() or None)
