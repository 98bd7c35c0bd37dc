"""Fetching: only the public web is asked, what was judged is what is asked, and all of it ends."""

from __future__ import annotations

import gzip
import shlex
import shutil
import ssl
import subprocess
import time
import tracemalloc
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from itertools import count
from pathlib import Path
from threading import Event

import pytest

from brief_qa.errors import InputError
from brief_qa.fetching import fetch, is_public
from remote_site import HOST, Asked, Site, any_address, site

MIB = 1024 * 1024


@pytest.fixture
def journal() -> Iterator[Site]:
    """A site at 127.0.0.1."""
    with site() as running:
        yield running


@pytest.fixture
def inside(journal: Site) -> Iterator[Site]:
    """A site that must not be reached, at 127.0.0.2, on the same port."""
    with site("127.0.0.2", journal.server_port) as running:
        running.show("/", "secret")
        yield running
        assert running.asked == []


def why(journal: Site, path: str, **other: object) -> str:
    """Why there is no page at an address of the site."""
    with pytest.raises(InputError) as refused:
        journal.fetch(**other)(journal.url(path))
    return str(refused.value)


# -- what may be asked -----------------------------------------------------------------------

NOT_PUBLIC = """
127.0.0.1 127.8.8.8 0.0.0.0 0.1.2.3 10.1.2.3 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254
100.64.0.1 100.100.100.200 100.127.255.255 192.0.0.1 192.0.0.9 192.0.0.192 192.0.2.1 192.88.99.1
198.18.0.1 198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255
168.63.129.16 :: ::1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 fe80::1 fe80::1%lo fec0::1 fc00::1
fd00:ec2::254 ff02::1 2001:db8::1 3fff::1 100::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2
2002:7f00:1:: 2002:c0a8:101::1 2002:808:808::1 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b::a00:1
64:ff9b:1::808:808 2606:4700::1111%eth0 4000::1
""".split()
PUBLIC = "8.8.8.8 93.184.216.34 100.63.255.255 172.32.0.1 2606:4700::1111 64:ff9b::808:808".split()


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_what_only_some_machines_reach_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_what_all_reach_is(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "host",
    "127.0.0.1 localhost localhost. LOCALHOST 127.1 2130706433 0x7f000001 0x7f.1 0177.0.0.1 0 "
    "[::1] [::ffff:127.0.0.1] [::ffff:7f00:1] [0:0:0:0:0:0:0:1] [fe80::1%25lo] 169.254.169.254 "
    "①②⑦.⓪.⓪.① 127。0。0。1 [64:ff9b::7f00:1] absent.invalid".split(),
)
def test_no_spelling_of_this_machine_is_asked(journal: Site, host: str) -> None:
    """By the system's own resolver, which knows more spellings than one would think."""
    with pytest.raises(InputError) as refused:
        fetch(journal.url("/", host), limits=journal.limits())
    assert "« http" in str(refused.value) and journal.asked == []


def test_all_that_is_refused_is_refused_in_the_same_words(journal: Site) -> None:
    """A port of a private machine that is open, one that is closed, a name that is none."""

    def nobody(*_: object) -> list[str]:
        raise OSError

    said = {why(journal, "/", allowed=is_public)}
    for found in (["127.0.0.9"], ["10.0.0.1"], ["::1"], ["pas une adresse"], []):
        said.add(why(journal, "/", allowed=is_public, resolve=lambda *_, found=found: found))
    said.add(why(journal, "/", allowed=is_public, resolve=nobody))
    (only,) = said
    assert "ne mène à aucune machine du Web public" in only and journal.asked == []


def test_a_name_with_one_private_address_is_refused_whole(journal: Site) -> None:
    for found in (["93.184.216.34", "127.0.0.1"], ["127.0.0.1", "2606:4700::1111"]):
        said = why(journal, "/", allowed=is_public, resolve=lambda *_, found=found: found)
        assert "Web public" in said
    assert journal.asked == []


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("file:///etc/passwd", "pas une adresse de page"),
        ("ftp://journal.example/x", "pas une adresse de page"),
        ("gopher://journal.example/x", "pas une adresse de page"),
        ("//journal.example/x", "pas une adresse de page"),
        ("http:///x", "pas une adresse de page"),
        ("http://[", "pas une adresse de page"),
        ("http://[::1", "pas une adresse de page"),
        ("http://journal.example/\ud800", "pas une adresse de page"),
        ("http://journal.example\\@autre.example/", "pas une adresse de page"),
        ("http://journal.example/\r\nHost: autre", "pas une adresse de page"),
        ("http://journal.example:99999/", "donne le port 99999"),
        ("http://" + "x" * 3_000, "pas une adresse de page"),
        ("http://moi:secret@journal.example/", "porte un nom ou un mot de passe"),
        ("http://moi@journal.example/", "porte un nom ou un mot de passe"),
        ("http://journal.example:22/", "donne le port 22 : seuls les ports 80 et 443"),
        ("https://journal.example:0/", "donne le port 0"),
    ],
)
def test_what_is_no_address_of_a_page_is_not_even_resolved(address: str, said: str) -> None:
    def never(*_: object) -> list[str]:
        raise AssertionError

    with pytest.raises(InputError) as refused:
        fetch(address, resolve=never)
    assert said in str(refused.value) and "secret" not in str(refused.value)
    assert len(str(refused.value)) < 500


# -- what was judged is what is asked --------------------------------------------------------


def test_a_name_that_changes_its_address_gains_nothing(journal: Site, inside: Site) -> None:
    """The name is resolved once; what it means afterwards is not asked."""
    answers = iter(["127.0.0.1", "127.0.0.2"])
    journal.show("/", "le journal")
    got = journal.fetch(resolve=lambda *_: [next(answers)], allowed=any_address)(journal.url("/"))
    assert got.content == b"le journal" and next(answers) == "127.0.0.2"


def test_a_redirect_is_resolved_and_judged_again(journal: Site, inside: Site) -> None:
    answers = iter(["127.0.0.1", "127.0.0.2"])
    journal.send_on("/", journal.url("/"))
    assert "Web public" in why(journal, "/", resolve=lambda *_: [next(answers)])
    assert len(journal.asked) == 1


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("http://127.0.0.2:{port}/", "Web public"),
        ("//127.0.0.2:{port}/", "Web public"),
        ("http://localhost:{port}/", "Web public"),
        ("file:///etc/passwd", "pas une adresse de page"),
        ("ftp://journal.example/", "pas une adresse de page"),
        ("data:text/html,secret", "pas une adresse de page"),
        ("http://[", "pas une adresse de page"),
        ("http://moi:secret@journal.example/", "mot de passe"),
        ("http://journal.example:22/", "le port 22"),
    ],
)
@pytest.mark.parametrize("status", [301, 308])
def test_a_redirect_leads_nowhere_else(
    journal: Site, inside: Site, to: str, said: str, status: int
) -> None:
    journal.send_on("/", to.format(port=journal.server_port), status)
    public = {HOST: ["127.0.0.1"]}
    assert said in why(journal, "/", resolve=lambda host, _: public.get(host, ["127.0.0.2"]))
    assert len(journal.asked) == 1


def test_redirects_are_followed_up_to_five(journal: Site) -> None:
    for left in range(1, 7):
        journal.send_on(f"/{left}", f"{left - 1}#ici")
    journal.show("/0", "arrivé")
    got = journal.fetch()(journal.url("/5#x"))
    assert (got.content, got.address) == (b"arriv\xc3\xa9", journal.url("/0"))
    assert "plus de 5 fois" in why(journal, "/6")
    journal.send_on("/rond", "/rond")
    assert "plus de 5 fois" in why(journal, "/rond")


def test_each_address_of_a_name_is_tried(journal: Site) -> None:
    journal.show("/", "le journal")
    got = journal.fetch(resolve=lambda *_: ["127.0.0.3", "127.0.0.1"], allowed=any_address)
    assert got(journal.url("/")).content == b"le journal"


def test_nothing_of_this_machine_goes_along(
    journal: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No cookie, no password of a .netrc, and no proxy, which would resolve names anew."""
    (tmp_path / "netrc").write_text(f"machine {HOST} login moi password secret")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.2:9")
    journal.show("/fin", "ok")
    journal.pages["/"] = lambda asked: asked.reply(
        status=302, Location="/fin?é=1".encode().decode("latin-1"), Set_Cookie="a=secret; Path=/"
    )
    assert journal.fetch()(journal.url("/")).content == b"ok"
    assert [path for path, _ in journal.asked] == ["/", "/fin?%C3%A9=1"]
    for _, headers in journal.asked:
        assert headers.keys() == {"Host", "User-Agent", "Accept", "Accept-Encoding", "Connection"}
        assert headers["Host"] == f"{HOST}:{journal.server_port}"
        assert headers["User-Agent"] == "brief_qa"


@pytest.mark.parametrize(
    ("host", "named"),
    [("[2606:4700::1111]", "[2606:4700::1111]"), ("Écho.example", "xn--cho-9la.example")],
)
def test_a_host_is_named_as_http_has_it(journal: Site, host: str, named: str) -> None:
    journal.show("/", "ok")
    asked: list[str] = []
    resolve = lambda name, _: asked.append(name) or ["127.0.0.1"]  # noqa: E731
    journal.fetch(resolve=resolve)(journal.url("/", host))
    assert journal.asked[0][1]["Host"] == f"{named}:{journal.server_port}"
    assert asked == [named.strip("[]")]


# -- all of it ends --------------------------------------------------------------------------


def test_a_compressed_page_is_read_and_a_bomb_is_not(journal: Site) -> None:
    page, bomb = gzip.compress(b"bonjour" * 100), gzip.compress(b"\0" * 100 * MIB, 1)
    journal.pages["/page"] = lambda asked: asked.reply(page, Content_Encoding="gzip")
    journal.pages["/bombe"] = lambda asked: asked.reply(bomb, Content_Encoding="gzip")
    assert journal.fetch()(journal.url("/page")).content == b"bonjour" * 100
    tracemalloc.start()
    try:
        assert "plus de 2 Mio" in why(journal, "/bombe", limits=journal.limits(size=2 * MIB))
        assert tracemalloc.get_traced_memory()[1] < 12 * MIB
    finally:
        tracemalloc.stop()


def _endless(asked: Asked) -> None:
    asked.reply()
    for _ in count():
        asked.wfile.write(b"<p>encore</p>" * 5_000)


def _nothing_but_blocks(asked: Asked) -> None:
    """Compressed bytes without end that hold no byte."""
    asked.reply(gzip.compress(b"")[:10], Content_Encoding="gzip")
    for _ in count():
        asked.wfile.write(b"\0\0\0\xff\xff" * 10_000)


@pytest.mark.parametrize("behaves", [_endless, _nothing_but_blocks])
def test_a_page_without_end_is_left(journal: Site, behaves: Callable[[Asked], None]) -> None:
    journal.pages["/"] = behaves
    assert "plus de 1 Mio" in why(journal, "/", limits=journal.limits(size=MIB))


def test_what_follows_a_compressed_page_is_not_waited_for(journal: Site) -> None:
    def goes_on(asked: Asked) -> None:
        asked.reply(gzip.compress(b"ok"), Content_Encoding="gzip")
        _endless(asked)

    journal.pages["/"] = goes_on
    assert journal.fetch()(journal.url("/")).content == b"ok"


def _drops(first: bytes) -> Callable[[Asked], None]:
    def behaves(asked: Asked) -> None:
        asked.wfile.write(first)
        for _ in range(100):
            time.sleep(0.05)
            asked.wfile.write(b"x")

    return behaves


def _nothing(asked: Asked) -> None:
    time.sleep(3)


SLOW = {
    "body": _drops(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"),
    "headers": _drops(b"HTTP/1.1 200 OK\r\nX-Long: "),
    "silence": _nothing,
}


@pytest.mark.parametrize("behaves", SLOW.values(), ids=SLOW)
def test_a_slow_site_is_left(journal: Site, behaves: Callable[[Asked], None]) -> None:
    journal.pages["/"] = behaves
    started = time.monotonic()
    assert "n'a pas tout envoyé en" in why(journal, "/", limits=journal.limits(seconds=0.4))
    assert time.monotonic() - started < 1.5


def test_the_time_is_that_of_all_redirects_together(journal: Site) -> None:
    def waits(asked: Asked) -> None:
        time.sleep(0.2)
        asked.reply(status=302, Location="/")

    journal.pages["/"] = waits
    started = time.monotonic()
    assert "n'a pas tout envoyé" in why(journal, "/", limits=journal.limits(seconds=0.5))
    assert time.monotonic() - started < 0.9


def test_a_slow_resolver_is_left(journal: Site) -> None:
    answered = Event()

    def slow(*_: object) -> list[str]:
        answered.wait(5)
        return ["127.0.0.1"]

    started = time.monotonic()
    said = why(journal, "/", resolve=slow, limits=journal.limits(seconds=0.2))
    assert "n'a pas tout envoyé" in said and time.monotonic() - started < 1
    answered.set()


# -- what is no page -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({"Content_Type": "image/png"}, "est de type « image/png ». Types lus : text/html,"),
        ({"Content_Type": "application/rss+xml"}, "« application/rss+xml »"),
        ({"Content_Type": ""}, "est de type «  »"),
        ({"status": 404}, "par le code 404"),
        ({"status": 401}, "par le code 401"),
        ({"status": 204}, "par le code 204"),
        ({"status": 302}, "par le code 302"),
        ({"Content_Encoding": "br"}, "incompréhensible"),
        ({"Content_Encoding": "gzip, gzip"}, "incompréhensible"),
        ({"Content_Encoding": "gzip"}, "incompréhensible"),
        ({"Content_Length": "9000"}, "incompréhensible"),
        ({"X_Long": "x" * 200_000}, "incompréhensible"),
    ],
)
def test_what_is_no_page_is_said(journal: Site, headers: dict[str, str], said: str) -> None:
    journal.pages["/"] = lambda asked: asked.reply(b"<p>Une page.</p>", **headers)  # type: ignore[arg-type]
    assert said in why(journal, "/")


def test_a_compressed_page_that_is_cut_is_said(journal: Site) -> None:
    cut = gzip.compress(b"bonjour" * 100)[:-12]
    journal.pages["/"] = lambda asked: asked.reply(cut, Content_Encoding="gzip")
    assert "incompréhensible" in why(journal, "/")


def test_what_does_not_speak_http_is_said(journal: Site) -> None:
    journal.pages["/"] = lambda asked: asked.wfile.write(b"SSH-2.0-OpenSSH\r\n\r\n") and None
    assert "incompréhensible" in why(journal, "/")


def test_a_site_that_is_down_is_said(journal: Site) -> None:
    said = why(journal, "/", resolve=lambda *_: ["127.0.0.3"], allowed=any_address)
    assert "n'a pas pu être joint" in said


@pytest.mark.parametrize(
    ("kind", "suffix"),
    [
        ("TEXT/HTML; charset=utf-8", ".html"),
        ("text/plain;charset=utf-8", ".txt"),
        ("application/json", ".json"),
        ("application/x-ndjson", ".jsonl"),
    ],
)
def test_the_type_tells_how_it_is_read(journal: Site, kind: str, suffix: str) -> None:
    url = journal.show("/page.zip", "x", Content_Type=kind)
    assert journal.fetch()(url).suffix == suffix


# -- certificates ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for the site's name, and its key."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl n'est pas installé")
    folder = tmp_path_factory.mktemp("tls")
    made, key = folder / "made.pem", folder / "key.pem"
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
        f"-subj /CN={HOST} -addext subjectAltName=DNS:{HOST} -keyout {key} -out {made}"
    )
    subprocess.run(shlex.split(command), check=True, capture_output=True)
    return made, key


def test_a_certificate_is_checked_against_the_name(
    journal: Site, certificate: tuple[Path, Path]
) -> None:
    """Though the connection goes to an IP address, which is in no certificate."""
    named: list[str | None] = []
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(*certificate)
    serving.sni_callback = lambda _, name, __: named.append(name)
    journal.socket = serving.wrap_socket(
        journal.socket, server_side=True, do_handshake_on_connect=False
    )
    trusting = ssl.create_default_context(cafile=certificate[0])
    journal.show("/", "le journal")
    got = journal.fetch(tls=trusting)(journal.url("/", scheme="https"))
    assert got.content == b"le journal" and named == [HOST]
    assert got.address == journal.url("/", scheme="https")
    for name, context in (("autre.example", trusting), (HOST, None), ("127.0.0.1", trusting)):
        with pytest.raises(InputError, match="certificat"):
            journal.fetch(tls=context)(journal.url("/", name, "https"))
    assert len(journal.asked) == 1
