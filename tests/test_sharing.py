import re
from pathlib import Path

from django.conf import settings

from tests.sharing import SHARED, shared_by

ROOT = Path(settings.BASE_DIR)
# Fixtures that are there for more than one test, in a file or for all deployed shops.
LONG = re.compile(
    r'^@pytest\.fixture\(.*scope="module"|\bproduction: dict|\bserver: Postgres', re.M
)


def test_each_file_that_shares_what_takes_long_stays_in_one_process() -> None:
    files = [*ROOT.glob("tests/test_*.py"), *ROOT.glob("*/tests/test_*.py")]

    sharing = {str(file.relative_to(ROOT)) for file in files if LONG.search(file.read_text())}
    assert sharing == {*SHARED}


def test_tests_of_a_group_are_one_piece_of_work_and_others_go_alone() -> None:
    running, timer = "tests/test_running.py::test_a", "tests/test_timer_seen.py::test_b[x::y]"
    assert shared_by(running) == shared_by(timer) == "deployed"
    assert shared_by("bag/tests/test_saved.py::test_a") != shared_by("bag/tests/test_saved.py::b")
