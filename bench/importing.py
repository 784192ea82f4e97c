"""Import one file and print the peak memory of this process in MB."""

import resource
import sys
from pathlib import Path

import django

if __name__ == "__main__":
    django.setup()
    from store.imports import import_items

    with Path(sys.argv[1]).open("rb") as file:
        import_items(file)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
