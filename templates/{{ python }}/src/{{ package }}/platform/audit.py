"""Security decisions as events of the Open Cybersecurity Schema Framework, one for each.

The class is API Activity (6003) with the Security Control profile: what is decided, request by request, is whether an
API call may happen: by whom, with which scopes, how often. Authentication (3002) and Authorize Session (3003) describe
logons, and a resource server has none. That an idempotency key was used before is no such decision: nobody is kept from
anything. The version is the oldest that has every field used; later ones of 1.x only add.
"""

from __future__ import annotations

import json
import logging
import time
from functools import lru_cache
from json.encoder import encode_basestring_ascii as quoted
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from . import logs

if TYPE_CHECKING:
    from .auth import Principal
    from .operation import Operation
    from .telemetry import RequestRecord

Action: TypeAlias = Literal["authenticate", "authorize", "limit"]
Outcome: TypeAlias = Literal["allowed", "denied"]

OCSF_VERSION = "1.3.0"
_LOGGER = logging.getLogger("audit")
_ACTIVITIES = {"POST": 1, "GET": 2, "HEAD": 2, "PUT": 3, "PATCH": 3, "DELETE": 4}
_OTHER = 99
_METADATA: dict[str, Any] = {
    "version": OCSF_VERSION,
    "profiles": ["security_control"],
    "product": {"vendor_name": "Paviour", "name": "platform"},
}


def decision(
    action: Action,
    outcome: Outcome,
    principal: Principal | None,
    operation: Operation,
    reason: str,
    address: str,
    record: RequestRecord,
) -> None:
    """Records that a caller may or may not call an operation.

    `reason` is a problem's slug or a scope's name, never text of the caller's; `principal` is None until a token is
    verified; `address` is the caller's, as far as it is known.
    """
    decided = _decided(action, outcome, reason, operation.method, operation.id)
    event = f'"time":{time.time_ns() // 1_000_000},{_caller(principal, address)},{decided}"{record.trace_id}"}}'
    logs.event(_LOGGER, f"{action} {operation.id} {outcome}", record, f'"event.kind":"event","ocsf":{{{event}}}')


@lru_cache(maxsize=4096)
def _decided(action: Action, outcome: Outcome, reason: str, method: str, operation_id: str) -> str:
    """What is the same whoever calls, up to the value of `correlation_uid`."""
    activity = _ACTIVITIES.get(method, _OTHER)
    allowed = outcome == "allowed"
    event = {
        "category_uid": 6,
        "class_uid": 6003,
        "activity_id": activity,
        "type_uid": 600300 + activity,
        "severity_id": 1 if allowed else 2,
        "status_id": 1 if allowed else 2,
        "status_detail": reason,
        "action_id": 1 if allowed else 2,
        "disposition_id": 1 if allowed else 2,
        "authorizations": [{"decision": outcome, "policy": {"name": action}}],
        "api": {"operation": operation_id},
        "metadata": {**_METADATA, "correlation_uid": ""},
    }
    return json.dumps(event, separators=(",", ":"))[1:].removesuffix('""}}')


def _caller(principal: Principal | None, address: str) -> str:
    if principal is None:
        actor, name = '{"user":{"name":"unknown","type_id":0}}', '"unknown"'
    else:
        name, tenant = quoted(principal.client_id), principal.tenant
        org = f',"org":{{"uid":{quoted(tenant)}}}' if tenant is not None else ""
        user = f'{{"uid":{quoted(principal.subject)},"type_id":{_OTHER}{org}}}'
        actor = f'{{"app_uid":{name},"user":{user},"idp":{{"uid":{quoted(principal.issuer)}}}}}'
    return f'"actor":{actor},"src_endpoint":{{"name":{name},"ip":{quoted(address)}}}'
