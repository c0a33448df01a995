"""Exit codes, and the one line a user gets when something can't be done."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """What every command's exit status means."""

    GOOD = 0
    FOUND = 1
    """The check found something."""
    MISUSE = 2
    """Wrong use or unreadable input."""
    CONFLICT = 3
    """Needs a person."""


class UserError(Exception):
    """Wrong use or unreadable input. The message is one line: what is wrong and how to mend it."""
