"""What a CSV file is written in: its encoding, and what stands between its cells."""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO

from charset_normalizer import from_bytes
from django.conf import settings
from django.utils.translation import gettext as _

from store.imports.columns import key_of
from store.imports.options import Options

UTF8 = "utf-8-sig"
BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": UTF8, b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
# Of Excel 2007 and LibreOffice, and of Excel before.
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
SAMPLE_BYTES = 100_000
MOST_ODD_WORDS = 3
LETTERS_TOGETHER = re.compile(rb"[\x80-\xff]{3,}")
BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
# What Windows writes where Latin letters have more than the West's accents.
OF_LANGUAGE = {
    **dict.fromkeys(["bs", "cs", "hr", "hu", "pl", "ro", "sk", "sl", "sq"], "cp1250"),
    **dict.fromkeys(["et", "lt", "lv"], "cp1257"),
    **dict.fromkeys(["az", "tr"], "cp1254"),
}
NOT_LATIN = [
    *("cp1251", "cp1253", "cp1255", "cp1256", "koi8_r"),
    *("cp932", "euc_jp", "gb18030", "big5", "cp949"),
]
# Where the West's and the language's own pages make no words.
LATIN = ["cp1252", "cp1250", "cp850", "mac_roman"]
# Signs within a word or at its beginning, a large letter behind a small one, what is no letter.
ODD = re.compile(
    r"(?<=[^\W\d_])(?:[^\x00-\x7f\w’‘–—·]|[¹²³])+(?=[^\W\d_])|(?<!\S)[¯¹²³¸¨´¬¦](?=[^\W\d_])"
    r"|[a-zß-öø-ÿа-яέ-ώ][A-ZÀ-ÖØ-ÞА-ЯΆ-Ϋ]|[\ufffd\x80-\x9f]"
)
# What makes somebody look twice beyond that: signs before a word, accents that only other pages
# than the West's have, between consonants.
DOUBTFUL = re.compile(
    ODD.pattern + r"|(?<!\S)[…†‡€](?=[^\W\d_])|(?<=[^\W\d_])[§†‡](?=[^\W\d_])"
    r"|(?<=[b-df-hj-np-tv-zB-DF-HJ-NP-TV-Z])[ŠŒŽŸšžŸ](?=[b-df-hj-np-tv-z])"
)
# Those that staff may choose, as they are called elsewhere.
ENCODINGS = {
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": "Windows-1252",
    "cp1250": "Windows-1250",
    "cp1251": "Windows-1251",
    "cp1253": "Windows-1253",
    "cp1254": "Windows-1254",
    "cp1255": "Windows-1255",
    "cp1256": "Windows-1256",
    "cp1257": "Windows-1257",
    "mac_roman": "Mac Roman",
    "cp850": "DOS 850",
    "koi8_r": "KOI8-R",
    "cp932": "Shift JIS",
    "euc_jp": "EUC-JP",
    "gb18030": "GB 18030",
    "big5": "Big5",
    "cp949": "Korean (EUC-KR)",
}
SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
SAID = re.compile(r'"?sep=([,;\t|])"?\s*', re.IGNORECASE)


class UnreadableFile(Exception):
    """The whole file cannot be imported; the message says why in one sentence."""


class UnknownColumns(UnreadableFile):
    """Columns are missing, or nobody has said what they are."""


@dataclass(frozen=True)
class Source:
    """How to read a file. `header_line` counts from 1: `sep=;` may stand before it."""

    encoding: str
    separator: str
    header_line: int = 1
    # Words that look as if they were written in another encoding, when nobody has said which.
    odd_words: tuple[str, ...] = ()

    @property
    def encoding_name(self) -> str:
        return ENCODINGS.get(self.encoding, "UTF-16")

    def __str__(self) -> str:
        names = {
            ",": _("commas"),
            ";": _("semicolons"),
            "\t": _("tabs"),
            "|": _("vertical bars"),
        }
        read = {"encoding": self.encoding_name, "separator": names[self.separator]}
        return _("Read as %(encoding)s with %(separator)s between the cells.") % read


def recognise(file: BinaryIO, known: Iterable[str], options: Options) -> Source:
    """Find out how a file is written, as far as `options` leave it open. Raises UnreadableFile.

    `known` are names of columns: the separator that finds most of them in the header is it.
    """
    encoding = options.encoding or encoding_of(file)
    lines = first_lines(file, encoding)
    said = SAID.fullmatch(lines[0]) if lines else None
    if said:
        lines = lines[1:]
    if options.separator:
        separator = SEPARATORS[options.separator]
    else:
        separator = said[1] if said else separator_of(lines[0] if lines else "", known)
    odd = () if options.encoding else odd_words_of(file, encoding)
    return Source(encoding, separator, 2 if said else 1, odd)


def encoding_of(file: BinaryIO) -> str:
    """The encoding by the file's marks and bytes. Raises UnreadableFile for a workbook."""
    file.seek(0)
    start = file.read(4096)
    if start.startswith(WORKBOOKS):
        raise UnreadableFile(_("This is a workbook: save it as “CSV UTF-8” and try again."))
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if start.startswith(mark):
            return encoding
    even, odd = start[::2].count(0), start[1::2].count(0)
    if max(even, odd) * 3 > len(start):
        return "utf-16-be" if even > odd else "utf-16-le"
    file.seek(0)
    good, bad, sample = utf8_lines(file)
    # Some broken lines among good ones are damage, which is told line by line.
    return UTF8 if good or not bad else eight_bit_encoding(sample)


def odd_words_of(file: BinaryIO, encoding: str) -> tuple[str, ...]:
    """A few words of a file that was taken for one in a code page, and may be in another."""
    if encoding.startswith("utf"):
        return ()
    file.seek(0)
    _good, _bad, sample = utf8_lines(file)
    usual = OF_LANGUAGE.get(settings.LANGUAGE_CODE.partition("-")[0], "cp1252")
    if encoding not in {usual, *LATIN} or not DOUBTFUL.search(sample.decode(usual, "replace")):
        return ()
    words = re.split(r"[\s,;|\"]+", sample.decode(encoding, "replace"))
    return tuple(word for word in words if word and not word.isascii())[:MOST_ODD_WORDS]


def utf8_lines(file: BinaryIO) -> tuple[int, int, bytes]:
    """How many lines have letters in UTF-8, how many in something else, and some of those."""
    good, bad, sample = 0, 0, bytearray()
    for line in file:
        if line.isascii():
            continue
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            bad += 1
            sample += line[: SAMPLE_BYTES - len(sample)]
        else:
            good += 1
    return good, bad, bytes(sample)


def eight_bit_encoding(sample: bytes) -> str:
    """The code page of Windows that the shop's language has, unless its words are not Latin.

    In Latin words few letters have accents, and no statistics tell those pages apart. Where
    most letters are beyond ASCII, charset-normalizer knows them well.
    """
    together = sum(len(run) for run in LETTERS_TOGETHER.findall(sample))
    if together * 2 > len(BEYOND_ASCII.findall(sample)):
        likely = [match.encoding for match in from_bytes(sample, cp_isolation=NOT_LATIN)]
        if likely:
            return min(likely, key=lambda encoding: oddity(sample, encoding))
    of_language = OF_LANGUAGE.get(settings.LANGUAGE_CODE.partition("-")[0], "cp1252")
    # What comes first stays, unless it makes signs within words where another makes none.
    return min([of_language, *LATIN], key=lambda encoding: oddity(sample, encoding))


def oddity(sample: bytes, encoding: str) -> int:
    """How often words would be written as nobody writes: with signs or large letters in them."""
    return len(ODD.findall(sample.decode(encoding, errors="replace")))


def first_lines(file: BinaryIO, encoding: str) -> list[str]:
    file.seek(0)
    text = file.read(SAMPLE_BYTES).decode(encoding, errors="replace")
    return [line for line in text.splitlines() if line.strip()][:2]


def separator_of(header: str, known: Iterable[str]) -> str:
    keys = {key_of(name) for name in known}

    def found(separator: str) -> tuple[int, int]:
        cells = next(csv.reader([header], delimiter=separator), [])
        return sum(key_of(cell) in keys for cell in cells), len(cells)

    return max(SEPARATORS.values(), key=found)
