"""Faults in how conditional requests are evaluated."""

from __future__ import annotations

from tests.conformance.faults.fault import Fault

_NOT_MODIFIED = (
    "if-none-match-same if-none-match-any if-none-match-list if-none-match-comma if-none-match-weak if-none-match-head "
)

PRECONDITIONS = (
    Fault(
        "weak entity tags match If-Match",
        "preconditions.py",
        "(weakly or not (weak or found[1]))",
        "True",
        "if-match-weak",
    ),
    Fault(
        "weak entity tags don't match If-None-Match",
        "preconditions.py",
        "weakly=True",
        "weakly=False",
        "if-none-match-weak",
    ),
    Fault(
        "a star is an entity tag",
        "preconditions.py",
        'if field.strip(" \\t") == "*":',
        "if False:",
        "if-match-any if-none-match-any",
    ),
    Fault(
        "the first of a list counts",
        "preconditions.py",
        "in _ELEMENT.finditer(field))",
        "in list(_ELEMENT.finditer(field))[:1])",
        "if-match-list if-none-match-list if-none-match-comma",
    ),
    Fault(
        "a part of an entity tag is enough",
        "preconditions.py",
        "opaque == found[2]",
        "opaque[1:-1] in found[2]",
        "if-match-longer if-none-match-longer if-none-match-inside",
    ),
    Fault(
        "any entity tag will do",
        "preconditions.py",
        "opaque == found[2]",
        "True",
        "if-match-other if-match-longer if-match-outdated if-match-before-if-none-match if-none-match-other "
        "if-none-match-longer if-none-match-inside",
    ),
    Fault(
        "entity tags have no commas",
        "preconditions.py",
        "\\x23-\\x7e",
        "\\x23-\\x2b\\x2d-\\x7e",
        "if-none-match-comma if-none-match-inside",
    ),
    Fault(
        "If-None-Match comes first",
        "preconditions.py",
        "if if_match is not None and not",
        "if if_none_match is None and if_match is not None and not",
        "if-match-before-if-none-match",
    ),
    Fault(
        "If-Match is ignored",
        "preconditions.py",
        "if if_match is not None and not",
        "if False and not",
        "if-match-other if-match-weak if-match-longer if-match-outdated if-match-before-if-none-match",
    ),
    Fault(
        "If-None-Match is ignored",
        "preconditions.py",
        "            return False\n",
        "            return True\n",
        f"{_NOT_MODIFIED} if-match-before-if-none-match",
    ),
    Fault(
        "304 has no entity tag",
        "dispatch.py",
        "        own = {name.lower() for name, _ in reply.headers}\n",
        "        if reply.status == 304:\n"
        "            reply.headers = []\n"
        "        own = {name.lower() for name, _ in reply.headers}\n",
        _NOT_MODIFIED,
    ),
    Fault("If-Match is not needed", "preconditions.py", "if if_match is None:", "if False:", "if-match-missing"),
    Fault(
        "an entity tag stays for ever",
        "../operations.py",
        "return f'\"{quote.version}\"'",
        "return '\"1\"'",
        "etag-changes if-match-outdated",
    ),
    Fault(
        "an entity tag is new each time",
        "../operations.py",
        "return f'\"{quote.version}\"'",
        "return f'\"{uuid4()}\"'",
        f"etag-stable etag-changes if-match-same if-match-list if-match-outdated if-match-before-if-none-match "
        f"{_NOT_MODIFIED}",
    ),
    Fault(
        "an entity tag has no quotes",
        "../operations.py",
        "return f'\"{quote.version}\"'",
        "return str(quote.version)",
        "etag-syntax etag-changes if-match-same if-match-list if-match-weak if-match-longer if-match-outdated "
        "if-match-before-if-none-match if-none-match-same if-none-match-list if-none-match-comma if-none-match-weak "
        "if-none-match-head if-none-match-longer",
    ),
    Fault(
        "preconditions come before all else",
        "dispatch.py",
        "        values = await self._read(exchange, media_type)\n",
        "        if endpoint.operation.method == 'POST' and b'if-match' in exchange.fields and not {\n"
        "            b'*',\n"
        "            b'1',\n"
        "        }.intersection(exchange.fields[b'if-match'].replace(b'\"', b' ').split()):\n"
        "            from .problems import PreconditionFailed\n\n"
        "            raise PreconditionFailed\n"
        "        values = await self._read(exchange, media_type)\n",
        "precondition-after-validation precondition-of-nothing",
    ),
)
