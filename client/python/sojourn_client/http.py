"""Requests by the standard library, repeated where they fail for a reason that passes."""

from __future__ import annotations

import email.utils
import http.client
import json
import random
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import Any, Mapping

from .problem import ApiError, NoAnswerError

#: Longest pause before a retry, s. A server that asks for a longer one gets no retry.
MAX_DELAY_S = 30.0
FIRST_DELAY_S = 0.5
#: Too many requests, and what a server or proxy answers that will work again soon.
TRANSIENT = frozenset({429, 502, 503, 504})


def encode_query(query: Mapping[str, Any]) -> str:
    """The text of a query: values that are None are left out, sequences are repeated."""
    pairs: list[tuple[str, str]] = []
    for name, value in query.items():
        if value is None:
            continue
        values = value if isinstance(value, (list, tuple, set, frozenset)) else [value]
        pairs.extend((name, _text(each)) for each in values)
    return urllib.parse.urlencode(pairs)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    # datetime: RFC 3339. The server wants an offset, and says so where there is none.
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


class Http:
    """Sends requests to one server."""

    def __init__(
        self, base_url: str, headers: Mapping[str, str], attempts: int, timeout_s: float
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.headers = dict(headers)
        self.attempts = attempts
        self.timeout_s = timeout_s

    def open(self, path: str, query: Mapping[str, Any], headers: Mapping[str, str], attempts: int) -> Any:
        """
        The answer to a GET, which the caller closes. Repeated up to `attempts` times in all where no answer comes, and
        for a status in `TRANSIENT`, after the pause of `Retry-After` (RFC 9110, section 10.2.3), else one that doubles.
        Raises ApiError and NoAnswerError.
        """
        text = encode_query(query)
        url = f"{self.base_url}{path}{'?' if text else ''}{text}"
        attempt = 1
        while True:
            asked_s: float | None = None
            try:
                request = urllib.request.Request(url, headers={**self.headers, **headers})
                return urllib.request.urlopen(request, timeout=self.timeout_s)
            except urllib.error.HTTPError as error:
                with error:
                    failure: Exception = ApiError(error.code, _json_of(error))
                asked_s = _retry_after_s(error.headers.get("retry-after"))
                passes = error.code in TRANSIENT
            except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
                reason = getattr(error, "reason", error)
                failure = NoAnswerError(f"{self.base_url} does not answer ({reason})")
                passes = True
            if not passes or attempt >= attempts or (asked_s or 0) > MAX_DELAY_S:
                raise failure
            doubled_s = min(MAX_DELAY_S, FIRST_DELAY_S * 2 ** (attempt - 1)) * random.uniform(0.5, 1)
            time.sleep(doubled_s if asked_s is None else asked_s)
            attempt += 1

    def json(self, path: str, query: Mapping[str, Any]) -> Any:
        """The JSON of an answer. Raises ApiError and NoAnswerError."""
        try:
            with self.open(path, query, {"accept": "application/json"}, self.attempts) as answer:
                return json.loads(answer.read())
        except ValueError:
            raise ApiError(200, {"detail": f"{self.base_url} is no Sojourn server"}) from None
        except (http.client.HTTPException, OSError) as error:
            raise NoAnswerError(f"{self.base_url} broke off its answer ({error})") from error


def _json_of(error: urllib.error.HTTPError) -> Any:
    try:
        return json.loads(error.read())
    except (ValueError, http.client.HTTPException, OSError):
        return None


def _retry_after_s(text: str | None) -> float | None:
    """The pause that the server asks for, s; None if it names none."""
    if text is None:
        return None
    if text.isdigit():
        return float(text)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - time.time())
    except ValueError:
        return None
