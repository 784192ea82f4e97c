"""`make release` lets nothing out that is not committed, not told of, or out already."""

import subprocess
from pathlib import Path

import pytest

from tests.release import NotReady, notes_of, release, version_of

CHANGELOG = "# Changelog\n\n## Unreleased\n\n## 0.2.0\n\n- Sell bicycles.\n\n## 0.1.0\n\n- Begin.\n"


def git(*words: str) -> None:
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b.c", *words], check=True)


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository that can be released."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "repairshop").mkdir()
    (tmp_path / "repairshop/__init__.py").write_text('__version__ = "0.2.0"\n')
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG)
    (tmp_path / ".gitignore").write_text("/.cache/\n")
    git("init", "-q")
    git("add", "-A")
    git("commit", "-qm", "Begin")
    return tmp_path


def test_the_notes_are_what_the_changelog_says_of_the_version(tree: Path) -> None:
    assert release(tree).read_text() == "repairshop 0.2.0\n\n- Sell bicycles.\n"


def test_what_is_not_committed_is_not_released(tree: Path) -> None:
    (tree / "new.py").touch()

    with pytest.raises(NotReady, match=r"not committed: \?\? new\.py"):
        release(tree)


def test_a_version_is_released_once(tree: Path) -> None:
    git("tag", "v0.2.0")

    with pytest.raises(NotReady, match=r"tag v0\.2\.0 already"):
        release(tree)


def test_a_version_without_a_number_is_none(tree: Path) -> None:
    (tree / "repairshop/__init__.py").write_text('__version__ = "soon"\n')

    with pytest.raises(NotReady, match="no line such as"):
        release(tree)


def test_the_number_stands_in_one_place(tree: Path) -> None:
    (tree / "pyproject.toml").write_text('[project]\nversion = "0.2.0"\n')

    with pytest.raises(NotReady, match=r"pyproject\.toml names the version too"):
        release(tree)


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("## 0.2.0\n", "## 0.3.0\n", "must begin with ## Unreleased and ## 0.2.0"),
        ("## Unreleased\n\n", "", "must begin with ## Unreleased"),
        (
            "## Unreleased\n",
            "## Unreleased\n\n- Sell clocks.\n",
            "unreleased lines: - Sell clocks.",
        ),
        ("- Sell bicycles.\n", "", "says nothing of 0.2.0"),
        ("## 0.1.0", "## 0.10.0", "newest version first"),
        ("## 0.1.0", "## 0.2.0", "each once"),
    ],
)
def test_the_changelog_must_tell_of_it(before: str, after: str, says: str) -> None:
    with pytest.raises(NotReady, match=says):
        notes_of(CHANGELOG.replace(before, after), "0.2.0")


def test_this_changelog_has_a_place_for_what_comes_and_tells_of_this_version() -> None:
    text = Path("CHANGELOG.md").read_text("utf-8")
    head, _, released = text.partition(f"\n## {version_of(Path())}\n")

    assert head.startswith("# Changelog\n\n## Unreleased\n")
    assert notes_of("# Changelog\n\n## Unreleased\n\n## 0.1.0\n" + released, "0.1.0")
