"""Webhooks are verified where the contract declares some (Standard Webhooks)."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from paviour.sdk import Sdk, build
from sdkgen.client.python.runtime.webhooks import WebhookRefused, Webhooks

# The example of the Standard Webhooks specification.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105
BODY = b'{"test": 2432232314}'
SIGNED = {
    "Webhook-Id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "Webhook-Timestamp": "1614265330",
    "Webhook-Signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}
NOW = 1614265330.0


def webhooks(*secrets: str, now: float = NOW) -> Webhooks:
    return Webhooks(*(secrets or (SECRET,)), clock=lambda: now)


def test_a_signed_message_is_its_value() -> None:
    assert webhooks().verify(BODY, SIGNED) == {"test": 2432232314}


def test_one_right_signature_of_several_is_enough() -> None:
    other = "whsec_" + base64.b64encode(b"another secret of ours").decode()
    several = {**SIGNED, "Webhook-Signature": f"v1a,xyz v1,AAAA {SIGNED['Webhook-Signature']}"}
    assert webhooks(other, SECRET).verify(BODY, several) == {"test": 2432232314}
    with pytest.raises(WebhookRefused, match="no signature"):
        webhooks(other).verify(BODY, several)


@pytest.mark.parametrize(
    ("body", "changes", "now", "reason"),
    [
        (BODY + b" ", {}, NOW, "no signature is right"),
        (BODY, {"Webhook-Id": "msg_other"}, NOW, "no signature is right"),
        (BODY, {"Webhook-Timestamp": "1614265331"}, NOW, "no signature is right"),
        (BODY, {"Webhook-Signature": SIGNED["Webhook-Signature"].replace("v1,", "v2,")}, NOW, "no signature is right"),
        (BODY, {"Webhook-Signature": ""}, NOW, "no signature is right"),
        (BODY, {}, NOW + 301, "too old or too early"),
        (BODY, {}, NOW - 301, "too old or too early"),
        (BODY, {"Webhook-Timestamp": "soon"}, NOW, "too old or too early"),
        (BODY, {"Webhook-Timestamp": "-1"}, NOW, "too old or too early"),
    ],
)
def test_what_is_changed_old_or_unsigned_is_refused(
    body: bytes, changes: dict[str, str], now: float, reason: str
) -> None:
    with pytest.raises(WebhookRefused, match=reason) as refused:
        webhooks(now=now).verify(body, SIGNED | changes)
    assert SECRET not in repr(refused.value)


def test_a_message_without_the_headers_is_refused() -> None:
    with pytest.raises(WebhookRefused, match="'webhook-signature' is missing"):
        webhooks().verify(BODY, {name: value for name, value in SIGNED.items() if not name.endswith("Signature")})


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_c2hvcnQ=", "no base64 at all"])
def test_a_secret_that_is_none_is_told_at_once(secret: str) -> None:
    with pytest.raises(ValueError, match="secret"):
        Webhooks(secret)


def test_it_is_in_the_package_where_the_contract_declares_webhooks(tmp_path: Path, quotes_sdk: Path) -> None:
    assert not (quotes_sdk / "src/quotes_client/runtime/webhooks.py").exists()
    (tmp_path / "hooks.yaml").write_text(
        """
openapi: 3.1.0
info: {title: Hooks, version: 1.0.0}
paths:
  /hooks: {get: {operationId: listHooks, responses: {'200': {description: Hooks.}}}}
webhooks:
  quotePriced:
    post: {requestBody: {content: {application/json: {schema: {type: object}}}}, responses: {'204': {description: ok}}}
"""
    )
    build([Sdk("python", tmp_path / "sdk", tmp_path / "hooks.yaml")])
    assert (tmp_path / "sdk/src/hooks_client/runtime/webhooks.py").is_file()
    assert "Webhooks" in (tmp_path / "sdk/src/hooks_client/__init__.py").read_text()
    assert "`Webhooks(secret)" in (tmp_path / "sdk/README.md").read_text()
