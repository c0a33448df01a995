"""Who records what is used; apart from `usage`, which is not loaded unless somebody does."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .usage import Usage

current: Usage | None = None
