"""The client."""

from __future__ import annotations

from typing import Any, Iterator, Mapping, Unpack

from .http import Http
from .paged import Paged
from .schema import (
    ConversationPage,
    ConversationTurn,
    ErrorStatistics,
    Event,
    EventPage,
    ExceptionPage,
    GetErrorStatisticsQuery,
    GetSessionConversationQuery,
    GetSessionPagesQuery,
    GetSessionStatisticsQuery,
    GetSessionUsageQuery,
    GetToolStatisticsQuery,
    GetTopCallsQuery,
    GetTopSessionsQuery,
    ListSessionEventsQuery,
    ListSessionExceptionsQuery,
    ListSessionsQuery,
    Session,
    SessionException,
    SessionPage,
    SessionStats,
    SessionTop,
    SessionUsage,
    StreamSessionsQuery,
    ToolStatistics,
    TopCalls,
    UsageRecordItem,
    VisitPage,
    VisitPages,
)
from .stream import Change, changes


class Client:
    """
    Reads the API of a Sojourn server. Queries have the names of the API, such as `hasErrors=True`; names with dots are
    given as `**{"attr.tenant": "acme"}`. A list of values matches if any of them does. All methods raise ApiError for
    an error answer, and NoAnswerError where no answer comes.
    """

    def __init__(
        self,
        base_url: str,
        *,
        key: str | None = None,
        project: str | None = None,
        attempts: int = 4,
        timeout_s: float = 60.0,
    ) -> None:
        """
        `base_url`: address of the server, with its base path if it has one. `key`: an API key with the scope `read`; not
        needed where the server asks for none. `project`: for keys of all projects. `attempts`: requests for one answer,
        the first included. `timeout_s`: how long the server may say nothing, s.
        """
        headers = {}
        if key is not None:
            headers["authorization"] = f"Bearer {key}"
        if project is not None:
            headers["x-sojourn-project"] = project
        self._http = Http(base_url, headers, attempts, timeout_s)

    def get(self, path: str, **query: Any) -> Any:
        """The JSON of any other route that reads, such as `get("/api/v1/projects")`."""
        return self._http.json(path, query)

    def sessions(self, **query: Unpack[ListSessionsQuery]) -> Paged[Session, SessionPage]:
        """Sessions that match all filters, newest start first."""
        return self._paged("/api/v1/sessions", query)

    def session(self, id: str) -> Session:
        """One session."""
        answer: Session = self._http.json("/api/v1/sessions/by-id", {"id": id})
        return answer

    def usage(
        self, id: str, **query: Unpack[GetSessionUsageQuery]
    ) -> Paged[UsageRecordItem, SessionUsage]:
        """Each record of the session that reports usage of a model: whether it counts, and why."""
        return self._paged("/api/v1/sessions/by-id/usage", {"id": id, **query})

    def conversation(
        self, id: str, **query: Unpack[GetSessionConversationQuery]
    ) -> Paged[ConversationTurn, ConversationPage]:
        """The turns of the session's conversations with models."""
        return self._paged("/api/v1/sessions/by-id/conversation", {"id": id, **query})

    def events(self, id: str, **query: Unpack[ListSessionEventsQuery]) -> Paged[Event, EventPage]:
        """Log records and events of spans."""
        return self._paged("/api/v1/sessions/by-id/events", {"id": id, **query})

    def exceptions(
        self, id: str, **query: Unpack[ListSessionExceptionsQuery]
    ) -> Paged[SessionException, ExceptionPage]:
        """What was thrown in the session."""
        return self._paged("/api/v1/sessions/by-id/exceptions", {"id": id, **query})

    def visit_pages(
        self, id: str, **query: Unpack[GetSessionPagesQuery]
    ) -> Paged[VisitPage, VisitPages]:
        """The pages of the visit, with what happened on each."""
        return self._paged("/api/v1/sessions/by-id/pages", {"id": id, **query})

    def statistics(self, **query: Unpack[GetSessionStatisticsQuery]) -> SessionStats:
        """Totals of the sessions that match all filters."""
        answer: SessionStats = self._http.json("/api/v1/sessions/stats", query)
        return answer

    def top(self, **query: Unpack[GetTopSessionsQuery]) -> SessionTop:
        """The sessions with the greatest cost or duration, of those that match all filters."""
        answer: SessionTop = self._http.json("/api/v1/sessions/top", query)
        return answer

    def top_calls(self, **query: Unpack[GetTopCallsQuery]) -> TopCalls:
        """The model calls with the greatest cost or duration, of the sessions that match all filters."""
        answer: TopCalls = self._http.json("/api/v1/sessions/top-calls", query)
        return answer

    def tools(self, **query: Unpack[GetToolStatisticsQuery]) -> ToolStatistics:
        """Calls of tools, of the sessions that match all filters."""
        answer: ToolStatistics = self._http.json("/api/v1/tools", query)
        return answer

    def errors(self, **query: Unpack[GetErrorStatisticsQuery]) -> ErrorStatistics:
        """Errors by type and shape of the message, of the sessions that match all filters."""
        answer: ErrorStatistics = self._http.json("/api/v1/errors", query)
        return answer

    def changes(
        self, *, last_event_id: str | None = None, **filters: Unpack[StreamSessionsQuery]
    ) -> Iterator[Change]:
        """
        Sessions that match all filters, as they change, from now on or behind an event. Connects again by itself, behind
        the last event. Ends when the caller closes it.
        """
        return changes(self._http, filters, last_event_id)

    def _paged(self, path: str, query: Mapping[str, Any]) -> Paged[Any, Any]:
        def read(cursor: str | None) -> Any:
            return self._http.json(path, query if cursor is None else {**query, "cursor": cursor})

        return Paged(read)
