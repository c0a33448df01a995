"""The command line of the benchmarks."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

from .commands import first_200, generate, render, serve
from .contract import contract
from .fleet import fleet
from .lint import lint
from .sdk import sdk
from .service import service
from .typescript import typescript
from .update import update

BENCHES: dict[str, Callable[[int, Path], None]] = {
    "render": render,
    "generate": generate,
    "serve": serve,
    "first-200": first_200,
    "service": service,
    "typescript": typescript,
    "lint": lint,
    "contract": contract,
    "sdk": sdk,
    "update": update,
    "fleet": fleet,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("benches", nargs="*", metavar="bench", help=f"of {', '.join(BENCHES)}; all without any")
    parser.add_argument("--rounds", type=int, default=5, help="how often each is measured (default: 5)")
    arguments = parser.parse_args()
    for name in arguments.benches or BENCHES:
        if name not in BENCHES:
            parser.error(f"there is no bench {name!r}; there are {', '.join(BENCHES)}")
        with tempfile.TemporaryDirectory(prefix="paviour-bench-") as room:
            BENCHES[name](arguments.rounds, Path(room))


if __name__ == "__main__":
    main()
