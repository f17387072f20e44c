"""Count what the server does, in the text format of Prometheus; it never sees what was typed.

Only the serving command imports this.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

CONTENT_TYPE: Final[str] = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Metrics:
    """The counters of one server, in a registry of their own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "moyin_requests", "Requests to /translate, by status", ["status"], registry=self._registry
        )
        self._request_seconds = Histogram(
            "moyin_request_seconds",
            "From a whole request to its answer",
            registry=self._registry,
            buckets=_SECONDS,
        )
        self._conversion_seconds = Histogram(
            "moyin_conversion_seconds", "One input in the engine", registry=self._registry, buckets=_SECONDS
        )

    def watch(self, waiting: Callable[[], float], hits: Callable[[], float]) -> None:
        """Show what the worker counts itself."""
        Gauge("moyin_waiting_inputs", "Inputs in the queue", registry=self._registry).set_function(waiting)
        Gauge(
            "moyin_lane_hits", "Inputs whose context was at hand already", registry=self._registry
        ).set_function(hits)

    def count_request(self, status: int, seconds: float) -> None:
        """Count one request to /translate that was answered with `status`."""
        self._requests.labels(str(status)).inc()
        self._request_seconds.observe(seconds)

    def count_conversion(self, seconds: float) -> None:
        """Count one input that was converted."""
        self._conversion_seconds.observe(seconds)

    def text(self) -> bytes:
        """Return all counters as text."""
        return generate_latest(self._registry)
