"""Figures for Prometheus: how many requests, how long they take, what waits. No ids, no names: routes by their pattern only."""

from __future__ import annotations

import time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.door import Door
from intake import webhooks, work
from intake.database import reading

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The figures of one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter("yushen_requests", "Requests answered.", ("method", "route", "status"), registry=self.registry)
        named = ("method", "route")
        self.seconds = Histogram("yushen_request_seconds", "Seconds to an answer.", named, buckets=BUCKETS, registry=self.registry)
        self.work = Gauge("yushen_work", "Pieces of work by kind and state.", ("kind", "state"), registry=self.registry)
        self.bell = Gauge("yushen_queue_length", "Rings in the queue; -1 where it does not answer.", registry=self.registry)
        self.deliveries = Gauge("yushen_deliveries_waiting", "Webhook deliveries that wait.", registry=self.registry)
        self.free = Gauge("yushen_blob_bytes_free", "Bytes left for blobs, where that can be told.", registry=self.registry)

    def text(self, door: Door) -> bytes:
        """All figures as they are now."""
        with reading(door.engine) as tx:
            depth, waiting = work.depth(tx), webhooks.waiting(tx)
        self.work.clear()
        for (kind, state), number in depth.items():
            self.work.labels(kind, state).set(number)
        self.deliveries.set(waiting)
        length, free = door.bell.length(), door.blobs.free()
        self.bell.set(-1 if length is None else length)
        if free is not None:
            self.free.set(free)
        return generate_latest(self.registry)


class Measured:
    """Counts requests and their seconds."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app, self.metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self.metrics.seconds.labels(*_named(scope)).observe(time.perf_counter() - began)
            await send(message)

        try:
            await self.app(scope, receive, sending)
        finally:
            self.metrics.requests.labels(*_named(scope), str(status)).inc()


def _named(scope: Scope) -> tuple[str, str]:
    """Method and route of a request, from closed lists: a stranger cannot make new labels."""
    method = scope["method"] if scope["method"] in METHODS else "other"
    route = getattr(scope.get("route"), "path", "none")
    return method, f"/v1{route}" if scope["path"].startswith("/v1/") and route[:1] == "/" and not route.startswith("/v1/") else route


METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
