import argparse
import logging
import os
import random
import signal
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import django

from tests.buckets import two_buckets
from tests.torture.machines import HERE, missing, two_machines
from tests.torture.run import Run, prepare


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.torture")
    parser.add_argument("--night", action="store_true", help="play every figure in full")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    parser.add_argument("--rounds", type=int, help="play so many of each row")
    parser.add_argument("--only", help="names of rows, with commas between them")
    parser.add_argument(
        "--two-machines", action="store_true", help="play what concerns web processes on two"
    )
    return parser.parse_args()


def main(given: argparse.Namespace, pool: str = "", **places: Any) -> None:
    from django.core.management import call_command

    from tests.torture.report import play_all
    from tests.torture.rows import OF_MACHINES, ON_MACHINES, ROWS

    call_command("migrate", verbosity=0)
    known = [*ROWS, *OF_MACHINES] if places else ROWS
    all_rows = ON_MACHINES if places else [row.name for row in ROWS]
    wanted = given.only.split(",") if given.only else all_rows
    if unknown := {*wanted} - {row.name for row in known}:
        sys.exit(f"There is no {', '.join(sorted(unknown))}.")
    # As by Ctrl-C: what runs beside ends as well, and the table comes.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    rows = [row for row in known if row.name in wanted]
    usual = {row.name: row.night if given.night else row.torture for row in rows}
    rounds = {name: given.rounds or count for name, count in usual.items()}
    database = pool or os.environ["DATABASE_URL"]
    good = play_all(
        (row, Run(row.name, rounds[row.name], given.seed, database, **places)) for row in rows
    )
    night = (" --night" if given.night else "") + (" --two-machines" if places else "")
    names = ",".join(row.name for row in rows)
    print(f"\nOnce more: python -m tests.torture --seed {given.seed} --only {names}{night}")
    sys.exit(not good)


def on_two_machines(given: argparse.Namespace) -> None:
    if names := missing():
        sys.exit(f"Two machines need what is not on this one: {', '.join(names)}.")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with TemporaryDirectory(prefix="repairshop-machines-") as name:
        Path(name).chmod(0o755)
        with two_machines(Path(name)) as (machines, server, pool), two_buckets(HERE) as buckets:
            os.environ |= {"DATABASE_URL": server.url, "DATABASE_POOLED": "True"}
            django.setup()
            main(given, pool, machines=machines, buckets=buckets)


if __name__ == "__main__":
    prepare()
    given = arguments()
    if given.two_machines:
        on_two_machines(given)
        sys.exit()
    from tests.environment import database_url, start_postgresql

    server = start_postgresql()
    server.psql("CREATE DATABASE torture")
    os.environ["DATABASE_URL"] = database_url(server, "torture")
    django.setup()
    main(given)
