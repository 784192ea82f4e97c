"""Measure the front desk of a large shop: `python -m bench.desk`."""

import sys

import django

if __name__ == "__main__":
    is_to_fill = sys.argv[1:] == ["fill"]
    if not is_to_fill:
        from bench.environment import prepare

        prepare()
    django.setup()
    # After that, for what is measured with asks Django's settings.
    from bench.front_desk import fill_shop, main

    if is_to_fill:
        fill_shop()
    else:
        main()
