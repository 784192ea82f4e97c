"""How soon a web process answers, and what two of them hold after a busy day.

`python -m bench.memory [REQUESTS]`: list, things, searches and bags, among them photos of tickets,
papers as PDF and files of things that are imported in the admin.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import django
import psutil

from bench.environment import prepare
from tests.processes import Process, run

REQUESTS = 10_000
# So many parts, between which tickets with photos, papers and an import are asked for.
PARTS, PAPERS, IMPORTED = 10, 10, 500
STARTS = 5
START_GOAL, MEMORY_GOAL = 2, 300
MEGABYTE = 1 << 20
IMPORT = "/admin/store/item/import/"
LABEL = "/admin/repairs_restorals/serviceticket/1/label/"
# A process of its own, from its first import to its first answer.
ANSWER = """
from time import perf_counter
begun = perf_counter()
from io import BytesIO
from repairshop.wsgi import application
asked = {
    "REQUEST_METHOD": "GET", "PATH_INFO": "/store/", "SERVER_NAME": "localhost",
    "SERVER_PORT": "80", "HTTP_HOST": "localhost", "wsgi.input": BytesIO(), "wsgi.errors": None,
    "wsgi.url_scheme": "http", "REMOTE_ADDR": "127.0.0.1",
}
b"".join(application(asked, lambda status, headers: None))
print(perf_counter() - begun)
"""


def starting(**settings: str) -> str:
    """Seconds of each start; the second is the first with everything compiled."""
    run("python", "-c", ANSWER, **settings)
    times = [
        float(run("python", "-c", ANSWER, **settings).stdout.split()[-1]) for _ in range(STARTS)
    ]
    held = "reached" if median(times) <= START_GOAL else "MISSED"
    return (
        f"from the first import to the first answer: {median(times):.2f} s "
        f"(≤ {START_GOAL}), {held}; {min(times):.2f}–{max(times):.2f}"
    )


def busy_day(process: Process, folder: Path, requests: int) -> Iterator[str]:
    """What the workers hold alone, and a fair share of what they share with each other."""
    from bench.filing import file_ticket, newcomer, photo
    from bench.run import SEARCHES, fetching, items_on, visitors
    from bench.things import write_csv
    from bench.tickets import worker

    photos = [photo(number) for number in range(2)]
    write_csv(folder / "more.csv", IMPORTED)
    content = (folder / "more.csv").read_bytes()
    paths = ["/store/", *SEARCHES, *items_on(visitors(process)[0].get("/store/?page=2"))]
    yield f"two workers at first: {held_by(process)}"
    for part in range(PARTS):
        # Anew, for the server closes connections that are silent for long.
        people, made = visitors(process), 0
        while made < requests // PARTS:
            fetching(people, *paths)()
            made += 150 * len(people)
        file_ticket(newcomer(process), photos)
        staff = worker(process)
        for _ in range(PAPERS):
            staff.get(LABEL)
        if part % 3 == 0:
            token = {"csrfmiddlewaretoken": staff.cookies["csrftoken"]}
            staff.upload(IMPORT, token, "file", [(f"{part}.csv", content)])
            staff.answer()
    yield f"two workers after {requests:,} requests: {held_by(process)} (PSS ≤ {MEMORY_GOAL} MB)"


def held_by(process: Process) -> str:
    infos = [each.memory_full_info() for each in psutil.Process(process.popen.pid).children()]
    uss, pss, rss = (
        sum(getattr(info, name) for info in infos) // MEGABYTE for name in ("uss", "pss", "rss")
    )
    return f"USS {uss} MB, PSS {pss} MB, RSS {rss} MB"


def main() -> None:
    prepare()
    django.setup()
    from bench.environment import a_server
    from bench.run import SMALL, shop_of
    from tests.environment import TEST_ENVIRONMENT, database_url

    requests = int(sys.argv[1]) if sys.argv[1:] else REQUESTS
    server = a_server()
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        with shop_of(SMALL, server, folder) as process:
            print(
                starting(
                    **TEST_ENVIRONMENT
                    | {
                        "DEBUG": "False",
                        "TIMER": "off",
                        "DATABASE_URL": database_url(server, f"bench_{SMALL}"),
                        "DJANGO_SETTINGS_MODULE": "repairshop.settings",
                    }
                ),
                flush=True,
            )
            for text in busy_day(process, folder, requests):
                print(text, flush=True)


if __name__ == "__main__":
    main()
