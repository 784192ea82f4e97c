"""Every address, command and file that a paper names exists, and rows that code cites do too."""

import re
import sys
import tomllib
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class
from django.urls import Resolver404

from repairshop.backups import kept_settings
from tests.papers import (
    ADDRESS,
    ROOT,
    SUFFIXES,
    Named,
    anchors,
    code_of,
    commands_in,
    is_there,
    links_of,
    looks_like_a_file,
    papers,
    tracked,
    words_of_the_code,
)
from typed.languages import page_at

# What a decision removed, what nobody shall write, what the shop answers as an address, and
# what is only on somebody's machine.
NOT_HERE = {"containers.py", "utils.py", "robots.txt", "antiques.csv", "FILE.csv"} | {
    "env.py", "db.sqlite3", ".env", ".cache/", "fonts/", "staticfiles", "private",
}  # fmt: skip
# Names with a slash that are no files: kinds of data, owners of issues, repositories of actions.
NO_FILE = re.compile(r"^(?:text|image|application)/|^actions/")
# Of a picture: whoever clones this gets all of them.
MOST_BYTES = 100_000
IN_PLACE_OF = {"slug": "a", "secret": "a", "reference": "W00001", "category-slug": "a"}

each_paper = pytest.mark.parametrize("paper", papers(), ids=lambda paper: paper.name)

# Code of other projects, which a decision was made about.
OTHERS = {"type_map", "send_queued_mail_until_done", "lockfile", "send_all", "engine", "mailer"} | {
    "MESSAGE_ID_ENABLED", "MAILER_LOCK_PATH", "RLIMIT_DATA", "ImageField", "TypedChoiceField",
    "LocaleMiddleware",
}  # fmt: skip


@each_paper
def test_every_link_leads_somewhere(paper: Path) -> None:
    dead = [str(link) for link in links_of(paper) if not leads_somewhere(link)]

    assert dead == []


def leads_somewhere(link: Named) -> bool:
    if link.text.startswith(("https://", "http://")):
        return bool(ADDRESS.match(link.text)) and is_an_address(ADDRESS.findall(link.text)[0])
    file, _, anchor = link.text.partition("#")
    target = (link.paper.parent / file).resolve() if file else link.paper
    if not target.exists() or not is_there(file or link.paper.name, link.paper):
        return False
    return not anchor or anchor in anchors(target)


@each_paper
def test_every_file_is_there(paper: Path) -> None:
    named = [code for code in code_of(paper) if looks_like_a_file(code.text)]
    files = [code for code in named if not NO_FILE.match(code.text)]
    missing = [
        str(code)
        for code in files
        if code.text not in NOT_HERE and not is_file(code.text, code.paper)
    ]

    assert missing == []


def is_file(name: str, paper: Path) -> bool:
    """Whether it is there, or, when it is a bare name, somewhere."""
    bare = "/" not in name and any(Path(known).name == name for known in tracked())
    return bare or is_there(name, paper)


@each_paper
def test_every_address_of_the_shop_is_one(paper: Path) -> None:
    text = paper.read_text("utf-8")
    shown = [Named(paper, path) for path in ADDRESS.findall(text)]
    named = [code for code in code_of(paper) if re.fullmatch(r"/[\w<>{}/\-…]*", code.text)]
    wrong = [str(code) for code in [*shown, *named] if not is_an_address(code.text)]

    assert wrong == []


def is_an_address(path: str) -> bool:
    """Whether the shop has a page there; what stands for a value is filled in."""
    if path.startswith("/tmp/") or "…" in path:  # noqa: S108
        return True
    filled = re.sub(r"<([^>]+)>", lambda found: IN_PLACE_OF.get(found[1], "1"), path)
    try:
        page_at(filled)
    except Resolver404:
        return False
    return True


@each_paper
def test_every_command_is_one(paper: Path) -> None:
    wrong = [
        f"{code}: {problem}"
        for code in code_of(paper)
        for words in commands_in(code.text)
        if (problem := problem_with(words))
    ]

    assert wrong == []


def problem_with(words: list[str]) -> str:
    """Why a command would not run, in some words; empty when it would, or is none of ours."""
    match words:
        case ["make", *goals]:
            return ", ".join(f"no goal {goal}" for goal in goals if not is_a_goal(goal))
        case [python, "-m", module, *rest] if "python" in python:
            return "" if find_spec(module) else f"no module {module}"
        case [".venv/bin/pytest" | "pytest", *rest]:
            return ", ".join(missing_tests(rest))
        case ["heroku", "run", *rest]:
            return problem_with(rest)
        case ["manage.py", command, *rest] | [_, "manage.py", command, *rest]:
            return problem_with_management(command, rest)
    return ""


def is_a_goal(name: str) -> bool:
    if "=" in name or not re.fullmatch(r"[\w./\-]+", name):
        return True
    return bool(re.search(rf"^{re.escape(name)}:", (ROOT / "Makefile").read_text(), re.MULTILINE))


def missing_tests(words: list[str]) -> Iterator[str]:
    for word in words:
        file, _, test = word.partition("::")
        if word.startswith("-") or not re.fullmatch(r"[\w./]+", file):
            continue
        if "/" in file and not (ROOT / file).exists():
            yield f"no {file}"
        elif test and f"def {test}(" not in (ROOT / file).read_text():
            yield f"no {test}"


def problem_with_management(command: str, words: list[str]) -> str:
    name = command.rstrip("`")
    if name not in get_commands():
        return f"no command {name}"
    parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)
    known = {option for action in parser._actions for option in action.option_strings}
    asked = {word.strip("[]") for word in words if word.strip("[]").startswith("--")}
    return ", ".join(f"no {option}" for option in sorted(asked - known))


@each_paper
def test_every_name_of_code_is_in_it(paper: Path) -> None:
    """Functions, classes, fields and settings, so that a paper is mended when one is renamed."""
    unknown = [
        str(code)
        for code in code_of(paper)
        if is_a_name(code.text)
        for part in re.findall(r"\w+", code.text.partition("(")[0])
        if part not in words_of_the_code() | OTHERS
    ]

    assert unknown == []


def is_a_name(text: str) -> bool:
    """Whether it is written as only code is: `lock_ticket`, `PieceEvent`, `HOLD_FOR`, `.free()`."""
    if (
        not re.fullmatch(r"\.?[A-Za-z_][\w.]*(?:\([^()]*\))?", text)
        or Path(text).suffix in SUFFIXES
    ):
        return False
    return bool(re.search(r"_|[a-z][A-Z]|\)$", text))


READ = re.compile(r"""(?:env_\w+|environ\.get)\(\s*["']([A-Z_]+)["']|environ\["([A-Z_]+)"\]""")
# Names of a release before, which the table mentions beside the new ones.
OLD_NAMES = {"TAKES_PER_ADDRESS", "TAKES_PER_ACCOUNT", "LINE_LIMIT"}


def test_the_table_of_settings_has_all_that_are_read_and_backups_keep_them() -> None:
    files = ["repairshop/settings.py", "repairshop/connections.py", "gunicorn.conf.py"]
    read = {
        name for file in files for pair in READ.findall((ROOT / file).read_text()) for name in pair
    }
    rows = re.findall(
        r"^\| (`[A-Z_`, ]+) \|", (ROOT / "docs/settings.md").read_text(), re.MULTILINE
    )
    # boto3 and dj_database_url read theirs by themselves.
    read |= {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "DATABASE_URL", "DATABASE_OWNER_URL"}

    listed = {*re.findall(r"[A-Z_]+", " ".join(rows))}
    assert listed == read - OLD_NAMES - {""}
    assert listed == {*kept_settings.NAMES}


@pytest.mark.parametrize("name", [".github/workflows/tests.yml", ".pre-commit-config.yaml"])
def test_what_runs_elsewhere_is_there(name: str) -> None:
    steps = re.findall(r"^ *(?:- )?(?:run|entry): (.+)$", (ROOT / name).read_text(), re.MULTILINE)
    commands = [words for step in steps for words in commands_in(step)]
    programs = {Path(words[0]).name for words in commands if words[0].startswith(".venv/bin/")}

    assert commands
    assert [problem for words in commands if (problem := problem_with(words))] == []
    assert {name for name in programs if not (Path(sys.executable).parent / name).exists()} == set()


def test_every_room_is_in_the_picture_and_its_tests_are_played() -> None:
    configured = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]
    rooms = {*configured["importlinter"]["root_packages"]}
    drawn = {*re.findall(r'class="name"[^>]*>(\w+)<', (ROOT / "docs/rooms.svg").read_text("utf-8"))}
    tested = {name.split("/")[0] for name in tracked() if re.search(r"(?:^|/)tests/test_", name)}

    assert drawn == rooms
    assert tested <= {*configured["pytest"]["ini_options"]["testpaths"]}


def test_pictures_are_small_and_shown() -> None:
    shown = {
        (link.paper.parent / link.text).resolve() for paper in papers() for link in links_of(paper)
    }
    pictures = [*(ROOT / "docs").rglob("*.webp"), *(ROOT / "docs").rglob("*.svg")]

    assert [str(file) for file in pictures if file not in shown] == []
    assert [str(file) for file in pictures if file.stat().st_size > MOST_BYTES] == []


@pytest.mark.parametrize(
    ("text", "check"),
    [
        ("[gone](gone.md)", test_every_link_leads_somewhere),
        ("[no such heading](#somewhere)", test_every_link_leads_somewhere),
        ("`bag/gone.py`", test_every_file_is_there),
        ("`gone.toml`", test_every_file_is_there),
        ("`/bag/gone/`", test_every_address_of_the_shop_is_one),
        ("<http://127.0.0.1:8000/gone/>", test_every_address_of_the_shop_is_one),
        ("    make gone", test_every_command_is_one),
        ("`manage.py gone`", test_every_command_is_one),
        ("`heroku run python manage.py demo --gone`", test_every_command_is_one),
        ("`python -m bench.gone`", test_every_command_is_one),
        ("`.venv/bin/pytest bag/tests/test_gone.py`", test_every_command_is_one),
        ("`" + "hold_" + "gone`", test_every_name_of_code_is_in_it),
    ],
)
def test_control_what_is_not_there_is_found(
    tmp_path: Path, text: str, check: Callable[[Path], None]
) -> None:
    paper = tmp_path / "paper.md"
    paper.write_text(f"# Heading\n\n{text}\n")

    with pytest.raises(AssertionError):
        check(paper)
