"""Builds and launches the web app, and nothing else: the entry of a hosted Gradio space.

On one's own machine, ``make serve`` or ``brief-qa serve`` do the same with options. A space
tells the name it is served under as SPACE_HOST; elsewhere BRIEF_QA_ALLOWED_HOSTS does, and
BRIEF_QA_ALLOW_ORIGINS the sites that may hold the widget, BRIEF_QA_TRUSTED_PROXIES the addresses
of reverse proxies; each a list between spaces. An LLM server that words the answers is named by
BRIEF_QA_LLM_URL, _MODEL and _KEY. With BRIEF_QA_REQUIRE_KEY set to 1, reading needs a key of
``brief-qa key create``; with BRIEF_QA_ALLOW_FETCH, pages may be added by their addresses.
"""

import os
import sys

from brief_qa import Archive, BriefQAError
from brief_qa.llm import llm_settings
from brief_qa.web import serve

if __name__ == "__main__":
    hosts = (os.environ.get(name, "") for name in ("BRIEF_QA_ALLOWED_HOSTS", "SPACE_HOST"))
    url, model, key = (os.environ.get(f"BRIEF_QA_LLM_{name}") for name in ("URL", "MODEL", "KEY"))
    try:
        llm = llm_settings(url, model, key)
        serve(
            Archive.open(os.environ.get("BRIEF_QA_INDEX", "index"), llm=llm),
            host=os.environ.get("GRADIO_SERVER_NAME", "127.0.0.1"),
            port=int(os.environ.get("GRADIO_SERVER_PORT", "7860")),
            framed_by=os.environ.get("BRIEF_QA_FRAMED_BY", "").split(),
            allowed_hosts=" ".join(hosts).split(),
            allow_origins=os.environ.get("BRIEF_QA_ALLOW_ORIGINS", "").split(),
            trusted_proxies=os.environ.get("BRIEF_QA_TRUSTED_PROXIES", "").split(),
            require_key=os.environ.get("BRIEF_QA_REQUIRE_KEY", "") not in ("", "0"),
            allow_fetch=os.environ.get("BRIEF_QA_ALLOW_FETCH", "") not in ("", "0"),
        )
    except BriefQAError as error:
        sys.exit(f"Erreur : {error}")
