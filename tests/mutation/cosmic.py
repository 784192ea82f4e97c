"""Cosmic Ray with our operators: `python -m tests.mutation.cosmic COMMAND …`, or `filter`."""

import sys

from cosmic_ray import cli, plugins
from cosmic_ray.tools.filters import operators_filter

from tests.mutation.operators import Provider

plugins.OPERATOR_PROVIDERS["shop"] = Provider()

if __name__ == "__main__":
    if sys.argv[1] == "filter":
        sys.exit(operators_filter.main(sys.argv[2:]))
    sys.exit(cli.main())
