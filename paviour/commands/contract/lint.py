"""`paviour contract lint`: does the contract keep the house standard?"""

from __future__ import annotations

from pathlib import Path

import click

from paviour.errors import Exit, UserError
from paviour.lint import FORMATS, render
from paviour.report import counted
from sdkgen.lint import SEVERITIES, Severity
from sdkgen.lint import lint as run
from sdkgen.lint.catalog import PROFILES


@click.command()
@click.argument("contract", type=click.Path(path_type=Path), default=Path("contract/openapi.yaml"))
@click.option("--profile", type=click.Choice(list(PROFILES)), help="The conventions of an industry besides.")
@click.option(
    "--severity",
    type=click.Choice(SEVERITIES),
    default="error",
    show_default=True,
    help="The least severity that makes the exit status 1.",
)
@click.option("--fix", is_flag=True, help="First put right, in the files, what is beyond doubt.")
@click.option(
    "--spectral", "ruleset", metavar="RULESET", help="Also run this Spectral ruleset; needs Node and Spectral."
)
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", help="How to print the findings.")
def lint(contract: Path, profile: str | None, severity: Severity, *, fix: bool, ruleset: str | None, form: str) -> Exit:
    """Hold CONTRACT against the house standard. Default: contract/openapi.yaml.

    Each rule has an id, by which contract/waivers.yaml accepts what it finds, for a reason and until a day.
    Exit status 1 where a finding is as severe as --severity and not waived.

    \b
    paviour contract lint
    paviour contract lint quote.yaml --profile mef-lso --format json
    """
    if fix:
        _fix(contract, profile)
    foreign = []
    if ruleset:
        from sdkgen.lint.spectral import lint as spectral

        foreign = spectral(contract, ruleset)
    findings = run(contract, profile, foreign)
    click.echo(render(form, findings))
    worst = SEVERITIES[: SEVERITIES.index(severity) + 1]
    return Exit.FOUND if any(found.waiver is None and found.severity in worst for found in findings) else Exit.GOOD


def _fix(contract: Path, profile: str | None) -> None:
    from paviour.files import write
    from sdkgen.lint.engine import fixed

    number, files = fixed(contract, profile)
    for path, text in files.items():
        try:
            write(path, text)
        except OSError as error:
            cause = (error.strerror or "unknown").lower()
            raise UserError(f"{path} can't be written: {cause}; make it writable, or mend it by hand") from None
    click.echo(f"put right: {counted(number, 'finding')}", err=True)
