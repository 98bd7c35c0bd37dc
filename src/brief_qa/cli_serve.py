"""The commands that serve an archive to others: ``brief-qa serve`` and ``brief-qa mcp``."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from functools import partial
from typing import Annotated

import typer

from brief_qa import cli_output as output
from brief_qa.cli_options import (
    DEFAULT_INDEX,
    AllowFetch,
    AllowOrigin,
    AsJson,
    Index,
    LlmModel,
    LlmUrl,
    Rate,
    Timeout,
    TrustedProxy,
    llm_given,
    opened,
    read_count,
)
from brief_qa.limits import RATE, TIMEOUT


def serve(
    ctx: typer.Context,
    host: Annotated[str, typer.Option(metavar="ADRESSE", help="Adresse d'écoute.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(parser=read_count, metavar="N", help="Port.")] = 7860,
    allowed_host: Annotated[
        list[str] | None,
        typer.Option(metavar="NOM", help="Nom sous lequel un mandataire le sert ; répétable."),
    ] = None,
    require_key: Annotated[
        bool,
        typer.Option(
            "--require-key",
            envvar="BRIEF_QA_REQUIRE_KEY",
            metavar="",
            help="Demander une clé pour lire aussi : voir « brief-qa key ».",
        ),
    ] = False,
    allow_fetch: AllowFetch = False,
    allow_origin: AllowOrigin = None,
    trusted_proxy: TrustedProxy = None,
    timeout: Timeout = TIMEOUT,
    rate: Rate = RATE,
    llm_url: LlmUrl = None,
    llm_model: LlmModel = None,
    index: Index = DEFAULT_INDEX,
    as_json: AsJson = False,
) -> None:
    """Ouvrir la conversation dans le navigateur, jusqu'à Ctrl-C."""
    with opened(ctx, index, llm_given(llm_url, llm_model)) as archive:
        from brief_qa.web import serve as serve_any

        serve_web = partial(
            serve_any,
            archive,
            host,
            port,
            allowed_hosts=allowed_host or (),
            require_key=require_key,
            allow_fetch=allow_fetch,
            allow_origins=allow_origin or (),
            trusted_proxies=trusted_proxy or (),
            timeout=timeout,
            rate=rate,
        )
        if not as_json:
            serve_web()
            return
        stdout = sys.stdout

        def ready(address: str) -> None:
            with redirect_stdout(stdout):
                output.print_json({"url": address})

        # Standard output is the JSON object's alone: what is told while serving goes elsewhere.
        with redirect_stdout(sys.stderr):
            serve_web(on_ready=ready)


def mcp(ctx: typer.Context, index: Index = DEFAULT_INDEX, as_json: AsJson = False) -> None:
    """Servir l'archive aux assistants (MCP), par l'entrée et la sortie standard."""
    from brief_qa.integrations.mcp import Alone, server

    with opened(ctx, index) as archive:
        server(archive, Alone(archive)).run("stdio")
