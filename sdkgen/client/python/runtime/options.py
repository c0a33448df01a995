"""What a caller may set for all calls of a client. The defaults are safe, so nothing has to be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """Times in seconds. None stands for what the operation's policy record says."""

    connect: float | None = None
    """To be connected."""
    read: float | None = None
    """Between two pieces of the response."""
    total: float | None = None
    """For a call with all its attempts and the body of the response."""
    attempts: int = 3
    """At most, for what may be repeated. 1 repeats nothing."""
    backoff: float = 0.2
    """The bound of the first wait, which is random below it; the next bounds double."""
    longest_wait: float = 20.0
    """The bound of all waits. A `Retry-After` beyond it is not waited for: the answer that has it is raised."""
    retry_share: float = 0.1
    """How many retries each call earns, so that they can't multiply the load on a service in trouble."""
    retry_reserve: float = 10.0
    """How many retries can be saved up."""
    breaker_failures: int = 0
    """After how many failures in a row the service is not called for a while. 0: it is always called."""
    breaker_seconds: float = 10.0
    response_bytes: int = 100 << 20
    """How large the body of a response may be, once it is decompressed."""
