"""The theme of the parts that Gradio draws: the colours and fonts of ``static/style.css``."""

from __future__ import annotations

from typing import Any

_PAPER, _PAPER_DARK = "#fbfaf6", "#16181b"
_INK, _INK_DARK = "#1d1c1a", "#e9e6df"


def theme() -> Any:
    """No font is fetched from anywhere: all are named, and the one of our own is local."""
    import gradio as gr

    sans = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Liberation Sans", "sans-serif"]
    return gr.themes.Base(font=sans, font_mono=["ui-monospace", "monospace"]).set(
        body_background_fill=_PAPER,
        body_background_fill_dark=_PAPER_DARK,
        body_text_color=_INK,
        body_text_color_dark=_INK_DARK,
    )
