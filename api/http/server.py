"""The HTTP server process: `yushen api`."""

from __future__ import annotations

import socket

import uvicorn

from api.http.app import create_app
from intake.settings import Settings
from worker import process

CLOSING_S = 8
"""How long open requests may take to end when the service stops."""


class Server(uvicorn.Server):
    """Tells the supervisor when requests are taken."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if not self.should_exit:
            process.pulse()


def run(settings: Settings) -> None:
    """Serves until SIGTERM. No access log: addresses in it could name cases."""
    config = uvicorn.Config(
        create_app(settings), host=settings.host, port=settings.port, log_level="warning", access_log=False, server_header=False,
        timeout_graceful_shutdown=CLOSING_S,
    )  # fmt: skip
    Server(config).run()
