"""The errors of an SDK: a class for each problem type that the contract documents, below that of its status."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sdkgen.client.policy import Policy
from sdkgen.naming import pascal_case, unique

_BY_STATUS = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    409: "Conflict",
    410: "NotFound",
    412: "PreconditionFailed",
    422: "UnprocessableContent",
    428: "PreconditionFailed",
    429: "TooManyRequests",
    502: "ServiceUnavailable",
    503: "ServiceUnavailable",
    504: "ServiceUnavailable",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """The class of a problem type."""

    type: str
    name: str
    base: str


def kinds(policies: Iterable[Policy], names: Collection[str]) -> list[Kind]:
    """One for each problem type. `names` are those that errors have already."""
    found: dict[str, Kind] = {}
    taken = set(names)
    for problem in (one for policy in policies for one in policy.problems):
        name = pascal_case(problem.type.rstrip("/").replace("#", "/").rpartition("/")[2])
        if problem.type in found or problem.type == "about:blank" or not name.isidentifier():
            continue
        name = unique(f"{name}Problem" if name in taken else name, taken)
        taken.add(name)
        usual = "ServerError" if (problem.status or 0) >= 500 else "ClientError" if problem.status else "ApiError"
        found[problem.type] = Kind(problem.type, name, _BY_STATUS.get(problem.status or 0, usual))
    return list(found.values())
