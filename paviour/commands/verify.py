"""`paviour verify`: does a running service keep its contract and the standards?"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import click

from paviour.errors import Exit, UserError
from paviour.files import write
from paviour.report import progress
from paviour.verify.credentials import CredentialsError, Minter, SigningKey, TokenEndpoint
from paviour.verify.profiles import PROFILES, Profile
from paviour.verify.registry import GROUPS
from paviour.verify.report import FORMATS
from paviour.verify.report.content import Report
from paviour.verify.requests import good_requests
from paviour.verify.run import run
from paviour.verify.service import Service
from paviour.verify.wire import Server, Unreachable
from sdkgen import reader

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def _by_token_endpoint(command: Callable[..., Exit]) -> Callable[..., Exit]:
    for option, text in (
        ("--secret-env", "The environment variable that holds the client's secret."),
        ("--client", "The client's id, for the token endpoint, or for minted tokens if the service lists its clients."),
        ("--token-url", "Ask this token endpoint for tokens, by client credentials."),
    ):
        command = click.option(option, help=text)(command)
    return command


def _by_issuer_key(command: Callable[..., Exit]) -> Callable[..., Exit]:
    for option, text in (
        ("--audience", "The audience that the service expects."),
        ("--issuer", "The issuer that the service expects."),
    ):
        command = click.option(option, help=text)(command)
    command = click.option(
        "--auth-profile",
        "profile",
        type=click.Choice(list(PROFILES)),
        default="rfc9068",
        help="How the issuer writes its tokens, as the service's AUTH_PROFILE has it.  [default: rfc9068]",
    )(command)
    return click.option(
        "--issuer-key", type=_FILE, help="Mint tokens, good and hostile, with this private key: a JWK, or PEM."
    )(command)


@click.command()
@click.argument("url")
@click.option("--contract", type=_FILE, required=True, help="The service's OpenAPI 3.0 or 3.1 contract.")
@_by_token_endpoint
@_by_issuer_key
@click.option("--origin", help="A web origin whose pages may call the service, like https://shop.example.")
@click.option("--production", is_flag=True, help="Expect nothing of development to stand open.")
@click.option("--group", "groups", type=click.Choice(GROUPS), multiple=True, help="Only this group; may be repeated.")
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="text", help="How to tell the result.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the result to this file instead of printing it.",
)
def verify(
    url: str,
    contract: Path,
    token_url: str | None,
    client: str | None,
    secret_env: str | None,
    issuer_key: Path | None,
    issuer: str | None,
    audience: str | None,
    profile: str,
    origin: str | None,
    production: bool,
    groups: tuple[str, ...],
    form: str,
    output: Path | None,
) -> Exit:
    """Try on the service at URL what its callers may do to it, and judge the answers.

    Sends requests that create things and requests that are hostile: use it on a test system. Without a way to get
    tokens, what needs one is skipped. Exit status 1 where a check fails.

    \b
    paviour verify http://127.0.0.1:8000 --contract contract/openapi.yaml \\
      --issuer-key issuer.pem --issuer https://auth.example.com --audience https://quotes.example.com
    """
    by_key = issuer_key or issuer or audience
    if by_key and (token_url or secret_env):
        raise UserError("--token-url and --issuer-key exclude each other; give one of the two")
    credentials = (
        _minter(issuer_key, issuer, audience, client, PROFILES[profile])
        if by_key
        else _token_endpoint(token_url, client, secret_env)
    )
    try:
        server = Server(url)
    except ValueError as error:
        raise UserError(f"{error}; name the service like http://127.0.0.1:8000") from None
    read = reader.read(contract)
    if not read.operations:
        raise UserError(f"{contract} has no operations; name the contract of the service")
    service = Service(server, read, good_requests(read), credentials, origin, production)
    begun = datetime.now(UTC)
    try:
        with progress("verifying"):
            results = run(service, groups or GROUPS)
    except Unreachable as error:
        raise UserError(f"{error}; start the service, or name another URL") from None
    report = Report(server.url + server.path, read, begun, results)
    _tell(FORMATS[form](report), output)
    return Exit.FOUND if report.score.failed else Exit.GOOD


def _tell(text: str, output: Path | None) -> None:
    if output is None:
        click.echo(text)
        return
    try:
        write(output, text + "\n")
    except OSError as error:
        cause = (error.strerror or "failed").lower()
        raise UserError(f"{output} can't be written: {cause}; choose another with --output") from None


def _token_endpoint(token_url: str | None, client: str | None, secret_env: str | None) -> TokenEndpoint | None:
    if not (token_url or client or secret_env):
        return None
    if not (token_url and client and secret_env):
        raise UserError("--token-url, --client and --secret-env belong together; give all three")
    secret = os.environ.get(secret_env)
    if secret is None:
        raise UserError(f"the environment variable {secret_env} is not set; put the client's secret there")
    endpoint = TokenEndpoint(token_url, client, secret)
    try:
        endpoint.token(())
    except CredentialsError as error:
        raise UserError(f"{token_url}: {error}; check --client and the secret in {secret_env}") from None
    return endpoint


def _minter(
    issuer_key: Path | None, issuer: str | None, audience: str | None, client: str | None, profile: Profile
) -> Minter:
    whom = "--audience" if profile.names_audience else "--client"
    if not (issuer_key and issuer and (audience if profile.names_audience else client)):
        raise UserError(f"--issuer-key, --issuer and {whom} belong together; give all three")
    try:
        return Minter(SigningKey.load(issuer_key), issuer, audience or "", profile, client)
    except ValueError as error:
        raise UserError(f"{issuer_key} {error}; name the issuer's private key") from None
