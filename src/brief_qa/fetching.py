"""Pages fetched from the public web, and from nowhere else.

An address comes from someone who must not reach, through this machine, what only this machine
reaches. So a name is resolved here, all its addresses are judged, and the connection goes to one
that was judged: nothing asks what the name means a second time. A redirect begins again from there.
No cookie, password or proxy is used, and time and size are limited whatever the other side does.
"""

from __future__ import annotations

import ssl
import time
import zlib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from socket import SOCK_STREAM, getaddrinfo
from typing import Any
from urllib.parse import urljoin

import httpcore
import httpx

from brief_qa.addresses import host
from brief_qa.decoding import MEBIBYTE
from brief_qa.errors import InputError
from brief_qa.pages import PAGE_LIMIT
from brief_qa.remote import Fetched

IPAddress = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Sequence[str]]
"""All IP addresses of a host name. Raises OSError, or UnicodeError for what can be no name."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What fetching one page may take."""

    size: int = PAGE_LIMIT
    """Bytes, as they come and once decompressed."""
    seconds: float = 30.0
    """From the first name resolved to the last byte, redirects included."""
    redirects: int = 5
    ports: frozenset[int] = frozenset((80, 443))


LIMITS = Limits()
_SUFFIXES = {
    "text/html": ".html",
    "application/xhtml+xml": ".xhtml",
    "text/plain": ".txt",
    "text/markdown": ".md",
    "application/json": ".json",
    "application/jsonl": ".jsonl",
    "application/x-ndjson": ".jsonl",
    "text/csv": ".csv",
}
"""What is read, and as which file."""
_HEADERS = (
    (b"User-Agent", b"brief_qa"),
    (b"Accept", ", ".join(_SUFFIXES).encode()),
    (b"Accept-Encoding", b"gzip"),
    (b"Connection", b"close"),
)
_REDIRECTS = (301, 302, 303, 307, 308)
_GZIP = 16 + zlib.MAX_WBITS
_SHOWN = 200
"""Characters of an address in a message."""

NOT_AN_ADDRESS = (
    "« {url} » n'est pas une adresse de page. Donnez-la entière, comme le navigateur la montre : "
    "https://journal.example/article"
)
HAS_PASSWORD = (
    "« {url} » porte un nom ou un mot de passe, qui ne sont envoyés à personne. Donnez l'adresse "
    "d'une page que tout le monde peut lire."
)
OTHER_PORT = "« {url} » donne le port {port} : seuls les ports {ports} sont joints."
NOT_PUBLIC = (
    "« {url} » ne mène à aucune machine du Web public : rien n'y a été demandé. Vérifiez "
    "l'adresse ; pour une page d'un réseau privé, enregistrez-la et donnez le fichier."
)
UNREACHABLE = "« {url} » n'a pas pu être joint, ou n'a pas montré de certificat valable. Réessayez."
TOO_SLOW = "« {url} » n'a pas tout envoyé en {seconds:.0f} s. Réessayez plus tard."
TOO_LARGE = "« {url} » envoie plus de {limit} Mio : trop pour une page."
BROKEN = "« {url} » a répondu de façon incompréhensible. Enregistrez la page et donnez le fichier."
NOT_GIVEN = (
    "« {url} » a répondu par le code {status} : la page n'y est pas, ou pas pour tous. Vérifiez "
    "l'adresse, ou enregistrez la page et donnez le fichier."
)
OTHER_TYPE = "« {url} » est de type « {kind} ». Types lus : {kinds}."
TOO_MANY_REDIRECTS = (
    "« {url} » renvoie plus de {most} fois à une autre adresse. Donnez la dernière."
)


# -- the public internet --------------------------------------------------------------------

_UNICAST = ip_network("2000::/3")
"""All of the IPv6 that is given out; IPv4 inside IPv6 (``::ffff:0:0/96``) is not in it."""
_NAT64 = ip_network("64:ff9b::/96")
"""An IPv4 address as a network without IPv4 sees it."""
_NO_SITE = (
    ip_network("192.0.0.0/24"),  # for protocols
    ip_network("192.88.99.0/24"),  # the way to 6to4, formerly
    ip_network("168.63.129.16/32"),  # Azure, as its machines see it from inside
    ip_network("2001::/23"),  # Teredo and its kind, which carry IPv4 addresses
    ip_network("2002::/16"),  # 6to4, which does too
    ip_network("3fff::/20"),  # for examples; Python learnt it late
)


def is_public(address: IPAddress) -> bool:
    """Whether an IP address is one that any machine of the internet reaches alike."""
    if address in _NAT64:
        return is_public(IPv4Address(address.packed[-4:]))
    if isinstance(address, IPv6Address) and (address not in _UNICAST or address.scope_id):
        return False
    outside = address.is_multicast or any(address in network for network in _NO_SITE)
    return address.is_global and not outside


def _addresses(name: str, port: int) -> list[str]:
    return [str(found[4][0]) for found in getaddrinfo(name, port, type=SOCK_STREAM)]


# -- a page ---------------------------------------------------------------------------------


def fetch(
    given: str,
    *,
    limits: Limits = LIMITS,
    resolve: Resolve = _addresses,
    allowed: Callable[[IPAddress], bool] = is_public,
    tls: ssl.SSLContext | None = None,
) -> Fetched:
    """What the page at an http(s) address is. Raises InputError, which says why there is none.

    ``resolve``, ``allowed`` and ``tls`` take the place of the system's resolver, of
    :func:`is_public` and of the usual certificate authorities.
    """
    end = time.monotonic() + limits.seconds

    def left() -> float:
        if (seconds := end - time.monotonic()) <= 0:
            raise httpcore.ReadTimeout
        return seconds

    address = given
    for _ in range(limits.redirects + 1):
        url = _checked(address, limits)
        try:
            found = _resolved(url, resolve, left)
            if not found or not all(map(allowed, found)):
                raise _refusal(NOT_PUBLIC, address)
            got = _get(url, _Judged(found, left), tls, limits)
        except httpcore.TimeoutException as error:
            raise _refusal(TOO_SLOW, address, seconds=limits.seconds) from error
        except httpcore.NetworkError as error:
            raise _refusal(UNREACHABLE, address) from error
        except (httpcore.ProtocolError, zlib.error, EOFError) as error:
            raise _refusal(BROKEN, address) from error
        if isinstance(got, Fetched):
            return got
        address = _joined(url, got)
    raise _refusal(TOO_MANY_REDIRECTS, given, most=limits.redirects)


def _joined(url: httpx.URL, to: str) -> str:
    """Where a redirect leads; ``to`` as it is where that is no address."""
    try:
        return urljoin(str(url), to)
    except ValueError:
        return to


def _refusal(said: str, address: str, **facts: object) -> InputError:
    return InputError(said.format(url=address[:_SHOWN], **facts))


# -- what may be asked -----------------------------------------------------------------------


def _checked(address: str, limits: Limits) -> httpx.URL:
    """The address taken apart, once for all: what is judged is what is asked for."""
    if host(address) is None:
        raise _refusal(NOT_AN_ADDRESS, address)
    try:
        url = httpx.URL(address).copy_with(fragment=None)
    except (httpx.InvalidURL, ValueError) as error:
        raise _refusal(NOT_AN_ADDRESS, address) from error
    if url.userinfo:
        raise _refusal(HAS_PASSWORD, f"{url.scheme}://{_name(url)}")
    if _port(url) not in limits.ports:
        ports = " et ".join(map(str, sorted(limits.ports)))
        raise _refusal(OTHER_PORT, address, port=_port(url), ports=ports)
    return url


def _name(url: httpx.URL) -> str:
    """The host, in the letters that a resolver knows."""
    return url.raw_host.decode("ascii")


def _port(url: httpx.URL) -> int:
    return {"http": 80, "https": 443}[url.scheme] if url.port is None else url.port


def _resolved(url: httpx.URL, resolve: Resolve, left: Callable[[], float]) -> list[IPAddress]:
    """All addresses of the host; none where one of them is none, or there is no such host."""
    # The system's resolver takes its own time, and cannot be told to stop.
    waiting = ThreadPoolExecutor(1)
    try:
        found = waiting.submit(resolve, _name(url), _port(url)).result(left())
        return [ip_address(one) for one in found]
    except TimeoutError as error:
        raise httpcore.ReadTimeout from error
    except (OSError, ValueError):
        return []
    finally:
        waiting.shutdown(wait=False)


# -- how it is asked -------------------------------------------------------------------------


class _Judged(httpcore.NetworkBackend):
    """Connects to addresses that were judged, whatever name it is told, while time is left."""

    def __init__(self, addresses: Sequence[IPAddress], left: Callable[[], float]) -> None:
        self._addresses = addresses
        self._left = left

    def connect_tcp(self, host: str, port: int, *_: Any, **__: Any) -> httpcore.NetworkStream:
        """A connection to the first address that takes one, on this port."""
        failed: Exception | None = None
        for address in self._addresses:
            try:
                stream = httpcore.SyncBackend().connect_tcp(str(address), port, self._left())
                return _Timed(stream, self._left)
            except httpcore.ConnectError as error:
                failed = error
        raise httpcore.ConnectError from failed


class _Timed(httpcore.NetworkStream):
    """A connection of which each step has the time that is left for all of them."""

    def __init__(self, stream: httpcore.NetworkStream, left: Callable[[], float]) -> None:
        self._stream = stream
        self._left = left

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._left())

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._left())
        return _Timed(stream, self._left)

    def close(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _get(
    url: httpx.URL, backend: _Judged, tls: ssl.SSLContext | None, limits: Limits
) -> Fetched | str:
    """What one address gives: a page, or the address that it leads on to."""
    asked = httpcore.URL(
        scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
    )
    headers = [(b"Host", url.netloc), *_HEADERS]
    with (
        httpcore.ConnectionPool(ssl_context=tls, network_backend=backend) as pool,
        pool.stream("GET", asked, headers=headers) as reply,
    ):
        told = {
            name.lower(): value.decode("utf-8", "replace").strip() for name, value in reply.headers
        }
        if reply.status in _REDIRECTS and b"location" in told:
            return told[b"location"]
        if reply.status != httpx.codes.OK:
            raise _refusal(NOT_GIVEN, str(url), status=reply.status)
        kind = told.get(b"content-type", "").partition(";")[0].strip().lower()
        if kind not in _SUFFIXES:
            raise _refusal(OTHER_TYPE, str(url), kind=kind[:_SHOWN], kinds=", ".join(_SUFFIXES))
        packed = told.get(b"content-encoding", "identity").lower()
        if packed not in ("identity", "gzip"):
            raise _refusal(BROKEN, str(url))
        content = _received(reply.iter_stream(), packed == "gzip", limits.size)
        if content is None:
            raise _refusal(TOO_LARGE, str(url), limit=limits.size // MEBIBYTE)
        return Fetched(str(url), content, _SUFFIXES[kind])


def _received(pieces: Iterable[bytes], packed: bool, limit: int) -> bytes | None:
    """The bytes, decompressed no further than the limit; None past it. Raises EOFError, zlib.error.

    What follows the end of the compressed bytes is not waited for.
    """
    content, received = bytearray(), 0
    unpacking = zlib.decompressobj(_GZIP)
    for piece in pieces:
        received += len(piece)
        content += unpacking.decompress(piece, limit + 1 - len(content)) if packed else piece
        if max(received, len(content)) > limit:
            return None
        if unpacking.eof:
            break
    if packed and not unpacking.eof:
        raise EOFError
    return bytes(content)
