"""Faults in what callers are told they may send, and in what happens when it is too much."""

from __future__ import annotations

from tests.conformance.faults.fault import Fault

LIMITS = (
    Fault(
        "a caller is not told its rate",
        "limits.py",
        'return {"ratelimit-policy": self._policy, "ratelimit": limit}',
        "return {}",
        "rate-fields rate-remaining rate-declared rate-exceeded",
    ),
    Fault(
        "a policy is a token, and no string",
        "limits.py",
        """self._policy = f'"{policy}";q=""",
        "self._policy = f'{policy};q=",
        "rate-fields rate-remaining rate-declared rate-exceeded",
    ),
    Fault(
        "what is left is never less",
        "limits.py",
        "self._fields(max(0, round(-missing / self._interval)), full_at - now)",
        "self._fields(round(self._window / self._interval), full_at - now)",
        "rate-remaining",
    ),
    Fault(
        "an operation's rate is ignored",
        "dispatch.py",
        "endpoint.rate or self._rate",
        "self._rate",
        "rate-declared rate-exceeded rate-retry-after rate-of-*",
    ),
    Fault(
        "who sent too much is not told when to come again",
        "limits.py",
        'headers={**fields, "retry-after": str(max(1, math.ceil(missing)))}',
        "headers=fields",
        "rate-retry-after",
    ),
    Fault(
        "all clients have one rate",
        "dispatch.py",
        'return f"{exchange.principal.tenant}/{exchange.principal.client_id}"',
        'return ""',
        "rate-of-another-client",
    ),
    Fault(
        "each token has a rate of its own",
        "dispatch.py",
        'return f"{exchange.principal.tenant}/{exchange.principal.client_id}"',
        'return str(exchange.principal.claims["jti"])',
        "rate-of-another-token",
    ),
    Fault(
        "all operations have one rate",
        "dispatch.py",
        "endpoint.rate or self._rate",
        'self.__dict__.setdefault("one", RateLimit(60, 60, "createQuote"))',
        "rate-of-another-operation",
    ),
    Fault(
        "a line may go on for ever",
        "server.py",
        "if self._head_bytes > MAX_HEADER_BYTES + MAX_TARGET_BYTES:",
        "if False:",
        "head-without-end",
    ),
    Fault(
        "who is refused for the load is told that it sent too much",
        "limits.py",
        'raise Overloaded(headers={"retry-after": "1"})',
        'raise RateLimited(headers={"retry-after": "1"})',
        "overload-refused",
    ),
    Fault(
        "who is refused for the load is not told when to come again",
        "limits.py",
        'raise Overloaded(headers={"retry-after": "1"})',
        "raise Overloaded",
        "overload-retry-after",
    ),
    Fault(
        "under load those inside wait",
        "limits.py",
        "    loop_time = asyncio.get_running_loop().time() + seconds",
        "    if len(asyncio.all_tasks()) > 30:\n        await asyncio.sleep(15)\n"
        "    loop_time = asyncio.get_running_loop().time() + seconds",
        "overload-latency",
    ),
    Fault(
        "a load is never over",
        "limits.py",
        "if self._free == 0:",
        "if self._free <= 0:\n            self._free -= 1000",
        "overload-latency overload-over errors-server-failure",
    ),
)
