"""Faults in how other services are called."""

from __future__ import annotations

from tests.conformance.faults.fault import Fault

OUTBOUND = (
    Fault(
        "connecting may take for ever",
        "outbound/__init__.py",
        "connect=limits.connect, pool",
        "connect=None, pool",
        "outbound-connect-timeout",
    ),
    Fault(
        "an answer may take for ever",
        "outbound/__init__.py",
        "httpx2.Timeout(limits.read,",
        "httpx2.Timeout(None,",
        "outbound-read-timeout",
    ),
    Fault(
        "a call may take for ever",
        "outbound/transport.py",
        "time() + self._limits.total",
        "time() + 1000",
        "outbound-total-timeout outbound-deadline",
    ),
    Fault(
        "a body may be of any size",
        "outbound/transport.py",
        "if len(content) > self._limits.response_bytes:",
        "if False:",
        "outbound-response-bounded",
    ),
    Fault(
        "what may not be safe is repeated",
        "outbound/transport.py",
        'frozenset({"GET",',
        'frozenset({"PATCH", "GET",',
        "outbound-not-retried",
    ),
    Fault(
        "what is safe is not repeated",
        "outbound/transport.py",
        'frozenset({"GET", "HEAD",',
        'frozenset({"HEAD",',
        "outbound-retried outbound-attempts outbound-retry-after-seconds outbound-retry-after-date "
        "outbound-retry-budget",
    ),
    Fault(
        "a key does not make a call safe",
        "outbound/transport.py",
        '            or "idempotency-key" in request.headers\n',
        "",
        "outbound-retried-key",
    ),
    Fault(
        "what will not change is asked for again",
        "outbound/retries.py",
        "_TRANSIENT = frozenset({429,",
        "_TRANSIENT = frozenset({404, 429,",
        "outbound-final",
    ),
    Fault(
        "a call has six attempts",
        "outbound/transport.py",
        "attempts: int = 3",
        "attempts: int = 6",
        "outbound-attempts",
    ),
    Fault(
        "a date in Retry-After is not read",
        "outbound/retries.py",
        "moment = parsedate_to_datetime(value)",
        "return 0.0",
        "outbound-retry-after-date",
    ),
    Fault(
        "seconds in Retry-After are not read",
        "outbound/retries.py",
        "return float(value)",
        "return 0.0",
        "outbound-retry-after-seconds outbound-retry-after-long",
    ),
    Fault(
        "any Retry-After is waited for",
        "outbound/transport.py",
        "asked <= min(self._limits.longest_wait, left)",
        "asked <= left",
        "outbound-retry-after-long",
    ),
    Fault(
        "there is no retry budget",
        "outbound/transport.py",
        " and self._budget.withdraw()",
        "",
        "outbound-retry-budget",
    ),
    Fault(
        "there is no circuit breaker",
        "outbound/transport.py",
        "if not self._breaker.allow():",
        "if False:",
        "outbound-breaker-opens",
    ),
    Fault(
        "the deadline is not passed on",
        "outbound/transport.py",
        'request.headers["Prefer"] =',
        'request.headers["X-Prefer"] =',
        "outbound-deadline",
    ),
    Fault(
        "credentials go to other origins",
        "outbound/transport.py",
        "if request.url.origin != self._origin:",
        "if False:",
        "outbound-foreign-origin",
    ),
    Fault(
        "redirects are followed",
        "outbound/__init__.py",
        "follow_redirects=False\n",
        "follow_redirects=True\n",
        "outbound-redirect",
    ),
    Fault(
        "each call fetches a token of its own",
        "outbound/oauth2.py",
        "async with self._lock:",
        "if True:",
        "oauth2-once",
    ),
    Fault(
        "a refused token is not replaced",
        "outbound/oauth2.py",
        "if response.status_code == httpx2.codes.UNAUTHORIZED and",
        "if False and",
        "oauth2-refused",
    ),
    Fault(
        "a token is used after its end",
        "outbound/oauth2.py",
        "time.monotonic() >= self._expires",
        "not self._token",
        "oauth2-expiry",
    ),
    Fault(
        "the client's secret is sent as it is",
        "outbound/oauth2.py",
        "quote_plus(client_secret.get_secret_value())",
        "client_secret.get_secret_value()",
        "oauth2-request",
    ),
    Fault(
        "a refusal by the token endpoint is a failure of the service",
        "outbound/oauth2.py",
        "        if not response.is_success:\n",
        "        response.raise_for_status()\n        if False:\n",
        "oauth2-failure",
    ),
    Fault(
        "the body is not signed",
        "outbound/signing.py",
        "        hashlib.sha256(body).hexdigest(),\n    ]",
        '        hashlib.sha256(b"").hexdigest(),\n    ]',
        "sigv4-signature",
    ),
    Fault(
        "the query is signed in its order",
        "outbound/signing.py",
        "for pair in sorted(_pairs(query))",
        "for pair in _pairs(query)",
        "sigv4-signature",
    ),
    Fault(
        "any address is public",
        "outbound/public.py",
        "return address.is_global and not special",
        "return not special",
        "guard-local guard-private",
    ),
    Fault(
        "a metadata server is public",
        "outbound/public.py",
        '"168.63.129.16/32", ',
        "",
        "guard-private",
    ),
    Fault(
        "what is no URL makes the service fail",
        "outbound/public.py",
        'if request.url.scheme not in ("http", "https") or not request.url.host:',
        "if False:",
        "guard-scheme",
    ),
)

OUTBOUND_LATER = (
    Fault(
        "an open breaker lets all in after a while",
        "outbound/breaker.py",
        "        self._closed_again = now + self._recovery\n        return True",
        "        self._failures = 0\n        return True",
        "outbound-breaker-recovers",
    ),
)

OUTBOUND_SPREADING = (
    Fault(
        "one breaker is for all",
        "outbound/transport.py",
        "        self._breaker = CircuitBreaker()\n",
        "        kind = type(self)\n        kind._breaker = getattr(kind, '_breaker', None) or CircuitBreaker()\n",
        "outbound-breaker-apart",
    ),
)
"""What one check provokes, others suffer from: only those that are named are asked."""
