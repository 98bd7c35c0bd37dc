"""Paths → bytes → text: what is found, what is refused, and in which words."""

from __future__ import annotations

import io
import os
import stat
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brief_qa import pages
from brief_qa.decoding import decode, text_lines, tidy
from brief_qa.domain import Rejection
from brief_qa.errors import PageError
from brief_qa.pages import File, find_files, open_sources, read_page

FRENCH = "Élu à Nîmes, l’élève a reçu 3 € d’où il naît « œuvre »."


def names(found: list[File | Rejection]) -> list[str]:
    return [Path(item.name).name for item in found if isinstance(item, File)]


def reasons(found: list[File | Rejection]) -> dict[str, str]:
    return {Path(item.name).name: item.reason for item in found if isinstance(item, Rejection)}


def make_zip(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return path


def read_zip(path: Path) -> tuple[dict[str, bytes], dict[str, str]]:
    """What each member gives, and what is refused, by the member's name."""
    given_bytes, refused = {}, {}
    (file,) = find_files([path])
    assert isinstance(file, File)
    for source in open_sources(file):
        name = source.name.rpartition("!")[2]
        if isinstance(source, Rejection):
            refused[name] = source.reason
            continue
        try:
            given_bytes[name] = read_page(source).content
        except PageError as error:
            refused[name] = str(error)
    return given_bytes, refused


# --- folders -----------------------------------------------------------------------------


def test_folder_is_walked_in_order_without_litter(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "__MACOSX").mkdir()
    for name in (
        "z.txt",
        "A.HTML",
        "b/c.md",
        ".DS_Store",
        "Thumbs.db",
        ".git.txt",
        "__MACOSX/x.txt",
    ):
        (tmp_path / name).write_text("texte")
    found = list(find_files([tmp_path]))
    assert names(found) == ["A.HTML", "c.md", "z.txt"]
    assert not reasons(found)


def test_unknown_extension_says_which_are_read(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"x")
    (tmp_path / "NOTES").write_bytes(b"x")
    refused = reasons(list(find_files([tmp_path])))
    assert "« .jpg » inconnue" in refused["photo.jpg"] and ".jsonl" in refused["photo.jpg"]
    assert "sans extension" in refused["NOTES"]


def test_absent_path_is_refused_and_the_rest_goes_on(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("texte")
    found = list(find_files([tmp_path / "absent", "nul\0", tmp_path / "a.txt"]))
    assert [type(item) for item in found] == [Rejection, Rejection, File]
    assert "introuvable" in reasons(found)["absent"]


def test_links_are_not_followed_and_said_once(tmp_path: Path) -> None:
    root = tmp_path / "dossier"
    (root / "sub").mkdir(parents=True)
    (root / "a.txt").write_text("texte")
    (tmp_path / "secret.txt").write_text("secret")
    (root / "sub" / "up").symlink_to(root)
    (root / "loop").symlink_to(root / "loop")
    (root / "out.txt").symlink_to(tmp_path / "secret.txt")
    (root / "same.txt").symlink_to(root / "a.txt")
    found = list(find_files([root]))
    assert names(found) == ["a.txt"]
    refused = reasons(found)
    assert sorted(refused) == ["loop", "out.txt", "up"]
    assert "tourne en rond" in refused["loop"]
    assert "dossier parent" in refused["up"]
    assert "sort du dossier" in refused["out.txt"] and "secret.txt" in refused["out.txt"]


def test_link_given_by_name_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("texte")
    (tmp_path / "link.txt").symlink_to(tmp_path / "a.txt")
    assert names(list(find_files([tmp_path / "link.txt"]))) == ["link.txt"]


def test_pipe_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "tube.txt")
    assert "Ni un fichier" in reasons(list(find_files([tmp_path])))["tube.txt"]


def test_name_that_is_not_utf8_can_be_shown(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/\xe9t\xe9.txt"
    with open(raw, "wb") as file:  # noqa: PTH123 - a Path cannot be made of bytes
        file.write(b"texte")
    (file_found,) = find_files([tmp_path])
    file_found.name.encode("utf-8")


# --- pages -------------------------------------------------------------------------------


def read_file(path: Path) -> bytes:
    (file,) = find_files([path])
    assert isinstance(file, File)
    for source in open_sources(file):
        assert not isinstance(source, Rejection)
        return read_page(source).content
    raise AssertionError("no source")


@pytest.mark.parametrize("content", [b"", b"  \n\t \n"])
def test_empty_file(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.txt").write_bytes(content)
    with pytest.raises(PageError, match="Fichier vide"):
        read_file(tmp_path / "a.txt")


def test_page_over_the_limit(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"a" * pages.PAGE_LIMIT)
    assert len(read_file(tmp_path / "a.txt")) == pages.PAGE_LIMIT
    with (tmp_path / "a.txt").open("ab") as file:
        file.write(b"a")
    with pytest.raises(PageError, match=r"Plus de 10 Mio.*JSONL"):
        read_file(tmp_path / "a.txt")


# --- zip ---------------------------------------------------------------------------------


def test_zip_members_are_read_in_order(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"b/é.txt": b"deux", "a.txt": b"un", ".DS_Store": b"x"})
    content, refused = read_zip(path)
    assert list(content.items()) == [("a.txt", b"un"), ("b/é.txt", b"deux")]
    assert not refused
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "name", ["../x.txt", "/etc/x.txt", "a/../../x.txt", "..\\x.txt", "C:\\x.txt"]
)
def test_zip_member_outside_the_archive(tmp_path: Path, name: str) -> None:
    path = make_zip(tmp_path / "a.zip", {name: b"dehors", "ok.txt": b"dedans"})
    content, refused = read_zip(path)
    assert content == {"ok.txt": b"dedans"}
    (reason,) = refused.values()
    assert "sort de l'archive" in reason


@pytest.mark.parametrize("cut", [0, 10, 200, -30])
def test_truncated_zip(tmp_path: Path, cut: int) -> None:
    path = make_zip(tmp_path / "a.zip", {"a.txt": os.urandom(500), "b.txt": os.urandom(500)})
    path.write_bytes(path.read_bytes()[:cut])
    content, refused = read_zip(path)
    assert not content
    assert "tronqué" in refused[str(path)]


def test_damaged_member_does_not_stop_the_others(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"a.txt": b"A" * 500, "b.txt": b"B" * 500})
    content = bytearray(path.read_bytes())
    start = content.index(b"a.txt") + 5
    content[start : start + 5] = b"\xff\xff\xff\xff\xff"
    path.write_bytes(content)
    given_bytes, refused = read_zip(path)
    assert given_bytes == {"b.txt": b"B" * 500}
    assert "abîmé" in refused["a.txt"]


def test_encrypted_member(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"a.txt": b"secret"})
    content = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + offset] |= 1
    path.write_bytes(content)
    assert "mot de passe" in read_zip(path)[1]["a.txt"]


def test_zip_in_a_zip_and_link_in_a_zip(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    link = zipfile.ZipInfo("lien.txt")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("dedans.zip", b"PK")
        archive.writestr(link, "/etc/passwd")
        archive.writestr("photo.png", b"x")
    _, refused = read_zip(path)
    assert "Zip dans un zip" in refused["dedans.zip"]
    assert "Lien symbolique" in refused["lien.txt"]
    assert "Extension" in refused["photo.png"]


def test_zip_bomb_stops_early_and_keeps_what_came_before(tmp_path: Path) -> None:
    path = tmp_path / "bombe.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", b"un article")
        for number in range(40):
            archive.writestr(f"b{number:02}.txt", b"0" * (2 * 1024 * 1024))
    content, refused = read_zip(path)
    assert content["a.txt"] == b"un article"
    assert sum(map(len, content.values())) <= pages.ZIP_RATIO * path.stat().st_size
    assert "Zip suspect" in refused[str(path)] and "s'arrête à « b" in refused[str(path)]


def test_zip_bomb_that_lies_in_its_headers(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "bombe.zip", {"b.txt": b"0" * (30 * 1024 * 1024)})
    content = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", content, content.index(mark) + offset, 100)
    path.write_bytes(content)
    given_bytes, refused = read_zip(path)
    assert sum(map(len, given_bytes.values())) <= 100
    assert refused or len(given_bytes["b.txt"]) == 100


# --- bytes to text -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_encodings_are_recognised(encoding: str) -> None:
    assert decode((FRENCH * 3).encode(encoding)) == FRENCH * 3


def test_big_endian_mark_and_latin_1() -> None:
    assert decode(b"\xfe\xff" + FRENCH.encode("utf-16-be")) == FRENCH
    assert decode("déjà élu à Évry".encode("latin-1")) == "déjà élu à Évry"


def test_utf8_with_wrong_bytes_keeps_its_accents() -> None:
    mixed = "été ".encode() + "déjà".encode("cp1252") + " ÷ fin é".encode()[:-1]
    assert decode(mixed).startswith("été déjà ÷ fin")


def test_html_that_names_its_encoding() -> None:
    page = '<html><head><meta charset="iso-8859-5"></head><body>Привет мир</body></html>'
    assert "Привет" in decode(page.encode("iso-8859-5"), markup=True)
    wrong = '<html><head><meta charset="iso-8859-5"></head><body>été</body></html>'
    assert "été" in decode(wrong.encode(), markup=True)


@pytest.mark.parametrize(
    "content", [bytes(range(256)) * 10, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" * 5, os.urandom(5000)]
)
def test_binary_is_refused(content: bytes) -> None:
    with pytest.raises(PageError, match=r"Contenu binaire.*en texte"):
        decode(content)


def test_tidy_removes_what_nobody_sees() -> None:
    assert tidy("can\u00addi\u00addat\u200b\r\nsui\x00te\ud800 e\u0301") == "candidat\nsuite é"


@given(st.binary(max_size=300))
def test_decode_gives_storable_text_or_a_page_error(content: bytes) -> None:
    try:
        text = decode(content)
    except PageError:
        return
    assert tidy(text) == text
    text.encode("utf-8")


@given(st.text(max_size=200), st.sampled_from(["utf-8", "utf-16"]))
def test_lines_joined_give_the_text_back(text: str, encoding: str) -> None:
    text = tidy(text)
    stream = io.BytesIO(b"\xef\xbb\xbf" * (encoding == "utf-8") + text.encode(encoding))
    try:
        lines = [line for _, line in text_lines(stream)]
    except PageError:
        return
    assert tidy("".join(line or "" for line in lines)) == text
    assert [number for number, _ in text_lines(io.BytesIO(b"a\nb\n\nc"))] == [1, 2, 3, 4]


def test_line_over_the_limit_is_none_and_the_next_is_read() -> None:
    stream = io.BytesIO(b"court\n" + b"x" * 3_000_000 + b"\nfin")
    assert list(text_lines(stream, limit=1_000_000)) == [(1, "court\n"), (2, None), (3, "fin")]
