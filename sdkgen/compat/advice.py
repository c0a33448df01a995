"""What a consumer does about a change."""

from __future__ import annotations

from sdkgen.compat.changes import Change

_BY_RULE = {
    "operation-removed": "Stop calling it before you move to this version.",
    "path-removed": "Stop calling it before you move to this version.",
    "request-required-property-added": "Send the property.",
    "request-property-required": "Always send the property.",
    "request-property-removed": "Stop sending the property.",
    "request-enum-value-removed": "Send another value.",
    "request-default-changed": "Send the value that you relied on.",
    "request-parameter-removed": "Stop sending the parameter.",
    "request-required-parameter-added": "Send the parameter.",
    "request-parameter-required": "Always send the parameter.",
    "response-enum-value-added": "Handle the new value, and any that may follow.",
    "response-property-removed": "Do without the property.",
    "response-property-optional": "Handle its absence.",
    "response-success-status-added": "Handle the new status as well.",
    "response-success-status-removed": "Wait for the status that takes its place.",
    "security-scope-added": "Have the scope granted to your client, then ask for it with your tokens.",
    "security-scheme-added": "Get the second kind of credentials, and send both.",
    "security-required": "Get credentials, and send them.",
    "security-url-changed": "Ask for tokens at the new URL.",
    "server-base-path-changed": "Call the new base path.",
    "server-changed": "Call the new server.",
    "sunset-brought-forward": "Move away from the operation before the new date.",
    "rate-lowered": "Send fewer requests, or ask for a higher limit.",
    "timeout-lowered": "Expect answers, or a timeout, earlier.",
    "idempotency-removed": "Do not repeat requests by yourself any more.",
    "deprecation-added": "Plan to move away from it.",
    "source-module-changed": "Change the import, or the way to the method.",
}


def advice(change: Change) -> str:
    """One sentence, by the rule; where it has none, by what kind of change it is."""
    if change.level == "same":
        return "Nothing to do."
    if change.level == "compatible":
        return (
            _BY_RULE.get(change.id, "Nothing to do; use it if it helps.")
            if change.axis == "policy"
            else ("Nothing to do; use it if it helps.")
        )
    if change.id in _BY_RULE:
        return _BY_RULE[change.id]
    if change.level == "unknown":
        return "Compare what you send and read with the new contract: no verdict was possible."
    if change.axis.startswith("source."):
        return "Change your program where the compiler points, when you take the new SDK."
    if change.id.startswith("request-"):
        return "Send what the new contract takes."
    if change.id.startswith("response-"):
        return "Read what the new contract sends."
    return "Agree with the owner of the service on when to move."
