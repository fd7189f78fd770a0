"""What the running job tells over HTTP: GET /health and GET /queries, on the loopback address."""

from __future__ import annotations

import json
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


class StatusServer:
    """`problem` gives why the job is not healthy, or None; `queries` what each query does."""

    def __init__(
        self, port: int, problem: Callable[[], str | None], queries: Callable[[], list[dict[str, Any]]]
    ) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path == "/health":
                    why = problem()
                    if why is None:
                        self._answer(HTTPStatus.OK, {"status": "ok"})
                    else:
                        self._answer(HTTPStatus.SERVICE_UNAVAILABLE, {"status": "unavailable", "reason": why})
                elif self.path == "/queries":
                    self._answer(HTTPStatus.OK, {"queries": queries()})
                else:
                    self._answer(HTTPStatus.NOT_FOUND, {"message": "there are GET /health and GET /queries"})

            def _answer(self, status: HTTPStatus, body: dict[str, Any]) -> None:
                text = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, format: str, *args: Any) -> None:
                """Requests are not logged."""

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True

    def start(self) -> None:
        Thread(target=self._server.serve_forever, daemon=True).start()
