"""From an HTTP response to what the caller gets."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import httpx2

from .errors import InvalidResponse
from .operation import Operation
from .values import Response

T = TypeVar("T")


def read(response: httpx2.Response, operation: Operation, result: Callable[[httpx2.Response], T]) -> Response[T]:
    """Read a success. Raises InvalidResponse where it is not what the contract says, and what `result` raises."""
    try:
        parsed = result(response)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        cause = f"{type(error).__name__}: {error}" if not isinstance(error, KeyError) else f"{error} is missing"
        raise InvalidResponse(response.status_code, response.content, operation.name, cause) from None
    return Response(response.status_code, response.content, response.headers, parsed)
