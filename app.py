"""Builds and launches the web app, and nothing else: the entry of a hosted Gradio space.

On one's own machine, ``make serve`` or ``brief-qa serve`` do the same with options.
"""

import os

from brief_qa import Archive
from brief_qa.web import serve

if __name__ == "__main__":
    serve(
        Archive.open(os.environ.get("BRIEF_QA_INDEX", "index")),
        host=os.environ.get("GRADIO_SERVER_NAME", "127.0.0.1"),
        port=int(os.environ.get("GRADIO_SERVER_PORT", "7860")),
        framed_by=os.environ.get("BRIEF_QA_FRAMED_BY", "").split(),
    )
