# Made by npm run python:api. 43cac88b466bfe87143f396cac258aad eee68bf8ed86f6f1b835e3c217c6a4a9
"""What the API of Sojourn answers and takes."""

from __future__ import annotations

from typing import Any, Literal, Required, Sequence, TypedDict, Union

SessionScore = TypedDict(
    "SessionScore",
    {
        "name": Required["str"],
        "count": Required["int"],
        "average": "float",
        "labels": "list[dict[str, Any]]",
    },
    total=False,
)
"""The scores of one name in a session."""

Score = TypedDict(
    "Score",
    {
        "id": Required["str"],
        "name": Required["str"],
        "value": "float",
        "label": "str",
        "comment": "str",
        "source": "str",
        "author": "str",
        "given_at": Required["str"],
        "target": Required["Literal['session', 'trace', 'span', 'turn']"],
        "trace_id": "str",
        "span_id": "str",
        "turn": "str",
        "is_telemetry": "Literal[True]",
    },
    total=False,
)
"""A score. Fields without a value are left out, never null."""

ScoreList = TypedDict(
    "ScoreList",
    {
        "items": Required["list[Score]"],
        "has_more": Required["bool"],
    },
    total=False,
)
"""The scores of a session, one by one."""

TextMatch = TypedDict(
    "TextMatch",
    {
        "in": Required["Literal['messages', 'tools', 'spans', 'attributes', 'logs', 'errors', 'ids', 'resource']"],
        "field": Required["str"],
        "role": "Literal['system', 'user', 'assistant']",
        "snippet": Required["list[str]"],
        "kind": Required["Literal['span', 'log']"],
        "time": Required["str"],
        "trace_id": "str",
        "span_id": "str",
    },
    total=False,
)
"""A place where the telemetry of a session meets `q`."""

TextSearched = TypedDict(
    "TextSearched",
    {
        "is_complete": Required["bool"],
        "indexed_until": "str",
    },
    total=False,
)
"""How a search went."""

SessionClient = TypedDict(
    "SessionClient",
    {
        "ip": "str",
        "user_agent": "str",
        "device_type": "Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown']",
        "os": "str",
        "browser": "str",
        "browser_version": "str",
    },
    total=False,
)
"""The client of the session. The device and the address are each taken from one record: of those that say most about it, the earliest."""

SessionGeo = TypedDict(
    "SessionGeo",
    {
        "country_code": "str",
        "country_name": "str",
        "region": "str",
        "city": "str",
        "postal_code": "str",
        "timezone": "str",
    },
    total=False,
)
"""The place of the session, taken from one record: of those that say most about it, the earliest."""

SessionVisit = TypedDict(
    "SessionVisit",
    {
        "entry_url": "str",
        "exit_url": "str",
        "entry_page": "str",
        "exit_page": "str",
        "page_views": Required["int"],
        "referrer": "str",
    },
    total=False,
)
"""The pages of a visit. Left out if no page or screen is reported."""

SessionVitals = TypedDict(
    "SessionVitals",
    {
        "lcp": "dict[str, Any]",
        "inp": "dict[str, Any]",
        "cls": "dict[str, Any]",
        "ttfb": "dict[str, Any]",
    },
    total=False,
)
"""Web vitals of the pages of a visit, to three digits. Left out if none is reported."""

SessionGenAiUsage = TypedDict(
    "SessionGenAiUsage",
    {
        "request_count": Required["int"],
        "total_input_tokens": Required["Union[int, str]"],
        "total_output_tokens": Required["Union[int, str]"],
        "models_used": Required["list[str]"],
        "providers_used": Required["list[str]"],
        "estimated_cost_usd": "float",
        "unpriced_request_count": "int",
        "unreported_request_count": "int",
    },
    total=False,
)
"""Usage of generative models. Left out if the session has neither a model call nor metrics of usage."""

Session = TypedDict(
    "Session",
    {
        "session.id": Required["str"],
        "session.previous_id": "str",
        "next_ids": "list[str]",
        "title": "str",
        "outcome": "str",
        "times_set_aside": "int",
        "user.id": "str",
        "start_time": Required["str"],
        "end_time": "str",
        "duration_ms": "float",
        "trace_count": Required["int"],
        "span_count": Required["int"],
        "error_count": Required["int"],
        "exception_count": "int",
        "crash_count": "int",
        "services": Required["list[str]"],
        "state": Required["Literal['active', 'idle', 'ended', 'timed_out', 'invalidated']"],
        "client": "SessionClient",
        "geo": "SessionGeo",
        "visit": "SessionVisit",
        "vitals": "SessionVitals",
        "release": "str",
        "device_model": "str",
        "os_version": "str",
        "connection": "str",
        "genai_usage": "SessionGenAiUsage",
        "scores": "list[SessionScore]",
        "matches": "list[TextMatch]",
    },
    total=False,
)
"""A session. Fields without a value are left out, never null."""

SessionPage = TypedDict(
    "SessionPage",
    {
        "items": Required["list[Session]"],
        "has_more": Required["bool"],
        "next_cursor": "str",
        "prev_cursor": "str",
        "search": "TextSearched",
    },
    total=False,
)
"""A page of sessions."""

TraceSessions = TypedDict(
    "TraceSessions",
    {
        "items": Required["list[dict[str, Any]]"],
    },
    total=False,
)
"""The sessions that a trace has spans in."""

Attribute = TypedDict(
    "Attribute",
    {
        "key": Required["str"],
        "value": Required["Any"],
    },
    total=False,
)
"""An OpenTelemetry attribute."""

Resource = TypedDict(
    "Resource",
    {
        "attributes": Required["list[Attribute]"],
        "dropped_attributes_count": "int",
        "schema_url": "str",
    },
    total=False,
)
"""What produced the telemetry."""

InstrumentationScope = TypedDict(
    "InstrumentationScope",
    {
        "name": "str",
        "version": "str",
        "attributes": Required["list[Attribute]"],
        "dropped_attributes_count": "int",
        "schema_url": "str",
    },
    total=False,
)
"""The library that made the span."""

SpanEvent = TypedDict(
    "SpanEvent",
    {
        "name": Required["str"],
        "time_unix_nano": Required["str"],
        "attributes": Required["list[Attribute]"],
        "dropped_attributes_count": "int",
    },
    total=False,
)
"""Something that happened during a span."""

SpanLink = TypedDict(
    "SpanLink",
    {
        "trace_id": Required["str"],
        "span_id": Required["str"],
        "trace_state": "str",
        "attributes": Required["list[Attribute]"],
        "dropped_attributes_count": "int",
        "flags": "int",
    },
    total=False,
)
"""A span that this one has to do with."""

SpanStatus = TypedDict(
    "SpanStatus",
    {
        "code": Required["int"],
        "message": "str",
    },
    total=False,
)
"""How the span went."""

Span = TypedDict(
    "Span",
    {
        "span_id": Required["str"],
        "trace_id": Required["str"],
        "parent_span_id": "str",
        "trace_state": "str",
        "name": Required["str"],
        "kind": Required["int"],
        "start_time_unix_nano": Required["str"],
        "end_time_unix_nano": Required["str"],
        "attributes": Required["list[Attribute]"],
        "dropped_attributes_count": "int",
        "events": Required["list[SpanEvent]"],
        "dropped_events_count": "int",
        "links": Required["list[SpanLink]"],
        "dropped_links_count": "int",
        "status": Required["SpanStatus"],
        "flags": "int",
        "resource": Required["Resource"],
        "instrumentation_scope": "InstrumentationScope",
    },
    total=False,
)
"""An OpenTelemetry span."""

Trace = TypedDict(
    "Trace",
    {
        "trace_id": Required["str"],
        "root_span": "Span",
        "spans": Required["list[Span]"],
        "span_count": Required["int"],
        "duration_ns": Required["Union[int, str]"],
        "start_time": Required["str"],
        "end_time": Required["str"],
        "services": Required["list[str]"],
        "has_error": Required["bool"],
    },
    total=False,
)
"""A trace with its spans. `root_span` is the earliest span without a parent, else the earliest whose parent is not in the trace."""

TracePage = TypedDict(
    "TracePage",
    {
        "items": Required["list[Trace]"],
        "has_more": Required["bool"],
        "next_cursor": "str",
        "prev_cursor": "str",
    },
    total=False,
)
"""A page of traces."""

DurationPercentiles = TypedDict(
    "DurationPercentiles",
    {
        "p50": Required["float"],
        "p90": Required["float"],
        "p95": Required["float"],
        "p99": Required["float"],
    },
    total=False,
)
"""Exact percentiles of `duration_ms`, by nearest rank: each is the duration of a session."""

SessionGroup = TypedDict(
    "SessionGroup",
    {
        "value": Required["str"],
        "session_count": Required["int"],
        "sessions_with_errors": Required["int"],
        "request_count": Required["int"],
        "total_input_tokens": Required["Union[int, str]"],
        "total_output_tokens": Required["Union[int, str]"],
        "estimated_cost_usd": "float",
        "unpriced_request_count": Required["int"],
        "unreported_request_count": Required["int"],
        "duration_ms": "DurationPercentiles",
    },
    total=False,
)
"""The sessions with a value."""

SessionGroupTotal = TypedDict(
    "SessionGroupTotal",
    {
        "session_count": Required["int"],
        "sessions_with_errors": Required["int"],
        "request_count": Required["int"],
        "total_input_tokens": Required["Union[int, str]"],
        "total_output_tokens": Required["Union[int, str]"],
        "estimated_cost_usd": "float",
        "unpriced_request_count": Required["int"],
        "unreported_request_count": Required["int"],
        "duration_ms": "DurationPercentiles",
    },
    total=False,
)
"""All sessions that match, each once."""

SessionsWithoutGroup = TypedDict(
    "SessionsWithoutGroup",
    {
        "session_count": Required["int"],
        "sessions_with_errors": Required["int"],
        "request_count": Required["int"],
        "total_input_tokens": Required["Union[int, str]"],
        "total_output_tokens": Required["Union[int, str]"],
        "estimated_cost_usd": "float",
        "unpriced_request_count": Required["int"],
        "unreported_request_count": Required["int"],
    },
    total=False,
)
"""The sessions that match and have no value."""

SessionGroups = TypedDict(
    "SessionGroups",
    {
        "groups": Required["list[SessionGroup]"],
        "group_count": Required["int"],
        "total": Required["SessionGroupTotal"],
        "without": Required["SessionsWithoutGroup"],
    },
    total=False,
)
"""Sums of sessions by a value. All are exact. What is not listed is counted by `group_count`; where a session has one value at most (user, country, device, release), the sums of the groups that are not listed are `total` less `without` and the listed ones."""

SessionDeviceStats = TypedDict(
    "SessionDeviceStats",
    {
        "device_type": Required["Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown']"],
        "count": Required["int"],
        "percentage": Required["float"],
    },
    total=False,
)
"""Sessions of a kind of device."""

SessionCountryStats = TypedDict(
    "SessionCountryStats",
    {
        "country_code": Required["str"],
        "country_name": Required["str"],
        "count": Required["int"],
        "percentage": Required["float"],
    },
    total=False,
)
"""Sessions of a country."""

SessionStats = TypedDict(
    "SessionStats",
    {
        "active_sessions": Required["int"],
        "total_sessions": Required["int"],
        "unique_users": Required["int"],
        "avg_duration_ms": Required["float"],
        "duration_percentiles_ms": "DurationPercentiles",
        "sessions_with_errors": Required["int"],
        "sessions_with_genai": Required["int"],
        "unpriced_request_count": Required["int"],
        "unreported_request_count": Required["int"],
        "bounce_rate": Required["float"],
        "by_device_type": Required["list[SessionDeviceStats]"],
        "by_country": Required["list[SessionCountryStats]"],
    },
    total=False,
)
"""Statistics of the sessions of a range."""

Problem = TypedDict(
    "Problem",
    {
        "type": Required["str"],
        "title": Required["str"],
        "status": Required["int"],
        "detail": Required["str"],
        "instance": Required["str"],
    },
    total=False,
)
"""An error (RFC 9457)."""

FieldProblem = TypedDict(
    "FieldProblem",
    {
        "field": Required["str"],
        "message": Required["str"],
        "code": Required["str"],
        "rejected_value": "Any",
    },
    total=False,
)
"""A refused query parameter."""

QueryProblem = TypedDict(
    "QueryProblem",
    {
        "type": Required["str"],
        "title": Required["str"],
        "status": Required["int"],
        "detail": Required["str"],
        "instance": Required["str"],
        "errors": Required["list[FieldProblem]"],
    },
    total=False,
)
"""The query was refused. `type` is the code of the errors where all have the same, else `/problems/query.invalid`."""

NotFoundProblem = TypedDict(
    "NotFoundProblem",
    {
        "type": Required["str"],
        "title": Required["str"],
        "status": Required["int"],
        "detail": Required["str"],
        "instance": Required["str"],
        "resource_type": Required["str"],
        "resource_id": Required["str"],
    },
    total=False,
)
"""The thing that was asked for does not exist."""

ProblemDefinition = TypedDict(
    "ProblemDefinition",
    {
        "code": Required["str"],
        "status": Required["int"],
        "title": Required["str"],
        "retryable": Required["bool"],
        "description": Required["str"],
    },
    total=False,
)
"""What an error code means."""

Health = TypedDict(
    "Health",
    {
        "status": Required["Literal['ok']"],
        "version": Required["str"],
    },
    total=False,
)
"""The process answers."""

StoreSize = TypedDict(
    "StoreSize",
    {
        "size_bytes": Required["int"],
        "free_bytes": Required["int"],
        "seconds_until_full": "float",
    },
    total=False,
)
"""How much room the store takes, and has."""

Readiness = TypedDict(
    "Readiness",
    {
        "status": Required["Literal['ready', 'unavailable']"],
        "reason": "str",
        "store": "StoreSize",
    },
    total=False,
)
"""Whether the server is ready."""

Caller = TypedDict(
    "Caller",
    {
        "actor": Required["str"],
        "name": "str",
        "via": Required["Literal['open', 'key', 'session', 'proxy']"],
        "scopes": Required["list[str]"],
        "project": "str",
    },
    total=False,
)
"""Who sends the request."""

SignInWays = TypedDict(
    "SignInWays",
    {
        "needed": Required["bool"],
        "key": Required["Literal[True]"],
        "provider": "str",
    },
    total=False,
)
"""How to sign in."""

SignIn = TypedDict(
    "SignIn",
    {
        "id": Required["str"],
        "actor": Required["str"],
        "name": "str",
        "scopes": Required["list[str]"],
        "project": "str",
        "created": Required["str"],
        "expires": Required["str"],
    },
    total=False,
)
"""A sign-in of the web page."""

SignInList = TypedDict(
    "SignInList",
    {
        "items": Required["list[SignIn]"],
    },
    total=False,
)
"""The sign-ins that hold."""

RecordReference = TypedDict(
    "RecordReference",
    {
        "trace_id": "str",
        "span_id": "str",
        "log_id": "str",
    },
    total=False,
)
"""A span or a log record."""

UsagePrice = TypedDict(
    "UsagePrice",
    {
        "source": Required["str"],
        "provider": "str",
        "basis": "Literal['provider', 'address', 'model', 'maker', 'gateway']",
        "input_per_million": "float",
        "cache_read_per_million": "float",
        "cache_write_per_million": "float",
        "cache_write_1h_per_million": "float",
        "output_per_million": "float",
        "reasoning_per_million": "float",
        "input_audio_per_million": "float",
        "output_audio_per_million": "float",
        "cache_audio_read_per_million": "float",
        "per_thousand_requests": "float",
    },
    total=False,
)
"""The prices that the cost was calculated from; for a call in another service tier than the usual one, the prices of that tier. Tokens without a price of their own have the price of the tokens that they are part of."""

UsageNumber = TypedDict(
    "UsageNumber",
    {
        "key": Required["str"],
        "value": Required["float"],
    },
    total=False,
)
"""A number that looks like usage."""

UsageRecordItem = TypedDict(
    "UsageRecordItem",
    {
        "signal": Required["Literal['span', 'log', 'metric']"],
        "trace_id": "str",
        "span_id": "str",
        "log_id": "str",
        "time": Required["str"],
        "dialect": "str",
        "scope": "str",
        "kind": Required["Literal['call', 'wrapper', 'sum', 'rest', 'other']"],
        "provider": "str",
        "model": "str",
        "input_tokens": "int",
        "cache_read_tokens": "int",
        "cache_write_tokens": "int",
        "cache_write_1h_tokens": "int",
        "output_tokens": "int",
        "reasoning_tokens": "int",
        "input_audio_tokens": "int",
        "output_audio_tokens": "int",
        "cache_audio_read_tokens": "int",
        "service_tier": "str",
        "call_ids": "list[str]",
        "cost_usd": "float",
        "price": "UsagePrice",
        "unpriced": "Literal['no_tokens', 'no_model', 'local', 'provider_not_listed', 'model_not_listed', 'not_by_tokens', 'tier_unknown', 'sum']",
        "unreported": "Literal['not_reported', 'not_read', 'out_of_range']",
        "numbers": "list[UsageNumber]",
        "counted": Required["bool"],
        "reason": "Literal['wrapper_of', 'same_call_below', 'part_of', 'same_call_id', 'same_call_alike', 'other_signal_counts', 'counted_in_other_session', 'same_series', 'no_dialect', 'no_call', 'out_of_range']",
        "by": "RecordReference",
        "by_session": "str",
        "shares_id_with": "RecordReference",
    },
    total=False,
)
"""A record with usage of model calls, in normalised numbers, or one that looks like it. `by` is the record that counts instead, or supersedes it. `shares_id_with`, of a record that counts, is another that counts and has an id in common with it: they contradict each other, or many calls may have the id, so they are two calls."""

SessionUsage = TypedDict(
    "SessionUsage",
    {
        "session.id": Required["str"],
        "genai_usage": "SessionGenAiUsage",
        "counted": Required["dict[str, Any]"],
        "items": Required["list[UsageRecordItem]"],
        "verdicts": Required["Literal['session', 'trace']"],
        "has_more": Required["bool"],
        "next_cursor": "str",
        "prev_cursor": "str",
    },
    total=False,
)
"""A page of the records that the usage of a session comes from, and the totals of the whole session."""

SessionException = TypedDict(
    "SessionException",
    {
        "type": "str",
        "message": "str",
        "stacktrace": "str",
        "service": "str",
        "count": Required["int"],
        "crash_count": "int",
        "channels": Required["list[Union[Literal['span_event'], Literal['log'], Literal['span']]]"],
        "first_time": Required["str"],
        "last_time": Required["str"],
        "name": "str",
        "page": "str",
        "record": Required["RecordReference"],
        "span": "RecordReference",
    },
    total=False,
)
"""An exception of a service, with all of its reports. `record` is the first record that reports it, `span` a span that it is reported on."""

ExceptionPage = TypedDict(
    "ExceptionPage",
    {
        "items": Required["list[SessionException]"],
        "has_more": Required["bool"],
        "next_cursor": "str",
    },
    total=False,
)
"""A page of the exceptions of a session, earliest first."""

TurnMedia = TypedDict(
    "TurnMedia",
    {
        "type": Required["Literal['image', 'audio', 'video', 'document', 'file']"],
        "mime_type": "str",
        "size": "int",
        "uri": "str",
        "media_id": "str",
    },
    total=False,
)
"""Content that is no text: an image, audio, a file."""

TurnTool = TypedDict(
    "TurnTool",
    {
        "name": "str",
        "call_id": "str",
        "arguments": "str",
        "result": "str",
    },
    total=False,
)
"""The tool of a call or result."""

TurnError = TypedDict(
    "TurnError",
    {
        "type": "str",
        "message": "str",
    },
    total=False,
)
"""Why the call of the model, or the run of the tool, failed."""

ConversationTurn = TypedDict(
    "ConversationTurn",
    {
        "role": Required["Literal['system', 'user', 'assistant', 'tool_call', 'tool_result']"],
        "time": Required["str"],
        "text": "str",
        "reasoning": "str",
        "media": "list[TurnMedia]",
        "tool": "TurnTool",
        "content_removed": "Literal[True]",
        "truncated": "Literal[True]",
        "model": "str",
        "provider": "str",
        "input_tokens": "int",
        "output_tokens": "int",
        "latency_ms": "float",
        "finish_reason": "str",
        "error": "TurnError",
        "trace_id": "str",
        "span_id": "str",
        "log_id": "str",
    },
    total=False,
)
"""A turn of a conversation. Fields without a value are left out, never null."""

ConversationPage = TypedDict(
    "ConversationPage",
    {
        "items": Required["list[ConversationTurn]"],
        "has_more": Required["bool"],
        "next_cursor": "str",
        "prev_cursor": "str",
    },
    total=False,
)
"""A page of a conversation."""

VisitVitals = TypedDict(
    "VisitVitals",
    {
        "lcp": "float",
        "inp": "float",
        "cls": "float",
        "ttfb": "float",
    },
    total=False,
)
"""Web vitals of a page; of several values of one the worst."""

VisitAction = TypedDict(
    "VisitAction",
    {
        "kind": Required["Literal['click', 'submit', 'input', 'key', 'scroll', 'other']"],
        "time": Required["str"],
        "target": "str",
        "element": "str",
        "trace_id": "str",
        "span_id": "str",
        "log_id": "str",
    },
    total=False,
)
"""Something that the visitor did on a page."""

VisitServer = TypedDict(
    "VisitServer",
    {
        "name": Required["str"],
        "service": "str",
        "duration_ms": Required["float"],
        "trace_id": "str",
        "span_id": "str",
    },
    total=False,
)
"""The span of the server that answered a request."""

VisitRequest = TypedDict(
    "VisitRequest",
    {
        "time": Required["str"],
        "duration_ms": Required["float"],
        "method": "str",
        "url": "str",
        "status_code": "int",
        "failed": "Literal[True]",
        "error": "str",
        "server": "VisitServer",
        "trace_id": "str",
        "span_id": "str",
        "log_id": "str",
    },
    total=False,
)
"""A request that the page made."""

VisitAgent = TypedDict(
    "VisitAgent",
    {
        "call_count": Required["int"],
        "time": Required["str"],
        "trace_id": "str",
        "span_id": "str",
        "log_id": "str",
    },
    total=False,
)
"""The model calls that a page led to, and the first of them."""

VisitPage = TypedDict(
    "VisitPage",
    {
        "kind": Required["Literal['load', 'route', 'screen']"],
        "url": "str",
        "name": "str",
        "referrer": "str",
        "entered_at": Required["str"],
        "left_at": Required["str"],
        "duration_ms": Required["float"],
        "entry": "Literal[True]",
        "exit": "Literal[True]",
        "vitals": "VisitVitals",
        "click_count": Required["int"],
        "action_count": Required["int"],
        "actions": Required["list[VisitAction]"],
        "request_count": Required["int"],
        "failed_request_count": Required["int"],
        "requests": Required["list[VisitRequest]"],
        "exception_count": Required["int"],
        "exceptions": Required["list[SessionException]"],
        "agent": "VisitAgent",
        "truncated": "Literal[True]",
        "trace_id": "str",
        "span_id": "str",
        "log_id": "str",
    },
    total=False,
)
"""A page or screen of a visit. Fields without a value are left out, never null."""

VisitPages = TypedDict(
    "VisitPages",
    {
        "items": Required["list[VisitPage]"],
        "has_more": Required["bool"],
        "next_cursor": "str",
        "prev_cursor": "str",
    },
    total=False,
)
"""A page of the pages of a visit."""

TimelinePoint = TypedDict(
    "TimelinePoint",
    {
        "start_time": Required["str"],
        "session_count": Required["int"],
        "sessions_with_errors": Required["int"],
        "request_count": Required["int"],
        "input_tokens": Required["Union[int, str]"],
        "output_tokens": Required["Union[int, str]"],
        "unpriced_request_count": Required["int"],
        "unreported_request_count": Required["int"],
        "cost_usd": Required["float"],
    },
    total=False,
)
"""The sessions that started in an interval, whole: what a session did later counts here too. At the ends of the range only those in the range."""

TimelineEarlier = TypedDict(
    "TimelineEarlier",
    {
        "session_count": Required["int"],
        "sessions_with_errors": Required["int"],
        "request_count": Required["int"],
        "input_tokens": Required["Union[int, str]"],
        "output_tokens": Required["Union[int, str]"],
        "unpriced_request_count": Required["int"],
        "unreported_request_count": Required["int"],
        "cost_usd": Required["float"],
    },
    total=False,
)
"""The sessions of the range that started before the first point and had activity in it, whole. They are in no point."""

TimelineModel = TypedDict(
    "TimelineModel",
    {
        "model": Required["str"],
        "request_count": Required["int"],
        "input_tokens": Required["Union[int, str]"],
        "output_tokens": Required["Union[int, str]"],
        "unpriced_request_count": Required["int"],
        "unreported_request_count": Required["int"],
        "cost_usd": "float",
    },
    total=False,
)
"""What the sessions of the range used of a model."""

SessionTimeline = TypedDict(
    "SessionTimeline",
    {
        "start_time": Required["str"],
        "end_time": Required["str"],
        "interval_ms": Required["int"],
        "points": Required["list[TimelinePoint]"],
        "earlier": "TimelineEarlier",
        "models": Required["list[TimelineModel]"],
    },
    total=False,
)
"""Sessions and their usage by the time of their own start. Adjacent ranges of `startTime` and `endTime` share no session. The points and `earlier` together are all sessions of the range."""

SessionTop = TypedDict(
    "SessionTop",
    {
        "items": Required["list[Session]"],
        "unpriced_request_count": Required["int"],
        "unreported_request_count": Required["int"],
    },
    total=False,
)
"""The sessions with the greatest cost or duration. The counts are of all sessions of the range, also of those that are not among the greatest because their cost is not known."""

TopCall = TypedDict(
    "TopCall",
    {
        "session": Required["Session"],
        "call": Required["UsageRecordItem"],
        "duration_ms": "float",
    },
    total=False,
)
"""A model call that counts, and its session. With its `trace_id` and `span_id` the page shows its turn: `/sessions/{session.id}?view=conversation&trace={trace_id}&span={span_id}`."""

TopCalls = TypedDict(
    "TopCalls",
    {
        "items": Required["list[TopCall]"],
        "unpriced_request_count": Required["int"],
        "unreported_request_count": Required["int"],
    },
    total=False,
)
"""The model calls with the greatest cost or duration. The counts are of all sessions that match: calls whose cost is not known are not among the dearest."""

SessionFacetValue = TypedDict(
    "SessionFacetValue",
    {
        "value": Required["str"],
        "count": Required["int"],
    },
    total=False,
)
"""A value of a filter and how many sessions have it."""

SessionFacets = TypedDict(
    "SessionFacets",
    {
        "services": Required["list[SessionFacetValue]"],
        "models": Required["list[SessionFacetValue]"],
        "providers": Required["list[SessionFacetValue]"],
        "countries": Required["list[SessionFacetValue]"],
        "device_types": Required["list[SessionFacetValue]"],
        "releases": Required["list[SessionFacetValue]"],
        "operations": Required["list[SessionFacetValue]"],
        "tools": Required["list[SessionFacetValue]"],
        "error_types": Required["list[SessionFacetValue]"],
        "routes": Required["list[SessionFacetValue]"],
        "statuses": Required["list[SessionFacetValue]"],
        "attribute_keys": Required["list[SessionFacetValue]"],
        "attribute_values": "list[SessionFacetValue]",
        "truncated": "list[Literal['services', 'models', 'providers', 'countries', 'device_types', 'releases', 'operations', 'tools', 'error_types', 'routes', 'statuses', 'attribute_keys', 'attribute_values']]",
    },
    total=False,
)
"""What sessions can be filtered by."""

VisitsRelease = TypedDict(
    "VisitsRelease",
    {
        "release": Required["str"],
        "sessions": Required["int"],
        "sessions_with_errors": Required["int"],
        "sessions_with_crashes": Required["int"],
    },
    total=False,
)
"""A release, the number of its sessions, and of those with errors and crashes."""

VisitsPage = TypedDict(
    "VisitsPage",
    {
        "page": Required["str"],
        "sessions": Required["int"],
    },
    total=False,
)
"""A page and how many sessions began or ended there."""

VisitsVital = TypedDict(
    "VisitsVital",
    {
        "sessions": Required["int"],
        "p50": Required["float"],
        "p75": Required["float"],
        "p95": Required["float"],
    },
    total=False,
)
"""A web vital over sessions, each with its worst value: percentiles by nearest rank, in the unit of the session’s own `vitals`."""

Visits = TypedDict(
    "Visits",
    {
        "visits": Required["int"],
        "page_views": Required["int"],
        "releases": Required["list[VisitsRelease]"],
        "entries": Required["list[VisitsPage]"],
        "exits": Required["list[VisitsPage]"],
        "vitals": Required["dict[str, Any]"],
    },
    total=False,
)
"""Sums over visits."""

Event = TypedDict(
    "Event",
    {
        "id": Required["str"],
        "kind": Required["Literal['log', 'span_event']"],
        "time_unix_nano": Required["str"],
        "observed_time_unix_nano": "str",
        "event_name": "str",
        "severity_number": "int",
        "severity_text": "str",
        "body": "Any",
        "attributes": Required["list[Attribute]"],
        "dropped_attributes_count": "int",
        "flags": "int",
        "trace_id": "str",
        "span_id": "str",
        "span_name": "str",
        "resource": Required["Resource"],
        "instrumentation_scope": "InstrumentationScope",
    },
    total=False,
)
"""Something that happened: a log record, or an event of a span."""

EventPage = TypedDict(
    "EventPage",
    {
        "items": Required["list[Event]"],
        "has_more": Required["bool"],
        "next_cursor": "str",
        "prev_cursor": "str",
    },
    total=False,
)
"""A page of the events of a session."""

OutlineSpan = TypedDict(
    "OutlineSpan",
    {
        "span_id": Required["str"],
        "parent_span_id": "str",
        "name": Required["str"],
        "kind": Required["int"],
        "start_time_unix_nano": Required["str"],
        "end_time_unix_nano": Required["str"],
        "status_code": Required["int"],
        "service": "str",
        "session_id": "str",
    },
    total=False,
)
"""A span without its attributes, events and links."""

OutlineTrace = TypedDict(
    "OutlineTrace",
    {
        "trace_id": Required["str"],
        "start_time_unix_nano": Required["str"],
        "end_time_unix_nano": Required["str"],
        "spans": Required["list[OutlineSpan]"],
    },
    total=False,
)
"""All spans of a trace with at least one span in the session."""

SessionOutline = TypedDict(
    "SessionOutline",
    {
        "traces": Required["list[OutlineTrace]"],
        "truncated": Required["bool"],
    },
    total=False,
)
"""The traces of a session and their spans, in short."""

SessionOutlineColumns = TypedDict(
    "SessionOutlineColumns",
    {
        "traces": Required["list[dict[str, Any]]"],
        "names": Required["list[str]"],
        "services": Required["list[str]"],
        "sessions": Required["list[str]"],
        "span_id": Required["list[str]"],
        "parent": Required["list[int]"],
        "name": Required["list[int]"],
        "service": Required["list[int]"],
        "session": Required["list[int]"],
        "kind": Required["list[int]"],
        "status_code": Required["list[int]"],
        "start_offset": Required["list[int]"],
        "duration": Required["list[int]"],
        "truncated": Required["bool"],
    },
    total=False,
)
"""The traces of a session and their spans by columns: the value of one span is at the same place in each of them. Spans follow each other in the order of the traces, within a trace by start, ties by span id."""

Project = TypedDict(
    "Project",
    {
        "name": Required["str"],
    },
    total=False,
)
"""A project: telemetry that is apart from that of all others."""

ProjectList = TypedDict(
    "ProjectList",
    {
        "items": Required["list[Project]"],
    },
    total=False,
)
"""The projects that the caller may see."""

AuditEntry = TypedDict(
    "AuditEntry",
    {
        "id": Required["str"],
        "time": Required["str"],
        "actor": Required["str"],
        "action": Required["Literal['key.created', 'key.revoked', 'session.invalidated', 'sessions.exported', 'score.deleted', 'alert.created', 'alert.changed', 'alert.deleted', 'view.saved', 'view.deleted', 'erasure.asked', 'retention.passed', 'settings.changed', 'sign_in.created', 'sign_in.refused', 'sign_in.ended']"],
        "subject": Required["str"],
        "project": "str",
        "detail": Required["dict[str, Any]"],
    },
    total=False,
)
"""An entry of the audit log."""

AuditPage = TypedDict(
    "AuditPage",
    {
        "items": Required["list[AuditEntry]"],
        "has_more": Required["bool"],
        "next_cursor": "str",
    },
    total=False,
)
"""A page of the audit log."""

ErasureJob = TypedDict(
    "ErasureJob",
    {
        "id": Required["str"],
        "target": Required["Literal['sessions', 'user']"],
        "state": Required["Literal['removing', 'rewriting', 'cleaning', 'done', 'failed']"],
        "asked_at": Required["str"],
        "finished_at": "str",
        "erased": Required["dict[str, Any]"],
        "error": "str",
        "receipt": "dict[str, Any]",
    },
    total=False,
)
"""An erasure. Fields without a value are left out."""

ErasureCount = TypedDict(
    "ErasureCount",
    {
        "sessions": Required["int"],
    },
    total=False,
)
"""What an erasure would do."""

RetentionPlan = TypedDict(
    "RetentionPlan",
    {
        "keep_sessions": "str",
        "keep_content": "str",
        "keep_size": "str",
        "data_bytes": Required["int"],
        "held_back": "str",
        "would_remove": Required["list[dict[str, Any]]"],
        "would_remove_content": Required["list[dict[str, Any]]"],
    },
    total=False,
)
"""What retention would remove now."""

AlertChannel = TypedDict(
    "AlertChannel",
    {
        "kind": Required["Literal['webhook', 'slack']"],
        "url": Required["str"],
    },
    total=False,
)
"""Who is told."""

Alert = TypedDict(
    "Alert",
    {
        "id": Required["str"],
        "name": Required["str"],
        "filters": "str",
        "measure": Required["Literal['sessions', 'users', 'sessions_with_errors', 'error_share', 'avg_duration_ms', 'p95_duration_ms', 'model_calls', 'tokens', 'cost_usd', 'score_average']"],
        "score": "str",
        "operator": Required["Literal['above', 'below']"],
        "threshold": Required["float"],
        "window_minutes": Required["int"],
        "select": "Literal['started', 'active']",
        "channel": Required["AlertChannel"],
        "enabled": "bool",
        "state": Required["Literal['off', 'new', 'ok', 'firing']"],
        "value": "float",
        "evaluated_at": "str",
        "firing_since": "str",
        "last_message": "dict[str, Any]",
        "created_at": Required["str"],
        "secret": "str",
    },
    total=False,
)
"""An alert."""

AlertList = TypedDict(
    "AlertList",
    {
        "items": Required["list[Alert]"],
    },
    total=False,
)
"""The alerts of a project."""

AlertTest = TypedDict(
    "AlertTest",
    {
        "arrived": Required["bool"],
        "error": "str",
        "value": "float",
    },
    total=False,
)
"""How a test message went."""

ScoreStatistic = TypedDict(
    "ScoreStatistic",
    {
        "name": Required["str"],
        "sessions": Required["int"],
        "count": Required["int"],
        "average": "float",
        "labels": Required["list[dict[str, Any]]"],
    },
    total=False,
)
"""The scores of one name."""

ScoreStatistics = TypedDict(
    "ScoreStatistics",
    {
        "items": Required["list[ScoreStatistic]"],
    },
    total=False,
)
"""Scores by name."""

ToolDurations = TypedDict(
    "ToolDurations",
    {
        "p50": Required["float"],
        "p90": Required["float"],
        "p95": Required["float"],
        "p99": Required["float"],
        "max": Required["float"],
    },
    total=False,
)
"""Percentiles of the durations of calls by nearest rank, in milliseconds. Each is the duration of a call, rounded to three digits, or to two where a session has more than 256 different ones of the tool."""

ToolStatistic = TypedDict(
    "ToolStatistic",
    {
        "tool": Required["str"],
        "call_count": Required["int"],
        "failure_count": Required["int"],
        "retry_count": Required["int"],
        "session_count": Required["int"],
        "sessions_with_failures": Required["int"],
        "duration_ms": "ToolDurations",
    },
    total=False,
)
"""The calls of a tool. `duration_ms` is left out where no duration is known."""

ToolStatistics = TypedDict(
    "ToolStatistics",
    {
        "items": Required["list[ToolStatistic]"],
        "tool_count": Required["int"],
        "incomplete_sessions": Required["int"],
    },
    total=False,
)
"""Calls of tools, by tool."""

ErrorStatistic = TypedDict(
    "ErrorStatistic",
    {
        "error": Required["str"],
        "error_count": Required["int"],
        "session_count": Required["int"],
        "first_seen": Required["str"],
        "last_seen": Required["str"],
    },
    total=False,
)
"""The errors of a shape."""

ErrorStatistics = TypedDict(
    "ErrorStatistics",
    {
        "items": Required["list[ErrorStatistic]"],
        "shape_count": Required["int"],
        "incomplete_sessions": Required["int"],
    },
    total=False,
)
"""Errors by type and shape of the message."""

View = TypedDict(
    "View",
    {
        "name": Required["str"],
        "query": Required["str"],
        "saved_at": Required["str"],
    },
    total=False,
)
"""A saved view. `/views/{name}` on the page leads to it."""

ViewList = TypedDict(
    "ViewList",
    {
        "items": Required["list[View]"],
    },
    total=False,
)
"""The saved views of a project."""

ExportSummary = TypedDict(
    "ExportSummary",
    {
        "version": Required["Literal[1]"],
        "format": Required["Literal['csv', 'jsonl', 'parquet', 'otlp', 'perfetto']"],
        "project": Required["str"],
        "filters": Required["str"],
        "as_of": Required["str"],
        "sessions": Required["int"],
        "records": "int",
        "inexact_records": "int",
        "damaged_sessions": "int",
        "is_complete": "bool",
        "bytes": Required["int"],
        "sha256": Required["str"],
        "next_cursor": "str",
    },
    total=False,
)
"""What is said of an export: as the header `Sojourn-Export` of a part, as a trailer of a whole one."""

ListSessionsQuery = TypedDict(
    "ListSessionsQuery",
    {
        "sessionIdPrefix": "str",
        "userId": "str",
        "userIdPrefix": "str",
        "isActive": "bool",
        "startTime": "str",
        "endTime": "str",
        "activeFrom": "str",
        "activeTo": "str",
        "service": "Union[str, Sequence[str]]",
        "model": "Union[str, Sequence[str]]",
        "provider": "Union[str, Sequence[str]]",
        "state": "Union[Literal['active', 'idle', 'ended', 'timed_out', 'invalidated'], Sequence[Literal['active', 'idle', 'ended', 'timed_out', 'invalidated']]]",
        "deviceType": "Union[Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown'], Sequence[Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown']]]",
        "country": "Union[str, Sequence[str]]",
        "release": "Union[str, Sequence[str]]",
        "url": "str",
        "hasErrors": "bool",
        "hasCrash": "bool",
        "implicit": "bool",
        "minSpans": "int",
        "maxSpans": "int",
        "minTraceSpans": "int",
        "minErrors": "int",
        "maxErrors": "int",
        "minTraces": "int",
        "maxTraces": "int",
        "bots": "bool",
        "minDurationMs": "float",
        "maxDurationMs": "float",
        "minCostUsd": "float",
        "maxCostUsd": "float",
        "minTokens": "int",
        "maxTokens": "int",
        "operation": "Union[str, Sequence[str]]",
        "tool": "Union[str, Sequence[str]]",
        "errorType": "Union[str, Sequence[str]]",
        "route": "Union[str, Sequence[str]]",
        "status": "Union[int, Sequence[int]]",
        "attr": "dict[str, list[str]]",
        "error": "Union[str, Sequence[str]]",
        "failedTool": "Union[str, Sequence[str]]",
        "score": "Union[str, Sequence[str]]",
        "scoreLabel": "dict[str, list[str]]",
        "minScore": "dict[str, float]",
        "maxScore": "dict[str, float]",
        "attrExists": "Union[str, Sequence[str]]",
        "not.userId": "Union[str, Sequence[str]]",
        "not.service": "Union[str, Sequence[str]]",
        "not.model": "Union[str, Sequence[str]]",
        "not.provider": "Union[str, Sequence[str]]",
        "not.state": "Union[Literal['active', 'idle', 'ended', 'timed_out', 'invalidated'], Sequence[Literal['active', 'idle', 'ended', 'timed_out', 'invalidated']]]",
        "not.deviceType": "Union[Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown'], Sequence[Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown']]]",
        "not.country": "Union[str, Sequence[str]]",
        "not.release": "Union[str, Sequence[str]]",
        "not.url": "Union[str, Sequence[str]]",
        "not.operation": "Union[str, Sequence[str]]",
        "not.tool": "Union[str, Sequence[str]]",
        "not.errorType": "Union[str, Sequence[str]]",
        "not.error": "Union[str, Sequence[str]]",
        "not.failedTool": "Union[str, Sequence[str]]",
        "not.route": "Union[str, Sequence[str]]",
        "not.status": "Union[int, Sequence[int]]",
        "not.attr": "dict[str, list[str]]",
        "not.attrExists": "Union[str, Sequence[str]]",
        "q": "str",
        "limit": "int",
        "sort": "Literal['start', 'lastActivity', 'duration', 'cost', 'tokens', 'errors']",
        "order": "Literal['desc', 'asc']",
    },
    total=False,
)

GetSessionStatisticsQuery = TypedDict(
    "GetSessionStatisticsQuery",
    {
        "percentiles": "bool",
        "sessionIdPrefix": "str",
        "userId": "str",
        "userIdPrefix": "str",
        "isActive": "bool",
        "startTime": "str",
        "endTime": "str",
        "activeFrom": "str",
        "activeTo": "str",
        "service": "Union[str, Sequence[str]]",
        "model": "Union[str, Sequence[str]]",
        "provider": "Union[str, Sequence[str]]",
        "state": "Union[Literal['active', 'idle', 'ended', 'timed_out', 'invalidated'], Sequence[Literal['active', 'idle', 'ended', 'timed_out', 'invalidated']]]",
        "deviceType": "Union[Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown'], Sequence[Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown']]]",
        "country": "Union[str, Sequence[str]]",
        "release": "Union[str, Sequence[str]]",
        "url": "str",
        "hasErrors": "bool",
        "hasCrash": "bool",
        "implicit": "bool",
        "minSpans": "int",
        "maxSpans": "int",
        "minTraceSpans": "int",
        "minErrors": "int",
        "maxErrors": "int",
        "minTraces": "int",
        "maxTraces": "int",
        "bots": "bool",
        "minDurationMs": "float",
        "maxDurationMs": "float",
        "minCostUsd": "float",
        "maxCostUsd": "float",
        "minTokens": "int",
        "maxTokens": "int",
        "operation": "Union[str, Sequence[str]]",
        "tool": "Union[str, Sequence[str]]",
        "errorType": "Union[str, Sequence[str]]",
        "route": "Union[str, Sequence[str]]",
        "status": "Union[int, Sequence[int]]",
        "attr": "dict[str, list[str]]",
        "error": "Union[str, Sequence[str]]",
        "failedTool": "Union[str, Sequence[str]]",
        "score": "Union[str, Sequence[str]]",
        "scoreLabel": "dict[str, list[str]]",
        "minScore": "dict[str, float]",
        "maxScore": "dict[str, float]",
        "attrExists": "Union[str, Sequence[str]]",
        "not.userId": "Union[str, Sequence[str]]",
        "not.service": "Union[str, Sequence[str]]",
        "not.model": "Union[str, Sequence[str]]",
        "not.provider": "Union[str, Sequence[str]]",
        "not.state": "Union[Literal['active', 'idle', 'ended', 'timed_out', 'invalidated'], Sequence[Literal['active', 'idle', 'ended', 'timed_out', 'invalidated']]]",
        "not.deviceType": "Union[Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown'], Sequence[Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown']]]",
        "not.country": "Union[str, Sequence[str]]",
        "not.release": "Union[str, Sequence[str]]",
        "not.url": "Union[str, Sequence[str]]",
        "not.operation": "Union[str, Sequence[str]]",
        "not.tool": "Union[str, Sequence[str]]",
        "not.errorType": "Union[str, Sequence[str]]",
        "not.error": "Union[str, Sequence[str]]",
        "not.failedTool": "Union[str, Sequence[str]]",
        "not.route": "Union[str, Sequence[str]]",
        "not.status": "Union[int, Sequence[int]]",
        "not.attr": "dict[str, list[str]]",
        "not.attrExists": "Union[str, Sequence[str]]",
        "q": "str",
    },
    total=False,
)

GetSessionTimelineQuery = TypedDict(
    "GetSessionTimelineQuery",
    {
        "sessionIdPrefix": "str",
        "userId": "str",
        "userIdPrefix": "str",
        "isActive": "bool",
        "startTime": "str",
        "endTime": "str",
        "activeFrom": "str",
        "activeTo": "str",
        "service": "Union[str, Sequence[str]]",
        "model": "Union[str, Sequence[str]]",
        "provider": "Union[str, Sequence[str]]",
        "state": "Union[Literal['active', 'idle', 'ended', 'timed_out', 'invalidated'], Sequence[Literal['active', 'idle', 'ended', 'timed_out', 'invalidated']]]",
        "deviceType": "Union[Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown'], Sequence[Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown']]]",
        "country": "Union[str, Sequence[str]]",
        "release": "Union[str, Sequence[str]]",
        "url": "str",
        "hasErrors": "bool",
        "hasCrash": "bool",
        "implicit": "bool",
        "minSpans": "int",
        "maxSpans": "int",
        "minTraceSpans": "int",
        "minErrors": "int",
        "maxErrors": "int",
        "minTraces": "int",
        "maxTraces": "int",
        "bots": "bool",
        "minDurationMs": "float",
        "maxDurationMs": "float",
        "minCostUsd": "float",
        "maxCostUsd": "float",
        "minTokens": "int",
        "maxTokens": "int",
        "operation": "Union[str, Sequence[str]]",
        "tool": "Union[str, Sequence[str]]",
        "errorType": "Union[str, Sequence[str]]",
        "route": "Union[str, Sequence[str]]",
        "status": "Union[int, Sequence[int]]",
        "attr": "dict[str, list[str]]",
        "error": "Union[str, Sequence[str]]",
        "failedTool": "Union[str, Sequence[str]]",
        "score": "Union[str, Sequence[str]]",
        "scoreLabel": "dict[str, list[str]]",
        "minScore": "dict[str, float]",
        "maxScore": "dict[str, float]",
        "attrExists": "Union[str, Sequence[str]]",
        "not.userId": "Union[str, Sequence[str]]",
        "not.service": "Union[str, Sequence[str]]",
        "not.model": "Union[str, Sequence[str]]",
        "not.provider": "Union[str, Sequence[str]]",
        "not.state": "Union[Literal['active', 'idle', 'ended', 'timed_out', 'invalidated'], Sequence[Literal['active', 'idle', 'ended', 'timed_out', 'invalidated']]]",
        "not.deviceType": "Union[Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown'], Sequence[Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown']]]",
        "not.country": "Union[str, Sequence[str]]",
        "not.release": "Union[str, Sequence[str]]",
        "not.url": "Union[str, Sequence[str]]",
        "not.operation": "Union[str, Sequence[str]]",
        "not.tool": "Union[str, Sequence[str]]",
        "not.errorType": "Union[str, Sequence[str]]",
        "not.error": "Union[str, Sequence[str]]",
        "not.failedTool": "Union[str, Sequence[str]]",
        "not.route": "Union[str, Sequence[str]]",
        "not.status": "Union[int, Sequence[int]]",
        "not.attr": "dict[str, list[str]]",
        "not.attrExists": "Union[str, Sequence[str]]",
        "q": "str",
        "intervalMs": "int",
    },
    total=False,
)

GetTopSessionsQuery = TypedDict(
    "GetTopSessionsQuery",
    {
        "by": "Literal['cost', 'duration']",
        "sessionIdPrefix": "str",
        "userId": "str",
        "userIdPrefix": "str",
        "isActive": "bool",
        "startTime": "str",
        "endTime": "str",
        "activeFrom": "str",
        "activeTo": "str",
        "service": "Union[str, Sequence[str]]",
        "model": "Union[str, Sequence[str]]",
        "provider": "Union[str, Sequence[str]]",
        "state": "Union[Literal['active', 'idle', 'ended', 'timed_out', 'invalidated'], Sequence[Literal['active', 'idle', 'ended', 'timed_out', 'invalidated']]]",
        "deviceType": "Union[Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown'], Sequence[Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown']]]",
        "country": "Union[str, Sequence[str]]",
        "release": "Union[str, Sequence[str]]",
        "url": "str",
        "hasErrors": "bool",
        "hasCrash": "bool",
        "implicit": "bool",
        "minSpans": "int",
        "maxSpans": "int",
        "minTraceSpans": "int",
        "minErrors": "int",
        "maxErrors": "int",
        "minTraces": "int",
        "maxTraces": "int",
        "bots": "bool",
        "minDurationMs": "float",
        "maxDurationMs": "float",
        "minCostUsd": "float",
        "maxCostUsd": "float",
        "minTokens": "int",
        "maxTokens": "int",
        "operation": "Union[str, Sequence[str]]",
        "tool": "Union[str, Sequence[str]]",
        "errorType": "Union[str, Sequence[str]]",
        "route": "Union[str, Sequence[str]]",
        "status": "Union[int, Sequence[int]]",
        "attr": "dict[str, list[str]]",
        "error": "Union[str, Sequence[str]]",
        "failedTool": "Union[str, Sequence[str]]",
        "score": "Union[str, Sequence[str]]",
        "scoreLabel": "dict[str, list[str]]",
        "minScore": "dict[str, float]",
        "maxScore": "dict[str, float]",
        "attrExists": "Union[str, Sequence[str]]",
        "not.userId": "Union[str, Sequence[str]]",
        "not.service": "Union[str, Sequence[str]]",
        "not.model": "Union[str, Sequence[str]]",
        "not.provider": "Union[str, Sequence[str]]",
        "not.state": "Union[Literal['active', 'idle', 'ended', 'timed_out', 'invalidated'], Sequence[Literal['active', 'idle', 'ended', 'timed_out', 'invalidated']]]",
        "not.deviceType": "Union[Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown'], Sequence[Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown']]]",
        "not.country": "Union[str, Sequence[str]]",
        "not.release": "Union[str, Sequence[str]]",
        "not.url": "Union[str, Sequence[str]]",
        "not.operation": "Union[str, Sequence[str]]",
        "not.tool": "Union[str, Sequence[str]]",
        "not.errorType": "Union[str, Sequence[str]]",
        "not.error": "Union[str, Sequence[str]]",
        "not.failedTool": "Union[str, Sequence[str]]",
        "not.route": "Union[str, Sequence[str]]",
        "not.status": "Union[int, Sequence[int]]",
        "not.attr": "dict[str, list[str]]",
        "not.attrExists": "Union[str, Sequence[str]]",
        "q": "str",
        "limit": "int",
    },
    total=False,
)

GetTopCallsQuery = TypedDict(
    "GetTopCallsQuery",
    {
        "by": "Literal['cost', 'duration']",
        "sessionIdPrefix": "str",
        "userId": "str",
        "userIdPrefix": "str",
        "isActive": "bool",
        "startTime": "str",
        "endTime": "str",
        "activeFrom": "str",
        "activeTo": "str",
        "service": "Union[str, Sequence[str]]",
        "model": "Union[str, Sequence[str]]",
        "provider": "Union[str, Sequence[str]]",
        "state": "Union[Literal['active', 'idle', 'ended', 'timed_out', 'invalidated'], Sequence[Literal['active', 'idle', 'ended', 'timed_out', 'invalidated']]]",
        "deviceType": "Union[Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown'], Sequence[Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown']]]",
        "country": "Union[str, Sequence[str]]",
        "release": "Union[str, Sequence[str]]",
        "url": "str",
        "hasErrors": "bool",
        "hasCrash": "bool",
        "implicit": "bool",
        "minSpans": "int",
        "maxSpans": "int",
        "minTraceSpans": "int",
        "minErrors": "int",
        "maxErrors": "int",
        "minTraces": "int",
        "maxTraces": "int",
        "bots": "bool",
        "minDurationMs": "float",
        "maxDurationMs": "float",
        "minCostUsd": "float",
        "maxCostUsd": "float",
        "minTokens": "int",
        "maxTokens": "int",
        "operation": "Union[str, Sequence[str]]",
        "tool": "Union[str, Sequence[str]]",
        "errorType": "Union[str, Sequence[str]]",
        "route": "Union[str, Sequence[str]]",
        "status": "Union[int, Sequence[int]]",
        "attr": "dict[str, list[str]]",
        "error": "Union[str, Sequence[str]]",
        "failedTool": "Union[str, Sequence[str]]",
        "score": "Union[str, Sequence[str]]",
        "scoreLabel": "dict[str, list[str]]",
        "minScore": "dict[str, float]",
        "maxScore": "dict[str, float]",
        "attrExists": "Union[str, Sequence[str]]",
        "not.userId": "Union[str, Sequence[str]]",
        "not.service": "Union[str, Sequence[str]]",
        "not.model": "Union[str, Sequence[str]]",
        "not.provider": "Union[str, Sequence[str]]",
        "not.state": "Union[Literal['active', 'idle', 'ended', 'timed_out', 'invalidated'], Sequence[Literal['active', 'idle', 'ended', 'timed_out', 'invalidated']]]",
        "not.deviceType": "Union[Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown'], Sequence[Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown']]]",
        "not.country": "Union[str, Sequence[str]]",
        "not.release": "Union[str, Sequence[str]]",
        "not.url": "Union[str, Sequence[str]]",
        "not.operation": "Union[str, Sequence[str]]",
        "not.tool": "Union[str, Sequence[str]]",
        "not.errorType": "Union[str, Sequence[str]]",
        "not.error": "Union[str, Sequence[str]]",
        "not.failedTool": "Union[str, Sequence[str]]",
        "not.route": "Union[str, Sequence[str]]",
        "not.status": "Union[int, Sequence[int]]",
        "not.attr": "dict[str, list[str]]",
        "not.attrExists": "Union[str, Sequence[str]]",
        "q": "str",
        "limit": "int",
    },
    total=False,
)

GetSessionGroupsQuery = TypedDict(
    "GetSessionGroupsQuery",
    {
        "by": "str",
        "sort": "Literal['sessions', 'errors', 'tokens', 'cost']",
        "limit": "int",
        "sessionIdPrefix": "str",
        "userId": "str",
        "userIdPrefix": "str",
        "isActive": "bool",
        "startTime": "str",
        "endTime": "str",
        "activeFrom": "str",
        "activeTo": "str",
        "service": "Union[str, Sequence[str]]",
        "model": "Union[str, Sequence[str]]",
        "provider": "Union[str, Sequence[str]]",
        "state": "Union[Literal['active', 'idle', 'ended', 'timed_out', 'invalidated'], Sequence[Literal['active', 'idle', 'ended', 'timed_out', 'invalidated']]]",
        "deviceType": "Union[Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown'], Sequence[Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown']]]",
        "country": "Union[str, Sequence[str]]",
        "release": "Union[str, Sequence[str]]",
        "url": "str",
        "hasErrors": "bool",
        "hasCrash": "bool",
        "implicit": "bool",
        "minSpans": "int",
        "maxSpans": "int",
        "minTraceSpans": "int",
        "minErrors": "int",
        "maxErrors": "int",
        "minTraces": "int",
        "maxTraces": "int",
        "bots": "bool",
        "minDurationMs": "float",
        "maxDurationMs": "float",
        "minCostUsd": "float",
        "maxCostUsd": "float",
        "minTokens": "int",
        "maxTokens": "int",
        "operation": "Union[str, Sequence[str]]",
        "tool": "Union[str, Sequence[str]]",
        "errorType": "Union[str, Sequence[str]]",
        "route": "Union[str, Sequence[str]]",
        "status": "Union[int, Sequence[int]]",
        "attr": "dict[str, list[str]]",
        "error": "Union[str, Sequence[str]]",
        "failedTool": "Union[str, Sequence[str]]",
        "score": "Union[str, Sequence[str]]",
        "scoreLabel": "dict[str, list[str]]",
        "minScore": "dict[str, float]",
        "maxScore": "dict[str, float]",
        "attrExists": "Union[str, Sequence[str]]",
        "not.userId": "Union[str, Sequence[str]]",
        "not.service": "Union[str, Sequence[str]]",
        "not.model": "Union[str, Sequence[str]]",
        "not.provider": "Union[str, Sequence[str]]",
        "not.state": "Union[Literal['active', 'idle', 'ended', 'timed_out', 'invalidated'], Sequence[Literal['active', 'idle', 'ended', 'timed_out', 'invalidated']]]",
        "not.deviceType": "Union[Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown'], Sequence[Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown']]]",
        "not.country": "Union[str, Sequence[str]]",
        "not.release": "Union[str, Sequence[str]]",
        "not.url": "Union[str, Sequence[str]]",
        "not.operation": "Union[str, Sequence[str]]",
        "not.tool": "Union[str, Sequence[str]]",
        "not.errorType": "Union[str, Sequence[str]]",
        "not.error": "Union[str, Sequence[str]]",
        "not.failedTool": "Union[str, Sequence[str]]",
        "not.route": "Union[str, Sequence[str]]",
        "not.status": "Union[int, Sequence[int]]",
        "not.attr": "dict[str, list[str]]",
        "not.attrExists": "Union[str, Sequence[str]]",
        "q": "str",
    },
    total=False,
)

GetVisitsQuery = TypedDict(
    "GetVisitsQuery",
    {
        "sessionIdPrefix": "str",
        "userId": "str",
        "userIdPrefix": "str",
        "isActive": "bool",
        "startTime": "str",
        "endTime": "str",
        "activeFrom": "str",
        "activeTo": "str",
        "service": "Union[str, Sequence[str]]",
        "model": "Union[str, Sequence[str]]",
        "provider": "Union[str, Sequence[str]]",
        "state": "Union[Literal['active', 'idle', 'ended', 'timed_out', 'invalidated'], Sequence[Literal['active', 'idle', 'ended', 'timed_out', 'invalidated']]]",
        "deviceType": "Union[Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown'], Sequence[Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown']]]",
        "country": "Union[str, Sequence[str]]",
        "release": "Union[str, Sequence[str]]",
        "url": "str",
        "hasErrors": "bool",
        "hasCrash": "bool",
        "implicit": "bool",
        "minSpans": "int",
        "maxSpans": "int",
        "minTraceSpans": "int",
        "minErrors": "int",
        "maxErrors": "int",
        "minTraces": "int",
        "maxTraces": "int",
        "bots": "bool",
        "minDurationMs": "float",
        "maxDurationMs": "float",
        "minCostUsd": "float",
        "maxCostUsd": "float",
        "minTokens": "int",
        "maxTokens": "int",
        "operation": "Union[str, Sequence[str]]",
        "tool": "Union[str, Sequence[str]]",
        "errorType": "Union[str, Sequence[str]]",
        "route": "Union[str, Sequence[str]]",
        "status": "Union[int, Sequence[int]]",
        "attr": "dict[str, list[str]]",
        "error": "Union[str, Sequence[str]]",
        "failedTool": "Union[str, Sequence[str]]",
        "score": "Union[str, Sequence[str]]",
        "scoreLabel": "dict[str, list[str]]",
        "minScore": "dict[str, float]",
        "maxScore": "dict[str, float]",
        "attrExists": "Union[str, Sequence[str]]",
        "not.userId": "Union[str, Sequence[str]]",
        "not.service": "Union[str, Sequence[str]]",
        "not.model": "Union[str, Sequence[str]]",
        "not.provider": "Union[str, Sequence[str]]",
        "not.state": "Union[Literal['active', 'idle', 'ended', 'timed_out', 'invalidated'], Sequence[Literal['active', 'idle', 'ended', 'timed_out', 'invalidated']]]",
        "not.deviceType": "Union[Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown'], Sequence[Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown']]]",
        "not.country": "Union[str, Sequence[str]]",
        "not.release": "Union[str, Sequence[str]]",
        "not.url": "Union[str, Sequence[str]]",
        "not.operation": "Union[str, Sequence[str]]",
        "not.tool": "Union[str, Sequence[str]]",
        "not.errorType": "Union[str, Sequence[str]]",
        "not.error": "Union[str, Sequence[str]]",
        "not.failedTool": "Union[str, Sequence[str]]",
        "not.route": "Union[str, Sequence[str]]",
        "not.status": "Union[int, Sequence[int]]",
        "not.attr": "dict[str, list[str]]",
        "not.attrExists": "Union[str, Sequence[str]]",
        "q": "str",
    },
    total=False,
)

GetSessionFacetsQuery = TypedDict(
    "GetSessionFacetsQuery",
    {
        "prefix": "str",
        "attribute": "str",
        "sessionIdPrefix": "str",
        "userId": "str",
        "userIdPrefix": "str",
        "isActive": "bool",
        "startTime": "str",
        "endTime": "str",
        "activeFrom": "str",
        "activeTo": "str",
        "service": "Union[str, Sequence[str]]",
        "model": "Union[str, Sequence[str]]",
        "provider": "Union[str, Sequence[str]]",
        "state": "Union[Literal['active', 'idle', 'ended', 'timed_out', 'invalidated'], Sequence[Literal['active', 'idle', 'ended', 'timed_out', 'invalidated']]]",
        "deviceType": "Union[Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown'], Sequence[Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown']]]",
        "country": "Union[str, Sequence[str]]",
        "release": "Union[str, Sequence[str]]",
        "url": "str",
        "hasErrors": "bool",
        "hasCrash": "bool",
        "implicit": "bool",
        "minSpans": "int",
        "maxSpans": "int",
        "minTraceSpans": "int",
        "minErrors": "int",
        "maxErrors": "int",
        "minTraces": "int",
        "maxTraces": "int",
        "bots": "bool",
        "minDurationMs": "float",
        "maxDurationMs": "float",
        "minCostUsd": "float",
        "maxCostUsd": "float",
        "minTokens": "int",
        "maxTokens": "int",
        "operation": "Union[str, Sequence[str]]",
        "tool": "Union[str, Sequence[str]]",
        "errorType": "Union[str, Sequence[str]]",
        "route": "Union[str, Sequence[str]]",
        "status": "Union[int, Sequence[int]]",
        "attr": "dict[str, list[str]]",
        "error": "Union[str, Sequence[str]]",
        "failedTool": "Union[str, Sequence[str]]",
        "score": "Union[str, Sequence[str]]",
        "scoreLabel": "dict[str, list[str]]",
        "minScore": "dict[str, float]",
        "maxScore": "dict[str, float]",
        "attrExists": "Union[str, Sequence[str]]",
        "not.userId": "Union[str, Sequence[str]]",
        "not.service": "Union[str, Sequence[str]]",
        "not.model": "Union[str, Sequence[str]]",
        "not.provider": "Union[str, Sequence[str]]",
        "not.state": "Union[Literal['active', 'idle', 'ended', 'timed_out', 'invalidated'], Sequence[Literal['active', 'idle', 'ended', 'timed_out', 'invalidated']]]",
        "not.deviceType": "Union[Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown'], Sequence[Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown']]]",
        "not.country": "Union[str, Sequence[str]]",
        "not.release": "Union[str, Sequence[str]]",
        "not.url": "Union[str, Sequence[str]]",
        "not.operation": "Union[str, Sequence[str]]",
        "not.tool": "Union[str, Sequence[str]]",
        "not.errorType": "Union[str, Sequence[str]]",
        "not.error": "Union[str, Sequence[str]]",
        "not.failedTool": "Union[str, Sequence[str]]",
        "not.route": "Union[str, Sequence[str]]",
        "not.status": "Union[int, Sequence[int]]",
        "not.attr": "dict[str, list[str]]",
        "not.attrExists": "Union[str, Sequence[str]]",
        "q": "str",
    },
    total=False,
)

ListSessionTracesQuery = TypedDict(
    "ListSessionTracesQuery",
    {
        "limit": "int",
    },
    total=False,
)

ListSessionTracesByIdQuery = TypedDict(
    "ListSessionTracesByIdQuery",
    {
        "limit": "int",
    },
    total=False,
)

GetSessionUsageQuery = TypedDict(
    "GetSessionUsageQuery",
    {
        "limit": "int",
    },
    total=False,
)

GetSessionUsageByIdQuery = TypedDict(
    "GetSessionUsageByIdQuery",
    {
        "limit": "int",
    },
    total=False,
)

ListSessionExceptionsQuery = TypedDict(
    "ListSessionExceptionsQuery",
    {
        "limit": "int",
    },
    total=False,
)

ListSessionExceptionsByIdQuery = TypedDict(
    "ListSessionExceptionsByIdQuery",
    {
        "limit": "int",
    },
    total=False,
)

ListSessionEventsQuery = TypedDict(
    "ListSessionEventsQuery",
    {
        "limit": "int",
        "name": "Union[str, Sequence[str]]",
        "minSeverity": "str",
        "spanEvents": "bool",
        "traceId": "str",
        "order": "Literal['asc', 'desc']",
    },
    total=False,
)

ListSessionEventsByIdQuery = TypedDict(
    "ListSessionEventsByIdQuery",
    {
        "limit": "int",
        "name": "Union[str, Sequence[str]]",
        "minSeverity": "str",
        "spanEvents": "bool",
        "traceId": "str",
        "order": "Literal['asc', 'desc']",
    },
    total=False,
)

GetSessionConversationQuery = TypedDict(
    "GetSessionConversationQuery",
    {
        "limit": "int",
    },
    total=False,
)

GetSessionConversationByIdQuery = TypedDict(
    "GetSessionConversationByIdQuery",
    {
        "limit": "int",
    },
    total=False,
)

GetSessionPagesQuery = TypedDict(
    "GetSessionPagesQuery",
    {
        "limit": "int",
    },
    total=False,
)

GetSessionPagesByIdQuery = TypedDict(
    "GetSessionPagesByIdQuery",
    {
        "limit": "int",
    },
    total=False,
)

StreamSessionsQuery = TypedDict(
    "StreamSessionsQuery",
    {
        "sessionIdPrefix": "str",
        "userId": "str",
        "userIdPrefix": "str",
        "isActive": "bool",
        "startTime": "str",
        "endTime": "str",
        "activeFrom": "str",
        "activeTo": "str",
        "service": "Union[str, Sequence[str]]",
        "model": "Union[str, Sequence[str]]",
        "provider": "Union[str, Sequence[str]]",
        "state": "Union[Literal['active', 'idle', 'ended', 'timed_out', 'invalidated'], Sequence[Literal['active', 'idle', 'ended', 'timed_out', 'invalidated']]]",
        "deviceType": "Union[Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown'], Sequence[Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown']]]",
        "country": "Union[str, Sequence[str]]",
        "release": "Union[str, Sequence[str]]",
        "url": "str",
        "hasErrors": "bool",
        "hasCrash": "bool",
        "implicit": "bool",
        "minSpans": "int",
        "maxSpans": "int",
        "minTraceSpans": "int",
        "minErrors": "int",
        "maxErrors": "int",
        "minTraces": "int",
        "maxTraces": "int",
        "bots": "bool",
        "minDurationMs": "float",
        "maxDurationMs": "float",
        "minCostUsd": "float",
        "maxCostUsd": "float",
        "minTokens": "int",
        "maxTokens": "int",
        "operation": "Union[str, Sequence[str]]",
        "tool": "Union[str, Sequence[str]]",
        "errorType": "Union[str, Sequence[str]]",
        "route": "Union[str, Sequence[str]]",
        "status": "Union[int, Sequence[int]]",
        "attr": "dict[str, list[str]]",
        "error": "Union[str, Sequence[str]]",
        "failedTool": "Union[str, Sequence[str]]",
        "score": "Union[str, Sequence[str]]",
        "scoreLabel": "dict[str, list[str]]",
        "minScore": "dict[str, float]",
        "maxScore": "dict[str, float]",
        "attrExists": "Union[str, Sequence[str]]",
        "not.userId": "Union[str, Sequence[str]]",
        "not.service": "Union[str, Sequence[str]]",
        "not.model": "Union[str, Sequence[str]]",
        "not.provider": "Union[str, Sequence[str]]",
        "not.state": "Union[Literal['active', 'idle', 'ended', 'timed_out', 'invalidated'], Sequence[Literal['active', 'idle', 'ended', 'timed_out', 'invalidated']]]",
        "not.deviceType": "Union[Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown'], Sequence[Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown']]]",
        "not.country": "Union[str, Sequence[str]]",
        "not.release": "Union[str, Sequence[str]]",
        "not.url": "Union[str, Sequence[str]]",
        "not.operation": "Union[str, Sequence[str]]",
        "not.tool": "Union[str, Sequence[str]]",
        "not.errorType": "Union[str, Sequence[str]]",
        "not.error": "Union[str, Sequence[str]]",
        "not.failedTool": "Union[str, Sequence[str]]",
        "not.route": "Union[str, Sequence[str]]",
        "not.status": "Union[int, Sequence[int]]",
        "not.attr": "dict[str, list[str]]",
        "not.attrExists": "Union[str, Sequence[str]]",
    },
    total=False,
)

ExportSessionsQuery = TypedDict(
    "ExportSessionsQuery",
    {
        "sessionIdPrefix": "str",
        "userId": "str",
        "userIdPrefix": "str",
        "isActive": "bool",
        "startTime": "str",
        "endTime": "str",
        "activeFrom": "str",
        "activeTo": "str",
        "service": "Union[str, Sequence[str]]",
        "model": "Union[str, Sequence[str]]",
        "provider": "Union[str, Sequence[str]]",
        "state": "Union[Literal['active', 'idle', 'ended', 'timed_out', 'invalidated'], Sequence[Literal['active', 'idle', 'ended', 'timed_out', 'invalidated']]]",
        "deviceType": "Union[Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown'], Sequence[Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown']]]",
        "country": "Union[str, Sequence[str]]",
        "release": "Union[str, Sequence[str]]",
        "url": "str",
        "hasErrors": "bool",
        "hasCrash": "bool",
        "implicit": "bool",
        "minSpans": "int",
        "maxSpans": "int",
        "minTraceSpans": "int",
        "minErrors": "int",
        "maxErrors": "int",
        "minTraces": "int",
        "maxTraces": "int",
        "bots": "bool",
        "minDurationMs": "float",
        "maxDurationMs": "float",
        "minCostUsd": "float",
        "maxCostUsd": "float",
        "minTokens": "int",
        "maxTokens": "int",
        "operation": "Union[str, Sequence[str]]",
        "tool": "Union[str, Sequence[str]]",
        "errorType": "Union[str, Sequence[str]]",
        "route": "Union[str, Sequence[str]]",
        "status": "Union[int, Sequence[int]]",
        "attr": "dict[str, list[str]]",
        "error": "Union[str, Sequence[str]]",
        "failedTool": "Union[str, Sequence[str]]",
        "score": "Union[str, Sequence[str]]",
        "scoreLabel": "dict[str, list[str]]",
        "minScore": "dict[str, float]",
        "maxScore": "dict[str, float]",
        "attrExists": "Union[str, Sequence[str]]",
        "not.userId": "Union[str, Sequence[str]]",
        "not.service": "Union[str, Sequence[str]]",
        "not.model": "Union[str, Sequence[str]]",
        "not.provider": "Union[str, Sequence[str]]",
        "not.state": "Union[Literal['active', 'idle', 'ended', 'timed_out', 'invalidated'], Sequence[Literal['active', 'idle', 'ended', 'timed_out', 'invalidated']]]",
        "not.deviceType": "Union[Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown'], Sequence[Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown']]]",
        "not.country": "Union[str, Sequence[str]]",
        "not.release": "Union[str, Sequence[str]]",
        "not.url": "Union[str, Sequence[str]]",
        "not.operation": "Union[str, Sequence[str]]",
        "not.tool": "Union[str, Sequence[str]]",
        "not.errorType": "Union[str, Sequence[str]]",
        "not.error": "Union[str, Sequence[str]]",
        "not.failedTool": "Union[str, Sequence[str]]",
        "not.route": "Union[str, Sequence[str]]",
        "not.status": "Union[int, Sequence[int]]",
        "not.attr": "dict[str, list[str]]",
        "not.attrExists": "Union[str, Sequence[str]]",
        "q": "str",
        "format": "Literal['csv', 'jsonl', 'parquet', 'otlp']",
        "include": "Literal['turns']",
        "bom": "bool",
        "limit": "int",
    },
    total=False,
)

ExportSessionQuery = TypedDict(
    "ExportSessionQuery",
    {
        "format": "Literal['jsonl', 'otlp', 'perfetto']",
    },
    total=False,
)

ExportSessionByIdQuery = TypedDict(
    "ExportSessionByIdQuery",
    {
        "format": "Literal['jsonl', 'otlp', 'perfetto']",
    },
    total=False,
)

GetScoreStatisticsQuery = TypedDict(
    "GetScoreStatisticsQuery",
    {
        "sessionIdPrefix": "str",
        "userId": "str",
        "userIdPrefix": "str",
        "isActive": "bool",
        "startTime": "str",
        "endTime": "str",
        "activeFrom": "str",
        "activeTo": "str",
        "service": "Union[str, Sequence[str]]",
        "model": "Union[str, Sequence[str]]",
        "provider": "Union[str, Sequence[str]]",
        "state": "Union[Literal['active', 'idle', 'ended', 'timed_out', 'invalidated'], Sequence[Literal['active', 'idle', 'ended', 'timed_out', 'invalidated']]]",
        "deviceType": "Union[Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown'], Sequence[Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown']]]",
        "country": "Union[str, Sequence[str]]",
        "release": "Union[str, Sequence[str]]",
        "url": "str",
        "hasErrors": "bool",
        "hasCrash": "bool",
        "implicit": "bool",
        "minSpans": "int",
        "maxSpans": "int",
        "minTraceSpans": "int",
        "minErrors": "int",
        "maxErrors": "int",
        "minTraces": "int",
        "maxTraces": "int",
        "bots": "bool",
        "minDurationMs": "float",
        "maxDurationMs": "float",
        "minCostUsd": "float",
        "maxCostUsd": "float",
        "minTokens": "int",
        "maxTokens": "int",
        "operation": "Union[str, Sequence[str]]",
        "tool": "Union[str, Sequence[str]]",
        "errorType": "Union[str, Sequence[str]]",
        "route": "Union[str, Sequence[str]]",
        "status": "Union[int, Sequence[int]]",
        "attr": "dict[str, list[str]]",
        "error": "Union[str, Sequence[str]]",
        "failedTool": "Union[str, Sequence[str]]",
        "score": "Union[str, Sequence[str]]",
        "scoreLabel": "dict[str, list[str]]",
        "minScore": "dict[str, float]",
        "maxScore": "dict[str, float]",
        "attrExists": "Union[str, Sequence[str]]",
        "not.userId": "Union[str, Sequence[str]]",
        "not.service": "Union[str, Sequence[str]]",
        "not.model": "Union[str, Sequence[str]]",
        "not.provider": "Union[str, Sequence[str]]",
        "not.state": "Union[Literal['active', 'idle', 'ended', 'timed_out', 'invalidated'], Sequence[Literal['active', 'idle', 'ended', 'timed_out', 'invalidated']]]",
        "not.deviceType": "Union[Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown'], Sequence[Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown']]]",
        "not.country": "Union[str, Sequence[str]]",
        "not.release": "Union[str, Sequence[str]]",
        "not.url": "Union[str, Sequence[str]]",
        "not.operation": "Union[str, Sequence[str]]",
        "not.tool": "Union[str, Sequence[str]]",
        "not.errorType": "Union[str, Sequence[str]]",
        "not.error": "Union[str, Sequence[str]]",
        "not.failedTool": "Union[str, Sequence[str]]",
        "not.route": "Union[str, Sequence[str]]",
        "not.status": "Union[int, Sequence[int]]",
        "not.attr": "dict[str, list[str]]",
        "not.attrExists": "Union[str, Sequence[str]]",
        "q": "str",
    },
    total=False,
)

GetToolStatisticsQuery = TypedDict(
    "GetToolStatisticsQuery",
    {
        "sort": "Literal['calls', 'failures', 'retries', 'sessions', 'p95']",
        "limit": "int",
        "sessionIdPrefix": "str",
        "userId": "str",
        "userIdPrefix": "str",
        "isActive": "bool",
        "startTime": "str",
        "endTime": "str",
        "activeFrom": "str",
        "activeTo": "str",
        "service": "Union[str, Sequence[str]]",
        "model": "Union[str, Sequence[str]]",
        "provider": "Union[str, Sequence[str]]",
        "state": "Union[Literal['active', 'idle', 'ended', 'timed_out', 'invalidated'], Sequence[Literal['active', 'idle', 'ended', 'timed_out', 'invalidated']]]",
        "deviceType": "Union[Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown'], Sequence[Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown']]]",
        "country": "Union[str, Sequence[str]]",
        "release": "Union[str, Sequence[str]]",
        "url": "str",
        "hasErrors": "bool",
        "hasCrash": "bool",
        "implicit": "bool",
        "minSpans": "int",
        "maxSpans": "int",
        "minTraceSpans": "int",
        "minErrors": "int",
        "maxErrors": "int",
        "minTraces": "int",
        "maxTraces": "int",
        "bots": "bool",
        "minDurationMs": "float",
        "maxDurationMs": "float",
        "minCostUsd": "float",
        "maxCostUsd": "float",
        "minTokens": "int",
        "maxTokens": "int",
        "operation": "Union[str, Sequence[str]]",
        "tool": "Union[str, Sequence[str]]",
        "errorType": "Union[str, Sequence[str]]",
        "route": "Union[str, Sequence[str]]",
        "status": "Union[int, Sequence[int]]",
        "attr": "dict[str, list[str]]",
        "error": "Union[str, Sequence[str]]",
        "failedTool": "Union[str, Sequence[str]]",
        "score": "Union[str, Sequence[str]]",
        "scoreLabel": "dict[str, list[str]]",
        "minScore": "dict[str, float]",
        "maxScore": "dict[str, float]",
        "attrExists": "Union[str, Sequence[str]]",
        "not.userId": "Union[str, Sequence[str]]",
        "not.service": "Union[str, Sequence[str]]",
        "not.model": "Union[str, Sequence[str]]",
        "not.provider": "Union[str, Sequence[str]]",
        "not.state": "Union[Literal['active', 'idle', 'ended', 'timed_out', 'invalidated'], Sequence[Literal['active', 'idle', 'ended', 'timed_out', 'invalidated']]]",
        "not.deviceType": "Union[Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown'], Sequence[Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown']]]",
        "not.country": "Union[str, Sequence[str]]",
        "not.release": "Union[str, Sequence[str]]",
        "not.url": "Union[str, Sequence[str]]",
        "not.operation": "Union[str, Sequence[str]]",
        "not.tool": "Union[str, Sequence[str]]",
        "not.errorType": "Union[str, Sequence[str]]",
        "not.error": "Union[str, Sequence[str]]",
        "not.failedTool": "Union[str, Sequence[str]]",
        "not.route": "Union[str, Sequence[str]]",
        "not.status": "Union[int, Sequence[int]]",
        "not.attr": "dict[str, list[str]]",
        "not.attrExists": "Union[str, Sequence[str]]",
        "q": "str",
    },
    total=False,
)

GetErrorStatisticsQuery = TypedDict(
    "GetErrorStatisticsQuery",
    {
        "sort": "Literal['sessions', 'count', 'last_seen', 'first_seen']",
        "limit": "int",
        "sessionIdPrefix": "str",
        "userId": "str",
        "userIdPrefix": "str",
        "isActive": "bool",
        "startTime": "str",
        "endTime": "str",
        "activeFrom": "str",
        "activeTo": "str",
        "service": "Union[str, Sequence[str]]",
        "model": "Union[str, Sequence[str]]",
        "provider": "Union[str, Sequence[str]]",
        "state": "Union[Literal['active', 'idle', 'ended', 'timed_out', 'invalidated'], Sequence[Literal['active', 'idle', 'ended', 'timed_out', 'invalidated']]]",
        "deviceType": "Union[Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown'], Sequence[Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown']]]",
        "country": "Union[str, Sequence[str]]",
        "release": "Union[str, Sequence[str]]",
        "url": "str",
        "hasErrors": "bool",
        "hasCrash": "bool",
        "implicit": "bool",
        "minSpans": "int",
        "maxSpans": "int",
        "minTraceSpans": "int",
        "minErrors": "int",
        "maxErrors": "int",
        "minTraces": "int",
        "maxTraces": "int",
        "bots": "bool",
        "minDurationMs": "float",
        "maxDurationMs": "float",
        "minCostUsd": "float",
        "maxCostUsd": "float",
        "minTokens": "int",
        "maxTokens": "int",
        "operation": "Union[str, Sequence[str]]",
        "tool": "Union[str, Sequence[str]]",
        "errorType": "Union[str, Sequence[str]]",
        "route": "Union[str, Sequence[str]]",
        "status": "Union[int, Sequence[int]]",
        "attr": "dict[str, list[str]]",
        "error": "Union[str, Sequence[str]]",
        "failedTool": "Union[str, Sequence[str]]",
        "score": "Union[str, Sequence[str]]",
        "scoreLabel": "dict[str, list[str]]",
        "minScore": "dict[str, float]",
        "maxScore": "dict[str, float]",
        "attrExists": "Union[str, Sequence[str]]",
        "not.userId": "Union[str, Sequence[str]]",
        "not.service": "Union[str, Sequence[str]]",
        "not.model": "Union[str, Sequence[str]]",
        "not.provider": "Union[str, Sequence[str]]",
        "not.state": "Union[Literal['active', 'idle', 'ended', 'timed_out', 'invalidated'], Sequence[Literal['active', 'idle', 'ended', 'timed_out', 'invalidated']]]",
        "not.deviceType": "Union[Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown'], Sequence[Literal['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable', 'iot', 'bot', 'unknown']]]",
        "not.country": "Union[str, Sequence[str]]",
        "not.release": "Union[str, Sequence[str]]",
        "not.url": "Union[str, Sequence[str]]",
        "not.operation": "Union[str, Sequence[str]]",
        "not.tool": "Union[str, Sequence[str]]",
        "not.errorType": "Union[str, Sequence[str]]",
        "not.error": "Union[str, Sequence[str]]",
        "not.failedTool": "Union[str, Sequence[str]]",
        "not.route": "Union[str, Sequence[str]]",
        "not.status": "Union[int, Sequence[int]]",
        "not.attr": "dict[str, list[str]]",
        "not.attrExists": "Union[str, Sequence[str]]",
        "q": "str",
    },
    total=False,
)

GetRetentionPlanQuery = TypedDict(
    "GetRetentionPlanQuery",
    {
        "keepSessions": "str",
        "keepContent": "str",
        "keepSize": "str",
    },
    total=False,
)

ListAuditQuery = TypedDict(
    "ListAuditQuery",
    {
        "limit": "int",
    },
    total=False,
)
