"""`make release`: check what is to be released, and write its notes. The tag is the owner's."""

import re
import subprocess
import sys
from pathlib import Path

VERSION = re.compile(r'^__version__ = "(\d+\.\d+\.\d+)"$', re.MULTILINE)
SECTION = re.compile(r"^## (.+)\n+((?:(?!## ).*\n)*)", re.MULTILINE)
UNRELEASED = "Unreleased"


class NotReady(Exception):
    """Why nothing can be released, in one sentence."""


def git(*words: str) -> str:
    done = subprocess.run(["git", *words], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def version_of(root: Path) -> str:
    """The version, which stands in one place."""
    file = "repairshop/__init__.py"
    found = VERSION.findall((root / file).read_text("utf-8"))
    if len(found) != 1:
        raise NotReady(f'{file} has no line such as __version__ = "1.2.3".')
    return str(found[0])


def check_one_place(root: Path, version: str) -> None:
    """Files that name a version of the whole project beside that line would go out of date."""
    for name in (
        "pyproject.toml",
        "Pipfile",
        "Dockerfile",
        "compose.yaml",
        "app.json",
        "README.md",
    ):
        if (root / name).exists() and re.search(
            rf"(?<![\d.]){re.escape(version)}(?![\d.])", (root / name).read_text("utf-8")
        ):
            raise NotReady(f"{name} names the version too: it stands in repairshop/__init__.py.")


def notes_of(changelog: str, version: str) -> str:
    """What the changelog says of a version: its first one, below an empty `Unreleased`."""
    sections = SECTION.findall(changelog)
    titles = [title for title, _text in sections]
    if titles[:2] != [UNRELEASED, version]:
        raise NotReady(f"CHANGELOG.md must begin with ## {UNRELEASED} and ## {version}.")
    if left := sections[0][1].strip():
        raise NotReady(f"CHANGELOG.md has unreleased lines: {left.splitlines()[0]}")
    numbers = [[int(part) for part in title.split(".")] for title in titles[1:]]
    if numbers != sorted(numbers, reverse=True) or titles.count(version) > 1:
        raise NotReady("CHANGELOG.md must have the newest version first, and each once.")
    if not (notes := sections[1][1].strip()):
        raise NotReady(f"CHANGELOG.md says nothing of {version}.")
    return str(notes)


def check_tree(version: str) -> None:
    if changed := git("status", "--porcelain"):
        raise NotReady(f"Something is not committed: {changed.splitlines()[0].strip()}")
    if git("tag", "--list", f"v{version}"):
        raise NotReady(f"There is a tag v{version} already: set the next version.")


def migrations_since(commit: str) -> str:
    """The migrations that a release brings, as lines of the notes; empty without any."""
    added = git(
        "diff", "--name-only", "--diff-filter=A", commit, "HEAD", "--", "*/migrations/0*.py"
    )
    return "".join(f"- {name}\n" for name in added.splitlines())


def release(root: Path) -> Path:
    """Check everything and return the file with the notes. Raises NotReady."""
    version = version_of(root)
    check_one_place(root, version)
    check_tree(version)
    notes = (
        f"repairshop {version}\n\n{notes_of((root / 'CHANGELOG.md').read_text('utf-8'), version)}\n"
    )
    last = root / "tests/last_release"
    if last.exists() and (added := migrations_since(last.read_text().strip())):
        notes += f"\nMigrations, which the release before serves on as well:\n\n{added}"
    written = root / f".cache/release-{version}.md"
    written.parent.mkdir(exist_ok=True)
    written.write_text(notes, "utf-8")
    return written


INSTRUCTIONS = """The notes are in {notes}. When CI is green, the tag is yours:

    git tag --annotate --cleanup=whitespace --file {notes} v{version}
    git push origin v{version}

Once it is deployed, write its commit into tests/last_release.
"""


def main() -> None:
    root = Path.cwd()
    try:
        notes = release(root).relative_to(root)
    except NotReady as reason:
        sys.exit(str(reason))
    sys.stdout.write(INSTRUCTIONS.format(notes=notes, version=version_of(root)))


if __name__ == "__main__":
    main()
