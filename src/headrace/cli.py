"""The command line: `headrace COMMAND`. Each room brings its commands; this file only lists them."""

import sys


def main() -> int:
    print("usage: headrace COMMAND", file=sys.stderr)
    return 2
