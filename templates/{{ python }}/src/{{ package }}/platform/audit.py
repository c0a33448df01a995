"""Security decisions as events of the Open Cybersecurity Schema Framework, one for each.

The class is API Activity (6003) with the Security Control profile: what is decided, request by request, is whether an
API call may happen: by whom, with which scopes, how often. Authentication (3002) and Authorize Session (3003) describe
logons, and a resource server has none. That an idempotency key was used before is no such decision: nobody is kept from
anything. The version is the oldest that has every field used; later ones of 1.x only add.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any, Literal

from opentelemetry import trace

if TYPE_CHECKING:
    from .auth import Principal
    from .operation import Operation

OCSF_VERSION = "1.3.0"
_LOGGER = logging.getLogger("audit")
_ACTIVITIES = {"POST": 1, "GET": 2, "HEAD": 2, "PUT": 3, "PATCH": 3, "DELETE": 4}
_OTHER = 99


def decision(
    action: Literal["authenticate", "authorize", "limit"],
    outcome: Literal["allowed", "denied"],
    principal: Principal | None,
    operation: Operation,
    reason: str,
    address: str,
) -> None:
    """Records that a caller may or may not call an operation.

    `reason` is a problem's slug or a scope's name, never text of the caller's; `principal` is None until a token is
    verified; `address` is the caller's, as far as it is known.
    """
    activity = _ACTIVITIES.get(operation.method, _OTHER)
    allowed = outcome == "allowed"
    event: dict[str, Any] = {
        "category_uid": 6,
        "class_uid": 6003,
        "activity_id": activity,
        "type_uid": 600300 + activity,
        "time": time.time_ns() // 1_000_000,
        "severity_id": 1 if allowed else 2,
        "status_id": 1 if allowed else 2,
        "status_detail": reason,
        "action_id": 1 if allowed else 2,
        "disposition_id": 1 if allowed else 2,
        "authorizations": [{"decision": outcome, "policy": {"name": action}}],
        "api": {"operation": operation.id},
        "actor": _actor(principal),
        "src_endpoint": {"name": principal.client_id if principal else "unknown", "ip": address},
        "metadata": {
            "version": OCSF_VERSION,
            "profiles": ["security_control"],
            "product": {"vendor_name": "Paviour", "name": "platform"},
            "correlation_uid": trace.format_trace_id(trace.get_current_span().get_span_context().trace_id),
        },
    }
    _LOGGER.info("%s %s %s", action, operation.id, outcome, extra={"ecs": {"event.kind": "event", "ocsf": event}})


def _actor(principal: Principal | None) -> dict[str, Any]:
    if principal is None:
        return {"user": {"name": "unknown", "type_id": 0}}
    user: dict[str, Any] = {"uid": principal.subject, "type_id": _OTHER}
    if principal.tenant is not None:
        user["org"] = {"uid": principal.tenant}
    return {"app_uid": principal.client_id, "user": user, "idp": {"uid": principal.issuer}}
