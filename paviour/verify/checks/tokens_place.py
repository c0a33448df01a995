"""Is a token taken from the one place where it belongs, and from nowhere else?"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from paviour.verify.checks.tokens import TOKENS, control
from paviour.verify.message import Message
from paviour.verify.registry import Level
from paviour.verify.service import Probe


def _elsewhere(probe: Probe, place: Callable[[Message, str], Message], statuses: tuple[int, ...]) -> None:
    request = probe.service.protected()
    token = probe.service.token(request.operation.security.alternatives[0])
    probe.refused(place(probe.service.bare(request), token), *statuses)
    control(probe)


def _in_query(message: Message, token: str) -> Message:
    joined = "&" if "?" in message.target else "?"
    return Message(message.method, f"{message.target}{joined}access_token={token}", message.fields)


def _in_form(message: Message, token: str) -> Message:
    form = message.having(content_type="application/x-www-form-urlencoded")
    return Message(form.method, form.target, form.fields, f"access_token={token}".encode())


def _folded(message: Message, token: str) -> Message:
    return message.having(authorization=f"Bearer {token[:20]}\r\n {token[20:]}")


_PLACES: tuple[tuple[str, Level, str, str, Callable[[Message, str], Message], tuple[int, ...]], ...] = (
    ("in-query", "must", "RFC 9700 section 4.3.2", "A token in the query", _in_query, (401,)),
    ("in-form", "house", "RFC 6750 section 2.2", "A token in a form", _in_form, (401,)),
    (
        "in-cookie",
        "house",
        "RFC 6750 section 2",
        "A token in a cookie",
        lambda m, t: m.having(cookie=f"access_token={t}"),
        (401,),
    ),
    (
        "in-two-fields",
        "must",
        "RFC 6750 section 2",
        "A token in two fields",
        lambda m, t: m.adding(("Authorization", f"Bearer {t}"), ("Authorization", f"Bearer {t}")),
        (400, 401),
    ),
    (
        "beside-another",
        "must",
        "RFC 6750 section 2",
        "A token beside other credentials",
        lambda m, t: m.adding(("Authorization", "Basic YTpi"), ("Authorization", f"Bearer {t}")),
        (400, 401),
    ),
    (
        "in-proxy-field",
        "must",
        "RFC 9110 section 11.7.2",
        "A token for a proxy",
        lambda m, t: m.having(proxy_authorization=f"Bearer {t}"),
        (401,),
    ),
    (
        "of-another-scheme",
        "must",
        "RFC 9110 section 11.1",
        "A token under another scheme",
        lambda m, t: m.having(authorization=f"Token {t}"),
        (401,),
    ),
    (
        "without-scheme",
        "must",
        "RFC 6750 section 2.1",
        "A token without scheme",
        lambda m, t: m.having(authorization=t),
        (401,),
    ),
    (
        "scheme-alone",
        "must",
        "RFC 6750 section 2.1",
        "A scheme without token",
        lambda m, _: m.having(authorization="Bearer"),
        (400, 401),
    ),
    (
        "tab-for-space",
        "must",
        "RFC 6750 section 2.1",
        "A tab between scheme and token",
        lambda m, t: m.having(authorization=f"Bearer\t{t}"),
        (400, 401),
    ),
    ("folded", "must", "RFC 9112 section 5.2", "A token on two lines", _folded, (400, 401)),
)

for _name, _level, _standard, _what, _place, _statuses in _PLACES:
    TOKENS.add(
        f"token-{_name}",
        _level,
        _standard,
        f"{_what} is refused with {' or '.join(map(str, _statuses))}.",
        partial(_elsewhere, place=_place, statuses=_statuses),
    )


@TOKENS.check("token-scheme-case", "must", "RFC 9110 section 11.1", "The scheme is read whatever its case.")
def _scheme_case(probe: Probe) -> None:
    request = probe.service.protected()
    token = probe.service.token(request.operation.security.alternatives[0])
    probe.accepted(probe.service.bare(request).having(authorization=f"bEARER {token}"), request)
