"""
Against a running server at SOJOURN_URL, with the sessions `visitor/1` to `visitor/105` of one model call each, of
which `visitor/3` failed. test/e2e/python-client.test.ts starts it.
"""

from __future__ import annotations

import http.server
import json
import os
import threading
import unittest
import urllib.request
from datetime import datetime, timedelta, timezone
from typing import Any

from sojourn_client import ApiError, Client, NoAnswerError

URL = os.environ["SOJOURN_URL"]
SESSIONS = 105


def span_of(session: str) -> bytes:
    now = datetime.now(timezone.utc)
    nanos = int(now.timestamp()) * 10**9
    span = {
        "traceId": os.urandom(16).hex(),
        "spanId": os.urandom(8).hex(),
        "name": "GET /",
        "kind": 2,
        "startTimeUnixNano": str(nanos),
        "endTimeUnixNano": str(nanos + 1),
        "attributes": [{"key": "session.id", "value": {"stringValue": session}}],
    }
    return json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}).encode()


def send(session: str) -> None:
    headers = {"content-type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(f"{URL}/v1/traces", span_of(session), headers)):
        pass


class ClientTest(unittest.TestCase):
    def setUp(self) -> None:
        self.client = Client(URL, attempts=1)

    def test_lists_are_read_page_by_page(self) -> None:
        ids = [session["session.id"] for session in self.client.sessions(limit=10)]
        numbers = {f"visitor/{number}" for number in range(1, SESSIONS + 1)}
        self.assertEqual(len(ids), len(set(ids)))
        self.assertLessEqual(numbers, set(ids))
        pages = self.client.sessions(limit=100).pages()
        self.assertEqual(len(next(pages)["items"]), 100)

    def test_filters_are_those_of_the_api(self) -> None:
        failed = list(self.client.sessions(hasErrors=True))
        self.assertEqual([session["session.id"] for session in failed], ["visitor/3"])
        both = self.client.statistics(service=["even", "odd"])
        self.assertEqual(both["total_sessions"], SESSIONS)
        future = datetime.now(timezone.utc) + timedelta(days=2)
        self.assertEqual(list(self.client.sessions(**{"startTime": future})), [])  # type: ignore[arg-type]

    def test_a_session_with_its_calls_is_read_by_its_id(self) -> None:
        session = self.client.session("visitor/7")
        self.assertEqual(session["genai_usage"]["request_count"], 1)
        (record,) = self.client.usage("visitor/7")
        self.assertTrue(record["counted"])
        self.assertEqual(len(self.client.top(by="duration", limit=3)["items"]), 3)

    def test_errors_say_what_is_wrong(self) -> None:
        with self.assertRaises(ApiError) as unknown:
            self.client.session("nobody")
        self.assertEqual((unknown.exception.status, unknown.exception.code), (404, "session.not_found"))
        with self.assertRaises(ApiError) as refused:
            self.client.get("/api/v1/sessions", limit=0)
        self.assertEqual([field["code"] for field in refused.exception.fields], ["limit.out_of_range"])
        with self.assertRaises(NoAnswerError):
            Client("http://127.0.0.1:1", attempts=1).session("any")

    def test_changes_are_streamed(self) -> None:
        changes = self.client.changes(implicit=False)
        # The stream begins when it is asked for the first time, so telemetry is sent until one change came.
        stop = threading.Event()

        def keep_sending() -> None:
            while not stop.wait(0.2):
                send("streamed")

        sender = threading.Thread(target=keep_sending)
        sender.start()
        try:
            change = next(each for each in changes if each["type"] == "session")
        finally:
            stop.set()
            sender.join()
        self.assertEqual(change["session"]["session.id"], "streamed")


class RetryTest(unittest.TestCase):
    def ask(self, statuses: list[int], attempts: int) -> tuple[Any, int]:
        """The answer of a server that answers with these statuses, and the number of requests."""
        asked: list[str] = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                self.send_response(statuses[min(len(asked), len(statuses)) - 1])
                self.send_header("retry-after", "0")
                self.end_headers()
                self.wfile.write(b'{"items": []}')

            def log_message(self, format: str, *args: Any) -> None:
                pass

        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            try:
                client = Client(f"http://127.0.0.1:{server.server_port}", attempts=attempts)
                try:
                    return list(client.sessions()), len(asked)
                except ApiError as error:
                    return error.status, len(asked)
            finally:
                server.shutdown()
                thread.join()

    def test_requests_are_repeated_where_it_helps(self) -> None:
        self.assertEqual(self.ask([503, 429, 200], 4), ([], 3))
        self.assertEqual(self.ask([503], 2), (503, 2))
        self.assertEqual(self.ask([401], 4), (401, 1))


if __name__ == "__main__":
    unittest.main()
