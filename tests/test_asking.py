"""Work in its turn: begun when its turn has come, and the turn given back when it has ended."""

from __future__ import annotations

import asyncio
import threading

import pytest

from brief_qa.web.asking import begun
from brief_qa.web.turns import Turns


def test_the_turn_is_kept_while_the_work_goes_on() -> None:
    async def two() -> list[str]:
        turns, done = Turns(1, 9, 9), list[str]()

        async def work(name: str, seconds: float) -> None:
            begun_work = await begun(turns, "", lambda _, stop: stop.wait(seconds))
            await begun_work.result()
            done.append(name)

        await asyncio.gather(work("first", 0.1), work("second", 0.0))
        return done

    assert asyncio.run(two()) == ["first", "second"]


def test_who_leaves_has_the_work_end_early_and_its_turn_given_back() -> None:
    async def leave() -> None:
        turns, ended = Turns(1, 9, 9), threading.Event()

        def work(_: object, stop: threading.Event) -> None:
            assert stop.wait(20), "told that nobody waits any more"
            ended.set()

        waiting = asyncio.ensure_future((await begun(turns, "", work)).result())
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert await (await begun(turns, "", lambda *_: "next")).result() == "next"
        assert ended.is_set()

    asyncio.run(leave())


def test_an_error_is_raised_and_gives_the_turn_back() -> None:
    async def fail() -> None:
        turns = Turns(1, 1, of_one=1)
        for _ in range(2):
            with pytest.raises(ZeroDivisionError):
                await (await begun(turns, "", lambda *_: 1 // 0)).result()

    asyncio.run(fail())
