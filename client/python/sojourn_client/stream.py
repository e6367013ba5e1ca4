"""The live stream of changed sessions: server-sent events."""

from __future__ import annotations

import http.client
import json
import time
from typing import Any, Iterator, Literal, Mapping, TypedDict

from .http import FIRST_DELAY_S, MAX_DELAY_S, TRANSIENT, Http
from .problem import ApiError, NoAnswerError
from .schema import Session


class Change(TypedDict, total=False):
    """What the stream reports."""

    #: `session`: it is new or has changed. `skipped`: `count` sessions changed, too many to be sent one by one.
    #: `reset`: what was missed is not known any more, read the list anew. `disconnected`: the connection is lost, and
    #: is made again behind the last event.
    type: Literal["session", "skipped", "reset", "disconnected"]
    id: str
    session: Session
    count: int


def changes(http_: Http, query: Mapping[str, Any], last_event_id: str | None) -> Iterator[Change]:
    """Connects again by itself, as often as needed, once it was connected. Raises ApiError and NoAnswerError."""
    was_opened = False
    failures = 0
    while True:
        if failures > 0:
            time.sleep(min(MAX_DELAY_S, FIRST_DELAY_S * 2 ** (failures - 1)))
        try:
            headers = {"accept": "text/event-stream"}
            if last_event_id is not None:
                headers["last-event-id"] = last_event_id
            with http_.open("/api/v1/sessions/stream", query, headers, 1) as answer:
                was_opened = True
                for event, id_, data in _messages(answer):
                    failures = 0
                    last_event_id = id_ or last_event_id
                    change = _change(event, id_, data)
                    if change is not None:
                        yield change
        except ApiError as error:
            if not was_opened or error.status not in TRANSIENT:
                raise
        except (NoAnswerError, http.client.HTTPException, OSError):
            if not was_opened:
                raise
        if failures == 0:
            yield {"type": "disconnected"}
        failures += 1


def _messages(lines: Any) -> Iterator[tuple[str, str, str]]:
    """Event, id and data of each message, as the standard of HTML says (section 9.2.6)."""
    event, id_ = "", ""
    data: list[str] = []
    for line in lines:
        text = line.decode("utf-8").rstrip("\r\n")
        if text == "":
            if data:
                yield event, id_, "\n".join(data)
            event, data = "", []
            continue
        name, _, value = text.partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            event = value
        elif name == "id":
            id_ = value
        elif name == "data":
            data.append(value)


def _change(event: str, id_: str, data: str) -> Change | None:
    """None for a kind of event that this version does not know."""
    if event == "session":
        return {"type": "session", "id": id_, "session": json.loads(data)}
    if event == "skipped":
        return {"type": "skipped", "id": id_, "count": json.loads(data)["count"]}
    if event == "reset":
        return {"type": "reset", "id": id_}
    return None
