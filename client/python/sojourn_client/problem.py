"""What goes wrong with a request."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """An error answer of the server: a problem document (RFC 9457), or any other answer that is no success."""

    def __init__(self, status: int, body: Any) -> None:
        problem = body if isinstance(body, dict) else {}
        fields = problem.get("errors")
        #: What is wrong with each parameter of a refused query: `field`, `message`, `code`.
        self.fields: list[dict[str, Any]] = fields if isinstance(fields, list) else []
        #: HTTP status.
        self.status = status
        type_ = problem.get("type")
        #: Error code, such as `session.not_found`. None if the answer is none of the server's own.
        self.code: str | None = type_.rsplit("/", 1)[-1] if isinstance(type_, str) else None
        messages = " ".join(f"{each.get('field')}: {each.get('message')}" for each in self.fields)
        detail = problem.get("detail") or problem.get("title") or f"The server answered with status {status}."
        super().__init__(messages or str(detail))


class NoAnswerError(Exception):
    """No answer came: nothing listens there, or the connection broke."""
