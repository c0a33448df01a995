"""From an HTTP response to what the caller gets."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import httpx2

from . import recorder
from .errors import InvalidResponse, without_secrets
from .operation import Operation
from .values import Response

T = TypeVar("T")


def read(response: httpx2.Response, operation: Operation, result: Callable[[httpx2.Response], T]) -> Response[T]:
    """Read a success. Raises InvalidResponse where it is not what the contract says, and what `result` raises."""
    try:
        parsed = result(response)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        cause = f"{error} is missing" if isinstance(error, KeyError) else f"{type(error).__name__}: {error}"
    else:
        answer = Response(response.status_code, response.content, response.headers, parsed)
        if recorder.current is not None:
            recorder.current.answered(operation, answer)
        return answer
    raise InvalidResponse(response.status_code, without_secrets(response), operation.name, cause)
