"""What the papers of this repository name: files, commands, addresses and links."""

import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
FENCE = re.compile(r"^(?:    \S.*|\t\S.*)$", re.MULTILINE)
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"!?\[[^\]\n]*\]\(([^)\s]+)\)")
ADDRESS = re.compile(r"https?://(?:127\.0\.0\.1|localhost)(?::\d+)?(/[^\s>)`,]*)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
SUFFIXES = {
    *{".py", ".md", ".toml", ".html", ".svg", ".txt", ".typ", ".css", ".js", ".lock"},
    *{".yml", ".yaml", ".json", ".csv", ".webp", ".png"},
}


class Named(NamedTuple):
    """Something that a paper names, and where."""

    paper: Path
    text: str

    def __str__(self) -> str:
        return f"{self.paper.name}: {self.text}"


@cache
def tracked() -> frozenset[str]:
    """Files of this repository, those that are not committed yet included."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    found = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True)
    return frozenset(name for name in found.stdout.splitlines() if (ROOT / name).exists())


@cache
def folders() -> frozenset[str]:
    return frozenset(str(above) for name in tracked() for above in Path(name).parents)


def papers() -> list[Path]:
    return sorted(ROOT / name for name in tracked() if name.endswith(".md"))


def code_of(paper: Path) -> Iterator[Named]:
    """What stands between backticks or is set in as a block, one line each."""
    text = paper.read_text("utf-8")
    for line in CODE.findall(text):
        yield Named(paper, line)
    for line in FENCE.findall(text):
        # A list's continuation is set in as well: it has words and punctuation like any text.
        if re.match(r"\s+(?:[A-Z_]+=\S+ )*(?:make|\.venv/bin/|python3? |gunicorn )", line):
            yield Named(paper, line.split("  #")[0].strip())


def links_of(paper: Path) -> Iterator[Named]:
    for target in LINK.findall(paper.read_text("utf-8")):
        yield Named(paper, target)


def anchors(paper: Path) -> set[str]:
    """The names that headings get where Markdown is shown."""
    words = [re.sub(r"[^\w\- ]", "", found.lower()) for found in HEADING.findall(paper.read_text())]
    return {found.strip().replace(" ", "-") for found in words}


def is_there(name: str, paper: Path) -> bool:
    """Whether a file or folder is in the repository: from its root, or from the paper's folder."""
    name = name.rstrip("/")
    for start in (ROOT, paper.parent):
        path = (start / name).resolve()
        if path.is_relative_to(ROOT) and str(path.relative_to(ROOT)) in tracked() | folders():
            return True
    return False


@cache
def words_of_the_code() -> frozenset[str]:
    """Every word that some file other than a paper has in it."""
    found: set[str] = set()
    for name in tracked():
        if Path(name).suffix in {".py", ".html", ".txt", ".typ", ".toml", ".js", ".css", ""}:
            found.update(re.findall(r"\w+", (ROOT / name).read_text("utf-8")))
    return frozenset(found)


def looks_like_a_file(text: str) -> bool:
    if not re.fullmatch(r"[\w.\-]+(?:/[\w.\-]+)*/?", text):
        return False
    return Path(text).suffix in SUFFIXES or text.endswith("/") or text.split("/")[0] in folders()


def commands_in(text: str) -> Iterator[list[str]]:
    """Each command of a line, without what it sets in the environment."""
    for part in re.split(r" && | ; |\| ", text):
        words = part.split()
        while words and re.fullmatch(r"[A-Z_]+=\S*", words[0]):
            words.pop(0)
        if words:
            yield words
