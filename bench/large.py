"""A large shop, filled by the module that measures it and served by one worker."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import django

from bench.environment import prepare
from tests.environment import TEST_ENVIRONMENT, database_url
from tests.processes import Process, run


def start(
    module: str,
    fill: Callable[[], None],
    measure: Callable[[Process], Iterator[str]],
    **settings: str,
) -> None:
    """Fill the shop of the environment for `python -m <module> fill`; else measure one."""
    is_to_fill = sys.argv[1:] == ["fill"]
    if not is_to_fill:
        prepare()
    django.setup()
    if is_to_fill:
        fill()
        return
    with large_shop(module, settings) as process:
        for text in measure(process):
            print(text, flush=True)


@contextmanager
def large_shop(
    module: str, settings: Mapping[str, str], *number: str, items: int = 1
) -> Iterator[Process]:
    """Filled by `python -m <module> fill [number]`; the number of `items` tells two shops apart."""
    from bench.environment import a_server
    from bench.run import shop_of

    server = a_server()
    with (
        TemporaryDirectory() as folder,
        shop_of(items, server, Path(folder), WEB_CONCURRENCY="1", **settings) as process,
    ):
        filled = {
            **TEST_ENVIRONMENT,
            "DEBUG": "False",
            "DATABASE_URL": database_url(server, f"bench_{items}"),
            "DJANGO_SETTINGS_MODULE": "bench.settings",
        }
        done = run("python", "-m", module, "fill", *number, **filled)
        if done.returncode:
            sys.exit(done.stdout + done.stderr)
        server.psql(f"\\c bench_{items}\nVACUUM ANALYZE")
        yield process
