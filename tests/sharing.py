"""Which tests one process runs, because they share what takes long to come up.

All other tests go one by one to whoever is free. The groups of pytest-xdist itself do nothing
with pytest 9.2, and say nothing about it (pytest-xdist, issue 1386).
"""

from xdist.scheduler import LoadScopeScheduling

# A name for each file with fixtures for the whole module, or for all deployed shops.
SHARED = {
    "repairs_restorals/tests/test_who_sees_what.py": "who_sees_what",
    "repairshop/tests/test_demo.py": "demo",
    "repairshop/tests/test_front_desk.py": "front_desk",
    "tests/test_identities.py": "identities",
    "tests/test_last_demo.py": "last_demo",
    "tests/test_database_room.py": "deployed",
    "tests/test_last_release.py": "deployed",
    "tests/test_letters.py": "letters",
    "tests/test_outside.py": "deployed",
    "tests/test_running.py": "deployed",
    "tests/test_task_queue.py": "deployed",
    "tests/test_timer_seen.py": "deployed",
}


def shared_by(nodeid: str) -> str:
    """What must stay together has the same name; large groups begin first."""
    return SHARED.get(nodeid.partition("::")[0], nodeid)


class Scheduling(LoadScopeScheduling):  # type: ignore[misc]
    def _split_scope(self, nodeid: str) -> str:
        return shared_by(nodeid)
