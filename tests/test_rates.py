"""How often one reader may ask: by address, by key, and how they are told to wait."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from brief_qa.archive import Archive
from brief_qa.keys import Keys
from brief_qa.web import words
from brief_qa.web.asking import customer
from brief_qa.web.rates import Rate
from fakes import FakeEncoder
from serving import BRIDGE
from test_api import asker


class Clock:
    """A clock that is moved by hand."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_a_minutes_worth_at_once_then_evenly() -> None:
    clock = Clock()
    rate = Rate(120, clock)
    assert [rate.wait("a") for _ in range(120)] == [0.0] * 120
    assert rate.wait("a") == pytest.approx(0.5)
    assert rate.wait("b") == 0.0  # another reader has a rate of their own
    clock.now += 0.5
    assert rate.wait("a") == 0.0
    assert rate.wait("a") > 0
    clock.now += 3_600
    assert [rate.wait("a") for _ in range(120)] == [0.0] * 120  # an hour saves up a minute's worth
    assert rate.wait("a") > 0


def test_whoever_is_refused_loses_nothing_by_asking_again() -> None:
    clock = Clock()
    rate = Rate(60, clock)
    for _ in range(60):
        rate.wait("a")
    assert {rate.wait("a") for _ in range(500)} == {rate.wait("a")}
    clock.now += 1
    assert rate.wait("a") == 0.0


def test_a_customer_is_an_address_or_a_network() -> None:
    assert customer("198.51.100.7") == "198.51.100.7"
    assert customer("2001:db8:1:2:3:4:5:6") == customer("2001:db8:1:2::9") == "2001:db8:1:2::/64"
    assert customer("2001:db8:1:3::9") != customer("2001:db8:1:2::9")
    assert customer("::ffff:198.51.100.7") == "::ffff:198.51.100.7"
    assert customer("testclient") == "testclient"


@pytest.fixture
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with Archive.open(tmp_path_factory.mktemp("rates"), encoder=FakeEncoder()) as opened:
        opened.ingest([BRIDGE])
        yield opened


def test_who_asks_too_often_is_told_when_to_ask_again(archive: Archive) -> None:
    ask = asker(archive, rate=3)
    replies = [ask("GET", "/api/v1/stats") for _ in range(5)]
    assert [reply.status_code for reply in replies] == [200, 200, 200, 429, 429]
    wait = int(replies[-1].headers["retry-after"])
    assert 0 < wait <= 20
    assert replies[-1].headers["content-type"] == "application/problem+json"
    assert replies[-1].json()["detail"] == words.TOO_OFTEN.format(seconds=wait)
    assert "content-security-policy" in replies[-1].headers
    for free in ("/health/live", "/page/style.css", "/robots.txt", "/metrics"):
        assert ask("GET", free).status_code != 429
    for counted in ("/", "/recherche?q=pont", "/archive", "/v1/models", "/api/v1/search?q=pont"):
        assert ask("GET", counted).status_code == 429


def test_a_right_key_has_a_rate_of_its_own_and_a_wrong_one_has_none(archive: Archive) -> None:
    _, made = Keys(archive.folder).create("lecteur", "read")
    ask = asker(archive, rate=3, require_key=True)

    def statuses(key: str, times: int) -> list[int]:
        headers = {"Authorization": f"Bearer {key}"}
        return [ask("GET", "/api/v1/stats", headers=headers).status_code for _ in range(times)]

    assert statuses(made, 1) == [200]  # not known yet: it counts as its address
    assert statuses("faux", 3) == [401, 401, 429]
    assert statuses(made, 4) == [200, 200, 200, 429]


def test_without_a_rate_nobody_waits(archive: Archive) -> None:
    ask = asker(archive)
    assert {ask("GET", "/api/v1/stats").status_code for _ in range(50)} == {200}
