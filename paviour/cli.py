"""The command line."""

from __future__ import annotations

import os
import sys
from typing import Any, NoReturn

import click

from paviour import __version__
from paviour.errors import Exit, UserError
from paviour.groups import Commands

COMMANDS = {
    "new": "Render a new service, ready to run.",
    "generate": "Generate the code that follows from the contract.",
    "check": "Report drift of platform files and stale generated code.",
    "update": "Bring a service to the newest standard; what the team wrote stays.",
    "eject": "Give a platform file to the team.",
    "uneject": "Give a file back to the platform.",
    "adopt": "Bring an existing service onto the road.",
    "verify": "Judge a running service from outside, by its contract and the standards.",
    "contract": "Judge contracts: by the house standard, and by what changed.",
    "sdk": "Make the packages that callers install.",
    "fleet": "Keep many services on one standard.",
}


@click.group(
    cls=Commands,
    package="paviour.commands",
    summaries=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit status: 0 good, 1 the check found something, 2 wrong use or unreadable input, 3 needs a person.",
)
@click.version_option(__version__, prog_name="paviour")
def cli() -> None:
    """The paved road for API services.

    Start with `paviour new quotes --stack python --contract quote.yaml`: it gives a service that boots, passes its own
    tests and refuses bad callers.
    """


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and leave with its exit status; a user's mistake is one line on stderr."""
    from sdkgen.errors import ContractError

    try:
        status: Any = cli.main(arguments, prog_name="paviour", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        status = Exit.MISUSE
    except click.exceptions.Exit as error:
        status = error.exit_code
    except (UserError, ContractError) as error:
        print(f"paviour: {error}", file=sys.stderr)
        status = Exit.MISUSE
    except (KeyboardInterrupt, click.Abort):
        print("paviour: stopped; nothing was left half-written", file=sys.stderr)
        status = 130
    except BrokenPipeError:
        # The reader has gone (`| head`): keep the interpreter from complaining when it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = Exit.GOOD
    sys.exit(status if isinstance(status, int) else Exit.GOOD)
