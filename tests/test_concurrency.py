"""One writer, eight readers in threads and two in processes: no error, no half-seen write."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from brief_qa import Archive, Article
from brief_qa.index import Index
from concurrent_reader import ALONE, ALONE_IDS, GROUPS, Reader, group, made
from fakes import FakeEncoder
from stores import check

THREADS = 8
SEARCHES_A_THREAD = 1000
PROCESSES = 2
SEARCHES_A_PROCESS = 1000


class WriterThread(threading.Thread):
    """Writes without pause until told to stop; knows what must be there in the end."""

    def __init__(self, archive: Archive) -> None:
        super().__init__()
        self._archive = archive
        self._numbers = random.Random(7)
        self.stopping = threading.Event()
        self.acknowledged: dict[str, int] = {}
        self.held: dict[str, Article] = {}
        self.writes = 0
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            while not self.stopping.is_set():
                self.writes += 1
                self._write(self.writes)
        except BaseException as error:
            self.error = error
            raise

    def _write(self, version: int) -> None:
        if self._numbers.random() < 0.5:
            section = self._numbers.choice(GROUPS)
            self._ingest(group(section, version))
            self.acknowledged[section] = version
            return
        one = self._numbers.choice(ALONE_IDS)
        if one in self.held:
            assert self._archive.delete(one)
            del self.held[one]
        else:
            self._ingest([made(one, ALONE, version)])

    def _ingest(self, articles: list[Article]) -> None:
        report = self._archive.ingest(articles, restore=True)
        assert report.added + report.updated == len(articles)
        self.held |= {article.id: article for article in articles}


def test_ten_thousand_searches_beside_a_writer(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    with closing(Archive.open(folder, encoder=FakeEncoder())) as archive:
        for section in GROUPS:
            archive.ingest(group(section, 0))
        script = str(Path(__file__).parent / "concurrent_reader.py")
        commands = [
            [sys.executable, script, str(folder), str(SEARCHES_A_PROCESS), str(seed)]
            for seed in range(PROCESSES)
        ]
        processes = [
            subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for command in commands
        ]
        writer = WriterThread(archive)
        writer.start()

        def read(seed: int) -> None:
            reader = Reader(archive, seed)
            for _ in range(SEARCHES_A_THREAD):
                reader.look(writer.acknowledged)

        try:
            with ThreadPoolExecutor(THREADS) as threads:
                list(threads.map(read, range(100, 100 + THREADS)))
            errors = [process.communicate()[1] for process in processes]
            codes = [process.returncode for process in processes]
        finally:
            writer.stopping.set()
            writer.join()
            for process in processes:
                process.kill()
                process.wait()
        assert codes == [0] * PROCESSES, errors
        assert writer.error is None
        assert writer.writes > 50, "too few writes: the test proves too little"
    groups = {one.id: one for name in GROUPS for one in group(name, 0)}
    with closing(Index(folder)) as index:
        check(index, groups | writer.held)
        with index.reading() as (_, snapshot):
            assert snapshot.terms.segments() < 20
    journal = folder / "catalog.sqlite-wal"
    assert not journal.exists() or journal.stat().st_size < 20_000_000
