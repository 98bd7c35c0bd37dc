"""The web page: questions and answers with their sources, in a browser.

render turns records into safe HTML, page wires them to Gradio, guard closes what Gradio
leaves open, server runs it all.
"""

from brief_qa.web.server import application, serve

__all__ = ["application", "serve"]
