"""The files of ``deploy/``: read by the programs that they are for, where these are installed."""

from __future__ import annotations

import http.client
import json
import re
import shlex
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event

import pytest
from typer.main import get_command

from brief_qa.cli import app
from llm_server import Handler, llm_server
from serving import BRIDGE_QUESTION, serving

DEPLOY = Path(__file__).parents[1] / "deploy"
NAME = "archive.example"
UNITS = sorted(DEPLOY.glob("brief-qa*"))
MOST_EXPOSED = 2.0
"""Of systemd's scale, from 0 to 10."""


def needs(program: str) -> pytest.MarkDecorator:
    """Skip where a program is not installed."""
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} n'est pas là.")


def text(name: str) -> str:
    """A file of the folder."""
    return (DEPLOY / name).read_text(encoding="utf-8")


# -- systemd -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def units(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The units, their program one that every machine has: systemd looks for it."""
    folder = tmp_path_factory.mktemp("units")
    for unit in UNITS:
        written = unit.read_text("utf-8").replace("/opt/brief_qa/bin/brief-qa", "/bin/true")
        (folder / unit.name).write_text(written, "utf-8")
    return folder


@needs("systemd-analyze")
def test_systemd_finds_no_fault_in_the_units(units: Path) -> None:
    command = ["systemd-analyze", "verify", *map(str, units.iterdir())]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@needs("systemd-analyze")
@pytest.mark.parametrize("name", ["brief-qa.service", "brief-qa-ingest.service"])
def test_a_service_can_do_little_else(units: Path, name: str) -> None:
    command = ["systemd-analyze", "security", "--offline=true", str(units / name)]
    told = subprocess.run(command, capture_output=True, text=True).stdout
    (exposure,) = re.findall(r"exposure level .*: ([\d.]+)", told)
    assert float(exposure) <= MOST_EXPOSED, told


# -- commands ----------------------------------------------------------------------------------


def commands() -> list[list[str]]:
    """What the units, the image and the composition run."""
    units = "\n".join(unit.read_text("utf-8") for unit in UNITS)
    started = map(shlex.split, re.findall(r"^ExecStart=\S+ (.*)", units, re.MULTILINE))
    (image,) = re.findall(r"^CMD (\[.*\])$", text("Dockerfile"), re.MULTILINE)
    composed = re.findall(r"^      - (serve|--\S+)", text("compose.yaml"), re.MULTILINE)
    return [*started, json.loads(image), [one.partition("=")[0] for one in composed]]


def test_what_is_run_is_a_command_with_options_that_it_has() -> None:
    known = getattr(get_command(app), "commands", {})
    assert len(commands()) == 4
    for name, *given in commands():
        options = {option for one in known[name].params for option in one.opts}
        assert {one for one in given if one.startswith("--")} <= options


# -- nginx -------------------------------------------------------------------------------------


def free_port() -> int:
    """A port that nobody listens on."""
    with closing(socket.create_server(("127.0.0.1", 0))) as found:
        return int(found.getsockname()[1])


@contextmanager
def nginx(folder: Path, upstream: str) -> Iterator[int]:
    """The site, before a server, with a certificate of its own: the port that it listens on."""
    port, plain = free_port(), free_port()
    subprocess.run(
        shlex.split(
            f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={NAME} "
            f"-keyout {folder}/privkey.pem -out {folder}/fullchain.pem"
        ),
        check=True,
        capture_output=True,
    )
    site = text("nginx.conf").replace(f"/etc/ssl/{NAME}", str(folder))
    for written, tried in (
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("listen 80", f"listen 127.0.0.1:{plain}"),
        ("http://127.0.0.1:7860", upstream),
    ):
        assert written in site
        site = site.replace(written, tried)
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log stderr; worker_processes 1; user root;\n"
        f"events {{}}\nhttp {{ access_log off; client_body_temp_path {folder}/body;"
        f" proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;"
        f" uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n{site}\n}}\n"
    )
    command = ["nginx", "-c", str(folder / "nginx.conf"), "-p", str(folder)]
    tested = subprocess.run([*command, "-t"], capture_output=True, text=True)
    assert tested.returncode == 0, tested.stderr
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(20)


@needs("nginx")
@needs("openssl")
def test_nginx_streams_an_answer_as_it_is_made_and_closes_the_figures(tmp_path: Path) -> None:
    seen = Event()

    def slow(handler: Handler) -> None:
        seen.wait(20)
        handler.begin()
        handler.say("Rien de sûr.")
        handler.send(b"data: [DONE]\n\n")

    with (
        llm_server(slow) as llm,
        serving(tmp_path / "index", "--llm", llm.url, "--allowed-host", NAME) as (address, _),
        nginx(tmp_path, address) as port,
    ):
        trusting = ssl._create_unverified_context()
        site = http.client.HTTPSConnection("127.0.0.1", port, timeout=30, context=trusting)
        headers = {"Host": NAME, "Accept": "text/event-stream", "Content-Type": "application/json"}
        site.request("POST", "/api/v1/ask", json.dumps({"question": BRIDGE_QUESTION}), headers)
        reply = site.getresponse()
        assert reply.status == 200
        assert reply.readline() == b"event: hits\n", "before the answer, which is not made yet"
        seen.set()
        assert b"\nevent: answer\n" in reply.read()
        for path, status in (("/metrics", 404), ("/health/live", 200), ("/", 200)):
            site.request("GET", path, headers={"Host": NAME})
            reply = site.getresponse()
            assert (reply.status, bool(reply.read())) == (status, True)
        site.close()
