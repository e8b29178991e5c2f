"""In which encoding a file of text is."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path

from checking.model import CannotRead

BLOCK = 1 << 20
SAMPLE = 64 * 1024

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LABELS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32": "UTF-32",
    "cp1252": "Windows-1252",
    "mac-roman": "Mac Roman",
    "iso8859-1": "Latin-1",
}
_CONTROLS = frozenset(range(32)) - frozenset(b"\t\n\v\f\r\x1a\x1b")
STRAY = "checking-stray-bytes"


@dataclass(frozen=True, slots=True)
class Encoding:
    """How bytes become text. `codec` is Python's name, `errors` what happens to bytes that do not
    fit, `nul` whether there are NUL characters to leave out."""

    codec: str
    errors: str = "strict"
    nul: bool = False
    note: str = ""

    @property
    def label(self) -> str:
        """The name that people know."""
        return _LABELS.get(self.codec.replace("_", "-"), self.codec)


def _stray(error: UnicodeError) -> tuple[str, int]:
    """A byte that is not UTF-8 among text that is: most likely pasted from Windows."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error(STRAY, _stray)


def recognise(path: Path, wish: str | None = None) -> Encoding:
    """The encoding of a file. In: the file, and the encoding that a person asks for. Raises
    CannotRead for one that does not exist or does not fit, and for a file that is not text."""
    head = start_of(path)
    nul, misfit = _look_through(path)
    if wish:
        return _tried(path, wish, nul)
    for mark, codec in _MARKS:
        if head.startswith(mark):
            return _tried(path, codec, nul, strict=False)
    wide = _wide(head)
    if wide:
        return _tried(path, wide, nul, strict=False)
    refuse_binary(head)
    if misfit is None:
        return Encoding("utf-8", nul=nul)
    return _not_utf8(path, misfit, nul)


def start_of(path: Path) -> bytes:
    """The first bytes of a file, by which it is recognised."""
    with path.open("rb") as file:
        return file.read(SAMPLE)


def _look_through(path: Path) -> tuple[bool, int | None]:
    """Whether a file has NUL bytes, and where it first is not UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    nul, place, misfit = False, 0, None
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            nul = nul or b"\0" in block
            if misfit is None:
                try:
                    decoder.decode(block)
                except UnicodeDecodeError as error:
                    misfit = place + error.start
            place += len(block)
        if misfit is None:
            try:
                decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                misfit = max(0, place - 4)
    return nul, misfit


def _tried(path: Path, codec: str, nul: bool, strict: bool = True) -> Encoding:
    """An encoding by name, tried on the whole file. Raises CannotRead."""
    try:
        information = codecs.lookup(codec)
        "".encode(codec)  # not a codec of bytes to bytes, such as zip
    except (LookupError, ValueError, TypeError):
        raise CannotRead("encoding", f"There is no encoding named “{codec[:40]}”.") from None
    name = {"utf_8": "utf-8", "utf_8_sig": "utf-8-sig"}.get(information.name, information.name)
    try:
        with path.open(encoding=name, newline="") as file:
            while file.read(BLOCK):
                pass
    except (UnicodeError, ValueError):
        if strict:
            raise CannotRead(
                "encoding",
                f"The file is not in the encoding {_LABELS.get(name, name)}: some of its bytes "
                "mean nothing in it. Choose another, or let it be recognised.",
            ) from None
        note = "Some characters could not be read: they are “\ufffd”."
        return Encoding(name, "replace", nul, note)
    return Encoding(name, nul=nul)


def _wide(head: bytes) -> str | None:
    """UTF-16 without a mark: nearly every second byte is NUL."""
    even, odd = head[0::2], head[1::2]
    if len(head) < 8 or head.count(0) < len(head) // 4:
        return None
    if odd.count(0) > len(odd) * 0.7 and even.count(0) < len(even) * 0.1:
        return "utf-16-le"
    if even.count(0) > len(even) * 0.7 and odd.count(0) < len(odd) * 0.1:
        return "utf-16-be"
    return None


def refuse_binary(head: bytes) -> None:
    """Refuse bytes that are no text in any encoding. Raises CannotRead."""
    controls = sum(head.count(code) for code in _CONTROLS - {0})
    if controls * 50 > len(head) or head.count(0) * 4 > len(head):
        raise CannotRead(
            "binary",
            "The file is not text, and none of the formats that can be read. Save your data as "
            "CSV, XLSX, GeoJSON or GeoPackage.",
        )


def _not_utf8(path: Path, misfit: int, nul: bool) -> Encoding:
    """The encoding of bytes that are not UTF-8 throughout, by a sample around the first that is
    not. Where most letters beyond ASCII are UTF-8, the file is that with a few stray bytes."""
    with path.open("rb") as file:
        file.seek(max(0, misfit - SAMPLE // 4))
        sample = file.read(SAMPLE)
        file.seek(0)
        start = file.read(misfit)[-(8 << 20) :] if misfit > SAMPLE else b""
    text = (start + sample).decode("utf-8", "replace")
    stray = text.count("\ufffd")
    if sum(letter > "\x7f" for letter in text) - stray > stray:
        note = "Some bytes are not UTF-8: they were read as Windows-1252."
        return Encoding("utf-8", STRAY, nul, note)
    from charset_normalizer import from_bytes

    best = from_bytes(sample, cp_isolation=["cp1252", "mac_roman"]).best()
    codec = best.encoding if best and best.encoding in ("cp1252", "mac_roman") else "cp1252"
    if codec == "cp1252":
        try:
            sample.decode("cp1252")
        except UnicodeDecodeError:
            codec = "iso8859-1"
    return Encoding(codec, "replace" if codec == "cp1252" else "strict", nul)
