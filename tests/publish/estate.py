"""A service with SDKs in a repository, as small as publishing needs it."""

from __future__ import annotations

from pathlib import Path

from paviour.service import Service
from tests.support.git import git

CONTRACT = """\
openapi: 3.1.0
info: {title: Quotes, version: 1.0.0}
security: [{}]
paths:
  /quotes/{id}:
    get:
      operationId: getQuote
      tags: [quotes]
      parameters:
        - {name: id, in: path, required: true, schema: {type: string}}
      responses:
        '200':
          description: The quote.
          content:
            application/json:
              schema:
                type: object
                required: [id]
                properties:
                  id: {type: string}
                  price: {type: number}
              example: {id: q1, price: 12.5}
"""
NEW = """\
  /quotes:
    get:
      operationId: listQuotes
      tags: [quotes]
      responses: {'204': {description: None yet.}}
"""


def estate(folder: Path, contract: str = CONTRACT) -> Service:
    """A service on its first commit."""
    (folder / "contract").mkdir(parents=True)
    (folder / ".copier-answers.yml").write_text("service: quotes\norganization: acme\n")
    (folder / "LICENSE").write_text("Ours.\n")
    (folder / ".gitignore").write_text("dist/\n")
    git(folder, "init", "--quiet", "--initial-branch", "main")
    commit(folder, contract)
    return Service.at(folder)


def commit(folder: Path, contract: str, code: str = "first") -> None:
    """Change contract and generated code."""
    (folder / "contract/openapi.yaml").write_text(contract)
    for language in ("python", "typescript"):
        (folder / "sdk" / language).mkdir(parents=True, exist_ok=True)
        (folder / "sdk" / language / "code").write_text(code)
        (folder / "sdk" / language / "lock.json").write_text(contract)
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--allow-empty", "-m", "Change")
