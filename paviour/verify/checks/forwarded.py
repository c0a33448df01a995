"""Is what only a proxy may say believed of nobody else?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from paviour.verify.message import Message
from paviour.verify.registry import Failed, Group, NotApplicable
from paviour.verify.resource import Resource
from paviour.verify.service import Probe
from paviour.verify.structured import NotStructured, items
from paviour.verify.wire import Answer

HEADERS = Group("headers")
_ELSEWHERE = "elsewhere.example"
_HOSTS: dict[str, dict[str, str]] = {
    "host": {"x_forwarded_host": _ELSEWHERE, "x_host": _ELSEWHERE, "x_forwarded_server": _ELSEWHERE},
    "field": {"forwarded": f"for=192.0.2.1;host={_ELSEWHERE};proto=https"},
    "proto": {"x_forwarded_proto": "ftp", "x_forwarded_scheme": "ftp", "x_forwarded_port": "21"},
    "prefix": {"x_forwarded_prefix": f"/{_ELSEWHERE}", "x_script_name": f"/{_ELSEWHERE}"},
}


def _unmoved(probe: Probe, fields: dict[str, str]) -> None:
    """What is created is where it is without these fields."""
    resource = Resource.create(probe)
    answer = probe.send(resource.caller.good(resource.collection.create).having(**fields))
    location = answer.fields.get("location")
    if location is None:
        raise NotApplicable("what was created has no Location")
    if _ELSEWHERE in location or location.startswith("ftp") or _ELSEWHERE.encode() in answer.body:
        raise Failed(f"Location is {location}")


for _name, _fields in _HOSTS.items():
    HEADERS.add(
        f"forwarded-{_name}",
        "house",
        "RFC 7239 section 8.1",
        f"Where something is does not depend on {' and '.join(_fields).replace('_', '-').title()}.",
        partial(_unmoved, fields=_fields),
    )


@HEADERS.check("forwarded-path", "house", "RFC 9112 section 3.2", "No field takes the place of the target.")
def _path(probe: Probe) -> None:
    fields = dict.fromkeys(("x_original_url", "x_rewrite_url", "x_forwarded_path"), "/not/there")
    probe.accepted(probe.reader(**fields), probe.service.reading())


def _left(answers: Sequence[Answer]) -> list[int]:
    """What the answers say is left of the rate. Raises NotApplicable where they say nothing."""
    try:
        found = [items(answer.fields.get("ratelimit", ""))[0].parameters.get("r") for answer in answers]
    except NotStructured:
        raise NotApplicable("who has no good token is told no rate") from None
    return [number for number in found if isinstance(number, int)]


def _unknown(probe: Probe, change: Callable[[Message, int], Message]) -> list[int]:
    """What is left after each of many requests at a time by somebody who is known by the address alone."""
    message = probe.service.bare(probe.service.protected()).having(authorization="Bearer no.to.ken")
    return _left(probe.send_together([change(message, number) for number in range(30)]))


@HEADERS.check(
    "forwarded-for",
    "house",
    "RFC 7239 section 8.1",
    "Who is known by the address alone is not somebody else with another `X-Forwarded-For`.",
    when="alone",
)
def _for(probe: Probe) -> None:
    alike = _unknown(probe, lambda message, _: message)
    if min(alike) >= max(alike):
        raise NotApplicable("the rate renews itself too fast to be watched")
    for change in (
        lambda message, number: message.having(x_forwarded_for=f"192.0.2.{number}"),
        lambda message, number: message.having(forwarded=f"for=192.0.2.{number}"),
        lambda message, number: message.having(x_real_ip=f"192.0.2.{number}", cf_connecting_ip=f"192.0.2.{number}"),
    ):
        found = _unknown(probe, change)
        if min(found) >= max(found):
            raise Failed("each address that a field gives has a rate of its own")
