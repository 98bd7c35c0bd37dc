"""Everything brief_qa raises on purpose.

    BriefQAError
    ├── InputError             what was given cannot be used (a value, a path, a question)
    │   └── PageError          one page or record cannot be read; an ingest reports it and goes on
    ├── EncoderError           a model cannot be had or run
    │   └── EncoderMismatch    the index was made with another encoder
    ├── ArchiveError           the index on disk cannot be used
    │   ├── IndexLocked        another process is writing to it
    │   ├── IndexReadOnly      nothing can be written to it
    │   └── IndexDamaged       a file of it is unreadable; `brief-qa doctor` says what to do
    ├── LlmError               an LLM server did not write what it was asked for
    └── MissingDependency      an optional package is not installed

Messages are in French, since people read them: what was given, what was expected,
what to do.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class BriefQAError(Exception):
    """The root: catch this to catch all of them."""


class InputError(BriefQAError, ValueError):
    """A value given by the caller cannot be used."""


class PageError(InputError):
    """One page or record cannot be read."""


class EncoderError(BriefQAError):
    """A model cannot be had or run."""


class EncoderMismatch(EncoderError):
    """The index was made with another encoder."""


class ArchiveError(BriefQAError):
    """The index on disk cannot be used."""


class IndexLocked(ArchiveError):
    """Another process is writing to the index."""


class IndexReadOnly(ArchiveError):
    """Nothing can be written to the index."""


class IndexDamaged(ArchiveError):
    """A file of the index is unreadable."""


class LlmError(BriefQAError):
    """An LLM server cannot be reached, refused, broke off or was too slow.

    Its message is for a reader: it names neither the server's address nor anything it said.
    """


class MissingDependency(BriefQAError, ImportError):
    """An optional package is not installed."""


@contextmanager
def optional(package: str, extra: str) -> Iterator[None]:
    """Around the import of an optional package: raises MissingDependency, with the way to get it.

    Any other ImportError, from inside an installed package, is raised as it is.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if not f"{package}.".startswith(f"{error.name}."):
            raise
        raise MissingDependency(
            f"Il manque le paquet {package} : pip install 'brief_qa[{extra}]'"
        ) from error
