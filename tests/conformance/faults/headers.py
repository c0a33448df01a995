"""Faults in what answers say to browsers, caches and proxies."""

from __future__ import annotations

from tests.conformance.faults.fault import Fault

_LOOKALIKES = (
    "cors-suffix cors-prefix cors-subdomain cors-other-scheme cors-other-port cors-capitals cors-slash "
    "cors-credentials cors-two"
)
_EXACT = "given[0] in self._origins"

HEADERS = (
    Fault(
        "media types may be guessed",
        "server.py",
        '    fields = [("X-Content-Type-Options", "nosniff")]',
        "    fields: list[tuple[str, str]] = []",
        "headers-nosniff",
    ),
    Fault("the server says its name", "server.py", "server_header=False", "server_header=True", "headers-product"),
    Fault(
        "answers say what they are built with",
        "server.py",
        '    fields = [("X-Content-Type-Options", "nosniff")]',
        '    fields = [("X-Content-Type-Options", "nosniff"), ("X-Powered-By", "Python/3.11")]',
        "headers-product headers-version",
    ),
    Fault(
        "caches may keep what needed a token",
        "dispatch.py",
        'exchange.headers.append(("cache-control", "no-store"))',
        "pass",
        "headers-no-store",
    ),
    Fault(
        "caches may keep failures",
        "problems.py",
        'headers = {"cache-control": "no-store", **self.headers}',
        "headers = {**self.headers}",
        "headers-no-store-failures",
    ),
    Fault(
        "every origin is allowed",
        "cors.py",
        f"len(given) == 1 and {_EXACT}",
        "given",
        f"cors-stranger cors-null cors-nonsense {_LOOKALIKES}",
    ),
    Fault("the origin null is allowed", "cors.py", _EXACT, "given[0] in (*self._origins, b'null')", "cors-null"),
    Fault(
        "any origin may read with credentials",
        "cors.py",
        '(b"access-control-allow-origin", origin),',
        '(b"access-control-allow-origin", b"*"), (b"access-control-allow-credentials", b"true"),',
        "headers-any-origin cors-allowed",
    ),
    Fault(
        "the beginning of an origin is enough",
        "cors.py",
        _EXACT,
        "given[0].startswith(tuple(self._origins))",
        "cors-suffix cors-other-port cors-slash cors-credentials cors-two",
    ),
    Fault(
        "the end of an origin is enough",
        "cors.py",
        _EXACT,
        "given[0].endswith(b'shop.example')",
        "cors-prefix cors-subdomain cors-other-scheme",
    ),
    Fault("origins have no case", "cors.py", _EXACT, "given[0].lower() in self._origins", "cors-capitals"),
    Fault(
        "caches are not told of the origin",
        "cors.py",
        'fields = [(b"vary", b"Origin")]',
        "fields = []",
        "cors-vary",
    ),
    Fault(
        "pages can't read the fields",
        "cors.py",
        '(b"access-control-expose-headers", self._readable),',
        "",
        "cors-exposed",
    ),
    Fault(
        "pages may send no fields",
        "cors.py",
        '("access-control-allow-headers", self._sendable),',
        "",
        "cors-preflight",
    ),
    Fault(
        "pages may use any method",
        "cors.py",
        '("access-control-allow-methods", methods)',
        '("access-control-allow-methods", "GET, POST, PUT, PATCH, DELETE")',
        "cors-methods",
    ),
    Fault(
        "everybody is a proxy",
        "server.py",
        "        proxy_headers=bool(settings.forwarded_allow_ips),\n"
        "        forwarded_allow_ips=sorted(settings.forwarded_allow_ips),\n",
        '        proxy_headers=True,\n        forwarded_allow_ips="*",\n',
        "forwarded-for",
    ),
    Fault(
        "callers say where the service is",
        "dispatch.py",
        "        own = {name.lower() for name, _ in reply.headers}\n",
        "        names = (b'x-forwarded-proto', b'x-forwarded-host', b'x-forwarded-prefix', b'forwarded')\n"
        "        base = next((exchange.fields[name].decode() for name in names if name in exchange.fields), '')\n"
        "        reply.headers = [(n, base + v if n.lower() == 'location' else v) for n, v in reply.headers]\n"
        "        own = {name.lower() for name, _ in reply.headers}\n",
        "forwarded-host forwarded-field forwarded-proto forwarded-prefix",
    ),
    Fault(
        "a field is the target",
        "app.py",
        'scope["raw_path"].decode("latin-1")',
        'dict(scope["headers"]).get(b"x-original-url", scope["raw_path"]).decode("latin-1")',
        "forwarded-path",
    ),
    Fault(
        "browsers may come without https",
        "server.py",
        'if settings.app_env == "prod":',
        "if False:",
        "headers-hsts",
        production=True,
    ),
    Fault(
        "what is for development is always there",
        "app.py",
        'if settings.app_env == "dev":',
        "if True:",
        "health-no-development",
        production=True,
    ),
)
