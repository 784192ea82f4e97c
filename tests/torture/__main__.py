import argparse
import os
import random
import signal
import sys

import django

from tests.torture.run import Run, prepare


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.torture")
    parser.add_argument("--night", action="store_true", help="play every figure in full")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    parser.add_argument("--only", help="names of rows, with commas between them")
    return parser.parse_args()


def main() -> None:
    from django.core.management import call_command

    from tests.torture.report import play_all
    from tests.torture.rows import ROWS

    given = arguments()
    call_command("migrate", verbosity=0)
    wanted = given.only.split(",") if given.only else [row.name for row in ROWS]
    if unknown := {*wanted} - {row.name for row in ROWS}:
        sys.exit(f"There is no {', '.join(sorted(unknown))}.")
    # As by Ctrl-C: what runs beside ends as well, and the table comes.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    rows = [row for row in ROWS if row.name in wanted]
    rounds = {row.name: row.night if given.night else row.torture for row in rows}
    database = os.environ["DATABASE_URL"]
    good = play_all((row, Run(row.name, rounds[row.name], given.seed, database)) for row in rows)
    night = " --night" if given.night else ""
    names = ",".join(row.name for row in rows)
    print(f"\nOnce more: python -m tests.torture --seed {given.seed} --only {names}{night}")
    sys.exit(not good)


if __name__ == "__main__":
    prepare()
    from tests.environment import database_url, start_postgresql

    server = start_postgresql()
    server.psql("CREATE DATABASE torture")
    os.environ["DATABASE_URL"] = database_url(server, "torture")
    django.setup()
    main()
