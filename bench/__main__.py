"""Measure the shop against the least that Django can do: `make bench`.

Both sides of each ratio are served by the same processes and measured in turns, so that
what the machine does besides slows both. Prints one table; nothing is written down.
"""

import django

if __name__ == "__main__":
    from bench.environment import prepare

    prepare()
    django.setup()
    from bench.run import main

    main()
