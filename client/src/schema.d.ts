// Made by npm run web:api. ea775996e532dc32ee3ddf75449ab54a 3869b1aa836e73d5fe66eee82e66f59d
export interface paths {
    "/api/v1/alerts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Alerts */
        get: operations["listAlerts"];
        put?: never;
        /**
         * Make an alert
         * @description The answer has the secret of its signatures, which no later answer has.
         */
        post: operations["createAlert"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/alerts/{alertId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One alert */
        get: operations["getAlert"];
        /**
         * Change an alert
         * @description Replaces all of its fields. It begins anew, and keeps its secret.
         */
        put: operations["replaceAlert"];
        post?: never;
        /**
         * Delete an alert
         * @description Its messages that have not arrived yet are not sent any more.
         */
        delete: operations["deleteAlert"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/alerts/{alertId}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a test message
         * @description Sends it now, once, with the measure as it is now. The state of the alert stays.
         */
        post: operations["testAlert"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The audit log
         * @description Who made and revoked keys, signed in, or changed something, newest first. A key of one project sees what concerns that project only. `sojourn audit --json` prints all of it.
         */
        get: operations["listAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/exports/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Sessions as a file
         * @description The sessions that match all filters, in the order of the list. States and filters are of the time at which the export began; each session is read at one moment. Without `limit` the answer has all of them, and ends with the trailer `Sojourn-Export`. With `limit` it is a part, and `Sojourn-Export` a header with the cursor of the next one: an export in parts goes on where it was cut. Text is compressed by gzip for a client that accepts that; counts and digests are of the bytes before.
         */
        get: operations["exportSessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{jobId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far an erasure is */
        get: operations["getJob"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who sends this request, and what they may do */
        get: operations["getCaller"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The projects that the caller may see
         * @description For a key of one project, this project. For others, all that have had telemetry or have a key, and `default`. Such a caller chooses one with the parameter `project` or the header `x-sojourn-project` of the other routes.
         */
        get: operations["listProjects"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/retention": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What retention would remove now
         * @description Counts, and changes nothing. Without parameters for the settings of the server, with any of them for these instead.
         */
        get: operations["getRetentionPlan"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/scores": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Averages of scores
         * @description By name, over the sessions of a range under any filter of the list. Sessions with scores are read one by one.
         */
        get: operations["getScoreStatistics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List sessions
         * @description Newest start first. `startTime` and `endTime` select by a session’s own start, `activeFrom` and `activeTo` by its activity, both ends included; a session is never clipped. Several filters mean *and*, several values of one filter mean *or*. Pages are read by key: following `next_cursor` while telemetry arrives skips no session that was there.
         */
        get: operations["listSessions"];
        put?: never;
        post?: never;
        /**
         * Erase all sessions under filters
         * @description Takes the filters of the list, at least one of them. With `dryRun=true` it only counts. Sessions that are new under the filters once the job has begun are not erased.
         */
        delete: operations["eraseSessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{sessionId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One session */
        get: operations["getSession"];
        put?: never;
        post?: never;
        /**
         * Erase a session
         * @description Erases all records that count in the session, for good. Telemetry of it that comes late or again stays out.
         */
        delete: operations["eraseSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{sessionId}/conversation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What was said in a session
         * @description The messages of its model calls and the runs of its tools, in order. Calls repeat the messages before them; each is shown once. A page may be empty and have a `next_cursor` if many traces were read without a message.
         */
        get: operations["getSessionConversation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{sessionId}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Log records and span events of a session
         * @description The log records of the session, each once, in order of time; with `spanEvents=true` also the events of its spans. Data points of metrics are left out: they are in `/usage`. A page may be empty and have a `next_cursor` if many events were read without a match.
         */
        get: operations["listSessionEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{sessionId}/exceptions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What was thrown in a session
         * @description Its exceptions and crashes, reported by events of spans, log records or attributes of spans. Each exception of a service is listed once, earliest first, with how often it was thrown. In a session with very many traces an exception may be listed again on a later page, with the reports of the traces there.
         */
        get: operations["listSessionExceptions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{sessionId}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One session as a file
         * @description Without `cursor` the answer has all of it, and ends with the trailer `Sojourn-Export`. With `cursor` it is a part: an export in parts goes on where it was cut.
         */
        get: operations["exportSession"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{sessionId}/invalidate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Invalidate a session
         * @description An operator’s mark that a session does not count; its state is `invalidated` from then on. Doing it again changes nothing.
         */
        post: operations["invalidateSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{sessionId}/media/{mediaId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * An image, audio or a file of a conversation
         * @description Content that a message carries inline, by the `media_id` that its turn has. What begins like PNG, JPEG, GIF, WebP, AVIF, WAV, Ogg, WebM audio or MP3 has that type, whatever the message says; anything else is a download of unknown type.
         */
        get: operations["getSessionMedia"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{sessionId}/outline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All traces and spans of a session, in short
         * @description The traces with at least one span in the session, each with all of its spans, without attributes, events and links: what a time line is drawn from. `GET /api/v1/traces/{traceId}/spans/{spanId}` has the rest of a span.
         */
        get: operations["getSessionOutline"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{sessionId}/outline-columns": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All traces and spans of a session, in short, by columns
         * @description The same as the outline in a quarter of its size, and for more spans: a session of a hundred thousand is read at once.
         */
        get: operations["getSessionOutlineColumns"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{sessionId}/pages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The pages of a visit
         * @description The pages or screens that the visitor was on, in order of time, each with what happened there: clicks, requests, exceptions, web vitals and model calls. Counts are of all, lists are bounded. Their number is `visit.page_views` of the session.
         */
        get: operations["getSessionPages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{sessionId}/scores": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Scores of a session, one by one
         * @description Scores given by the API, and results of evaluations in its telemetry (log records with the event name `gen_ai.evaluation.result`).
         */
        get: operations["listSessionScores"];
        put?: never;
        /**
         * Give a session a score
         * @description Of the whole session, or of a trace, a span or a turn of it. It is on disk before the answer. Needs the scope `score`. A session that is named by its trace alone takes its scores along when an id arrives.
         */
        post: operations["giveScore"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{sessionId}/scores/{scoreId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete a score
         * @description One that was given by the API: no answer has it any more. Its text stays in the log until the session is erased or its time is over. Scores of telemetry leave with their session.
         */
        delete: operations["deleteScore"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{sessionId}/traces": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Traces of a session
         * @description The traces with at least one span in the session, each with those of its spans that are in the session. `GET /api/v1/traces/{traceId}` has all of them.
         */
        get: operations["listSessionTraces"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{sessionId}/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Why the usage of a session is what it is
         * @description Every record of the session that reports a model call, or has numbers that look like it: its normalised numbers, the price used or why there is none, and whether it counts, or why not and what counts instead. Every page has the totals of the whole session. All costs are at current prices, even while lists still have to follow a change of prices.
         */
        get: operations["getSessionUsage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/by-id": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One session, by an id of any form
         * @description The same as `/api/v1/sessions/{sessionId}`, for ids of any form.
         */
        get: operations["getSessionById"];
        put?: never;
        post?: never;
        /**
         * Erase a session, by an id of any form
         * @description The same as `/api/v1/sessions/{sessionId}`, for ids of any form. Erases all records that count in the session, for good. Telemetry of it that comes late or again stays out.
         */
        delete: operations["eraseSessionById"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/by-id/conversation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What was said in a session, by an id of any form
         * @description The same as `/api/v1/sessions/{sessionId}/conversation`, for ids of any form. The messages of its model calls and the runs of its tools, in order. Calls repeat the messages before them; each is shown once. A page may be empty and have a `next_cursor` if many traces were read without a message.
         */
        get: operations["getSessionConversationById"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/by-id/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Log records and span events of a session, by an id of any form
         * @description The same as `/api/v1/sessions/{sessionId}/events`, for ids of any form. The log records of the session, each once, in order of time; with `spanEvents=true` also the events of its spans. Data points of metrics are left out: they are in `/usage`. A page may be empty and have a `next_cursor` if many events were read without a match.
         */
        get: operations["listSessionEventsById"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/by-id/exceptions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What was thrown in a session, by an id of any form
         * @description The same as `/api/v1/sessions/{sessionId}/exceptions`, for ids of any form. Its exceptions and crashes, reported by events of spans, log records or attributes of spans. Each exception of a service is listed once, earliest first, with how often it was thrown. In a session with very many traces an exception may be listed again on a later page, with the reports of the traces there.
         */
        get: operations["listSessionExceptionsById"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/by-id/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One session as a file, by an id of any form
         * @description The same as `/api/v1/sessions/{sessionId}/export`, for ids of any form. Without `cursor` the answer has all of it, and ends with the trailer `Sojourn-Export`. With `cursor` it is a part: an export in parts goes on where it was cut.
         */
        get: operations["exportSessionById"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/by-id/invalidate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Invalidate a session, by an id of any form
         * @description The same as `/api/v1/sessions/{sessionId}/invalidate`, for ids of any form. An operator’s mark that a session does not count; its state is `invalidated` from then on. Doing it again changes nothing.
         */
        post: operations["invalidateSessionById"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/by-id/media/{mediaId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * An image, audio or a file of a conversation, by an id of any form
         * @description The same as `/api/v1/sessions/{sessionId}/media/:mediaId`, for ids of any form. Content that a message carries inline, by the `media_id` that its turn has. What begins like PNG, JPEG, GIF, WebP, AVIF, WAV, Ogg, WebM audio or MP3 has that type, whatever the message says; anything else is a download of unknown type.
         */
        get: operations["getSessionMediaById"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/by-id/outline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All traces and spans of a session, in short, by an id of any form
         * @description The same as `/api/v1/sessions/{sessionId}/outline`, for ids of any form. The traces with at least one span in the session, each with all of its spans, without attributes, events and links: what a time line is drawn from. `GET /api/v1/traces/{traceId}/spans/{spanId}` has the rest of a span.
         */
        get: operations["getSessionOutlineById"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/by-id/outline-columns": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All traces and spans of a session, in short, by columns, by an id of any form
         * @description The same as `/api/v1/sessions/{sessionId}/outline-columns`, for ids of any form. The same as the outline in a quarter of its size, and for more spans: a session of a hundred thousand is read at once.
         */
        get: operations["getSessionOutlineColumnsById"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/by-id/pages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The pages of a visit, by an id of any form
         * @description The same as `/api/v1/sessions/{sessionId}/pages`, for ids of any form. The pages or screens that the visitor was on, in order of time, each with what happened there: clicks, requests, exceptions, web vitals and model calls. Counts are of all, lists are bounded. Their number is `visit.page_views` of the session.
         */
        get: operations["getSessionPagesById"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/by-id/scores": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Scores of a session, one by one, by an id of any form
         * @description The same as `/api/v1/sessions/{sessionId}/scores`, for ids of any form. Scores given by the API, and results of evaluations in its telemetry (log records with the event name `gen_ai.evaluation.result`).
         */
        get: operations["listSessionScoresById"];
        put?: never;
        /**
         * Give a session a score, by an id of any form
         * @description The same as `/api/v1/sessions/{sessionId}/scores`, for ids of any form. Of the whole session, or of a trace, a span or a turn of it. It is on disk before the answer. Needs the scope `score`. A session that is named by its trace alone takes its scores along when an id arrives.
         */
        post: operations["giveScoreById"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/by-id/scores/{scoreId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete a score, by an id of any form
         * @description The same as `/api/v1/sessions/{sessionId}/scores/:scoreId`, for ids of any form. One that was given by the API: no answer has it any more. Its text stays in the log until the session is erased or its time is over. Scores of telemetry leave with their session.
         */
        delete: operations["deleteScoreById"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/by-id/traces": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Traces of a session, by an id of any form
         * @description The same as `/api/v1/sessions/{sessionId}/traces`, for ids of any form. The traces with at least one span in the session, each with those of its spans that are in the session. `GET /api/v1/traces/{traceId}` has all of them.
         */
        get: operations["listSessionTracesById"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/by-id/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Why the usage of a session is what it is, by an id of any form
         * @description The same as `/api/v1/sessions/{sessionId}/usage`, for ids of any form. Every record of the session that reports a model call, or has numbers that look like it: its normalised numbers, the price used or why there is none, and whether it counts, or why not and what counts instead. Every page has the totals of the whole session. All costs are at current prices, even while lists still have to follow a change of prices.
         */
        get: operations["getSessionUsageById"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/facets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What sessions can be filtered by
         * @description The values that sessions have for the filters of the list, each with its exact number of sessions. Without filters they are kept ready. Under filters each list counts the sessions that match all other filters: its own filter (and its `not.`) is left out, so that a list shows what else could be chosen. The sessions of the range are then looked at one by one, which takes some 0.2 s for a million of them.
         */
        get: operations["getSessionFacets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/groups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Sums of sessions by a value
         * @description Of the sessions of a range, under any filter of the list: sessions, errors, model calls, tokens, cost and percentiles of the duration for each user, service, model, provider, country, device, release, operation, tool, error type, route, HTTP failure, or value of an indexed attribute. Two ranges or values are compared by two requests. The sessions are looked at one by one, which takes a second or two for a million of them.
         */
        get: operations["getSessionGroups"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Statistics of sessions
         * @description Of the sessions of a range, under any filter of the list. Adjacent ranges of starts share no session, so their counts add up; a session may have activity in several ranges. Of a range of time alone sums are kept ready; under any other filter the sessions of the range are counted one by one, which takes some seconds for a million of them. A session whose id is `stats` (or `timeline`, `top`, `top-calls`, `groups`, `visits`, `facets`, `stream`) is read as `/api/v1/sessions/by-id?id=stats`.
         */
        get: operations["getSessionStatistics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Sessions as they change
         * @description Server-sent events: a `session` event for each session that is new or has changed, as the list has it, with the filters of the list. A session comes once a second at most. A client that was away goes on where it was by `Last-Event-ID`, as browsers do by themselves; where the server no longer knows what it has missed, it gets a `reset`.
         */
        get: operations["streamSessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/timeline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Sessions over time
         * @description Sessions, errors, model calls, tokens and cost by the start of the sessions, and the models they used. Exact at both ends of the range: adjacent ranges of starts add up. With `activeFrom` the sessions that started before the first point are in `earlier`. Takes the filters of the list.
         */
        get: operations["getSessionTimeline"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/top": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The most expensive or longest sessions
         * @description Of the sessions of a range, under any filter of the list, those with the greatest cost or duration.
         */
        get: operations["getTopSessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/top-calls": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The most expensive or longest model calls
         * @description Of the sessions of a range, under any filter of the list, the model calls with the greatest cost or duration, each with its session. Filters choose sessions: with `model`, a call may be of another model of such a session. Only calls that count are listed, each once. In a session of more than 25,000 records that reports calls twice, both reports may be listed. The sessions are looked at one by one, and up to `limit` of them are read as a whole.
         */
        get: operations["getTopCalls"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/visits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What visits have in common: releases, pages and web vitals
         * @description Of the sessions of a range, under any filter of the list: which releases break, where visitors come in and leave, and how slow pages were for them. The sessions are looked at one by one, which takes a second or two for a hundred thousand visits.
         */
        get: operations["getVisits"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sign-in": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How to sign in */
        get: operations["getSignInWays"];
        put?: never;
        /**
         * Sign in with an API key
         * @description Sets a cookie that does what the key of this request does, as far as reading and administering go, until the sign-in or the key ends. The key needs the scope `read` or `admin`.
         */
        post: operations["signIn"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sign-ins": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who is signed in
         * @description Users whom a proxy names by a header are not in it: nothing is kept of them.
         */
        get: operations["listSignIns"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sign-ins/{signIn}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End a sign-in, or all of someone
         * @description Revoking a key ends its sign-ins as well.
         */
        delete: operations["endSignIns"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sign-out": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End the sign-in of this request */
        post: operations["signOut"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/traces/{traceId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One trace
         * @description All stored spans of the trace, whatever sessions they belong to.
         */
        get: operations["getTrace"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/traces/{traceId}/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The sessions of a trace
         * @description The sessions that the trace has spans in, those with most of them first.
         */
        get: operations["getTraceSessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/traces/{traceId}/spans/{spanId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One span
         * @description The span with everything, as it stands in its trace.
         */
        get: operations["getSpan"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{userId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Erase a user
         * @description Erases all sessions that `GET /api/v1/sessions?userId=` finds, as a whole, for good. Telemetry of them that comes late or again stays out, and so do new records that name the user.
         */
        delete: operations["eraseUser"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/views": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Saved views */
        get: operations["listViews"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/views/{viewName}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Save a view
         * @description Replaces the view of this name, if there is one.
         */
        put: operations["saveView"];
        post?: never;
        /** Delete a view */
        delete: operations["deleteView"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the process answers */
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The server’s own metrics */
        get: operations["getMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document */
        get: operations["getOpenApi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/problems/{code}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What an error code means
         * @description The `type` of every problem document leads here.
         */
        get: operations["getProblem"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether the server takes telemetry and answers queries
         * @description Needs no key. The reason and the size of the store are told only to callers that may read the whole server.
         */
        get: operations["getReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/logs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Log records by OTLP over HTTP
         * @description An OTLP `ExportLogsServiceRequest`, as protobuf or JSON, gzipped or not. A 200 means that all that was taken is on disk.
         */
        post: operations["exportLogs"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Metrics by OTLP over HTTP
         * @description An OTLP `ExportMetricsServiceRequest`, as protobuf or JSON, gzipped or not. A 200 means that all that was taken is on disk. Those that report model calls are kept, others are not.
         */
        post: operations["exportMetrics"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/traces": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Spans by OTLP over HTTP
         * @description An OTLP `ExportTraceServiceRequest`, as protobuf or JSON, gzipped or not. A 200 means that all that was taken is on disk.
         */
        post: operations["exportTraces"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * @description An alert.
         * @example {
         *       "id": "al_6f0a3c5d9b1e47288c21d0aa",
         *       "name": "Errors in the shop",
         *       "filters": "service=checkout",
         *       "measure": "error_share",
         *       "operator": "above",
         *       "threshold": 0.05,
         *       "window_minutes": 15,
         *       "select": "started",
         *       "channel": {
         *         "kind": "webhook",
         *         "url": "https://hooks.example/sojourn"
         *       },
         *       "enabled": true,
         *       "state": "firing",
         *       "value": 0.12,
         *       "evaluated_at": "2026-11-30T12:03:00.000000000Z",
         *       "firing_since": "2026-11-30T12:01:00.000000000Z",
         *       "created_at": "2026-11-30T11:00:00.000000000Z"
         *     }
         */
        Alert: {
            channel: components["schemas"]["AlertChannel"];
            /**
             * Format: date-time
             * @description When it was made. RFC 3339 in UTC, always with nine digits of fraction.
             * @example 2026-11-30T11:00:00.000000000Z
             */
            created_at: string;
            /**
             * @description false: it is kept and not evaluated.
             * @default true
             */
            enabled: boolean;
            /**
             * Format: date-time
             * @description When it was last evaluated. RFC 3339 in UTC, always with nine digits of fraction.
             * @example 2026-11-30T12:03:00.000000000Z
             */
            evaluated_at?: string;
            /**
             * @description Filters of the list of sessions, as its query string, without a range of time. Without: all sessions.
             * @example service=checkout&country=DE
             */
            filters?: string;
            /**
             * Format: date-time
             * @description Since when it fires. RFC 3339 in UTC, always with nine digits of fraction.
             * @example 2026-11-30T12:01:00.000000000Z
             */
            firing_since?: string;
            /** @example al_6f0a3c5d9b1e47288c21d0aa */
            id: string;
            /** @description How the last message went. */
            last_message?: {
                /**
                 * Format: date-time
                 * @description When it was last tried to send a message. RFC 3339 in UTC, always with nine digits of fraction.
                 * @example 2026-11-30T12:01:00.000000000Z
                 */
                at: string;
                /** @description Why it did not arrive. Left out if it did. */
                error?: string;
            };
            /**
             * @description What is measured over these sessions. `error_share` is the share of sessions with errors, 0 to 1; `error_share`, `avg_duration_ms` and `p95_duration_ms` have no value where there is no session, and `score_average` where there is no score with a value, and pass no threshold then. Model calls without a price or without tokens are in no sum of those.
             * @enum {string}
             */
            measure: "sessions" | "users" | "sessions_with_errors" | "error_share" | "avg_duration_ms" | "p95_duration_ms" | "model_calls" | "tokens" | "cost_usd" | "score_average";
            /** @example Errors in the shop */
            name: string;
            /**
             * @description When it fires: while the measure is above the threshold, or below it.
             * @enum {string}
             */
            operator: "above" | "below";
            /**
             * @description The name of the scores whose average `score_average` measures; needed for it.
             * @example helpful
             */
            score?: string;
            /**
             * @description The key of the signatures of a webhook. Only in the answer that makes the alert: keep it.
             * @example whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw
             */
            secret?: string;
            /**
             * @description `started` (default): sessions that started in the window. `active`: all with activity in it, counted whole.
             * @enum {string}
             */
            select?: "started" | "active";
            /**
             * @description `off`: not enabled. `new`: not evaluated yet. `firing`: the measure has passed the threshold.
             * @enum {string}
             */
            state: "off" | "new" | "ok" | "firing";
            /** @example 0.05 */
            threshold: number;
            /** @description The measure at the last evaluation. Left out where it had none. */
            value?: number;
            /**
             * @description The length of the window, which ends half a minute before each evaluation. Alerts are evaluated every minute; with windows above an hour every 60th of the window, at least once an hour.
             * @example 15
             */
            window_minutes: number;
        };
        /** @description Who is told. */
        AlertChannel: {
            /**
             * @description `webhook`: a signed JSON document (Standard Webhooks). `slack`: `{"text": …}`, as incoming webhooks of Slack take it, and of others that take the same.
             * @enum {string}
             */
            kind: "webhook" | "slack";
            /**
             * @description Where to send it: https, to a public address. The setting --webhook-hosts names hosts that may be private, or reached by http.
             * @example https://hooks.example/sojourn
             */
            url: string;
        };
        /**
         * @description The alerts of a project.
         * @example {
         *       "items": [
         *         {
         *           "id": "al_6f0a3c5d9b1e47288c21d0aa",
         *           "name": "Errors in the shop",
         *           "filters": "service=checkout",
         *           "measure": "error_share",
         *           "operator": "above",
         *           "threshold": 0.05,
         *           "window_minutes": 15,
         *           "select": "started",
         *           "channel": {
         *             "kind": "webhook",
         *             "url": "https://hooks.example/sojourn"
         *           },
         *           "enabled": true,
         *           "state": "firing",
         *           "value": 0.12,
         *           "evaluated_at": "2026-11-30T12:03:00.000000000Z",
         *           "firing_since": "2026-11-30T12:01:00.000000000Z",
         *           "created_at": "2026-11-30T11:00:00.000000000Z"
         *         }
         *       ]
         *     }
         */
        AlertList: {
            /** @description In order of creation. */
            items: components["schemas"]["Alert"][];
        };
        /**
         * @description How a test message went.
         * @example {
         *       "arrived": true,
         *       "value": 0.02
         *     }
         */
        AlertTest: {
            /** @description Whether the receiver answered with 2xx. */
            arrived: boolean;
            /** @description Why it did not arrive. */
            error?: string;
            /** @description The measure now. Left out where it has no value. */
            value?: number;
        };
        /** @description An OpenTelemetry attribute. */
        Attribute: {
            /**
             * @description Name of the attribute.
             * @example http.request.method
             */
            key: string;
            /** @description Any JSON value. Integers beyond 2^53 − 1 are strings of their digits, as in ProtoJSON; bytes are base64; numbers that JSON lacks are the strings `NaN`, `Infinity`, `-Infinity`. */
            value: unknown;
        };
        /** @description An entry of the audit log. */
        AuditEntry: {
            /**
             * @description What was done.
             * @enum {string}
             */
            action: "key.created" | "key.revoked" | "session.invalidated" | "sessions.exported" | "score.deleted" | "alert.created" | "alert.changed" | "alert.deleted" | "view.saved" | "view.deleted" | "erasure.asked" | "retention.passed" | "settings.changed" | "sign_in.created" | "sign_in.refused" | "sign_in.ended";
            /**
             * @description Who did it: `key:` and the id of a key, `cli:` and a user of the machine, `server`, or `anyone` where no key was needed.
             * @example key:Z5Xr5IrgX0ZH
             */
            actor: string;
            /** @description Further facts, by action. */
            detail: Record<string, never>;
            /**
             * @description Grows with each entry.
             * @example 17
             */
            id: string;
            /** @description The project that it concerns. Left out where it concerns all. */
            project?: string;
            /** @description What it was done to, such as the id of a key or a session. */
            subject: string;
            /**
             * Format: date-time
             * @example 2026-11-30T12:00:00.000Z
             */
            time: string;
        };
        /**
         * @description A page of the audit log.
         * @example {
         *       "items": [
         *         {
         *           "id": "17",
         *           "time": "2026-11-30T12:00:00.000Z",
         *           "actor": "key:Z5Xr5IrgX0ZH",
         *           "action": "session.invalidated",
         *           "subject": "0195b3a2-6f1e-7c44-9d0a-3f2b8c1d4e5f",
         *           "project": "shop",
         *           "detail": {}
         *         }
         *       ],
         *       "has_more": false
         *     }
         */
        AuditPage: {
            /** @description Whether there is a next page. */
            has_more: boolean;
            /** @description Newest first. */
            items: components["schemas"]["AuditEntry"][];
            /** @description Cursor of the next page. Left out where there is none. */
            next_cursor?: string;
        };
        /**
         * @description Who sends the request.
         * @example {
         *       "actor": "key:V1StGXR8Z5jd",
         *       "name": "dashboards",
         *       "via": "session",
         *       "scopes": [
         *         "read"
         *       ]
         *     }
         */
        Caller: {
            /**
             * @description Who it is, as in the audit log.
             * @example key:V1StGXR8Z5jd
             * @example user:alice
             */
            actor: string;
            /** @description A name for people, such as that of the key. */
            name?: string;
            /** @description The only project that the caller sees; left out for all. */
            project?: string;
            /** @description What the caller may do. */
            scopes: string[];
            /**
             * @description How that is known: nothing was needed, by an API key, a sign-in, or the word of a proxy.
             * @enum {string}
             */
            via: "open" | "key" | "session" | "proxy";
        };
        /**
         * @description A page of a conversation.
         * @example {
         *       "items": [
         *         {
         *           "role": "assistant",
         *           "time": "2026-03-01T09:30:02.000000000Z",
         *           "text": "It is sunny in Vienna.",
         *           "model": "gpt-5",
         *           "provider": "openai",
         *           "input_tokens": 512,
         *           "output_tokens": 12,
         *           "latency_ms": 812.5,
         *           "finish_reason": "stop",
         *           "trace_id": "0af7651916cd43dd8448eb211c80319c",
         *           "span_id": "b7ad6b7169203331"
         *         }
         *       ],
         *       "has_more": false
         *     }
         */
        ConversationPage: {
            /** @description Whether there is a next page. */
            has_more: boolean;
            /** @description By trace (or minute, for log records without one), then by time. */
            items: components["schemas"]["ConversationTurn"][];
            /** @description Cursor of the next page. Left out where there is none. */
            next_cursor?: string;
            /** @description Cursor of the page before. Left out where there is none. */
            prev_cursor?: string;
        };
        /**
         * @description A turn of a conversation. Fields without a value are left out, never null.
         * @example {
         *       "role": "assistant",
         *       "time": "2026-03-01T09:30:02.000000000Z",
         *       "text": "It is sunny in Vienna.",
         *       "model": "gpt-5",
         *       "provider": "openai",
         *       "input_tokens": 512,
         *       "output_tokens": 12,
         *       "latency_ms": 812.5,
         *       "finish_reason": "stop",
         *       "trace_id": "0af7651916cd43dd8448eb211c80319c",
         *       "span_id": "b7ad6b7169203331"
         *     }
         */
        ConversationTurn: {
            /**
             * @description Retention has removed what was said (`--keep-content`).
             * @enum {boolean}
             */
            content_removed?: true;
            error?: components["schemas"]["TurnError"];
            /** @description Why the model stopped. */
            finish_reason?: string;
            /**
             * @description Input tokens of the call, on the first turn of its answer: they add up to those of the session.
             * @example 5120
             */
            input_tokens?: number;
            /**
             * @description How long the call, or the run of the tool, took.
             * @example 812.5
             */
            latency_ms?: number;
            /** @description Or the log record: 32 hexadecimal digits, a digest of its content. */
            log_id?: string;
            /** @description What was sent besides text. */
            media?: components["schemas"]["TurnMedia"][];
            /** @description The model that answered. */
            model?: string;
            /**
             * @description Output tokens of the call, likewise.
             * @example 640
             */
            output_tokens?: number;
            /** @description Its provider. */
            provider?: string;
            /** @description What the model thought before it answered. */
            reasoning?: string;
            /**
             * @description Who speaks. Tool calls and their results are turns of their own.
             * @enum {string}
             */
            role: "system" | "user" | "assistant" | "tool_call" | "tool_result";
            /** @description The span: 16 hexadecimal digits. */
            span_id?: string;
            /** @description What was said. At most 100000 characters, as any text of a turn. */
            text?: string;
            /**
             * Format: date-time
             * @description Start of the call for what was sent to the model, its end for what came back; else the time of the log record. RFC 3339 in UTC, always with nine digits of fraction.
             * @example 2026-03-01T09:30:00.123456789Z
             */
            time: string;
            tool?: components["schemas"]["TurnTool"];
            /** @description Trace of the record that reports it. Left out for a log record without one. */
            trace_id?: string;
            /**
             * @description A text of this turn was longer.
             * @enum {boolean}
             */
            truncated?: true;
        };
        /** @description Exact percentiles of `duration_ms`, by nearest rank: each is the duration of a session. */
        DurationPercentiles: {
            /**
             * @description Half of the sessions took so long or less.
             * @example 1200
             */
            p50: number;
            /**
             * @description Nine of ten.
             * @example 1200
             */
            p90: number;
            /**
             * @description 19 of 20.
             * @example 1200
             */
            p95: number;
            /**
             * @description 99 of 100.
             * @example 1200
             */
            p99: number;
        };
        /**
         * @description What an erasure would do.
         * @example {
         *       "sessions": 12
         *     }
         */
        ErasureCount: {
            /**
             * @description Sessions that would be erased.
             * @example 12
             */
            sessions: number;
        };
        /**
         * @description An erasure. Fields without a value are left out.
         * @example {
         *       "id": "er_6f0a3c5d9b1e47288c21d0aa",
         *       "target": "user",
         *       "state": "rewriting",
         *       "asked_at": "2026-11-30T12:00:00.000000000Z",
         *       "erased": {
         *         "sessions": 12,
         *         "traces": 840,
         *         "spans": 10250,
         *         "logs": 96
         *       }
         *     }
         */
        ErasureJob: {
            /**
             * Format: date-time
             * @description When it was asked for. RFC 3339 in UTC, always with nine digits of fraction.
             * @example 2026-11-30T12:00:00.000000000Z
             */
            asked_at: string;
            /** @description What was erased so far. */
            erased: {
                /**
                 * @description Log records and data points.
                 * @example 96
                 */
                logs: number;
                /**
                 * @description Sessions.
                 * @example 12
                 */
                sessions: number;
                /**
                 * @description Spans.
                 * @example 10250
                 */
                spans: number;
                /**
                 * @description Traces that lost records.
                 * @example 840
                 */
                traces: number;
            };
            /** @description Why it failed. */
            error?: string;
            /**
             * Format: date-time
             * @description When it was done. Left out before. RFC 3339 in UTC, always with nine digits of fraction.
             * @example 2026-11-30T12:00:03.000000000Z
             */
            finished_at?: string;
            /**
             * @description Read the job at `/api/v1/jobs/{id}`.
             * @example er_6f0a3c5d9b1e47288c21d0aa
             */
            id: string;
            /** @description Once it is done. */
            receipt?: {
                /** @description Public key of the installation: SPKI, in base64. */
                public_key: string;
                /** @description Ed25519 signature of the bytes of `statement`, in base64. */
                signature: string;
                /** @description JSON text with the job, its times, what was erased, what was searched afterwards, and where ids of it were found, if anywhere. It names no session and no user. */
                statement: string;
            };
            /**
             * @description `removing`: sessions leave all answers. `rewriting`: no answer has them, their records leave the log. `cleaning`: free space of the databases is overwritten, then searched. `done`: nothing is left. `failed`: it could not go on, see `error`; the next start tries again.
             * @enum {string}
             */
            state: "removing" | "rewriting" | "cleaning" | "done" | "failed";
            /**
             * @description What it erases.
             * @enum {string}
             */
            target: "sessions" | "user";
        };
        /**
         * @description Something that happened: a log record, or an event of a span.
         * @example {
         *       "id": "6c1b1c7f0f6d2b3e9a58d4e0c7b1a2f3",
         *       "kind": "log",
         *       "time_unix_nano": "1772357400123456789",
         *       "observed_time_unix_nano": "1772357400124000000",
         *       "event_name": "browser.web_vital",
         *       "severity_number": 9,
         *       "severity_text": "INFO",
         *       "body": {
         *         "name": "lcp",
         *         "value": 2411.5
         *       },
         *       "attributes": [
         *         {
         *           "key": "session.id",
         *           "value": "0195b3a2-6f1e-7c44-9d0a-3f2b8c1d4e5f"
         *         }
         *       ],
         *       "resource": {
         *         "attributes": [
         *           {
         *             "key": "service.name",
         *             "value": "web"
         *           }
         *         ]
         *       }
         *     }
         */
        Event: {
            /** @description Attributes, in the order they were sent. */
            attributes: components["schemas"]["Attribute"][];
            /** @description Any JSON value, written like that of an attribute. */
            body?: unknown;
            /** @description Attributes the sender left out. */
            dropped_attributes_count?: number;
            /**
             * @description The event name of the log record, or its attribute `event.name` if it has none; the name of the span event.
             * @example browser.web_vital
             */
            event_name?: string;
            flags?: number;
            /** @description Stable. Of a log record the digest of its content, 32 hexadecimal digits; of a span event its trace id, its span id and its place among the events of the span. */
            id: string;
            instrumentation_scope?: components["schemas"]["InstrumentationScope"];
            /**
             * @description Whether it came as a log record or as an event of a span.
             * @enum {string}
             */
            kind: "log" | "span_event";
            /**
             * Format: int64
             * @description When it was observed in nanoseconds since 1970: a string of digits, as ProtoJSON writes it, since such numbers are beyond 2^53.
             * @example 1772357400123456789
             */
            observed_time_unix_nano?: string;
            resource: components["schemas"]["Resource"];
            /**
             * @description SeverityNumber, 1 to 24: 9 is INFO, 13 WARN, 17 ERROR.
             * @example 9
             */
            severity_number?: number;
            /** @description The severity in the words of its source. */
            severity_text?: string;
            /** @description 16 hexadecimal digits. */
            span_id?: string;
            /** @description Of a span event: the name of its span. */
            span_name?: string;
            /**
             * Format: int64
             * @description Time of the event; of a log record without one the time of its observation, of a span event without one the start of its span, in nanoseconds since 1970: a string of digits, as ProtoJSON writes it, since such numbers are beyond 2^53.
             * @example 1772357400123456789
             */
            time_unix_nano: string;
            /** @description 32 hexadecimal digits. */
            trace_id?: string;
        };
        /**
         * @description A page of the events of a session.
         * @example {
         *       "items": [
         *         {
         *           "id": "6c1b1c7f0f6d2b3e9a58d4e0c7b1a2f3",
         *           "kind": "log",
         *           "time_unix_nano": "1772357400123456789",
         *           "observed_time_unix_nano": "1772357400124000000",
         *           "event_name": "browser.web_vital",
         *           "severity_number": 9,
         *           "severity_text": "INFO",
         *           "body": {
         *             "name": "lcp",
         *             "value": 2411.5
         *           },
         *           "attributes": [
         *             {
         *               "key": "session.id",
         *               "value": "0195b3a2-6f1e-7c44-9d0a-3f2b8c1d4e5f"
         *             }
         *           ],
         *           "resource": {
         *             "attributes": [
         *               {
         *                 "key": "service.name",
         *                 "value": "web"
         *               }
         *             ]
         *           }
         *         }
         *       ],
         *       "has_more": false
         *     }
         */
        EventPage: {
            /** @description Whether there is a next page. */
            has_more: boolean;
            /** @description By time, ties by id. A span event is placed within its span: at the nearer end if its time is before or after the span. */
            items: components["schemas"]["Event"][];
            /** @description Cursor of the next page. Left out where there is none. */
            next_cursor?: string;
            /** @description Cursor of the page before. Left out where there is none. */
            prev_cursor?: string;
        };
        /**
         * @description A page of the exceptions of a session, earliest first.
         * @example {
         *       "items": [
         *         {
         *           "type": "TypeError",
         *           "message": "cart is undefined",
         *           "stacktrace": "TypeError: cart is undefined\n    at pay (https://shop.example/shop.js:32:17)",
         *           "service": "web",
         *           "count": 2,
         *           "channels": [
         *             "span_event",
         *             "log"
         *           ],
         *           "first_time": "2026-03-01T09:30:00.123456789Z",
         *           "last_time": "2026-03-01T09:30:04.000000001Z",
         *           "name": "click",
         *           "page": "https://shop.example/checkout",
         *           "record": {
         *             "trace_id": "5b8efff798038103d269b633813fc60c",
         *             "span_id": "eee19b7ec3c1b174"
         *           },
         *           "span": {
         *             "trace_id": "5b8efff798038103d269b633813fc60c",
         *             "span_id": "eee19b7ec3c1b174"
         *           }
         *         }
         *       ],
         *       "has_more": false
         *     }
         */
        ExceptionPage: {
            /** @description Whether there is a next page. */
            has_more: boolean;
            items: components["schemas"]["SessionException"][];
            /** @description Cursor of the next page. Left out where there is none. */
            next_cursor?: string;
        };
        /** @description What is said of an export: as the header `Sojourn-Export` of a part, as a trailer of a whole one. */
        ExportSummary: {
            /**
             * Format: date-time
             * @description The time of all states and filters. RFC 3339 in UTC, always with nine digits of fraction.
             * @example 2026-03-01T09:45:00.000000000Z
             */
            as_of: string;
            /**
             * @description Bytes of the part or export, before any compression on the way.
             * @example 4096
             */
            bytes: number;
            /**
             * @description Sessions whose turns or telemetry are cut short because a block of the store is damaged. Left out if there are none.
             * @example 1
             */
            damaged_sessions?: number;
            /** @description The filters, as a query string; of very long ones their SHA-256. */
            filters: string;
            /**
             * @description What was asked for.
             * @enum {string}
             */
            format: "csv" | "jsonl" | "parquet" | "otlp" | "perfetto";
            /**
             * @description Of the records, those that get other bytes when they are read from the JSON. Only of `otlp`.
             * @example 0
             */
            inexact_records?: number;
            /** @description Only with `q`: whether all telemetry was searched. Else some was not indexed yet, and sessions may be missing. */
            is_complete?: boolean;
            /** @description Cursor of the next part. Left out where it is the last part. */
            next_cursor?: string;
            project: string;
            /**
             * @description Spans and log records. Only of `otlp`.
             * @example 0
             */
            records?: number;
            /**
             * @description Sessions whose last line or row is in it.
             * @example 1000
             */
            sessions: number;
            /** @description Of these bytes, before any compression too, in hexadecimal digits. */
            sha256: string;
            /**
             * @description Version of this object, and of the columns and lines it is about.
             * @enum {number}
             */
            version: 1;
        };
        /** @description A refused query parameter. */
        FieldProblem: {
            /**
             * @description Error code.
             * @example limit.out_of_range
             */
            code: string;
            /** @description Name of the parameter. */
            field: string;
            /** @description What to do about it. */
            message: string;
            /** @description The value as it was given; a list where the parameter was given several times. Left out where it was not given. */
            rejected_value?: unknown;
        };
        /**
         * @description The process answers.
         * @example {
         *       "status": "ok",
         *       "version": "0.1.0"
         *     }
         */
        Health: {
            /** @enum {string} */
            status: "ok";
            /** @description Version of the server. */
            version: string;
        };
        /** @description The library that made the span. */
        InstrumentationScope: {
            /** @description Attributes, in the order they were sent. */
            attributes: components["schemas"]["Attribute"][];
            /** @description Attributes the sender left out. */
            dropped_attributes_count?: number;
            name?: string;
            /** @description Schema that the names follow. */
            schema_url?: string;
            version?: string;
        };
        /**
         * @description The thing that was asked for does not exist.
         * @example {
         *       "type": "/problems/session.not_found",
         *       "title": "Session not found",
         *       "status": 404,
         *       "detail": "There is no session with this id.",
         *       "instance": "/api/v1/sessions/no-such-session",
         *       "resource_type": "session",
         *       "resource_id": "no-such-session"
         *     }
         */
        NotFoundProblem: {
            /** @description What went wrong this time. */
            detail: string;
            /**
             * Format: uri-reference
             * @description Path of the request.
             */
            instance: string;
            /** @description Its id. */
            resource_id: string;
            /**
             * @description Kind of the thing that was asked for.
             * @example session
             */
            resource_type: string;
            /** @description The HTTP status. */
            status: number;
            /** @description The same for every error of this type. */
            title: string;
            /**
             * Format: uri-reference
             * @description `/problems/` and the error code.
             * @example /problems/query.unavailable
             */
            type: string;
        };
        /** @description A span without its attributes, events and links. */
        OutlineSpan: {
            /**
             * Format: int64
             * @description End in nanoseconds since 1970: a string of digits, as ProtoJSON writes it, since such numbers are beyond 2^53.
             * @example 1772357400123456789
             */
            end_time_unix_nano: string;
            /** @description 0 unspecified, 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
            kind: number;
            /** @description Name of the operation. */
            name: string;
            /** @description Left out on a root span. */
            parent_span_id?: string;
            /** @description `service.name` of its resource. */
            service?: string;
            /** @description The session that the span is in, where it is another than the one asked for. */
            session_id?: string;
            /**
             * @description 16 hexadecimal digits.
             * @example b7ad6b7169203331
             */
            span_id: string;
            /**
             * Format: int64
             * @description Start in nanoseconds since 1970: a string of digits, as ProtoJSON writes it, since such numbers are beyond 2^53.
             * @example 1772357400123456789
             */
            start_time_unix_nano: string;
            /** @description 0 unset, 1 ok, 2 error. */
            status_code: number;
        };
        /** @description All spans of a trace with at least one span in the session. */
        OutlineTrace: {
            /**
             * Format: int64
             * @description Latest end of its spans in nanoseconds since 1970: a string of digits, as ProtoJSON writes it, since such numbers are beyond 2^53.
             * @example 1772357400123456789
             */
            end_time_unix_nano: string;
            /** @description By start, ties by span id. */
            spans: components["schemas"]["OutlineSpan"][];
            /**
             * Format: int64
             * @description Earliest start of its spans in nanoseconds since 1970: a string of digits, as ProtoJSON writes it, since such numbers are beyond 2^53.
             * @example 1772357400123456789
             */
            start_time_unix_nano: string;
            /** @description 32 hexadecimal digits. */
            trace_id: string;
        };
        /** @description An error (RFC 9457). */
        Problem: {
            /** @description What went wrong this time. */
            detail: string;
            /**
             * Format: uri-reference
             * @description Path of the request.
             */
            instance: string;
            /** @description The HTTP status. */
            status: number;
            /** @description The same for every error of this type. */
            title: string;
            /**
             * Format: uri-reference
             * @description `/problems/` and the error code.
             * @example /problems/query.unavailable
             */
            type: string;
        };
        /**
         * @description What an error code means.
         * @example {
         *       "code": "limit.out_of_range",
         *       "status": 400,
         *       "title": "Limit out of range",
         *       "retryable": false,
         *       "description": "The number of items asked for is below 1 or above the most the route gives at once."
         *     }
         */
        ProblemDefinition: {
            /** @description Error code. */
            code: string;
            description: string;
            /** @description Whether the same request may succeed later without being changed. */
            retryable: boolean;
            /** @description HTTP status. */
            status: number;
            title: string;
        };
        /** @description A project: telemetry that is apart from that of all others. */
        Project: {
            /**
             * @description Its name.
             * @example shop
             */
            name: string;
        };
        /**
         * @description The projects that the caller may see.
         * @example {
         *       "items": [
         *         {
         *           "name": "default"
         *         },
         *         {
         *           "name": "shop"
         *         }
         *       ]
         *     }
         */
        ProjectList: {
            /** @description In the order of their names. */
            items: components["schemas"]["Project"][];
        };
        /**
         * @description The query was refused. `type` is the code of the errors where all have the same, else `/problems/query.invalid`.
         * @example {
         *       "type": "/problems/limit.out_of_range",
         *       "title": "Limit out of range",
         *       "status": 400,
         *       "detail": "Use a number from 1 to 1000.",
         *       "instance": "/api/v1/sessions",
         *       "errors": [
         *         {
         *           "field": "limit",
         *           "message": "Use a number from 1 to 1000.",
         *           "code": "limit.out_of_range",
         *           "rejected_value": "5000"
         *         }
         *       ]
         *     }
         */
        QueryProblem: {
            /** @description What went wrong this time. */
            detail: string;
            /** @description Every refused parameter of the request. */
            errors: components["schemas"]["FieldProblem"][];
            /**
             * Format: uri-reference
             * @description Path of the request.
             */
            instance: string;
            /** @description The HTTP status. */
            status: number;
            /** @description The same for every error of this type. */
            title: string;
            /**
             * Format: uri-reference
             * @description `/problems/` and the error code.
             * @example /problems/query.unavailable
             */
            type: string;
        };
        /**
         * @description Whether the server is ready.
         * @example {
         *       "status": "ready"
         *     }
         */
        Readiness: {
            /** @description What it is waiting for, or what is wrong all the same. Only for callers that may read the whole server. */
            reason?: string;
            /**
             * @description Whether the server takes telemetry and answers queries.
             * @enum {string}
             */
            status: "ready" | "unavailable";
            store?: components["schemas"]["StoreSize"];
        };
        /** @description A span or a log record. */
        RecordReference: {
            /** @description Of a log record: 32 hexadecimal digits, a digest of its content. */
            log_id?: string;
            /** @description Of a span: 16 hexadecimal digits. */
            span_id?: string;
            /** @description Missing for a log record without a trace. */
            trace_id?: string;
        };
        /** @description What produced the telemetry. */
        Resource: {
            /** @description Attributes, in the order they were sent. */
            attributes: components["schemas"]["Attribute"][];
            /** @description Attributes the sender left out. */
            dropped_attributes_count?: number;
            /** @description Schema that the names follow. */
            schema_url?: string;
        };
        /**
         * @description What retention would remove now.
         * @example {
         *       "keep_sessions": "90d,shop=30d",
         *       "data_bytes": 41200000000,
         *       "would_remove": [
         *         {
         *           "project": "shop",
         *           "until": "2026-10-31T00:00:00.000000000Z",
         *           "sessions": 1840,
         *           "records": 96200,
         *           "bytes": 310000000
         *         }
         *       ],
         *       "would_remove_content": []
         *     }
         */
        RetentionPlan: {
            /**
             * @description Bytes of the log, and of the pages of the databases that are in use.
             * @example 41200000000
             */
            data_bytes: number;
            /** @description Why less goes by age than could: the clock is doubted. */
            held_back?: string;
            /** @description How long content of messages is kept, as in `--keep-content`. Left out as long as its session. */
            keep_content?: string;
            /** @description How long sessions are kept, as in `--keep-sessions`. Left out for ever. */
            keep_sessions?: string;
            /** @description The size of the data, as in `--keep-size`. Left out for any size. */
            keep_size?: string;
            would_remove: {
                /**
                 * @description Bytes of these records as received, before compression.
                 * @example 310000000
                 */
                bytes: number;
                /** @description A project of which something goes. */
                project: string;
                /**
                 * @description Spans and log records, also of sessions that no list shows.
                 * @example 96200
                 */
                records: number;
                /**
                 * @description Sessions that lists show.
                 * @example 1840
                 */
                sessions: number;
                /**
                 * Format: date-time
                 * @description Sessions without activity after this time go. RFC 3339 in UTC, always with nine digits of fraction.
                 * @example 2026-10-31T00:00:00.000000000Z
                 */
                until: string;
            }[];
            would_remove_content: {
                /** @description A project of which messages lose their content. */
                project: string;
                /**
                 * @description Sessions that lists show and that stay.
                 * @example 5210
                 */
                sessions: number;
                /**
                 * Format: date-time
                 * @description Those of sessions without activity after this time. RFC 3339 in UTC, always with nine digits of fraction.
                 * @example 2026-10-31T00:00:00.000000000Z
                 */
                until: string;
            }[];
        };
        /**
         * @description A score. Fields without a value are left out, never null.
         * @example {
         *       "id": "thumb-of-ann",
         *       "name": "helpful",
         *       "value": 1,
         *       "label": "true",
         *       "comment": "Found the right invoice at once.",
         *       "source": "human",
         *       "author": "key:V1StGXR8Z5jd",
         *       "given_at": "2026-03-01T09:45:00.000000000Z",
         *       "target": "span",
         *       "trace_id": "0af7651916cd43dd8448eb211c80319c",
         *       "span_id": "b7ad6b7169203331"
         *     }
         */
        Score: {
            /** @description Who gave it by the API: the name of the caller in the audit log. */
            author?: string;
            comment?: string;
            /**
             * Format: date-time
             * @description When it was given; of telemetry, the time of its log record. RFC 3339 in UTC, always with nine digits of fraction.
             * @example 2026-03-01T09:45:00.000000000Z
             */
            given_at: string;
            /** @description Its id in the session: the key that it was given with, or a digest of its log record. */
            id: string;
            /**
             * @description It came with telemetry, so it cannot be deleted alone. Left out for scores given by the API.
             * @enum {boolean}
             */
            is_telemetry?: true;
            label?: string;
            name: string;
            /** @description Who or what judged, where it says so. */
            source?: string;
            /** @description The span that it is about. */
            span_id?: string;
            /**
             * @description What it is about.
             * @enum {string}
             */
            target: "session" | "trace" | "span" | "turn";
            /** @description The trace that it is about. */
            trace_id?: string;
            /** @description The turn that it is about. */
            turn?: string;
            /** @description Left out where it has none. */
            value?: number;
        };
        /**
         * @description The scores of a session, one by one.
         * @example {
         *       "items": [
         *         {
         *           "id": "thumb-of-ann",
         *           "name": "helpful",
         *           "value": 1,
         *           "label": "true",
         *           "comment": "Found the right invoice at once.",
         *           "source": "human",
         *           "author": "key:V1StGXR8Z5jd",
         *           "given_at": "2026-03-01T09:45:00.000000000Z",
         *           "target": "span",
         *           "trace_id": "0af7651916cd43dd8448eb211c80319c",
         *           "span_id": "b7ad6b7169203331"
         *         }
         *       ],
         *       "has_more": false
         *     }
         */
        ScoreList: {
            /** @description Whether the session has more than these. The first 5000 in the order of their log records are listed. */
            has_more: boolean;
            /** @description By the time at which they were given, then by id. */
            items: components["schemas"]["Score"][];
        };
        /** @description The scores of one name. */
        ScoreStatistic: {
            /**
             * @description The mean of the scores that have a value, each counted once, to six digits after the point. Left out where none has one.
             * @example 0.825
             */
            average?: number;
            /**
             * @description Scores of this name.
             * @example 40
             */
            count: number;
            /** @description Most scores first, ties by label, at most 100. */
            labels: {
                /**
                 * @description Scores with this label.
                 * @example 33
                 */
                count: number;
                /** @example true */
                label: string;
            }[];
            /** @example helpful */
            name: string;
            /**
             * @description Sessions with scores of this name.
             * @example 31
             */
            sessions: number;
        };
        /**
         * @description Scores by name.
         * @example {
         *       "items": [
         *         {
         *           "name": "helpful",
         *           "sessions": 31,
         *           "count": 40,
         *           "average": 0.825,
         *           "labels": [
         *             {
         *               "label": "true",
         *               "count": 33
         *             },
         *             {
         *               "label": "false",
         *               "count": 7
         *             }
         *           ]
         *         }
         *       ]
         *     }
         */
        ScoreStatistics: {
            /** @description Names of which most sessions have scores first, ties by name, at most 100. */
            items: components["schemas"]["ScoreStatistic"][];
        };
        /**
         * @description A session. Fields without a value are left out, never null.
         * @example {
         *       "session.id": "0195b3a2-6f1e-7c44-9d0a-3f2b8c1d4e5f",
         *       "user.id": "user-4711",
         *       "start_time": "2026-03-01T09:30:00.123456789Z",
         *       "end_time": "2026-03-01T09:41:07.000000001Z",
         *       "duration_ms": 666876.543212,
         *       "trace_count": 4,
         *       "span_count": 61,
         *       "error_count": 1,
         *       "services": [
         *         "api",
         *         "web"
         *       ],
         *       "state": "timed_out",
         *       "client": {
         *         "ip": "203.0.113.7",
         *         "device_type": "desktop",
         *         "os": "macOS",
         *         "browser": "Firefox"
         *       },
         *       "geo": {
         *         "country_code": "AT",
         *         "country_name": "Austria"
         *       },
         *       "genai_usage": {
         *         "request_count": 3,
         *         "total_input_tokens": 5120,
         *         "total_output_tokens": 640,
         *         "models_used": [
         *           "gpt-5"
         *         ],
         *         "providers_used": [
         *           "openai"
         *         ],
         *         "estimated_cost_usd": 0.0214
         *       }
         *     }
         */
        Session: {
            client?: components["schemas"]["SessionClient"];
            /**
             * @description Kind of the network connection: `wifi`, `cell`, `wired`, or the speed that browsers report, such as `4g`.
             * @example wifi
             */
            connection?: string;
            /** @description Exceptions that ended the app, or froze it. Left out if there are none. */
            crash_count?: number;
            /**
             * @description Model of the device.
             * @example Pixel 8
             */
            device_model?: string;
            /**
             * @description Last activity minus start, in milliseconds, with up to six decimals; exact to the nanosecond up to 11 days.
             * @example 666876.543212
             */
            duration_ms?: number;
            /**
             * Format: date-time
             * @description Last activity of a session that is closed. Left out while it is open (`active`, `idle`). RFC 3339 in UTC, always with nine digits of fraction.
             * @example 2026-03-01T09:41:07.000000001Z
             */
            end_time?: string;
            /**
             * @description Spans whose status is ERROR.
             * @example 1
             */
            error_count: number;
            /** @description Exceptions, reported by events of spans, log records or attributes of spans. An exception that is reported several times counts once. Left out if there are none. */
            exception_count?: number;
            genai_usage?: components["schemas"]["SessionGenAiUsage"];
            geo?: components["schemas"]["SessionGeo"];
            /** @description Where the telemetry of the session meets `q`: a few places. Only in a list with `q`. */
            matches?: components["schemas"]["TextMatch"][];
            /** @description Ids of the sessions that name this one as the session they continue, earliest first, at most 20. Only when one session is read by its id; left out if there are none. */
            next_ids?: string[];
            /**
             * @description Version of the client's operating system.
             * @example 14
             */
            os_version?: string;
            /**
             * @description Its first error, on one line: the type of an exception and the shape of its message, with `#` for numbers and ids; else the message of a failed span, or its name. Left out if there was none: then `state` is how it ended.
             * @example TimeoutError: no answer after # ms
             */
            outcome?: string;
            /**
             * @description Version of the page or app (`app.version`, or `service.version` of a browser or an app); if none is reported, of a backend.
             * @example 4.2.0
             */
            release?: string;
            /** @description Scores by name, in order of the names; of more than 64 names the first. Left out if there are none. */
            scores?: components["schemas"]["SessionScore"][];
            /**
             * @description Distinct `service.name`, sorted.
             * @example [
             *       "api",
             *       "web"
             *     ]
             */
            services: string[];
            /** @description Id of the session; the trace id if the telemetry names no session. */
            "session.id": string;
            /** @description Id of the session that this one continues, if its telemetry names one. */
            "session.previous_id"?: string;
            /**
             * @description Distinct spans.
             * @example 61
             */
            span_count: number;
            /**
             * Format: date-time
             * @description Earliest start of a span, or time of a log record. RFC 3339 in UTC, always with nine digits of fraction.
             * @example 2026-03-01T09:30:00.123456789Z
             */
            start_time: string;
            /**
             * @description State at the time of the request. `active` and `idle` are open, the others closed.
             * @enum {string}
             */
            state: "active" | "idle" | "ended" | "timed_out" | "invalidated";
            /** @description The number of times of its records (starts and ends of spans, times of log records) that are not accepted: before 2000, or more than a day ahead. They do not count in its start, end and duration. */
            times_set_aside?: number;
            /**
             * @description What the session was about, on one line: the first message of a user; else its first page, route or screen; else the name of its first root span. Telemetry wrote it: show it as text.
             * @example Where is my order #4711?
             */
            title?: string;
            /**
             * @description Distinct traces with at least one span in the session.
             * @example 4
             */
            trace_count: number;
            /** @description Id of the user, as it was kept. */
            "user.id"?: string;
            visit?: components["schemas"]["SessionVisit"];
            vitals?: components["schemas"]["SessionVitals"];
        };
        /** @description The client of the session. The device and the address are each taken from one record: of those that say most about it, the earliest. */
        SessionClient: {
            /**
             * @description Name of the browser.
             * @example Firefox
             */
            browser?: string;
            /**
             * @description Version of the browser.
             * @example 147.0
             */
            browser_version?: string;
            /**
             * @description Kind of device.
             * @enum {string}
             */
            device_type?: "desktop" | "mobile" | "tablet" | "tv" | "console" | "wearable" | "iot" | "bot" | "unknown";
            /**
             * @description IP address of the client.
             * @example 203.0.113.7
             */
            ip?: string;
            /**
             * @description Operating system.
             * @example macOS
             */
            os?: string;
            /** @description User agent as sent. */
            user_agent?: string;
        };
        /** @description Sessions of a country. */
        SessionCountryStats: {
            /**
             * @description Sessions.
             * @example 12
             */
            count: number;
            /**
             * @description ISO 3166-1 alpha-2.
             * @example AT
             */
            country_code: string;
            /** @description Name of the country; its code where no name is known. */
            country_name: string;
            /** @description Of all sessions in the range, 0 to 100. */
            percentage: number;
        };
        /** @description Sessions of a kind of device. */
        SessionDeviceStats: {
            /**
             * @description Sessions.
             * @example 40
             */
            count: number;
            /**
             * @description Kind of device; `unknown` includes sessions that do not report one.
             * @enum {string}
             */
            device_type: "desktop" | "mobile" | "tablet" | "tv" | "console" | "wearable" | "iot" | "bot" | "unknown";
            /** @description Of all sessions in the range, 0 to 100. */
            percentage: number;
        };
        /** @description An exception of a service, with all of its reports. `record` is the first record that reports it, `span` a span that it is reported on. */
        SessionException: {
            /** @description The channels that report it: events of spans, log records, attributes of spans. */
            channels: ("span_event" | "log" | "span")[];
            /**
             * @description How often it was thrown. An exception that several channels report counts once.
             * @example 2
             */
            count: number;
            /** @description How often it ended the app, or froze it. */
            crash_count?: number;
            /**
             * Format: date-time
             * @description Time of the first report. RFC 3339 in UTC, always with nine digits of fraction.
             * @example 2026-03-01T09:30:00.123456789Z
             */
            first_time: string;
            /**
             * Format: date-time
             * @description Time of the last report. RFC 3339 in UTC, always with nine digits of fraction.
             * @example 2026-03-01T09:30:04.000000001Z
             */
            last_time: string;
            /** @example cart is undefined */
            message?: string;
            /**
             * @description Name of the log event or span that reports it.
             * @example device.crash
             */
            name?: string;
            /**
             * @description URL of the page, without query and fragment unless the operator keeps them, or name of the screen. Left out if the record names none.
             * @example https://shop.example/checkout
             */
            page?: string;
            record: components["schemas"]["RecordReference"];
            /** @description `service.name` of what threw it. */
            service?: string;
            span?: components["schemas"]["RecordReference"];
            /** @description As it was sent, at most 32,768 characters of it. */
            stacktrace?: string;
            /** @example TypeError */
            type?: string;
        };
        /**
         * @description What sessions can be filtered by.
         * @example {
         *       "services": [
         *         {
         *           "value": "checkout",
         *           "count": 40
         *         }
         *       ],
         *       "models": [
         *         {
         *           "value": "gpt-5",
         *           "count": 12
         *         }
         *       ],
         *       "providers": [
         *         {
         *           "value": "openai",
         *           "count": 12
         *         }
         *       ],
         *       "countries": [
         *         {
         *           "value": "AT",
         *           "count": 30
         *         }
         *       ],
         *       "device_types": [
         *         {
         *           "value": "desktop",
         *           "count": 30
         *         },
         *         {
         *           "value": "unknown",
         *           "count": 10
         *         }
         *       ],
         *       "releases": [
         *         {
         *           "value": "4.2.0",
         *           "count": 25
         *         }
         *       ],
         *       "operations": [
         *         {
         *           "value": "chat",
         *           "count": 12
         *         }
         *       ],
         *       "tools": [
         *         {
         *           "value": "search",
         *           "count": 7
         *         }
         *       ],
         *       "error_types": [
         *         {
         *           "value": "TimeoutError",
         *           "count": 2
         *         }
         *       ],
         *       "routes": [
         *         {
         *           "value": "/orders/{id}",
         *           "count": 20
         *         }
         *       ],
         *       "statuses": [
         *         {
         *           "value": "503",
         *           "count": 2
         *         }
         *       ],
         *       "attribute_keys": [
         *         {
         *           "value": "deployment.environment.name",
         *           "count": 40
         *         }
         *       ]
         *     }
         */
        SessionFacets: {
            /** @description Values for the filter `attrExists`: most sessions first, ties by the bytes of the value, at most 200. */
            attribute_keys: components["schemas"]["SessionFacetValue"][];
            /** @description Values for the filter `attr.KEY`: most sessions first, ties by the bytes of the value, at most 200. */
            attribute_values?: components["schemas"]["SessionFacetValue"][];
            /** @description Values for the filter `country`: most sessions first, ties by the bytes of the value, at most 200. */
            countries: components["schemas"]["SessionFacetValue"][];
            /** @description Values for the filter `deviceType`: most sessions first, ties by the bytes of the value, at most 200. */
            device_types: components["schemas"]["SessionFacetValue"][];
            /** @description Values for the filter `errorType`: most sessions first, ties by the bytes of the value, at most 200. */
            error_types: components["schemas"]["SessionFacetValue"][];
            /** @description Values for the filter `model`: most sessions first, ties by the bytes of the value, at most 200. */
            models: components["schemas"]["SessionFacetValue"][];
            /** @description Values for the filter `operation`: most sessions first, ties by the bytes of the value, at most 200. */
            operations: components["schemas"]["SessionFacetValue"][];
            /** @description Values for the filter `provider`: most sessions first, ties by the bytes of the value, at most 200. */
            providers: components["schemas"]["SessionFacetValue"][];
            /** @description Values for the filter `release`: most sessions first, ties by the bytes of the value, at most 200. */
            releases: components["schemas"]["SessionFacetValue"][];
            /** @description Values for the filter `route`: most sessions first, ties by the bytes of the value, at most 200. */
            routes: components["schemas"]["SessionFacetValue"][];
            /** @description Values for the filter `service`: most sessions first, ties by the bytes of the value, at most 200. */
            services: components["schemas"]["SessionFacetValue"][];
            /** @description Values for the filter `status`: most sessions first, ties by the bytes of the value, at most 200. */
            statuses: components["schemas"]["SessionFacetValue"][];
            /** @description Values for the filter `tool`: most sessions first, ties by the bytes of the value, at most 200. */
            tools: components["schemas"]["SessionFacetValue"][];
            /** @description The lists that have more values than are listed. Left out if there are none. */
            truncated?: ("services" | "models" | "providers" | "countries" | "device_types" | "releases" | "operations" | "tools" | "error_types" | "routes" | "statuses" | "attribute_keys" | "attribute_values")[];
        };
        /** @description A value of a filter and how many sessions have it. */
        SessionFacetValue: {
            /**
             * @description Sessions that have it, of those that match all filters but those for its list.
             * @example 40
             */
            count: number;
            /**
             * @description The value, as its filter takes it.
             * @example checkout
             */
            value: string;
        };
        /** @description Usage of generative models. Left out if the session has neither a model call nor metrics of usage. */
        SessionGenAiUsage: {
            /**
             * @description Cost of the calls whose cost is known, in US dollars. Left out if none is known.
             * @example 0.0214
             */
            estimated_cost_usd?: number;
            /** @description Distinct models, sorted. */
            models_used: string[];
            /** @description Distinct providers, sorted. */
            providers_used: string[];
            /**
             * @description Model calls, each counted once however often it was reported. 0 if only metrics report usage: they have totals and no calls.
             * @example 3
             */
            request_count: number;
            /**
             * Format: int64
             * @description Input tokens, cached ones included. Beyond 2^53 − 1 a string of its digits, as ProtoJSON writes it.
             * @example 5120
             */
            total_input_tokens: number | string;
            /**
             * Format: int64
             * @description Output tokens, reasoning included. Beyond 2^53 − 1 a string of its digits, as ProtoJSON writes it.
             * @example 640
             */
            total_output_tokens: number | string;
            /** @description Model calls with tokens and an unknown cost, which is not in `estimated_cost_usd`. Left out if there are none. */
            unpriced_request_count?: number;
            /** @description Model calls without reported tokens, for example aborted ones. They are in no total, and have a cost only if it is reported. Left out if there are none. */
            unreported_request_count?: number;
        };
        /** @description The place of the session, taken from one record: of those that say most about it, the earliest. */
        SessionGeo: {
            /** @description City. */
            city?: string;
            /**
             * @description ISO 3166-1 alpha-2.
             * @example AT
             */
            country_code?: string;
            /**
             * @description Name of the country.
             * @example Austria
             */
            country_name?: string;
            /** @description Postal code. */
            postal_code?: string;
            /** @description Region or state. */
            region?: string;
            /**
             * @description IANA time zone.
             * @example Europe/Vienna
             */
            timezone?: string;
        };
        /** @description The sessions with a value. */
        SessionGroup: {
            duration_ms?: components["schemas"]["DurationPercentiles"];
            /**
             * @description Left out where no call has a known cost.
             * @example 1.25
             */
            estimated_cost_usd?: number;
            /**
             * @description Model calls.
             * @example 120
             */
            request_count: number;
            /**
             * @description Sessions.
             * @example 40
             */
            session_count: number;
            /**
             * @description Sessions in which a span failed or an exception was thrown.
             * @example 3
             */
            sessions_with_errors: number;
            /**
             * Format: int64
             * @description Input tokens of the model calls. Beyond 2^53 − 1 a string of its digits, as ProtoJSON writes it.
             * @example 90000
             */
            total_input_tokens: number | string;
            /**
             * Format: int64
             * @description Output tokens of the model calls. Beyond 2^53 − 1 a string of its digits, as ProtoJSON writes it.
             * @example 12000
             */
            total_output_tokens: number | string;
            /**
             * @description Model calls with tokens and an unknown cost: no cost includes them, so the true cost is greater.
             * @example 0
             */
            unpriced_request_count: number;
            /**
             * @description Model calls without reported tokens: no number of tokens includes them, and no cost that is not reported.
             * @example 0
             */
            unreported_request_count: number;
            /**
             * @description The value, as its filter takes it.
             * @example gpt-5
             */
            value: string;
        };
        /**
         * @description Sums of sessions by a value. All are exact. What is not listed is counted by `group_count`; where a session has one value at most (user, country, device, release), the sums of the groups that are not listed are `total` less `without` and the listed ones.
         * @example {
         *       "groups": [
         *         {
         *           "value": "gpt-5",
         *           "session_count": 40,
         *           "sessions_with_errors": 3,
         *           "request_count": 120,
         *           "total_input_tokens": 90000,
         *           "total_output_tokens": 12000,
         *           "estimated_cost_usd": 1.25,
         *           "unpriced_request_count": 0,
         *           "unreported_request_count": 0,
         *           "duration_ms": {
         *             "p50": 1200,
         *             "p90": 9100,
         *             "p95": 15000,
         *             "p99": 61000
         *           }
         *         }
         *       ],
         *       "group_count": 1,
         *       "total": {
         *         "session_count": 40,
         *         "sessions_with_errors": 3,
         *         "request_count": 120,
         *         "total_input_tokens": 90000,
         *         "total_output_tokens": 12000,
         *         "estimated_cost_usd": 1.25,
         *         "unpriced_request_count": 0,
         *         "unreported_request_count": 0,
         *         "duration_ms": {
         *           "p50": 1200,
         *           "p90": 9100,
         *           "p95": 15000,
         *           "p99": 61000
         *         }
         *       },
         *       "without": {
         *         "session_count": 2,
         *         "sessions_with_errors": 0,
         *         "request_count": 0,
         *         "total_input_tokens": 0,
         *         "total_output_tokens": 0,
         *         "unpriced_request_count": 0,
         *         "unreported_request_count": 0
         *       }
         *     }
         */
        SessionGroups: {
            /**
             * @description Different values, listed or not.
             * @example 3
             */
            group_count: number;
            /** @description The largest groups. A session with several values is in the group of each, with all of its tokens and cost; by model a group has those of its model only. */
            groups: components["schemas"]["SessionGroup"][];
            total: components["schemas"]["SessionGroupTotal"];
            without: components["schemas"]["SessionsWithoutGroup"];
        };
        /** @description All sessions that match, each once. */
        SessionGroupTotal: {
            duration_ms?: components["schemas"]["DurationPercentiles"];
            /**
             * @description Left out where no call has a known cost.
             * @example 1.25
             */
            estimated_cost_usd?: number;
            /**
             * @description Model calls.
             * @example 120
             */
            request_count: number;
            /**
             * @description Sessions.
             * @example 40
             */
            session_count: number;
            /**
             * @description Sessions in which a span failed or an exception was thrown.
             * @example 3
             */
            sessions_with_errors: number;
            /**
             * Format: int64
             * @description Input tokens of the model calls. Beyond 2^53 − 1 a string of its digits, as ProtoJSON writes it.
             * @example 90000
             */
            total_input_tokens: number | string;
            /**
             * Format: int64
             * @description Output tokens of the model calls. Beyond 2^53 − 1 a string of its digits, as ProtoJSON writes it.
             * @example 12000
             */
            total_output_tokens: number | string;
            /**
             * @description Model calls with tokens and an unknown cost: no cost includes them, so the true cost is greater.
             * @example 0
             */
            unpriced_request_count: number;
            /**
             * @description Model calls without reported tokens: no number of tokens includes them, and no cost that is not reported.
             * @example 0
             */
            unreported_request_count: number;
        };
        /**
         * @description The traces of a session and their spans, in short.
         * @example {
         *       "traces": [
         *         {
         *           "trace_id": "0af7651916cd43dd8448eb211c80319c",
         *           "start_time_unix_nano": "1772357400123456789",
         *           "end_time_unix_nano": "1772357400171667882",
         *           "spans": [
         *             {
         *               "span_id": "b7ad6b7169203331",
         *               "name": "GET /cart",
         *               "kind": 2,
         *               "start_time_unix_nano": "1772357400123456789",
         *               "end_time_unix_nano": "1772357400171667882",
         *               "status_code": 0,
         *               "service": "web"
         *             }
         *           ]
         *         }
         *       ],
         *       "truncated": false
         *     }
         */
        SessionOutline: {
            /** @description Earliest start within the session first, ties by trace id. */
            traces: components["schemas"]["OutlineTrace"][];
            /** @description Whether there are more traces than these: the outline ends with the trace that takes it to 50,000 spans, which is cut there. */
            truncated: boolean;
        };
        /**
         * @description The traces of a session and their spans by columns: the value of one span is at the same place in each of them. Spans follow each other in the order of the traces, within a trace by start, ties by span id.
         * @example {
         *       "traces": [
         *         {
         *           "trace_id": "0af7651916cd43dd8448eb211c80319c",
         *           "start_time_unix_nano": "1772357400123456789",
         *           "end_time_unix_nano": "1772357400171667882",
         *           "span_count": 2
         *         }
         *       ],
         *       "names": [
         *         "GET /cart",
         *         "render"
         *       ],
         *       "services": [
         *         "web"
         *       ],
         *       "sessions": [],
         *       "span_id": [
         *         "b7ad6b7169203331",
         *         "00f067aa0ba902b7"
         *       ],
         *       "parent": [
         *         -1,
         *         0
         *       ],
         *       "name": [
         *         0,
         *         1
         *       ],
         *       "service": [
         *         0,
         *         0
         *       ],
         *       "session": [
         *         -1,
         *         -1
         *       ],
         *       "kind": [
         *         2,
         *         1
         *       ],
         *       "status_code": [
         *         0,
         *         0
         *       ],
         *       "start_offset": [
         *         0,
         *         1200000
         *       ],
         *       "duration": [
         *         48211093,
         *         9000000
         *       ],
         *       "truncated": false
         *     }
         */
        SessionOutlineColumns: {
            /** @description Nanoseconds; negative if the span ends before it starts. */
            duration: number[];
            /** @description Kinds, as those of spans. */
            kind: number[];
            /** @description Place of its name in `names`. */
            name: number[];
            /** @description The names of spans, each once. */
            names: string[];
            /** @description Place of the parent in the columns; -1 without a parent, -2 if it is not among the spans. */
            parent: number[];
            /** @description Place of its service in `services`; -1 without one. */
            service: number[];
            /** @description The services, each once. */
            services: string[];
            /** @description Place of its session in `sessions`; -1 for the session that was asked for. */
            session: number[];
            /** @description The other sessions that spans are in, each once. */
            sessions: string[];
            /** @description 16 hexadecimal digits each. */
            span_id: string[];
            /** @description Nanoseconds from the start of the trace to the start of the span. */
            start_offset: number[];
            /** @description 0 unset, 1 ok, 2 error. */
            status_code: number[];
            /** @description Earliest start within the session first, ties by trace id. */
            traces: {
                /**
                 * Format: int64
                 * @description Latest end of its spans in nanoseconds since 1970: a string of digits, as ProtoJSON writes it, since such numbers are beyond 2^53.
                 * @example 1772357400123456789
                 */
                end_time_unix_nano: string;
                /** @description How many of the spans are of this trace. */
                span_count: number;
                /**
                 * Format: int64
                 * @description Earliest start of its spans in nanoseconds since 1970: a string of digits, as ProtoJSON writes it, since such numbers are beyond 2^53.
                 * @example 1772357400123456789
                 */
                start_time_unix_nano: string;
                /** @description 32 hexadecimal digits. */
                trace_id: string;
            }[];
            /** @description Whether there are more spans than these: the columns end at 250,000 spans. */
            truncated: boolean;
        };
        /**
         * @description A page of sessions.
         * @example {
         *       "items": [
         *         {
         *           "session.id": "0195b3a2-6f1e-7c44-9d0a-3f2b8c1d4e5f",
         *           "user.id": "user-4711",
         *           "start_time": "2026-03-01T09:30:00.123456789Z",
         *           "end_time": "2026-03-01T09:41:07.000000001Z",
         *           "duration_ms": 666876.543212,
         *           "trace_count": 4,
         *           "span_count": 61,
         *           "error_count": 1,
         *           "services": [
         *             "api",
         *             "web"
         *           ],
         *           "state": "timed_out",
         *           "client": {
         *             "ip": "203.0.113.7",
         *             "device_type": "desktop",
         *             "os": "macOS",
         *             "browser": "Firefox"
         *           },
         *           "geo": {
         *             "country_code": "AT",
         *             "country_name": "Austria"
         *           },
         *           "genai_usage": {
         *             "request_count": 3,
         *             "total_input_tokens": 5120,
         *             "total_output_tokens": 640,
         *             "models_used": [
         *               "gpt-5"
         *             ],
         *             "providers_used": [
         *               "openai"
         *             ],
         *             "estimated_cost_usd": 0.0214
         *           }
         *         }
         *       ],
         *       "has_more": false
         *     }
         */
        SessionPage: {
            /** @description Whether there is a next page. */
            has_more: boolean;
            /** @description Newest start first, ties by `session.id` descending. Here and everywhere, texts are in the order of the bytes of their UTF-8. */
            items: components["schemas"]["Session"][];
            /** @description Cursor of the next page. Left out where there is none. */
            next_cursor?: string;
            /** @description Cursor of the page before. Left out where there is none. */
            prev_cursor?: string;
            search?: components["schemas"]["TextSearched"];
        };
        /** @description The scores of one name in a session. */
        SessionScore: {
            /**
             * @description The mean of those that have a value, to six digits after the point. Left out where none has one.
             * @example 0.75
             */
            average?: number;
            /**
             * @description Scores of this name.
             * @example 2
             */
            count: number;
            /** @description How many have each label. Left out where none has one. */
            labels?: {
                /**
                 * @description Scores with this label.
                 * @example 1
                 */
                count: number;
                /** @example pass */
                label: string;
            }[];
            /**
             * @description What was judged.
             * @example helpfulness
             */
            name: string;
        };
        /**
         * @description Statistics of the sessions of a range.
         * @example {
         *       "active_sessions": 7,
         *       "total_sessions": 160,
         *       "unique_users": 58,
         *       "avg_duration_ms": 92150.25,
         *       "sessions_with_errors": 9,
         *       "sessions_with_genai": 31,
         *       "bounce_rate": 0.125,
         *       "unpriced_request_count": 2,
         *       "unreported_request_count": 1,
         *       "by_device_type": [
         *         {
         *           "device_type": "desktop",
         *           "count": 120,
         *           "percentage": 75
         *         },
         *         {
         *           "device_type": "mobile",
         *           "count": 40,
         *           "percentage": 25
         *         }
         *       ],
         *       "by_country": [
         *         {
         *           "country_code": "AT",
         *           "country_name": "Austria",
         *           "count": 12,
         *           "percentage": 7.5
         *         }
         *       ]
         *     }
         */
        SessionStats: {
            /**
             * @description Open sessions: `active` or `idle`.
             * @example 7
             */
            active_sessions: number;
            /** @description Mean of `duration_ms`; 0 where there is no session. */
            avg_duration_ms: number;
            /** @description Share of sessions with at most one span, 0 to 1; 0 where there is no session. */
            bounce_rate: number;
            /** @description Sessions whose country is known. Most sessions first, ties by code. */
            by_country: components["schemas"]["SessionCountryStats"][];
            /** @description Adds up to all sessions. Most sessions first, ties by name. */
            by_device_type: components["schemas"]["SessionDeviceStats"][];
            duration_percentiles_ms?: components["schemas"]["DurationPercentiles"];
            /**
             * @description Sessions in which a span failed (status ERROR) or an exception was thrown.
             * @example 9
             */
            sessions_with_errors: number;
            /**
             * @description Sessions with `genai_usage`.
             * @example 31
             */
            sessions_with_genai: number;
            /**
             * @description Sessions of the range.
             * @example 160
             */
            total_sessions: number;
            /**
             * @description Distinct `user.id`.
             * @example 58
             */
            unique_users: number;
            /**
             * @description Model calls with tokens and an unknown cost: no cost includes them, so the true cost is greater.
             * @example 0
             */
            unpriced_request_count: number;
            /**
             * @description Model calls without reported tokens: no number of tokens includes them, and no cost that is not reported.
             * @example 0
             */
            unreported_request_count: number;
        };
        /** @description The sessions that match and have no value. */
        SessionsWithoutGroup: {
            /**
             * @description Left out where no call has a known cost.
             * @example 1.25
             */
            estimated_cost_usd?: number;
            /**
             * @description Model calls.
             * @example 120
             */
            request_count: number;
            /**
             * @description Sessions.
             * @example 40
             */
            session_count: number;
            /**
             * @description Sessions in which a span failed or an exception was thrown.
             * @example 3
             */
            sessions_with_errors: number;
            /**
             * Format: int64
             * @description Input tokens of the model calls. Beyond 2^53 − 1 a string of its digits, as ProtoJSON writes it.
             * @example 90000
             */
            total_input_tokens: number | string;
            /**
             * Format: int64
             * @description Output tokens of the model calls. Beyond 2^53 − 1 a string of its digits, as ProtoJSON writes it.
             * @example 12000
             */
            total_output_tokens: number | string;
            /**
             * @description Model calls with tokens and an unknown cost: no cost includes them, so the true cost is greater.
             * @example 0
             */
            unpriced_request_count: number;
            /**
             * @description Model calls without reported tokens: no number of tokens includes them, and no cost that is not reported.
             * @example 0
             */
            unreported_request_count: number;
        };
        /**
         * @description Sessions and their usage by the time of their own start. Adjacent ranges of `startTime` and `endTime` share no session. The points and `earlier` together are all sessions of the range.
         * @example {
         *       "start_time": "2026-03-01T09:00:00.000000000Z",
         *       "end_time": "2026-03-01T09:59:59.999999999Z",
         *       "interval_ms": 3600000,
         *       "points": [
         *         {
         *           "start_time": "2026-03-01T09:00:00.000000000Z",
         *           "session_count": 40,
         *           "sessions_with_errors": 2,
         *           "request_count": 3,
         *           "input_tokens": 5120,
         *           "output_tokens": 640,
         *           "cost_usd": 0.0214,
         *           "unpriced_request_count": 0,
         *           "unreported_request_count": 0
         *         }
         *       ],
         *       "earlier": {
         *         "session_count": 5,
         *         "sessions_with_errors": 0,
         *         "request_count": 0,
         *         "input_tokens": 0,
         *         "output_tokens": 0,
         *         "cost_usd": 0,
         *         "unpriced_request_count": 0,
         *         "unreported_request_count": 0
         *       },
         *       "models": [
         *         {
         *           "model": "gpt-5",
         *           "request_count": 3,
         *           "input_tokens": 5120,
         *           "output_tokens": 640,
         *           "cost_usd": 0.0214,
         *           "unpriced_request_count": 0,
         *           "unreported_request_count": 0
         *         }
         *       ]
         *     }
         */
        SessionTimeline: {
            earlier?: components["schemas"]["TimelineEarlier"];
            /**
             * Format: date-time
             * @description End of the range: the earlier of `endTime` and `activeTo`, else the end of the running minute. RFC 3339 in UTC, always with nine digits of fraction.
             * @example 2026-03-01T12:00:00.000000000Z
             */
            end_time: string;
            /**
             * @description Length of a point in milliseconds.
             * @example 3600000
             */
            interval_ms: number;
            /** @description Models by their calls, most first, ties by name, at most 200. Calls that name no model are in the points alone. */
            models: components["schemas"]["TimelineModel"][];
            /** @description Every interval of the range in order, also those without a session. */
            points: components["schemas"]["TimelinePoint"][];
            /**
             * Format: date-time
             * @description Where the points begin: the later of `startTime` and `activeFrom`, else the start of the interval of the first session. RFC 3339 in UTC, always with nine digits of fraction.
             * @example 2026-03-01T09:00:00.000000000Z
             */
            start_time: string;
        };
        /**
         * @description The sessions with the greatest cost or duration. The counts are of all sessions of the range, also of those that are not among the greatest because their cost is not known.
         * @example {
         *       "items": [
         *         {
         *           "session.id": "0195b3a2-6f1e-7c44-9d0a-3f2b8c1d4e5f",
         *           "user.id": "user-4711",
         *           "start_time": "2026-03-01T09:30:00.123456789Z",
         *           "end_time": "2026-03-01T09:41:07.000000001Z",
         *           "duration_ms": 666876.543212,
         *           "trace_count": 4,
         *           "span_count": 61,
         *           "error_count": 1,
         *           "services": [
         *             "api",
         *             "web"
         *           ],
         *           "state": "timed_out",
         *           "client": {
         *             "ip": "203.0.113.7",
         *             "device_type": "desktop",
         *             "os": "macOS",
         *             "browser": "Firefox"
         *           },
         *           "geo": {
         *             "country_code": "AT",
         *             "country_name": "Austria"
         *           },
         *           "genai_usage": {
         *             "request_count": 3,
         *             "total_input_tokens": 5120,
         *             "total_output_tokens": 640,
         *             "models_used": [
         *               "gpt-5"
         *             ],
         *             "providers_used": [
         *               "openai"
         *             ],
         *             "estimated_cost_usd": 0.0214
         *           }
         *         }
         *       ],
         *       "unpriced_request_count": 0,
         *       "unreported_request_count": 0
         *     }
         */
        SessionTop: {
            /** @description The greatest first, ties newest first. */
            items: components["schemas"]["Session"][];
            /**
             * @description Model calls with tokens and an unknown cost: no cost includes them, so the true cost is greater.
             * @example 0
             */
            unpriced_request_count: number;
            /**
             * @description Model calls without reported tokens: no number of tokens includes them, and no cost that is not reported.
             * @example 0
             */
            unreported_request_count: number;
        };
        /** @description A page of the records that the usage of a session comes from, and the totals of the whole session. */
        SessionUsage: {
            /** @description The total of the records with `counted: true` on all pages: the same numbers as in `genai_usage`, of the whole session on every page. */
            counted: {
                /**
                 * @description Calls that count; sums contain none.
                 * @example 3
                 */
                request_count: number;
                /**
                 * Format: int64
                 * @description Their input tokens. Beyond 2^53 − 1 a string of its digits, as ProtoJSON writes it.
                 */
                total_input_tokens: number | string;
                /**
                 * Format: int64
                 * @description Their output tokens. Beyond 2^53 − 1 a string of its digits, as ProtoJSON writes it.
                 */
                total_output_tokens: number | string;
            };
            genai_usage?: components["schemas"]["SessionGenAiUsage"];
            /** @description Whether there is a next page. */
            has_more: boolean;
            /** @description By time. Pages go trace by trace, in the order in which these began in the session, log records without a trace by their minute: a long trace may have records that are later than some of the next page. */
            items: components["schemas"]["UsageRecordItem"][];
            /** @description Cursor of the next page. Left out where there is none. */
            next_cursor?: string;
            /** @description Cursor of the page before. Left out where there is none. */
            prev_cursor?: string;
            "session.id": string;
            /**
             * @description `session`: whether a record counts was decided over the whole session. `trace`: the session has too many records to compare those of different traces for a page. A call that several traces report is then `counted` in each of them here; the totals above include it once.
             * @enum {string}
             */
            verdicts: "session" | "trace";
        };
        /** @description The pages of a visit. Left out if no page or screen is reported. */
        SessionVisit: {
            /**
             * @description Route, screen or title of the first page.
             * @example Products
             */
            entry_page?: string;
            /**
             * @description Address of the first page, without query and fragment unless --page-urls=full. A screen of an app has none.
             * @example https://shop.example/products
             */
            entry_url?: string;
            /** @description Route, screen or title of the last page. */
            exit_page?: string;
            /**
             * @description Address of the last page.
             * @example https://shop.example/thanks
             */
            exit_url?: string;
            /**
             * @description Pages and screens that were entered, each counted once however many instruments report it.
             * @example 3
             */
            page_views: number;
            /**
             * @description Where the visitor came from: the earliest referrer of another site.
             * @example https://search.example/
             */
            referrer?: string;
        };
        /** @description Web vitals of the pages of a visit, to three digits. Left out if none is reported. */
        SessionVitals: {
            /** @description Cumulative layout shift, a score. */
            cls?: {
                /** @description The median; of an even number of values, the lower of the two in the middle. */
                median: number;
                /** @description The greatest value. */
                worst: number;
            };
            /** @description Interaction to next paint, ms. */
            inp?: {
                /** @description The median; of an even number of values, the lower of the two in the middle. */
                median: number;
                /** @description The greatest value. */
                worst: number;
            };
            /** @description Largest contentful paint, ms. */
            lcp?: {
                /** @description The median; of an even number of values, the lower of the two in the middle. */
                median: number;
                /** @description The greatest value. */
                worst: number;
            };
            /** @description Time to the first byte, ms. */
            ttfb?: {
                /** @description The median; of an even number of values, the lower of the two in the middle. */
                median: number;
                /** @description The greatest value. */
                worst: number;
            };
        };
        /** @description A sign-in of the web page. */
        SignIn: {
            /**
             * @description Who signed in, as in the audit log.
             * @example user:alice
             */
            actor: string;
            /**
             * Format: date-time
             * @description When it began.
             */
            created: string;
            /**
             * Format: date-time
             * @description When it ends by itself.
             */
            expires: string;
            /**
             * @description Names it. Not its cookie.
             * @example 5f1d7a84da0c
             */
            id: string;
            /** @description A name for people, such as that of the key. */
            name?: string;
            /** @description The only project that it sees; left out for all. */
            project?: string;
            /** @description What it may do. */
            scopes: string[];
        };
        /**
         * @description The sign-ins that hold.
         * @example {
         *       "items": [
         *         {
         *           "id": "5f1d7a84da0c",
         *           "actor": "user:alice",
         *           "name": "alice",
         *           "scopes": [
         *             "read"
         *           ],
         *           "created": "2026-11-30T12:00:00.000Z",
         *           "expires": "2026-12-01T12:00:00.000Z"
         *         }
         *       ]
         *     }
         */
        SignInList: {
            /** @description The latest first. */
            items: components["schemas"]["SignIn"][];
        };
        /**
         * @description How to sign in.
         * @example {
         *       "needed": true,
         *       "key": true,
         *       "provider": "login.example"
         *     }
         */
        SignInWays: {
            /**
             * @description By an API key: always.
             * @enum {boolean}
             */
            key: true;
            /** @description Whether requests without credentials are refused. */
            needed: boolean;
            /** @description By the identity provider of this name; left out where there is none. */
            provider?: string;
        };
        /**
         * @description An OpenTelemetry span.
         * @example {
         *       "span_id": "b7ad6b7169203331",
         *       "trace_id": "0af7651916cd43dd8448eb211c80319c",
         *       "name": "GET /cart",
         *       "kind": 2,
         *       "start_time_unix_nano": "1772357400123456789",
         *       "end_time_unix_nano": "1772357400171667882",
         *       "attributes": [
         *         {
         *           "key": "session.id",
         *           "value": "0195b3a2-6f1e-7c44-9d0a-3f2b8c1d4e5f"
         *         },
         *         {
         *           "key": "http.response.status_code",
         *           "value": 200
         *         },
         *         {
         *           "key": "cart.serial",
         *           "value": "9007199254740993"
         *         }
         *       ],
         *       "events": [],
         *       "links": [],
         *       "status": {
         *         "code": 0
         *       },
         *       "resource": {
         *         "attributes": [
         *           {
         *             "key": "service.name",
         *             "value": "web"
         *           }
         *         ]
         *       }
         *     }
         */
        Span: {
            /** @description Attributes, in the order they were sent. */
            attributes: components["schemas"]["Attribute"][];
            /** @description Attributes the sender left out. */
            dropped_attributes_count?: number;
            dropped_events_count?: number;
            dropped_links_count?: number;
            /**
             * Format: int64
             * @description End in nanoseconds since 1970: a string of digits, as ProtoJSON writes it, since such numbers are beyond 2^53.
             * @example 1772357400123456789
             */
            end_time_unix_nano: string;
            events: components["schemas"]["SpanEvent"][];
            flags?: number;
            instrumentation_scope?: components["schemas"]["InstrumentationScope"];
            /** @description 0 unspecified, 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
            kind: number;
            links: components["schemas"]["SpanLink"][];
            /** @description Name of the operation. */
            name: string;
            /** @description Left out on a root span. */
            parent_span_id?: string;
            resource: components["schemas"]["Resource"];
            /**
             * @description 16 hexadecimal digits.
             * @example b7ad6b7169203331
             */
            span_id: string;
            /**
             * Format: int64
             * @description Start in nanoseconds since 1970: a string of digits, as ProtoJSON writes it, since such numbers are beyond 2^53.
             * @example 1772357400123456789
             */
            start_time_unix_nano: string;
            status: components["schemas"]["SpanStatus"];
            /** @description 32 hexadecimal digits. */
            trace_id: string;
            /** @description W3C `tracestate`. */
            trace_state?: string;
        };
        /** @description Something that happened during a span. */
        SpanEvent: {
            /** @description Attributes, in the order they were sent. */
            attributes: components["schemas"]["Attribute"][];
            /** @description Attributes the sender left out. */
            dropped_attributes_count?: number;
            name: string;
            /**
             * Format: int64
             * @description Time of the event in nanoseconds since 1970: a string of digits, as ProtoJSON writes it, since such numbers are beyond 2^53.
             * @example 1772357400123456789
             */
            time_unix_nano: string;
        };
        /** @description A span that this one has to do with. */
        SpanLink: {
            /** @description Attributes, in the order they were sent. */
            attributes: components["schemas"]["Attribute"][];
            /** @description Attributes the sender left out. */
            dropped_attributes_count?: number;
            flags?: number;
            /** @description Hexadecimal, as the sender made it. */
            span_id: string;
            /** @description Hexadecimal, as the sender made it. */
            trace_id: string;
            trace_state?: string;
        };
        /** @description How the span went. */
        SpanStatus: {
            /** @description 0 unset, 1 ok, 2 error. */
            code: number;
            message?: string;
        };
        /** @description How much room the store takes, and has. */
        StoreSize: {
            /**
             * @description Bytes that can still be written on its disk.
             * @example 98765432100
             */
            free_bytes: number;
            /**
             * @description Until the disk is full, if the store goes on to grow as it did lately (a day at most). Left out where it does not grow, or is not known long enough.
             * @example 2592000
             */
            seconds_until_full?: number;
            /**
             * @description Bytes of the data directory.
             * @example 412345678
             */
            size_bytes: number;
        };
        /**
         * @description A place where the telemetry of a session meets `q`.
         * @example {
         *       "in": "messages",
         *       "field": "gen_ai.input.messages",
         *       "role": "user",
         *       "snippet": [
         *         "I want a ",
         *         "refund",
         *         " for my order"
         *       ],
         *       "kind": "span",
         *       "time": "2026-03-01T09:30:00.123456789Z",
         *       "trace_id": "5b8efff798038103d269b633813fc60c",
         *       "span_id": "eee19b7ec3c1b174"
         *     }
         */
        TextMatch: {
            /**
             * @description The key of the attribute, or the name of the field: `name`, `body`, `status.message`, …
             * @example gen_ai.input.messages
             */
            field: string;
            /**
             * @description The part of telemetry.
             * @enum {string}
             */
            in: "messages" | "tools" | "spans" | "attributes" | "logs" | "errors" | "ids" | "resource";
            /**
             * @description The kind of record.
             * @enum {string}
             */
            kind: "span" | "log";
            /**
             * @description Who says it, of messages in which it is known. Calls and results of tools have none.
             * @enum {string}
             */
            role?: "system" | "user" | "assistant";
            /**
             * @description Some of the text, in pieces: by turns beside and within the words of the query, so that every second one is to be marked.
             * @example [
             *       "I want a ",
             *       "refund",
             *       " for my order"
             *     ]
             */
            snippet: string[];
            /** @description The span, or the span that the log record is of, if it names one. */
            span_id?: string;
            /**
             * Format: date-time
             * @description Start of the span, or time of the log record. RFC 3339 in UTC, always with nine digits of fraction.
             * @example 2026-03-01T09:30:00.123456789Z
             */
            time: string;
            /** @description Left out if the record is in no trace. */
            trace_id?: string;
        };
        /**
         * @description How a search went.
         * @example {
         *       "is_complete": true
         *     }
         */
        TextSearched: {
            /**
             * Format: date-time
             * @description Time of the latest telemetry that was searched, unless all was. It is indexed in the order in which it arrived. RFC 3339 in UTC, always with nine digits of fraction.
             * @example 2026-03-01T09:30:00.123456789Z
             */
            indexed_until?: string;
            /** @description Whether all telemetry was searched. Else some is not indexed yet, and sessions may be missing. */
            is_complete: boolean;
        };
        /** @description The sessions of the range that started before the first point and had activity in it, whole. They are in no point. */
        TimelineEarlier: {
            /**
             * @description Cost of their calls as far as it is known, in US dollars.
             * @example 0.0214
             */
            cost_usd: number;
            /**
             * Format: int64
             * @description Their input tokens, cached ones included. Beyond 2^53 − 1 a string of its digits, as ProtoJSON writes it.
             * @example 5120
             */
            input_tokens: number | string;
            /**
             * Format: int64
             * @description Their output tokens, reasoning included. Beyond 2^53 − 1 a string of its digits, as ProtoJSON writes it.
             * @example 640
             */
            output_tokens: number | string;
            /**
             * @description Model calls of these sessions, each counted once.
             * @example 3
             */
            request_count: number;
            /**
             * @description The sessions.
             * @example 40
             */
            session_count: number;
            /**
             * @description Those in which a span failed (status ERROR) or an exception was thrown.
             * @example 2
             */
            sessions_with_errors: number;
            /**
             * @description Model calls with tokens and an unknown cost: no cost includes them, so the true cost is greater.
             * @example 0
             */
            unpriced_request_count: number;
            /**
             * @description Model calls without reported tokens: no number of tokens includes them, and no cost that is not reported.
             * @example 0
             */
            unreported_request_count: number;
        };
        /** @description What the sessions of the range used of a model. */
        TimelineModel: {
            /** @description Cost of its calls as far as it is known, in US dollars. Left out where none is known. */
            cost_usd?: number;
            /**
             * Format: int64
             * @description Their input tokens, cached ones included. Beyond 2^53 − 1 a string of its digits, as ProtoJSON writes it.
             * @example 5120
             */
            input_tokens: number | string;
            /**
             * @description Name of the model.
             * @example gpt-5
             */
            model: string;
            /**
             * Format: int64
             * @description Their output tokens, reasoning included. Beyond 2^53 − 1 a string of its digits, as ProtoJSON writes it.
             * @example 640
             */
            output_tokens: number | string;
            /**
             * @description Model calls of these sessions, each counted once.
             * @example 3
             */
            request_count: number;
            /**
             * @description Model calls with tokens and an unknown cost: no cost includes them, so the true cost is greater.
             * @example 0
             */
            unpriced_request_count: number;
            /**
             * @description Model calls without reported tokens: no number of tokens includes them, and no cost that is not reported.
             * @example 0
             */
            unreported_request_count: number;
        };
        /** @description The sessions that started in an interval, whole: what a session did later counts here too. At the ends of the range only those in the range. */
        TimelinePoint: {
            /**
             * @description Cost of their calls as far as it is known, in US dollars.
             * @example 0.0214
             */
            cost_usd: number;
            /**
             * Format: int64
             * @description Their input tokens, cached ones included. Beyond 2^53 − 1 a string of its digits, as ProtoJSON writes it.
             * @example 5120
             */
            input_tokens: number | string;
            /**
             * Format: int64
             * @description Their output tokens, reasoning included. Beyond 2^53 − 1 a string of its digits, as ProtoJSON writes it.
             * @example 640
             */
            output_tokens: number | string;
            /**
             * @description Model calls of these sessions, each counted once.
             * @example 3
             */
            request_count: number;
            /**
             * @description The sessions.
             * @example 40
             */
            session_count: number;
            /**
             * @description Those in which a span failed (status ERROR) or an exception was thrown.
             * @example 2
             */
            sessions_with_errors: number;
            /**
             * Format: date-time
             * @description Start of the interval, a multiple of its length since 1970. RFC 3339 in UTC, always with nine digits of fraction.
             * @example 2026-03-01T09:00:00.000000000Z
             */
            start_time: string;
            /**
             * @description Model calls with tokens and an unknown cost: no cost includes them, so the true cost is greater.
             * @example 0
             */
            unpriced_request_count: number;
            /**
             * @description Model calls without reported tokens: no number of tokens includes them, and no cost that is not reported.
             * @example 0
             */
            unreported_request_count: number;
        };
        /** @description A model call that counts, and its session. With its `trace_id` and `span_id` the page shows its turn: `/sessions/{session.id}?view=conversation&trace={trace_id}&span={span_id}`. */
        TopCall: {
            call: components["schemas"]["UsageRecordItem"];
            /**
             * @description From start to end of the span. Left out where a log record reports the call.
             * @example 5210.4
             */
            duration_ms?: number;
            session: components["schemas"]["Session"];
        };
        /**
         * @description The model calls with the greatest cost or duration. The counts are of all sessions that match: calls whose cost is not known are not among the dearest.
         * @example {
         *       "items": [
         *         {
         *           "session": {
         *             "session.id": "0195b3a2-6f1e-7c44-9d0a-3f2b8c1d4e5f",
         *             "user.id": "user-4711",
         *             "start_time": "2026-03-01T09:30:00.123456789Z",
         *             "end_time": "2026-03-01T09:41:07.000000001Z",
         *             "duration_ms": 666876.543212,
         *             "trace_count": 4,
         *             "span_count": 61,
         *             "error_count": 1,
         *             "services": [
         *               "api",
         *               "web"
         *             ],
         *             "state": "timed_out",
         *             "client": {
         *               "ip": "203.0.113.7",
         *               "device_type": "desktop",
         *               "os": "macOS",
         *               "browser": "Firefox"
         *             },
         *             "geo": {
         *               "country_code": "AT",
         *               "country_name": "Austria"
         *             },
         *             "genai_usage": {
         *               "request_count": 3,
         *               "total_input_tokens": 5120,
         *               "total_output_tokens": 640,
         *               "models_used": [
         *                 "gpt-5"
         *               ],
         *               "providers_used": [
         *                 "openai"
         *               ],
         *               "estimated_cost_usd": 0.0214
         *             }
         *           },
         *           "call": {
         *             "signal": "span",
         *             "trace_id": "5b8efff798038103d269b633813fc60c",
         *             "span_id": "eee19b7ec3c1b174",
         *             "time": "2026-03-01T09:30:00.123456789Z",
         *             "dialect": "otel-genai",
         *             "kind": "call",
         *             "provider": "openai",
         *             "model": "gpt-5",
         *             "input_tokens": 90000,
         *             "output_tokens": 4100,
         *             "cost_usd": 0.1535,
         *             "counted": true
         *           },
         *           "duration_ms": 41250.5
         *         }
         *       ],
         *       "unpriced_request_count": 0,
         *       "unreported_request_count": 0
         *     }
         */
        TopCalls: {
            /** @description The greatest first, ties by the start of the session and then of the call, newest first. */
            items: components["schemas"]["TopCall"][];
            /**
             * @description Model calls with tokens and an unknown cost: no cost includes them, so the true cost is greater.
             * @example 0
             */
            unpriced_request_count: number;
            /**
             * @description Model calls without reported tokens: no number of tokens includes them, and no cost that is not reported.
             * @example 0
             */
            unreported_request_count: number;
        };
        /**
         * @description A trace with its spans. `root_span` is the earliest span without a parent, else the earliest whose parent is not in the trace.
         * @example {
         *       "trace_id": "0af7651916cd43dd8448eb211c80319c",
         *       "root_span": {
         *         "span_id": "b7ad6b7169203331",
         *         "trace_id": "0af7651916cd43dd8448eb211c80319c",
         *         "name": "GET /cart",
         *         "kind": 2,
         *         "start_time_unix_nano": "1772357400123456789",
         *         "end_time_unix_nano": "1772357400171667882",
         *         "attributes": [
         *           {
         *             "key": "session.id",
         *             "value": "0195b3a2-6f1e-7c44-9d0a-3f2b8c1d4e5f"
         *           },
         *           {
         *             "key": "http.response.status_code",
         *             "value": 200
         *           },
         *           {
         *             "key": "cart.serial",
         *             "value": "9007199254740993"
         *           }
         *         ],
         *         "events": [],
         *         "links": [],
         *         "status": {
         *           "code": 0
         *         },
         *         "resource": {
         *           "attributes": [
         *             {
         *               "key": "service.name",
         *               "value": "web"
         *             }
         *           ]
         *         }
         *       },
         *       "spans": [
         *         {
         *           "span_id": "b7ad6b7169203331",
         *           "trace_id": "0af7651916cd43dd8448eb211c80319c",
         *           "name": "GET /cart",
         *           "kind": 2,
         *           "start_time_unix_nano": "1772357400123456789",
         *           "end_time_unix_nano": "1772357400171667882",
         *           "attributes": [
         *             {
         *               "key": "session.id",
         *               "value": "0195b3a2-6f1e-7c44-9d0a-3f2b8c1d4e5f"
         *             },
         *             {
         *               "key": "http.response.status_code",
         *               "value": 200
         *             },
         *             {
         *               "key": "cart.serial",
         *               "value": "9007199254740993"
         *             }
         *           ],
         *           "events": [],
         *           "links": [],
         *           "status": {
         *             "code": 0
         *           },
         *           "resource": {
         *             "attributes": [
         *               {
         *                 "key": "service.name",
         *                 "value": "web"
         *               }
         *             ]
         *           }
         *         }
         *       ],
         *       "span_count": 1,
         *       "duration_ns": 48211093,
         *       "start_time": "2026-03-01T09:30:00.123456789Z",
         *       "end_time": "2026-03-01T09:30:00.171667882Z",
         *       "services": [
         *         "web"
         *       ],
         *       "has_error": false
         *     }
         */
        Trace: {
            /**
             * Format: int64
             * @description Latest end minus earliest start, in nanoseconds. A span that ends before it starts counts as a point. Beyond 2^53 − 1 a string of its digits, as ProtoJSON writes it.
             * @example 48211093
             */
            duration_ns: number | string;
            /**
             * Format: date-time
             * @description Latest end. RFC 3339 in UTC, always with nine digits of fraction.
             * @example 2026-03-01T09:30:00.171667882Z
             */
            end_time: string;
            /** @description Whether the status of any span is ERROR. */
            has_error: boolean;
            root_span?: components["schemas"]["Span"];
            /** @description Distinct `service.name`, sorted. */
            services: string[];
            /**
             * @description Number of spans.
             * @example 12
             */
            span_count: number;
            /** @description By start, then by span id. In the list of a session, the spans of the trace that are in that session; otherwise all of them. The other fields of the trace are about these spans. */
            spans: components["schemas"]["Span"][];
            /**
             * Format: date-time
             * @description Earliest start. RFC 3339 in UTC, always with nine digits of fraction.
             * @example 2026-03-01T09:30:00.123456789Z
             */
            start_time: string;
            /**
             * @description 32 hexadecimal digits.
             * @example 0af7651916cd43dd8448eb211c80319c
             */
            trace_id: string;
        };
        /**
         * @description A page of traces.
         * @example {
         *       "items": [
         *         {
         *           "trace_id": "0af7651916cd43dd8448eb211c80319c",
         *           "root_span": {
         *             "span_id": "b7ad6b7169203331",
         *             "trace_id": "0af7651916cd43dd8448eb211c80319c",
         *             "name": "GET /cart",
         *             "kind": 2,
         *             "start_time_unix_nano": "1772357400123456789",
         *             "end_time_unix_nano": "1772357400171667882",
         *             "attributes": [
         *               {
         *                 "key": "session.id",
         *                 "value": "0195b3a2-6f1e-7c44-9d0a-3f2b8c1d4e5f"
         *               },
         *               {
         *                 "key": "http.response.status_code",
         *                 "value": 200
         *               },
         *               {
         *                 "key": "cart.serial",
         *                 "value": "9007199254740993"
         *               }
         *             ],
         *             "events": [],
         *             "links": [],
         *             "status": {
         *               "code": 0
         *             },
         *             "resource": {
         *               "attributes": [
         *                 {
         *                   "key": "service.name",
         *                   "value": "web"
         *                 }
         *               ]
         *             }
         *           },
         *           "spans": [
         *             {
         *               "span_id": "b7ad6b7169203331",
         *               "trace_id": "0af7651916cd43dd8448eb211c80319c",
         *               "name": "GET /cart",
         *               "kind": 2,
         *               "start_time_unix_nano": "1772357400123456789",
         *               "end_time_unix_nano": "1772357400171667882",
         *               "attributes": [
         *                 {
         *                   "key": "session.id",
         *                   "value": "0195b3a2-6f1e-7c44-9d0a-3f2b8c1d4e5f"
         *                 },
         *                 {
         *                   "key": "http.response.status_code",
         *                   "value": 200
         *                 },
         *                 {
         *                   "key": "cart.serial",
         *                   "value": "9007199254740993"
         *                 }
         *               ],
         *               "events": [],
         *               "links": [],
         *               "status": {
         *                 "code": 0
         *               },
         *               "resource": {
         *                 "attributes": [
         *                   {
         *                     "key": "service.name",
         *                     "value": "web"
         *                   }
         *                 ]
         *               }
         *             }
         *           ],
         *           "span_count": 1,
         *           "duration_ns": 48211093,
         *           "start_time": "2026-03-01T09:30:00.123456789Z",
         *           "end_time": "2026-03-01T09:30:00.171667882Z",
         *           "services": [
         *             "web"
         *           ],
         *           "has_error": false
         *         }
         *       ],
         *       "has_more": false
         *     }
         */
        TracePage: {
            /** @description Whether there is a next page. */
            has_more: boolean;
            /** @description Earliest start within the session first, ties by trace id. */
            items: components["schemas"]["Trace"][];
            /** @description Cursor of the next page. Left out where there is none. */
            next_cursor?: string;
            /** @description Cursor of the page before. Left out where there is none. */
            prev_cursor?: string;
        };
        /**
         * @description The sessions that a trace has spans in.
         * @example {
         *       "items": [
         *         {
         *           "session.id": "visit-1",
         *           "span_count": 12
         *         }
         *       ]
         *     }
         */
        TraceSessions: {
            items: {
                "session.id": string;
                /** @description How many spans of the trace are in it. */
                span_count: number;
            }[];
        };
        /** @description Why the call of the model, or the run of the tool, failed. */
        TurnError: {
            /** @description What it says. */
            message?: string;
            /** @description Its class. */
            type?: string;
        };
        /** @description Content that is no text: an image, audio, a file. */
        TurnMedia: {
            /** @description Names the content for `GET /api/v1/sessions/{sessionId}/media/{mediaId}`; there where the telemetry has it. */
            media_id?: string;
            /** @description Its media type. */
            mime_type?: string;
            /**
             * @description Bytes, where the telemetry has the content itself.
             * @example 48211
             */
            size?: number;
            /**
             * @description Kind of content.
             * @enum {string}
             */
            type: "image" | "audio" | "video" | "document" | "file";
            /** @description Where it lies, or its id at the provider. Nothing is ever loaded from there. */
            uri?: string;
        };
        /** @description The tool of a call or result. */
        TurnTool: {
            /** @description Of a call: what it was called with, mostly JSON. */
            arguments?: string;
            /** @description Id that its call and its result have in common. */
            call_id?: string;
            /** @description Name of the tool. */
            name?: string;
            /** @description Of a result: what it gave back, as text. */
            result?: string;
        };
        /** @description A number that looks like usage. */
        UsageNumber: {
            /**
             * @description The attribute; if its value is a map or JSON, followed by the names of members, with dots between them.
             * @example acme.usage.prompt_tokens
             */
            key: string;
            /** @description As it was sent. */
            value: number;
        };
        /** @description The prices that the cost was calculated from; for a call in another service tier than the usual one, the prices of that tier. Tokens without a price of their own have the price of the tokens that they are part of. */
        UsagePrice: {
            /**
             * @description Why these prices apply. `provider`: the telemetry names the provider. `address`: the call went to the API of this provider, whatever provider the telemetry names. `model`: no provider is named, and the name of the model identifies it. `maker`: the named provider has no such model; the prices are those of its maker, or of the seller that the model’s name begins with. `gateway`: the call went to a private address, and the model is one that only its maker runs.
             * @enum {string}
             */
            basis?: "provider" | "address" | "model" | "maker" | "gateway";
            /** @description US dollars for a million cached audio input tokens. */
            cache_audio_read_per_million?: number;
            /** @description US dollars for a million cached input tokens. */
            cache_read_per_million?: number;
            /** @description US dollars for a million input written to the cache for an hour tokens. */
            cache_write_1h_per_million?: number;
            /** @description US dollars for a million input written to the cache tokens. */
            cache_write_per_million?: number;
            /** @description US dollars for a million audio input tokens. */
            input_audio_per_million?: number;
            /** @description US dollars for a million input tokens. */
            input_per_million?: number;
            /** @description US dollars for a million audio output tokens. */
            output_audio_per_million?: number;
            /** @description US dollars for a million output tokens. */
            output_per_million?: number;
            /** @description US dollars for a thousand calls, besides their tokens. */
            per_thousand_requests?: number;
            /**
             * @description The provider whose prices these are, in the name of the price list.
             * @example deepseek
             */
            provider?: string;
            /** @description US dollars for a million reasoning tokens. */
            reasoning_per_million?: number;
            /**
             * @description `reported` if the telemetry reports the cost of the call; otherwise the source of the list price.
             * @example @pydantic/genai-prices@0.1.8
             */
            source: string;
        };
        /** @description A record with usage of model calls, in normalised numbers, or one that looks like it. `by` is the record that counts instead, or supersedes it. `shares_id_with`, of a record that counts, is another that counts and has an id in common with it: they contradict each other, or many calls may have the id, so they are two calls. */
        UsageRecordItem: {
            by?: components["schemas"]["RecordReference"];
            /** @description The session that `by` is in and the call counts in, if it is another one. */
            by_session?: string;
            /**
             * @description Of the audio of the input, read from a cache.
             * @example 0
             */
            cache_audio_read_tokens?: number;
            /**
             * @description Of the input, read from a cache.
             * @example 4096
             */
            cache_read_tokens?: number;
            /**
             * @description Of these, to be kept for an hour.
             * @example 0
             */
            cache_write_1h_tokens?: number;
            /**
             * @description Of the input, written to a cache.
             * @example 0
             */
            cache_write_tokens?: number;
            /** @description Ids that other records of the call have too. */
            call_ids?: string[];
            /** @description US dollars, whole billionths. Left out if unknown. */
            cost_usd?: number;
            /** @description Whether it counts in `genai_usage`. */
            counted: boolean;
            /**
             * @description The dialect that the record was read by. Left out if no dialect knows it.
             * @example otel-genai
             */
            dialect?: string;
            /**
             * @description Of the input, audio.
             * @example 0
             */
            input_audio_tokens?: number;
            /**
             * @description Input tokens, cached ones included.
             * @example 5120
             */
            input_tokens?: number;
            /**
             * @description `call`: a model call. `wrapper`: a record around calls, such as that of an agent. `sum`: a data point, a total over an unknown number of calls. `rest`: what the total or cost of a wrapper has beyond the calls below it; it counts no call, and the span that it is named by has a row of its own. `other`: a record with numbers like those of a call that is none of these.
             * @enum {string}
             */
            kind: "call" | "wrapper" | "sum" | "rest" | "other";
            /** @description Of a log record: 32 hexadecimal digits, a digest of its content. */
            log_id?: string;
            /** @description The model that answered, or else the one that was requested. */
            model?: string;
            /** @description Numbers that look like usage and were not read, at most 16. */
            numbers?: components["schemas"]["UsageNumber"][];
            /**
             * @description Of the output, audio.
             * @example 0
             */
            output_audio_tokens?: number;
            /**
             * @description Output tokens, reasoning included.
             * @example 640
             */
            output_tokens?: number;
            price?: components["schemas"]["UsagePrice"];
            provider?: string;
            /**
             * @description Why it does not count. `no_dialect`: no dialect reads these numbers. `no_call`: its dialect says that it is neither a call nor around calls. `out_of_range`: no call can have these numbers.
             * @enum {string}
             */
            reason?: "wrapper_of" | "same_call_below" | "part_of" | "same_call_id" | "same_call_alike" | "other_signal_counts" | "counted_in_other_session" | "same_series" | "no_dialect" | "no_call" | "out_of_range";
            /**
             * @description Of the output, reasoning.
             * @example 128
             */
            reasoning_tokens?: number;
            /** @description The instrumentation scope. */
            scope?: string;
            /**
             * @description The service tier of the call, if it was not the usual one.
             * @example batch
             */
            service_tier?: string;
            shares_id_with?: components["schemas"]["RecordReference"];
            /**
             * @description The kind of record; `metric` is a data point, which is kept as a log record.
             * @enum {string}
             */
            signal: "span" | "log" | "metric";
            /** @description Of a span: 16 hexadecimal digits. */
            span_id?: string;
            /**
             * Format: date-time
             * @description Start of the span, time of the log record or data point; of a cumulative data point the start of its series. RFC 3339 in UTC, always with nine digits of fraction.
             * @example 2026-03-01T09:30:00.123456789Z
             */
            time: string;
            /** @description Missing for a log record without a trace. */
            trace_id?: string;
            /**
             * @description Why a record has no cost. `no_tokens`: the number of tokens is unknown. `no_model`: no model is named. `local`: the model ran locally or at a private address, and anybody can run it. `provider_not_listed`, `model_not_listed`: the price list has no such provider, or no such model of it. `not_by_tokens`: the list has a price by the hour or the page. `tier_unknown`: the price of the service tier is unknown. `sum`: prices depend on each call of the sum.
             * @enum {string}
             */
            unpriced?: "no_tokens" | "no_model" | "local" | "provider_not_listed" | "model_not_listed" | "not_by_tokens" | "tier_unknown" | "sum";
            /**
             * @description Why a call has no tokens. `not_reported`: the sender did not report them. `not_read`: it reports them under names that its dialect does not know, see `numbers`. `out_of_range`: what it reports is not a number of tokens.
             * @enum {string}
             */
            unreported?: "not_reported" | "not_read" | "out_of_range";
        };
        /**
         * @description A saved view. `/views/{name}` on the page leads to it.
         * @example {
         *       "name": "Failing checkouts",
         *       "query": "service=checkout&hasErrors=true&range=24h&sort=cost",
         *       "saved_at": "2026-11-30T11:00:00.000000000Z"
         *     }
         */
        View: {
            /** @example Failing checkouts */
            name: string;
            /**
             * @description The query string of the list on the page: filters, `range` (such as `24h`) or `startTime` and `endTime`, `sort` and `order`.
             * @example service=checkout&hasErrors=true&range=24h&sort=cost
             */
            query: string;
            /**
             * Format: date-time
             * @description When it was last saved. RFC 3339 in UTC, always with nine digits of fraction.
             * @example 2026-11-30T11:00:00.000000000Z
             */
            saved_at: string;
        };
        /**
         * @description The saved views of a project.
         * @example {
         *       "items": [
         *         {
         *           "name": "Failing checkouts",
         *           "query": "service=checkout&hasErrors=true&range=24h&sort=cost",
         *           "saved_at": "2026-11-30T11:00:00.000000000Z"
         *         }
         *       ]
         *     }
         */
        ViewList: {
            /** @description By name. */
            items: components["schemas"]["View"][];
        };
        /** @description Something that the visitor did on a page. */
        VisitAction: {
            /** @description The kind of element. */
            element?: string;
            /**
             * @description What was done.
             * @enum {string}
             */
            kind: "click" | "submit" | "input" | "key" | "scroll" | "other";
            /** @description Or the log record: 32 hexadecimal digits, a digest of its content. */
            log_id?: string;
            /** @description The span: 16 hexadecimal digits. */
            span_id?: string;
            /** @description What it was done to: a label, a selector, a path. */
            target?: string;
            /**
             * Format: date-time
             * @description When. RFC 3339 in UTC, always with nine digits of fraction.
             * @example 2026-03-01T09:30:04.000000000Z
             */
            time: string;
            /** @description Trace of the record that reports it. Left out for a log record without one. */
            trace_id?: string;
        };
        /** @description The model calls that a page led to, and the first of them. */
        VisitAgent: {
            /**
             * @description Model calls that count.
             * @example 3
             */
            call_count: number;
            /** @description Or the log record: 32 hexadecimal digits, a digest of its content. */
            log_id?: string;
            /** @description The span: 16 hexadecimal digits. */
            span_id?: string;
            /**
             * Format: date-time
             * @description Start of the first. RFC 3339 in UTC, always with nine digits of fraction.
             * @example 2026-03-01T09:30:06.000000000Z
             */
            time: string;
            /** @description Trace of the record that reports it. Left out for a log record without one. */
            trace_id?: string;
        };
        /**
         * @description A page or screen of a visit. Fields without a value are left out, never null.
         * @example {
         *       "kind": "load",
         *       "url": "https://shop.example/checkout",
         *       "name": "Checkout",
         *       "entered_at": "2026-03-01T09:30:00.000000000Z",
         *       "left_at": "2026-03-01T09:30:24.000000000Z",
         *       "duration_ms": 24000,
         *       "entry": true,
         *       "vitals": {
         *         "lcp": 1840,
         *         "cls": 0.02
         *       },
         *       "click_count": 1,
         *       "action_count": 1,
         *       "actions": [
         *         {
         *           "kind": "click",
         *           "time": "2026-03-01T09:30:04.000000000Z",
         *           "target": "#buy"
         *         }
         *       ],
         *       "request_count": 1,
         *       "failed_request_count": 1,
         *       "requests": [
         *         {
         *           "time": "2026-03-01T09:30:04.120000000Z",
         *           "duration_ms": 48.5,
         *           "method": "POST",
         *           "url": "https://shop.example/api/orders",
         *           "status_code": 500,
         *           "failed": true
         *         }
         *       ],
         *       "exception_count": 0,
         *       "exceptions": [],
         *       "trace_id": "0af7651916cd43dd8448eb211c80319c",
         *       "span_id": "b7ad6b7169203331"
         *     }
         */
        VisitPage: {
            /**
             * @description All that the visitor did, clicks among it.
             * @example 3
             */
            action_count: number;
            /** @description The first 50, in order of time. */
            actions: components["schemas"]["VisitAction"][];
            agent?: components["schemas"]["VisitAgent"];
            /**
             * @description Clicks and taps.
             * @example 2
             */
            click_count: number;
            /**
             * @description From the one to the other.
             * @example 24000
             */
            duration_ms: number;
            /**
             * Format: date-time
             * @description When it was entered. RFC 3339 in UTC, always with nine digits of fraction.
             * @example 2026-03-01T09:30:00.000000000Z
             */
            entered_at: string;
            /**
             * @description The first page of the visit.
             * @enum {boolean}
             */
            entry?: true;
            /**
             * @description Exceptions that came on it, in the browser or app and behind its requests.
             * @example 1
             */
            exception_count: number;
            /** @description The first 10 kinds, in order of time, as reported on this page. Messages have at most 1000 characters, stack traces 4000. */
            exceptions: components["schemas"]["SessionException"][];
            /**
             * @description The last page of the visit, so far.
             * @enum {boolean}
             */
            exit?: true;
            /**
             * @description Those of them that failed.
             * @example 1
             */
            failed_request_count: number;
            /**
             * @description How it came: a document was loaded, the route changed within one, or an app showed a screen.
             * @enum {string}
             */
            kind: "load" | "route" | "screen";
            /**
             * Format: date-time
             * @description When the next page was entered; of the last page, and where nothing happened for half an hour before the next one, its last activity. RFC 3339 in UTC, always with nine digits of fraction.
             * @example 2026-03-01T09:30:24.000000000Z
             */
            left_at: string;
            /** @description Or the log record: 32 hexadecimal digits, a digest of its content. */
            log_id?: string;
            /** @description Its route, screen or title. */
            name?: string;
            /** @description Where the visitor came from, as the page says. */
            referrer?: string;
            /**
             * @description Requests that the page made.
             * @example 4
             */
            request_count: number;
            /** @description The first 20: those that failed before the others, slow ones before fast ones. */
            requests: components["schemas"]["VisitRequest"][];
            /** @description The span: 16 hexadecimal digits. */
            span_id?: string;
            /** @description Trace of the record that reports it. Left out for a log record without one. */
            trace_id?: string;
            /**
             * @description More happened than was looked at; counts are too low.
             * @enum {boolean}
             */
            truncated?: true;
            /** @description Its address, without query and fragment unless the operator keeps them. */
            url?: string;
            vitals?: components["schemas"]["VisitVitals"];
        };
        /**
         * @description A page of the pages of a visit.
         * @example {
         *       "items": [
         *         {
         *           "kind": "load",
         *           "url": "https://shop.example/checkout",
         *           "name": "Checkout",
         *           "entered_at": "2026-03-01T09:30:00.000000000Z",
         *           "left_at": "2026-03-01T09:30:24.000000000Z",
         *           "duration_ms": 24000,
         *           "entry": true,
         *           "vitals": {
         *             "lcp": 1840,
         *             "cls": 0.02
         *           },
         *           "click_count": 1,
         *           "action_count": 1,
         *           "actions": [
         *             {
         *               "kind": "click",
         *               "time": "2026-03-01T09:30:04.000000000Z",
         *               "target": "#buy"
         *             }
         *           ],
         *           "request_count": 1,
         *           "failed_request_count": 1,
         *           "requests": [
         *             {
         *               "time": "2026-03-01T09:30:04.120000000Z",
         *               "duration_ms": 48.5,
         *               "method": "POST",
         *               "url": "https://shop.example/api/orders",
         *               "status_code": 500,
         *               "failed": true
         *             }
         *           ],
         *           "exception_count": 0,
         *           "exceptions": [],
         *           "trace_id": "0af7651916cd43dd8448eb211c80319c",
         *           "span_id": "b7ad6b7169203331"
         *         }
         *       ],
         *       "has_more": false
         *     }
         */
        VisitPages: {
            /** @description Whether there is a next page. */
            has_more: boolean;
            /** @description In order of time. */
            items: components["schemas"]["VisitPage"][];
            /** @description Cursor of the next page. Left out where there is none. */
            next_cursor?: string;
            /** @description Cursor of the page before. Left out where there is none. */
            prev_cursor?: string;
        };
        /** @description A request that the page made. */
        VisitRequest: {
            /**
             * @description Until the answer was there.
             * @example 48.5
             */
            duration_ms: number;
            /** @description Why it failed, if that is reported. */
            error?: string;
            /**
             * @description Its status is 400 or more, or its span reports an error.
             * @enum {boolean}
             */
            failed?: true;
            /** @description Or the log record: 32 hexadecimal digits, a digest of its content. */
            log_id?: string;
            /** @description The method. */
            method?: string;
            server?: components["schemas"]["VisitServer"];
            /** @description The span: 16 hexadecimal digits. */
            span_id?: string;
            /**
             * @description The status of the answer.
             * @example 500
             */
            status_code?: number;
            /**
             * Format: date-time
             * @description When it was sent. RFC 3339 in UTC, always with nine digits of fraction.
             * @example 2026-03-01T09:30:04.120000000Z
             */
            time: string;
            /** @description Trace of the record that reports it. Left out for a log record without one. */
            trace_id?: string;
            /** @description The address, without query and fragment unless the operator keeps those of pages. */
            url?: string;
        };
        /**
         * @description Sums over visits.
         * @example {
         *       "visits": 40,
         *       "page_views": 212,
         *       "releases": [
         *         {
         *           "release": "4.2.0",
         *           "sessions": 40,
         *           "sessions_with_errors": 6,
         *           "sessions_with_crashes": 2
         *         }
         *       ],
         *       "entries": [
         *         {
         *           "page": "https://shop.example/",
         *           "sessions": 33
         *         }
         *       ],
         *       "exits": [
         *         {
         *           "page": "https://shop.example/cart",
         *           "sessions": 12
         *         }
         *       ],
         *       "vitals": {
         *         "lcp": {
         *           "sessions": 30,
         *           "p50": 1200,
         *           "p75": 2600,
         *           "p95": 5100
         *         }
         *       }
         *     }
         */
        Visits: {
            /** @description Pages that visits began with: most sessions first, ties by value, at most 50. */
            entries: components["schemas"]["VisitsPage"][];
            /** @description Pages that visits ended on, as far as they are stored: most sessions first, ties by value, at most 50. */
            exits: components["schemas"]["VisitsPage"][];
            /**
             * @description Pages and screens that were entered in all of them.
             * @example 212
             */
            page_views: number;
            /** @description Releases of the sessions that report one, whether they have a page or not: most sessions first, ties by value, at most 50. */
            releases: components["schemas"]["VisitsRelease"][];
            /**
             * @description Sessions with a page or a screen.
             * @example 40
             */
            visits: number;
            /** @description Web vitals, each over the sessions that report it; left out if none does. Largest contentful paint (`lcp`), interaction to next paint (`inp`) and time to the first byte (`ttfb`) in ms, cumulative layout shift (`cls`) as a score. */
            vitals: {
                cls?: components["schemas"]["VisitsVital"];
                inp?: components["schemas"]["VisitsVital"];
                lcp?: components["schemas"]["VisitsVital"];
                ttfb?: components["schemas"]["VisitsVital"];
            };
        };
        /** @description The span of the server that answered a request. */
        VisitServer: {
            /**
             * @description How long the server took.
             * @example 35.2
             */
            duration_ms: number;
            /**
             * @description Name of the span.
             * @example POST /api/orders
             */
            name: string;
            /** @description The service. */
            service?: string;
            /** @description The span. */
            span_id?: string;
            /** @description The trace. */
            trace_id?: string;
        };
        /** @description A page and how many sessions began or ended there. */
        VisitsPage: {
            /**
             * @description Address of the page, or the name of the screen if it has no address.
             * @example https://shop.example/cart
             */
            page: string;
            /**
             * @description Sessions.
             * @example 12
             */
            sessions: number;
        };
        /** @description A release, the number of its sessions, and of those with errors and crashes. */
        VisitsRelease: {
            /**
             * @description The `release` of the sessions.
             * @example 4.2.0
             */
            release: string;
            /**
             * @description Its sessions.
             * @example 40
             */
            sessions: number;
            /**
             * @description Those of them with a crash, or an app that froze (`hasCrash`).
             * @example 2
             */
            sessions_with_crashes: number;
            /**
             * @description Those of them in which something failed (`hasErrors`).
             * @example 6
             */
            sessions_with_errors: number;
        };
        /** @description A web vital over sessions, each with its worst value: percentiles by nearest rank, in the unit of the session’s own `vitals`. */
        VisitsVital: {
            /**
             * @description Of 50 % of these sessions the worst value is this or less.
             * @example 1200
             */
            p50: number;
            /**
             * @description Of 75 % of these sessions the worst value is this or less.
             * @example 2600
             */
            p75: number;
            /**
             * @description Of 95 % of these sessions the worst value is this or less.
             * @example 5100
             */
            p95: number;
            /**
             * @description Sessions that report it.
             * @example 30
             */
            sessions: number;
        };
        /** @description Web vitals of a page; of several values of one the worst. */
        VisitVitals: {
            /**
             * @description Cumulative Layout Shift, without a unit.
             * @example 0.02
             */
            cls?: number;
            /**
             * @description Interaction to Next Paint, ms.
             * @example 96
             */
            inp?: number;
            /**
             * @description Largest Contentful Paint, ms.
             * @example 1840
             */
            lcp?: number;
            /**
             * @description Time to First Byte, ms.
             * @example 210
             */
            ttfb?: number;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listAlerts: {
        parameters: {
            query?: {
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The alerts. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "al_6f0a3c5d9b1e47288c21d0aa",
                     *           "name": "Errors in the shop",
                     *           "filters": "service=checkout",
                     *           "measure": "error_share",
                     *           "operator": "above",
                     *           "threshold": 0.05,
                     *           "window_minutes": 15,
                     *           "select": "started",
                     *           "channel": {
                     *             "kind": "webhook",
                     *             "url": "https://hooks.example/sojourn"
                     *           },
                     *           "enabled": true,
                     *           "state": "firing",
                     *           "value": 0.12,
                     *           "evaluated_at": "2026-11-30T12:03:00.000000000Z",
                     *           "firing_since": "2026-11-30T12:01:00.000000000Z",
                     *           "created_at": "2026-11-30T11:00:00.000000000Z"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["AlertList"];
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createAlert: {
        parameters: {
            query?: {
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Who is told. */
                    channel: {
                        /**
                         * @description `webhook`: a signed JSON document (Standard Webhooks). `slack`: `{"text": …}`, as incoming webhooks of Slack take it, and of others that take the same.
                         * @enum {string}
                         */
                        kind: "webhook" | "slack";
                        /**
                         * @description Where to send it: https, to a public address. The setting --webhook-hosts names hosts that may be private, or reached by http.
                         * @example https://hooks.example/sojourn
                         */
                        url: string;
                    };
                    /**
                     * @description false: it is kept and not evaluated.
                     * @default true
                     */
                    enabled?: boolean;
                    /**
                     * @description Filters of the list of sessions, as its query string, without a range of time. Without: all sessions.
                     * @example service=checkout&country=DE
                     */
                    filters?: string;
                    /**
                     * @description What is measured over these sessions. `error_share` is the share of sessions with errors, 0 to 1; `error_share`, `avg_duration_ms` and `p95_duration_ms` have no value where there is no session, and `score_average` where there is no score with a value, and pass no threshold then. Model calls without a price or without tokens are in no sum of those.
                     * @enum {string}
                     */
                    measure: "sessions" | "users" | "sessions_with_errors" | "error_share" | "avg_duration_ms" | "p95_duration_ms" | "model_calls" | "tokens" | "cost_usd" | "score_average";
                    /** @example Errors in the shop */
                    name: string;
                    /**
                     * @description When it fires: while the measure is above the threshold, or below it.
                     * @enum {string}
                     */
                    operator: "above" | "below";
                    /**
                     * @description The name of the scores whose average `score_average` measures; needed for it.
                     * @example helpful
                     */
                    score?: string;
                    /**
                     * @description `started` (default): sessions that started in the window. `active`: all with activity in it, counted whole.
                     * @enum {string}
                     */
                    select?: "started" | "active";
                    /** @example 0.05 */
                    threshold: number;
                    /**
                     * @description The length of the window, which ends half a minute before each evaluation. Alerts are evaluated every minute; with windows above an hour every 60th of the window, at least once an hour.
                     * @example 15
                     */
                    window_minutes: number;
                };
            };
        };
        responses: {
            /** @description The new alert, with its secret. */
            201: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "al_6f0a3c5d9b1e47288c21d0aa",
                     *       "name": "Errors in the shop",
                     *       "filters": "service=checkout",
                     *       "measure": "error_share",
                     *       "operator": "above",
                     *       "threshold": 0.05,
                     *       "window_minutes": 15,
                     *       "select": "started",
                     *       "channel": {
                     *         "kind": "webhook",
                     *         "url": "https://hooks.example/sojourn"
                     *       },
                     *       "enabled": true,
                     *       "state": "firing",
                     *       "value": 0.12,
                     *       "evaluated_at": "2026-11-30T12:03:00.000000000Z",
                     *       "firing_since": "2026-11-30T12:01:00.000000000Z",
                     *       "created_at": "2026-11-30T11:00:00.000000000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Alert"];
                };
            };
            /** @description Fields of the body, or query parameters, were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The project has as many alerts as it can have. */
            409: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAlert: {
        parameters: {
            query?: {
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
            };
            header?: never;
            path: {
                /** @description The `id` of the alert. */
                alertId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The alert. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "al_6f0a3c5d9b1e47288c21d0aa",
                     *       "name": "Errors in the shop",
                     *       "filters": "service=checkout",
                     *       "measure": "error_share",
                     *       "operator": "above",
                     *       "threshold": 0.05,
                     *       "window_minutes": 15,
                     *       "select": "started",
                     *       "channel": {
                     *         "kind": "webhook",
                     *         "url": "https://hooks.example/sojourn"
                     *       },
                     *       "enabled": true,
                     *       "state": "firing",
                     *       "value": 0.12,
                     *       "evaluated_at": "2026-11-30T12:03:00.000000000Z",
                     *       "firing_since": "2026-11-30T12:01:00.000000000Z",
                     *       "created_at": "2026-11-30T11:00:00.000000000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Alert"];
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such alert. */
            404: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/session.not_found",
                     *       "title": "Session not found",
                     *       "status": 404,
                     *       "detail": "There is no session with this id.",
                     *       "instance": "/api/v1/sessions/no-such-session",
                     *       "resource_type": "session",
                     *       "resource_id": "no-such-session"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["NotFoundProblem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    replaceAlert: {
        parameters: {
            query?: {
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
            };
            header?: never;
            path: {
                /** @description The `id` of the alert. */
                alertId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Who is told. */
                    channel: {
                        /**
                         * @description `webhook`: a signed JSON document (Standard Webhooks). `slack`: `{"text": …}`, as incoming webhooks of Slack take it, and of others that take the same.
                         * @enum {string}
                         */
                        kind: "webhook" | "slack";
                        /**
                         * @description Where to send it: https, to a public address. The setting --webhook-hosts names hosts that may be private, or reached by http.
                         * @example https://hooks.example/sojourn
                         */
                        url: string;
                    };
                    /**
                     * @description false: it is kept and not evaluated.
                     * @default true
                     */
                    enabled?: boolean;
                    /**
                     * @description Filters of the list of sessions, as its query string, without a range of time. Without: all sessions.
                     * @example service=checkout&country=DE
                     */
                    filters?: string;
                    /**
                     * @description What is measured over these sessions. `error_share` is the share of sessions with errors, 0 to 1; `error_share`, `avg_duration_ms` and `p95_duration_ms` have no value where there is no session, and `score_average` where there is no score with a value, and pass no threshold then. Model calls without a price or without tokens are in no sum of those.
                     * @enum {string}
                     */
                    measure: "sessions" | "users" | "sessions_with_errors" | "error_share" | "avg_duration_ms" | "p95_duration_ms" | "model_calls" | "tokens" | "cost_usd" | "score_average";
                    /** @example Errors in the shop */
                    name: string;
                    /**
                     * @description When it fires: while the measure is above the threshold, or below it.
                     * @enum {string}
                     */
                    operator: "above" | "below";
                    /**
                     * @description The name of the scores whose average `score_average` measures; needed for it.
                     * @example helpful
                     */
                    score?: string;
                    /**
                     * @description `started` (default): sessions that started in the window. `active`: all with activity in it, counted whole.
                     * @enum {string}
                     */
                    select?: "started" | "active";
                    /** @example 0.05 */
                    threshold: number;
                    /**
                     * @description The length of the window, which ends half a minute before each evaluation. Alerts are evaluated every minute; with windows above an hour every 60th of the window, at least once an hour.
                     * @example 15
                     */
                    window_minutes: number;
                };
            };
        };
        responses: {
            /** @description The alert. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "al_6f0a3c5d9b1e47288c21d0aa",
                     *       "name": "Errors in the shop",
                     *       "filters": "service=checkout",
                     *       "measure": "error_share",
                     *       "operator": "above",
                     *       "threshold": 0.05,
                     *       "window_minutes": 15,
                     *       "select": "started",
                     *       "channel": {
                     *         "kind": "webhook",
                     *         "url": "https://hooks.example/sojourn"
                     *       },
                     *       "enabled": true,
                     *       "state": "firing",
                     *       "value": 0.12,
                     *       "evaluated_at": "2026-11-30T12:03:00.000000000Z",
                     *       "firing_since": "2026-11-30T12:01:00.000000000Z",
                     *       "created_at": "2026-11-30T11:00:00.000000000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Alert"];
                };
            };
            /** @description Fields of the body, or query parameters, were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such alert. */
            404: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/session.not_found",
                     *       "title": "Session not found",
                     *       "status": 404,
                     *       "detail": "There is no session with this id.",
                     *       "instance": "/api/v1/sessions/no-such-session",
                     *       "resource_type": "session",
                     *       "resource_id": "no-such-session"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["NotFoundProblem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteAlert: {
        parameters: {
            query?: {
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
            };
            header?: never;
            path: {
                /** @description The `id` of the alert. */
                alertId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The alert is deleted. */
            204: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such alert. */
            404: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/session.not_found",
                     *       "title": "Session not found",
                     *       "status": 404,
                     *       "detail": "There is no session with this id.",
                     *       "instance": "/api/v1/sessions/no-such-session",
                     *       "resource_type": "session",
                     *       "resource_id": "no-such-session"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["NotFoundProblem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    testAlert: {
        parameters: {
            query?: {
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
            };
            header?: never;
            path: {
                /** @description The `id` of the alert. */
                alertId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How it went. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "arrived": true,
                     *       "value": 0.02
                     *     }
                     */
                    "application/json": components["schemas"]["AlertTest"];
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such alert. */
            404: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/session.not_found",
                     *       "title": "Session not found",
                     *       "status": 404,
                     *       "detail": "There is no session with this id.",
                     *       "instance": "/api/v1/sessions/no-such-session",
                     *       "resource_type": "session",
                     *       "resource_id": "no-such-session"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["NotFoundProblem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listAudit: {
        parameters: {
            query?: {
                /** @description Opaque: the `next_cursor` or `prev_cursor` of a page of the same list with the same filters. `limit` may change from page to page. An empty cursor is the same as none: the first page. */
                cursor?: string;
                /** @description Maximum number of entries on a page. */
                limit?: number;
                /**
                 * @description Only entries that concern this project. Without: all that the caller may see.
                 * @example shop
                 */
                project?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of the audit log. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "17",
                     *           "time": "2026-11-30T12:00:00.000Z",
                     *           "actor": "key:Z5Xr5IrgX0ZH",
                     *           "action": "session.invalidated",
                     *           "subject": "0195b3a2-6f1e-7c44-9d0a-3f2b8c1d4e5f",
                     *           "project": "shop",
                     *           "detail": {}
                     *         }
                     *       ],
                     *       "has_more": false
                     *     }
                     */
                    "application/json": components["schemas"]["AuditPage"];
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    exportSessions: {
        parameters: {
            query: {
                /**
                 * @description Only sessions with activity at this instant or later: whose last activity is not before it. RFC 3339 with an offset; digits beyond nanoseconds are left out, and times beyond 1970 to 2262 mean the nearest of these. A `+` that was not percent-encoded is understood.
                 * @example 2026-03-01T09:15:00Z
                 */
                activeFrom?: string;
                /**
                 * @description Only sessions with activity at this instant or earlier: those that started by then. With `activeFrom` sessions with activity in the range, whenever they started. RFC 3339 with an offset; digits beyond nanoseconds are left out, and times beyond 1970 to 2262 mean the nearest of these. A `+` that was not percent-encoded is understood.
                 * @example 2026-03-01T09:30:00Z
                 */
                activeTo?: string;
                /** @description attr.KEY=VALUE: only sessions with this value of the attribute KEY on a record, its scope or its resource. --index-attributes names the attributes; others are refused. Given several times, one attribute takes any of the values, and several attributes all apply. */
                attr?: {
                    [key: string]: string[];
                };
                /**
                 * @description Only sessions with any value of this attribute, one of --index-attributes. Given several times it takes any of the values.
                 * @example [
                 *       "deployment.environment.name"
                 *     ]
                 */
                attrExists?: string[];
                /** @description Only with `format=csv`. true: the text begins with a byte order mark, without which some spreadsheets take it for another encoding than UTF-8. */
                bom?: boolean;
                /** @description true: only sessions whose kind of device is `bot`; false: all others. */
                bots?: boolean;
                /**
                 * @description Only sessions held in this country: ISO 3166-1 alpha-2, in either case. Given several times it takes any of the values.
                 * @example [
                 *       "AT",
                 *       "CH"
                 *     ]
                 */
                country?: string[];
                /** @description Opaque: `next_cursor` of a part of the same export. The parts of an export, one after the other, are the export. */
                cursor?: string;
                /**
                 * @description Only sessions with this kind of device. `unknown` includes sessions that do not report one, as in the statistics. Given several times it takes any of the values.
                 * @example [
                 *       "mobile",
                 *       "tablet"
                 *     ]
                 */
                deviceType?: ("desktop" | "mobile" | "tablet" | "tv" | "console" | "wearable" | "iot" | "bot" | "unknown")[];
                /**
                 * @description Only sessions that started at this instant or earlier. RFC 3339 with an offset; digits beyond nanoseconds are left out, and times beyond 1970 to 2262 mean the nearest of these. A `+` that was not percent-encoded is understood.
                 * @example 2026-03-31T23:59:59.999999999+01:00
                 */
                endTime?: string;
                /**
                 * @description Only sessions with an error of this type: `error.type` of a record, or the type of a reported exception. Given several times it takes any of the values.
                 * @example [
                 *       "TimeoutError"
                 *     ]
                 */
                errorType?: string[];
                /** @description `csv`: a table of the sessions. `jsonl`: the sessions as the list has them, one a line. `parquet`: the table with types. `otlp`: the telemetry of the sessions, one OTLP/JSON request a line. */
                format: "csv" | "jsonl" | "parquet" | "otlp";
                /** @description true: only sessions with a crash, or an app that stood still; false: only those without one. */
                hasCrash?: boolean;
                /** @description true: only sessions in which something failed: with an `error_count` or an `exception_count` above 0; false: only those without either. */
                hasErrors?: boolean;
                /** @description true: only sessions that are named by their trace alone, because nothing in them carries a session id; false: only the others, which are named by a session id or, with --sessions-by=user, are of a user. */
                implicit?: boolean;
                /** @description Only with `format=jsonl`. `turns`: each session has its conversation in `turns`, as `…/conversation` has it. */
                include?: "turns";
                /**
                 * @description true: only open sessions (state `active` or `idle`); false: only closed ones (`ended`, `timed_out`, `invalidated`).
                 * @example true
                 */
                isActive?: boolean;
                /** @description Asks for a part: at most so many sessions, and at most some megabytes. The header `Sojourn-Export` has the cursor of the next part. Without it, the answer has all. */
                limit?: number;
                /**
                 * @description Only sessions whose `estimated_cost_usd` is known, and this or less.
                 * @example 0.5
                 */
                maxCostUsd?: number;
                /**
                 * @description Only sessions whose `duration_ms` is this or less.
                 * @example 60000
                 */
                maxDurationMs?: number;
                /**
                 * @description Only sessions whose `error_count` is this or less.
                 * @example 2
                 */
                maxErrors?: number;
                /** @description maxScore.NAME=VALUE: only sessions in which the average of the scores of this name is this or less. Sessions without a value of that name do not match. */
                maxScore?: {
                    [key: string]: number;
                };
                /**
                 * @description Only sessions whose `span_count` is this or less.
                 * @example 2
                 */
                maxSpans?: number;
                /**
                 * @description Only sessions with model calls whose `total_input_tokens` and `total_output_tokens` are together this or less.
                 * @example 1000
                 */
                maxTokens?: number;
                /**
                 * @description Only sessions whose `trace_count` is this or less.
                 * @example 2
                 */
                maxTraces?: number;
                /**
                 * @description Only sessions whose `estimated_cost_usd` is known, and this or more.
                 * @example 0.5
                 */
                minCostUsd?: number;
                /**
                 * @description Only sessions whose `duration_ms` is this or more.
                 * @example 60000
                 */
                minDurationMs?: number;
                /**
                 * @description Only sessions whose `error_count` is this or more.
                 * @example 2
                 */
                minErrors?: number;
                /** @description minScore.NAME=VALUE: only sessions in which the average of the scores of this name is this or more. Sessions without a value of that name do not match. */
                minScore?: {
                    [key: string]: number;
                };
                /**
                 * @description Only sessions whose `span_count` is this or more.
                 * @example 2
                 */
                minSpans?: number;
                /**
                 * @description Only sessions with model calls whose `total_input_tokens` and `total_output_tokens` are together this or more.
                 * @example 1000
                 */
                minTokens?: number;
                /**
                 * @description Only sessions whose `trace_count` is this or more.
                 * @example 2
                 */
                minTraces?: number;
                /**
                 * @description Of the sessions that are named by their trace alone only those whose `span_count` is this or more; all others stay. With 2, requests that nothing belongs to are left out, such as those of probes, and visits of one span are not.
                 * @example 2
                 */
                minTraceSpans?: number;
                /**
                 * @description Only sessions with this name among their `models_used`, matched whole. Given several times it takes any of the values.
                 * @example [
                 *       "gpt-5"
                 *     ]
                 */
                model?: string[];
                /** @description not.attr.KEY=VALUE: without the sessions that `attr.KEY` finds. Given several times, one attribute takes any of the values, and several attributes all apply. */
                "not.attr"?: {
                    [key: string]: string[];
                };
                /**
                 * @description Without the sessions that `attrExists` finds. Given several times it takes any of the values.
                 * @example [
                 *       "deployment.environment.name"
                 *     ]
                 */
                "not.attrExists"?: string[];
                /**
                 * @description Without the sessions that `country` finds. Given several times it takes any of the values.
                 * @example [
                 *       "AT"
                 *     ]
                 */
                "not.country"?: string[];
                /**
                 * @description Without the sessions that `deviceType` finds. Given several times it takes any of the values.
                 * @example [
                 *       "bot"
                 *     ]
                 */
                "not.deviceType"?: ("desktop" | "mobile" | "tablet" | "tv" | "console" | "wearable" | "iot" | "bot" | "unknown")[];
                /**
                 * @description Without the sessions that `errorType` finds. Given several times it takes any of the values.
                 * @example [
                 *       "AbortError"
                 *     ]
                 */
                "not.errorType"?: string[];
                /**
                 * @description Without the sessions that `model` finds. Given several times it takes any of the values.
                 * @example [
                 *       "gpt-5"
                 *     ]
                 */
                "not.model"?: string[];
                /**
                 * @description Without the sessions that `operation` finds. Given several times it takes any of the values.
                 * @example [
                 *       "embeddings"
                 *     ]
                 */
                "not.operation"?: string[];
                /**
                 * @description Without the sessions that `provider` finds. Given several times it takes any of the values.
                 * @example [
                 *       "openai"
                 *     ]
                 */
                "not.provider"?: string[];
                /**
                 * @description Without the sessions that `release` finds. Given several times it takes any of the values.
                 * @example [
                 *       "4.2.0"
                 *     ]
                 */
                "not.release"?: string[];
                /**
                 * @description Without the sessions that `route` finds. Given several times it takes any of the values.
                 * @example [
                 *       "/ping"
                 *     ]
                 */
                "not.route"?: string[];
                /**
                 * @description Without the sessions that `service` finds. Given several times it takes any of the values.
                 * @example [
                 *       "health-check"
                 *     ]
                 */
                "not.service"?: string[];
                /**
                 * @description Without the sessions that `state` finds. Given several times it takes any of the values.
                 * @example [
                 *       "invalidated"
                 *     ]
                 */
                "not.state"?: ("active" | "idle" | "ended" | "timed_out" | "invalidated")[];
                /**
                 * @description Without the sessions that `status` finds. Given several times it takes any of the values.
                 * @example [
                 *       404
                 *     ]
                 */
                "not.status"?: number[];
                /**
                 * @description Without the sessions that `tool` finds. Given several times it takes any of the values.
                 * @example [
                 *       "search"
                 *     ]
                 */
                "not.tool"?: string[];
                /**
                 * @description Without the sessions that `url` finds. Given several times it takes any of the values.
                 * @example [
                 *       "/internal"
                 *     ]
                 */
                "not.url"?: string[];
                /**
                 * @description Without the sessions that `userId` finds. Given several times it takes any of the values.
                 * @example [
                 *       "load-test"
                 *     ]
                 */
                "not.userId"?: string[];
                /**
                 * @description Only sessions with this `gen_ai.operation.name`. Given several times it takes any of the values.
                 * @example [
                 *       "chat",
                 *       "execute_tool"
                 *     ]
                 */
                operation?: string[];
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
                /**
                 * @description Only sessions with this name among their `providers_used`, matched whole. Given several times it takes any of the values.
                 * @example [
                 *       "openai"
                 *     ]
                 */
                provider?: string[];
                /**
                 * @description Only sessions in whose telemetry a record (a span with its events, or a log record) meets this query: it has all words, `"phrases"` and `prefixes*` of it, and nothing that follows a `-`. `in:messages,tools,spans,attributes,logs,errors,ids,resource` narrows where; `in:user`, `in:assistant` and `in:system` to the messages that these say. Upper and lower case and accents are the same; Chinese, Japanese, Korean and Thai are found by any part. Lists have the places in `matches` and say in `search` whether all telemetry was searched. Counts are exact, or refused.
                 * @example refund "out of stock" -test in:messages
                 */
                q?: string;
                /**
                 * @description Only sessions of this `release`, matched whole. Given several times it takes any of the values.
                 * @example [
                 *       "4.2.0"
                 *     ]
                 */
                release?: string[];
                /**
                 * @description Only sessions with a request of this `http.route`. Given several times it takes any of the values.
                 * @example [
                 *       "/orders/{id}"
                 *     ]
                 */
                route?: string[];
                /**
                 * @description Only sessions with a score of this name. Given several times it takes any of the values.
                 * @example [
                 *       "helpful"
                 *     ]
                 */
                score?: string[];
                /** @description scoreLabel.NAME=LABEL: only sessions with a score of this name and label. Given several times, one name takes any of the labels, and several names all apply. */
                scoreLabel?: {
                    [key: string]: string[];
                };
                /**
                 * @description Only sessions with this name among their `services`, matched whole. Given several times it takes any of the values.
                 * @example [
                 *       "checkout",
                 *       "web"
                 *     ]
                 */
                service?: string[];
                /**
                 * @description Only sessions whose `session.id` begins so.
                 * @example checkout-
                 */
                sessionIdPrefix?: string;
                /**
                 * @description Only sessions that started at this instant or later. A range that ends before it starts is not an error: nothing lies in it. RFC 3339 with an offset; digits beyond nanoseconds are left out, and times beyond 1970 to 2262 mean the nearest of these. A `+` that was not percent-encoded is understood.
                 * @example 2026-03-01T00:00:00Z
                 */
                startTime?: string;
                /**
                 * @description Only sessions in this state at the time of the request. Given several times it takes any of the values.
                 * @example [
                 *       "active",
                 *       "idle"
                 *     ]
                 */
                state?: ("active" | "idle" | "ended" | "timed_out" | "invalidated")[];
                /**
                 * @description Only sessions with a request that failed with this HTTP status. Given several times it takes any of the values.
                 * @example [
                 *       500
                 *     ]
                 */
                status?: number[];
                /**
                 * @description Only sessions with a run of this tool, as any dialect names it. Given several times it takes any of the values.
                 * @example [
                 *       "search"
                 *     ]
                 */
                tool?: string[];
                /**
                 * @description Only sessions with a page whose address begins so: a whole address (`https://shop.example/cart`), a path or a route (`/cart`), or the name of a screen. It is compared as addresses are kept: without user name and password, and without query and fragment unless --page-urls=full. Of paths the first 256 characters are compared. Of a session with more than 64 different pages only the first 64 in order of their characters find it.
                 * @example /cart
                 */
                url?: string;
                /**
                 * @description Only sessions with this user id on any of their records, matched whole. Where ids are pseudonymised, either form may be given. Of a session with more than 64 user ids only the first 64 in order of their characters find it, and the one that it shows.
                 * @example user-4711
                 */
                userId?: string;
                /**
                 * @description Only sessions with a user id that begins so, on any of their records. It is compared with ids as they are kept: what a pseudonym stands for cannot be found by its beginning.
                 * @example team-a/
                 */
                userIdPrefix?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Always `attachment`, with a name for the file. */
                    "Content-Disposition"?: string;
                    /** @description JSON, an `ExportSummary`: counts, the SHA-256 of the bytes before any compression, and `next_cursor` if more follows. A trailer where the answer has the whole export. */
                    "Sojourn-Export"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/vnd.apache.parquet": string;
                    "application/x-ndjson": string;
                    "text/csv": string;
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getJob: {
        parameters: {
            query?: {
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The `id` of the job.
                 * @example er_6f0a3c5d9b1e47288c21d0aa
                 */
                jobId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "er_6f0a3c5d9b1e47288c21d0aa",
                     *       "target": "user",
                     *       "state": "rewriting",
                     *       "asked_at": "2026-11-30T12:00:00.000000000Z",
                     *       "erased": {
                     *         "sessions": 12,
                     *         "traces": 840,
                     *         "spans": 10250,
                     *         "logs": 96
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErasureJob"];
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such job. */
            404: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/session.not_found",
                     *       "title": "Session not found",
                     *       "status": 404,
                     *       "detail": "There is no session with this id.",
                     *       "instance": "/api/v1/sessions/no-such-session",
                     *       "resource_type": "session",
                     *       "resource_id": "no-such-session"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["NotFoundProblem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The store cannot do this. */
            501: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getCaller: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The caller. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "actor": "key:V1StGXR8Z5jd",
                     *       "name": "dashboards",
                     *       "via": "session",
                     *       "scopes": [
                     *         "read"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Caller"];
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listProjects: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The projects. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "name": "default"
                     *         },
                     *         {
                     *           "name": "shop"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["ProjectList"];
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getRetentionPlan: {
        parameters: {
            query?: {
                /**
                 * @description The same for `--keep-content`, in place of the setting.
                 * @example 30d
                 */
                keepContent?: string;
                /**
                 * @description Plans for this value of `--keep-sessions`, such as `90d,shop=30d`, in place of the setting.
                 * @example 90d
                 */
                keepSessions?: string;
                /**
                 * @description Plans for this value of `--keep-size`, in place of the setting.
                 * @example 50GB
                 */
                keepSize?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What would be removed, by project. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "keep_sessions": "90d,shop=30d",
                     *       "data_bytes": 41200000000,
                     *       "would_remove": [
                     *         {
                     *           "project": "shop",
                     *           "until": "2026-10-31T00:00:00.000000000Z",
                     *           "sessions": 1840,
                     *           "records": 96200,
                     *           "bytes": 310000000
                     *         }
                     *       ],
                     *       "would_remove_content": []
                     *     }
                     */
                    "application/json": components["schemas"]["RetentionPlan"];
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The store cannot do this. */
            501: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getScoreStatistics: {
        parameters: {
            query?: {
                /**
                 * @description Only sessions with activity at this instant or later: whose last activity is not before it. RFC 3339 with an offset; digits beyond nanoseconds are left out, and times beyond 1970 to 2262 mean the nearest of these. A `+` that was not percent-encoded is understood.
                 * @example 2026-03-01T09:15:00Z
                 */
                activeFrom?: string;
                /**
                 * @description Only sessions with activity at this instant or earlier: those that started by then. With `activeFrom` sessions with activity in the range, whenever they started. RFC 3339 with an offset; digits beyond nanoseconds are left out, and times beyond 1970 to 2262 mean the nearest of these. A `+` that was not percent-encoded is understood.
                 * @example 2026-03-01T09:30:00Z
                 */
                activeTo?: string;
                /** @description attr.KEY=VALUE: only sessions with this value of the attribute KEY on a record, its scope or its resource. --index-attributes names the attributes; others are refused. Given several times, one attribute takes any of the values, and several attributes all apply. */
                attr?: {
                    [key: string]: string[];
                };
                /**
                 * @description Only sessions with any value of this attribute, one of --index-attributes. Given several times it takes any of the values.
                 * @example [
                 *       "deployment.environment.name"
                 *     ]
                 */
                attrExists?: string[];
                /** @description true: only sessions whose kind of device is `bot`; false: all others. */
                bots?: boolean;
                /**
                 * @description Only sessions held in this country: ISO 3166-1 alpha-2, in either case. Given several times it takes any of the values.
                 * @example [
                 *       "AT",
                 *       "CH"
                 *     ]
                 */
                country?: string[];
                /**
                 * @description Only sessions with this kind of device. `unknown` includes sessions that do not report one, as in the statistics. Given several times it takes any of the values.
                 * @example [
                 *       "mobile",
                 *       "tablet"
                 *     ]
                 */
                deviceType?: ("desktop" | "mobile" | "tablet" | "tv" | "console" | "wearable" | "iot" | "bot" | "unknown")[];
                /**
                 * @description Only sessions that started at this instant or earlier. RFC 3339 with an offset; digits beyond nanoseconds are left out, and times beyond 1970 to 2262 mean the nearest of these. A `+` that was not percent-encoded is understood.
                 * @example 2026-03-31T23:59:59.999999999+01:00
                 */
                endTime?: string;
                /**
                 * @description Only sessions with an error of this type: `error.type` of a record, or the type of a reported exception. Given several times it takes any of the values.
                 * @example [
                 *       "TimeoutError"
                 *     ]
                 */
                errorType?: string[];
                /** @description true: only sessions with a crash, or an app that stood still; false: only those without one. */
                hasCrash?: boolean;
                /** @description true: only sessions in which something failed: with an `error_count` or an `exception_count` above 0; false: only those without either. */
                hasErrors?: boolean;
                /** @description true: only sessions that are named by their trace alone, because nothing in them carries a session id; false: only the others, which are named by a session id or, with --sessions-by=user, are of a user. */
                implicit?: boolean;
                /**
                 * @description true: only open sessions (state `active` or `idle`); false: only closed ones (`ended`, `timed_out`, `invalidated`).
                 * @example true
                 */
                isActive?: boolean;
                /**
                 * @description Only sessions whose `estimated_cost_usd` is known, and this or less.
                 * @example 0.5
                 */
                maxCostUsd?: number;
                /**
                 * @description Only sessions whose `duration_ms` is this or less.
                 * @example 60000
                 */
                maxDurationMs?: number;
                /**
                 * @description Only sessions whose `error_count` is this or less.
                 * @example 2
                 */
                maxErrors?: number;
                /** @description maxScore.NAME=VALUE: only sessions in which the average of the scores of this name is this or less. Sessions without a value of that name do not match. */
                maxScore?: {
                    [key: string]: number;
                };
                /**
                 * @description Only sessions whose `span_count` is this or less.
                 * @example 2
                 */
                maxSpans?: number;
                /**
                 * @description Only sessions with model calls whose `total_input_tokens` and `total_output_tokens` are together this or less.
                 * @example 1000
                 */
                maxTokens?: number;
                /**
                 * @description Only sessions whose `trace_count` is this or less.
                 * @example 2
                 */
                maxTraces?: number;
                /**
                 * @description Only sessions whose `estimated_cost_usd` is known, and this or more.
                 * @example 0.5
                 */
                minCostUsd?: number;
                /**
                 * @description Only sessions whose `duration_ms` is this or more.
                 * @example 60000
                 */
                minDurationMs?: number;
                /**
                 * @description Only sessions whose `error_count` is this or more.
                 * @example 2
                 */
                minErrors?: number;
                /** @description minScore.NAME=VALUE: only sessions in which the average of the scores of this name is this or more. Sessions without a value of that name do not match. */
                minScore?: {
                    [key: string]: number;
                };
                /**
                 * @description Only sessions whose `span_count` is this or more.
                 * @example 2
                 */
                minSpans?: number;
                /**
                 * @description Only sessions with model calls whose `total_input_tokens` and `total_output_tokens` are together this or more.
                 * @example 1000
                 */
                minTokens?: number;
                /**
                 * @description Only sessions whose `trace_count` is this or more.
                 * @example 2
                 */
                minTraces?: number;
                /**
                 * @description Of the sessions that are named by their trace alone only those whose `span_count` is this or more; all others stay. With 2, requests that nothing belongs to are left out, such as those of probes, and visits of one span are not.
                 * @example 2
                 */
                minTraceSpans?: number;
                /**
                 * @description Only sessions with this name among their `models_used`, matched whole. Given several times it takes any of the values.
                 * @example [
                 *       "gpt-5"
                 *     ]
                 */
                model?: string[];
                /** @description not.attr.KEY=VALUE: without the sessions that `attr.KEY` finds. Given several times, one attribute takes any of the values, and several attributes all apply. */
                "not.attr"?: {
                    [key: string]: string[];
                };
                /**
                 * @description Without the sessions that `attrExists` finds. Given several times it takes any of the values.
                 * @example [
                 *       "deployment.environment.name"
                 *     ]
                 */
                "not.attrExists"?: string[];
                /**
                 * @description Without the sessions that `country` finds. Given several times it takes any of the values.
                 * @example [
                 *       "AT"
                 *     ]
                 */
                "not.country"?: string[];
                /**
                 * @description Without the sessions that `deviceType` finds. Given several times it takes any of the values.
                 * @example [
                 *       "bot"
                 *     ]
                 */
                "not.deviceType"?: ("desktop" | "mobile" | "tablet" | "tv" | "console" | "wearable" | "iot" | "bot" | "unknown")[];
                /**
                 * @description Without the sessions that `errorType` finds. Given several times it takes any of the values.
                 * @example [
                 *       "AbortError"
                 *     ]
                 */
                "not.errorType"?: string[];
                /**
                 * @description Without the sessions that `model` finds. Given several times it takes any of the values.
                 * @example [
                 *       "gpt-5"
                 *     ]
                 */
                "not.model"?: string[];
                /**
                 * @description Without the sessions that `operation` finds. Given several times it takes any of the values.
                 * @example [
                 *       "embeddings"
                 *     ]
                 */
                "not.operation"?: string[];
                /**
                 * @description Without the sessions that `provider` finds. Given several times it takes any of the values.
                 * @example [
                 *       "openai"
                 *     ]
                 */
                "not.provider"?: string[];
                /**
                 * @description Without the sessions that `release` finds. Given several times it takes any of the values.
                 * @example [
                 *       "4.2.0"
                 *     ]
                 */
                "not.release"?: string[];
                /**
                 * @description Without the sessions that `route` finds. Given several times it takes any of the values.
                 * @example [
                 *       "/ping"
                 *     ]
                 */
                "not.route"?: string[];
                /**
                 * @description Without the sessions that `service` finds. Given several times it takes any of the values.
                 * @example [
                 *       "health-check"
                 *     ]
                 */
                "not.service"?: string[];
                /**
                 * @description Without the sessions that `state` finds. Given several times it takes any of the values.
                 * @example [
                 *       "invalidated"
                 *     ]
                 */
                "not.state"?: ("active" | "idle" | "ended" | "timed_out" | "invalidated")[];
                /**
                 * @description Without the sessions that `status` finds. Given several times it takes any of the values.
                 * @example [
                 *       404
                 *     ]
                 */
                "not.status"?: number[];
                /**
                 * @description Without the sessions that `tool` finds. Given several times it takes any of the values.
                 * @example [
                 *       "search"
                 *     ]
                 */
                "not.tool"?: string[];
                /**
                 * @description Without the sessions that `url` finds. Given several times it takes any of the values.
                 * @example [
                 *       "/internal"
                 *     ]
                 */
                "not.url"?: string[];
                /**
                 * @description Without the sessions that `userId` finds. Given several times it takes any of the values.
                 * @example [
                 *       "load-test"
                 *     ]
                 */
                "not.userId"?: string[];
                /**
                 * @description Only sessions with this `gen_ai.operation.name`. Given several times it takes any of the values.
                 * @example [
                 *       "chat",
                 *       "execute_tool"
                 *     ]
                 */
                operation?: string[];
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
                /**
                 * @description Only sessions with this name among their `providers_used`, matched whole. Given several times it takes any of the values.
                 * @example [
                 *       "openai"
                 *     ]
                 */
                provider?: string[];
                /**
                 * @description Only sessions in whose telemetry a record (a span with its events, or a log record) meets this query: it has all words, `"phrases"` and `prefixes*` of it, and nothing that follows a `-`. `in:messages,tools,spans,attributes,logs,errors,ids,resource` narrows where; `in:user`, `in:assistant` and `in:system` to the messages that these say. Upper and lower case and accents are the same; Chinese, Japanese, Korean and Thai are found by any part. Lists have the places in `matches` and say in `search` whether all telemetry was searched. Counts are exact, or refused.
                 * @example refund "out of stock" -test in:messages
                 */
                q?: string;
                /**
                 * @description Only sessions of this `release`, matched whole. Given several times it takes any of the values.
                 * @example [
                 *       "4.2.0"
                 *     ]
                 */
                release?: string[];
                /**
                 * @description Only sessions with a request of this `http.route`. Given several times it takes any of the values.
                 * @example [
                 *       "/orders/{id}"
                 *     ]
                 */
                route?: string[];
                /**
                 * @description Only sessions with a score of this name. Given several times it takes any of the values.
                 * @example [
                 *       "helpful"
                 *     ]
                 */
                score?: string[];
                /** @description scoreLabel.NAME=LABEL: only sessions with a score of this name and label. Given several times, one name takes any of the labels, and several names all apply. */
                scoreLabel?: {
                    [key: string]: string[];
                };
                /**
                 * @description Only sessions with this name among their `services`, matched whole. Given several times it takes any of the values.
                 * @example [
                 *       "checkout",
                 *       "web"
                 *     ]
                 */
                service?: string[];
                /**
                 * @description Only sessions whose `session.id` begins so.
                 * @example checkout-
                 */
                sessionIdPrefix?: string;
                /**
                 * @description Only sessions that started at this instant or later. A range that ends before it starts is not an error: nothing lies in it. RFC 3339 with an offset; digits beyond nanoseconds are left out, and times beyond 1970 to 2262 mean the nearest of these. A `+` that was not percent-encoded is understood.
                 * @example 2026-03-01T00:00:00Z
                 */
                startTime?: string;
                /**
                 * @description Only sessions in this state at the time of the request. Given several times it takes any of the values.
                 * @example [
                 *       "active",
                 *       "idle"
                 *     ]
                 */
                state?: ("active" | "idle" | "ended" | "timed_out" | "invalidated")[];
                /**
                 * @description Only sessions with a request that failed with this HTTP status. Given several times it takes any of the values.
                 * @example [
                 *       500
                 *     ]
                 */
                status?: number[];
                /**
                 * @description Only sessions with a run of this tool, as any dialect names it. Given several times it takes any of the values.
                 * @example [
                 *       "search"
                 *     ]
                 */
                tool?: string[];
                /**
                 * @description Only sessions with a page whose address begins so: a whole address (`https://shop.example/cart`), a path or a route (`/cart`), or the name of a screen. It is compared as addresses are kept: without user name and password, and without query and fragment unless --page-urls=full. Of paths the first 256 characters are compared. Of a session with more than 64 different pages only the first 64 in order of their characters find it.
                 * @example /cart
                 */
                url?: string;
                /**
                 * @description Only sessions with this user id on any of their records, matched whole. Where ids are pseudonymised, either form may be given. Of a session with more than 64 user ids only the first 64 in order of their characters find it, and the one that it shows.
                 * @example user-4711
                 */
                userId?: string;
                /**
                 * @description Only sessions with a user id that begins so, on any of their records. It is compared with ids as they are kept: what a pseudonym stands for cannot be found by its beginning.
                 * @example team-a/
                 */
                userIdPrefix?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The scores by name. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "name": "helpful",
                     *           "sessions": 31,
                     *           "count": 40,
                     *           "average": 0.825,
                     *           "labels": [
                     *             {
                     *               "label": "true",
                     *               "count": 33
                     *             },
                     *             {
                     *               "label": "false",
                     *               "count": 7
                     *             }
                     *           ]
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["ScoreStatistics"];
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listSessions: {
        parameters: {
            query?: {
                /**
                 * @description Only sessions with activity at this instant or later: whose last activity is not before it. RFC 3339 with an offset; digits beyond nanoseconds are left out, and times beyond 1970 to 2262 mean the nearest of these. A `+` that was not percent-encoded is understood.
                 * @example 2026-03-01T09:15:00Z
                 */
                activeFrom?: string;
                /**
                 * @description Only sessions with activity at this instant or earlier: those that started by then. With `activeFrom` sessions with activity in the range, whenever they started. RFC 3339 with an offset; digits beyond nanoseconds are left out, and times beyond 1970 to 2262 mean the nearest of these. A `+` that was not percent-encoded is understood.
                 * @example 2026-03-01T09:30:00Z
                 */
                activeTo?: string;
                /** @description attr.KEY=VALUE: only sessions with this value of the attribute KEY on a record, its scope or its resource. --index-attributes names the attributes; others are refused. Given several times, one attribute takes any of the values, and several attributes all apply. */
                attr?: {
                    [key: string]: string[];
                };
                /**
                 * @description Only sessions with any value of this attribute, one of --index-attributes. Given several times it takes any of the values.
                 * @example [
                 *       "deployment.environment.name"
                 *     ]
                 */
                attrExists?: string[];
                /** @description true: only sessions whose kind of device is `bot`; false: all others. */
                bots?: boolean;
                /**
                 * @description Only sessions held in this country: ISO 3166-1 alpha-2, in either case. Given several times it takes any of the values.
                 * @example [
                 *       "AT",
                 *       "CH"
                 *     ]
                 */
                country?: string[];
                /** @description Opaque: the `next_cursor` or `prev_cursor` of a page of the same list with the same filters. `limit` may change from page to page. An empty cursor is the same as none: the first page. */
                cursor?: string;
                /**
                 * @description Only sessions with this kind of device. `unknown` includes sessions that do not report one, as in the statistics. Given several times it takes any of the values.
                 * @example [
                 *       "mobile",
                 *       "tablet"
                 *     ]
                 */
                deviceType?: ("desktop" | "mobile" | "tablet" | "tv" | "console" | "wearable" | "iot" | "bot" | "unknown")[];
                /**
                 * @description Only sessions that started at this instant or earlier. RFC 3339 with an offset; digits beyond nanoseconds are left out, and times beyond 1970 to 2262 mean the nearest of these. A `+` that was not percent-encoded is understood.
                 * @example 2026-03-31T23:59:59.999999999+01:00
                 */
                endTime?: string;
                /**
                 * @description Only sessions with an error of this type: `error.type` of a record, or the type of a reported exception. Given several times it takes any of the values.
                 * @example [
                 *       "TimeoutError"
                 *     ]
                 */
                errorType?: string[];
                /** @description true: only sessions with a crash, or an app that stood still; false: only those without one. */
                hasCrash?: boolean;
                /** @description true: only sessions in which something failed: with an `error_count` or an `exception_count` above 0; false: only those without either. */
                hasErrors?: boolean;
                /** @description true: only sessions that are named by their trace alone, because nothing in them carries a session id; false: only the others, which are named by a session id or, with --sessions-by=user, are of a user. */
                implicit?: boolean;
                /**
                 * @description true: only open sessions (state `active` or `idle`); false: only closed ones (`ended`, `timed_out`, `invalidated`).
                 * @example true
                 */
                isActive?: boolean;
                /** @description Maximum number of sessions on a page. With several filters a page may hold fewer, even none, and still have a next one, because the search for one page is limited. */
                limit?: number;
                /**
                 * @description Only sessions whose `estimated_cost_usd` is known, and this or less.
                 * @example 0.5
                 */
                maxCostUsd?: number;
                /**
                 * @description Only sessions whose `duration_ms` is this or less.
                 * @example 60000
                 */
                maxDurationMs?: number;
                /**
                 * @description Only sessions whose `error_count` is this or less.
                 * @example 2
                 */
                maxErrors?: number;
                /** @description maxScore.NAME=VALUE: only sessions in which the average of the scores of this name is this or less. Sessions without a value of that name do not match. */
                maxScore?: {
                    [key: string]: number;
                };
                /**
                 * @description Only sessions whose `span_count` is this or less.
                 * @example 2
                 */
                maxSpans?: number;
                /**
                 * @description Only sessions with model calls whose `total_input_tokens` and `total_output_tokens` are together this or less.
                 * @example 1000
                 */
                maxTokens?: number;
                /**
                 * @description Only sessions whose `trace_count` is this or less.
                 * @example 2
                 */
                maxTraces?: number;
                /**
                 * @description Only sessions whose `estimated_cost_usd` is known, and this or more.
                 * @example 0.5
                 */
                minCostUsd?: number;
                /**
                 * @description Only sessions whose `duration_ms` is this or more.
                 * @example 60000
                 */
                minDurationMs?: number;
                /**
                 * @description Only sessions whose `error_count` is this or more.
                 * @example 2
                 */
                minErrors?: number;
                /** @description minScore.NAME=VALUE: only sessions in which the average of the scores of this name is this or more. Sessions without a value of that name do not match. */
                minScore?: {
                    [key: string]: number;
                };
                /**
                 * @description Only sessions whose `span_count` is this or more.
                 * @example 2
                 */
                minSpans?: number;
                /**
                 * @description Only sessions with model calls whose `total_input_tokens` and `total_output_tokens` are together this or more.
                 * @example 1000
                 */
                minTokens?: number;
                /**
                 * @description Only sessions whose `trace_count` is this or more.
                 * @example 2
                 */
                minTraces?: number;
                /**
                 * @description Of the sessions that are named by their trace alone only those whose `span_count` is this or more; all others stay. With 2, requests that nothing belongs to are left out, such as those of probes, and visits of one span are not.
                 * @example 2
                 */
                minTraceSpans?: number;
                /**
                 * @description Only sessions with this name among their `models_used`, matched whole. Given several times it takes any of the values.
                 * @example [
                 *       "gpt-5"
                 *     ]
                 */
                model?: string[];
                /** @description not.attr.KEY=VALUE: without the sessions that `attr.KEY` finds. Given several times, one attribute takes any of the values, and several attributes all apply. */
                "not.attr"?: {
                    [key: string]: string[];
                };
                /**
                 * @description Without the sessions that `attrExists` finds. Given several times it takes any of the values.
                 * @example [
                 *       "deployment.environment.name"
                 *     ]
                 */
                "not.attrExists"?: string[];
                /**
                 * @description Without the sessions that `country` finds. Given several times it takes any of the values.
                 * @example [
                 *       "AT"
                 *     ]
                 */
                "not.country"?: string[];
                /**
                 * @description Without the sessions that `deviceType` finds. Given several times it takes any of the values.
                 * @example [
                 *       "bot"
                 *     ]
                 */
                "not.deviceType"?: ("desktop" | "mobile" | "tablet" | "tv" | "console" | "wearable" | "iot" | "bot" | "unknown")[];
                /**
                 * @description Without the sessions that `errorType` finds. Given several times it takes any of the values.
                 * @example [
                 *       "AbortError"
                 *     ]
                 */
                "not.errorType"?: string[];
                /**
                 * @description Without the sessions that `model` finds. Given several times it takes any of the values.
                 * @example [
                 *       "gpt-5"
                 *     ]
                 */
                "not.model"?: string[];
                /**
                 * @description Without the sessions that `operation` finds. Given several times it takes any of the values.
                 * @example [
                 *       "embeddings"
                 *     ]
                 */
                "not.operation"?: string[];
                /**
                 * @description Without the sessions that `provider` finds. Given several times it takes any of the values.
                 * @example [
                 *       "openai"
                 *     ]
                 */
                "not.provider"?: string[];
                /**
                 * @description Without the sessions that `release` finds. Given several times it takes any of the values.
                 * @example [
                 *       "4.2.0"
                 *     ]
                 */
                "not.release"?: string[];
                /**
                 * @description Without the sessions that `route` finds. Given several times it takes any of the values.
                 * @example [
                 *       "/ping"
                 *     ]
                 */
                "not.route"?: string[];
                /**
                 * @description Without the sessions that `service` finds. Given several times it takes any of the values.
                 * @example [
                 *       "health-check"
                 *     ]
                 */
                "not.service"?: string[];
                /**
                 * @description Without the sessions that `state` finds. Given several times it takes any of the values.
                 * @example [
                 *       "invalidated"
                 *     ]
                 */
                "not.state"?: ("active" | "idle" | "ended" | "timed_out" | "invalidated")[];
                /**
                 * @description Without the sessions that `status` finds. Given several times it takes any of the values.
                 * @example [
                 *       404
                 *     ]
                 */
                "not.status"?: number[];
                /**
                 * @description Without the sessions that `tool` finds. Given several times it takes any of the values.
                 * @example [
                 *       "search"
                 *     ]
                 */
                "not.tool"?: string[];
                /**
                 * @description Without the sessions that `url` finds. Given several times it takes any of the values.
                 * @example [
                 *       "/internal"
                 *     ]
                 */
                "not.url"?: string[];
                /**
                 * @description Without the sessions that `userId` finds. Given several times it takes any of the values.
                 * @example [
                 *       "load-test"
                 *     ]
                 */
                "not.userId"?: string[];
                /**
                 * @description Only sessions with this `gen_ai.operation.name`. Given several times it takes any of the values.
                 * @example [
                 *       "chat",
                 *       "execute_tool"
                 *     ]
                 */
                operation?: string[];
                /** @description Default is `desc`: the newest, latest or greatest first. */
                order?: "desc" | "asc";
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
                /**
                 * @description Only sessions with this name among their `providers_used`, matched whole. Given several times it takes any of the values.
                 * @example [
                 *       "openai"
                 *     ]
                 */
                provider?: string[];
                /**
                 * @description Only sessions in whose telemetry a record (a span with its events, or a log record) meets this query: it has all words, `"phrases"` and `prefixes*` of it, and nothing that follows a `-`. `in:messages,tools,spans,attributes,logs,errors,ids,resource` narrows where; `in:user`, `in:assistant` and `in:system` to the messages that these say. Upper and lower case and accents are the same; Chinese, Japanese, Korean and Thai are found by any part. Lists have the places in `matches` and say in `search` whether all telemetry was searched. Counts are exact, or refused.
                 * @example refund "out of stock" -test in:messages
                 */
                q?: string;
                /**
                 * @description Only sessions of this `release`, matched whole. Given several times it takes any of the values.
                 * @example [
                 *       "4.2.0"
                 *     ]
                 */
                release?: string[];
                /**
                 * @description Only sessions with a request of this `http.route`. Given several times it takes any of the values.
                 * @example [
                 *       "/orders/{id}"
                 *     ]
                 */
                route?: string[];
                /**
                 * @description Only sessions with a score of this name. Given several times it takes any of the values.
                 * @example [
                 *       "helpful"
                 *     ]
                 */
                score?: string[];
                /** @description scoreLabel.NAME=LABEL: only sessions with a score of this name and label. Given several times, one name takes any of the labels, and several names all apply. */
                scoreLabel?: {
                    [key: string]: string[];
                };
                /**
                 * @description Only sessions with this name among their `services`, matched whole. Given several times it takes any of the values.
                 * @example [
                 *       "checkout",
                 *       "web"
                 *     ]
                 */
                service?: string[];
                /**
                 * @description Only sessions whose `session.id` begins so.
                 * @example checkout-
                 */
                sessionIdPrefix?: string;
                /** @description What the list is ordered by; default is `start`. Ties are ordered by start, then by `session.id`. Sessions without a known cost (`cost`), without model calls (`tokens`) or without a failure (`errors`: the greater of failed spans and exceptions) are not in such a list. */
                sort?: "start" | "lastActivity" | "duration" | "cost" | "tokens" | "errors";
                /**
                 * @description Only sessions that started at this instant or later. A range that ends before it starts is not an error: nothing lies in it. RFC 3339 with an offset; digits beyond nanoseconds are left out, and times beyond 1970 to 2262 mean the nearest of these. A `+` that was not percent-encoded is understood.
                 * @example 2026-03-01T00:00:00Z
                 */
                startTime?: string;
                /**
                 * @description Only sessions in this state at the time of the request. Given several times it takes any of the values.
                 * @example [
                 *       "active",
                 *       "idle"
                 *     ]
                 */
                state?: ("active" | "idle" | "ended" | "timed_out" | "invalidated")[];
                /**
                 * @description Only sessions with a request that failed with this HTTP status. Given several times it takes any of the values.
                 * @example [
                 *       500
                 *     ]
                 */
                status?: number[];
                /**
                 * @description Only sessions with a run of this tool, as any dialect names it. Given several times it takes any of the values.
                 * @example [
                 *       "search"
                 *     ]
                 */
                tool?: string[];
                /**
                 * @description Only sessions with a page whose address begins so: a whole address (`https://shop.example/cart`), a path or a route (`/cart`), or the name of a screen. It is compared as addresses are kept: without user name and password, and without query and fragment unless --page-urls=full. Of paths the first 256 characters are compared. Of a session with more than 64 different pages only the first 64 in order of their characters find it.
                 * @example /cart
                 */
                url?: string;
                /**
                 * @description Only sessions with this user id on any of their records, matched whole. Where ids are pseudonymised, either form may be given. Of a session with more than 64 user ids only the first 64 in order of their characters find it, and the one that it shows.
                 * @example user-4711
                 */
                userId?: string;
                /**
                 * @description Only sessions with a user id that begins so, on any of their records. It is compared with ids as they are kept: what a pseudonym stands for cannot be found by its beginning.
                 * @example team-a/
                 */
                userIdPrefix?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of sessions. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "session.id": "0195b3a2-6f1e-7c44-9d0a-3f2b8c1d4e5f",
                     *           "user.id": "user-4711",
                     *           "start_time": "2026-03-01T09:30:00.123456789Z",
                     *           "end_time": "2026-03-01T09:41:07.000000001Z",
                     *           "duration_ms": 666876.543212,
                     *           "trace_count": 4,
                     *           "span_count": 61,
                     *           "error_count": 1,
                     *           "services": [
                     *             "api",
                     *             "web"
                     *           ],
                     *           "state": "timed_out",
                     *           "client": {
                     *             "ip": "203.0.113.7",
                     *             "device_type": "desktop",
                     *             "os": "macOS",
                     *             "browser": "Firefox"
                     *           },
                     *           "geo": {
                     *             "country_code": "AT",
                     *             "country_name": "Austria"
                     *           },
                     *           "genai_usage": {
                     *             "request_count": 3,
                     *             "total_input_tokens": 5120,
                     *             "total_output_tokens": 640,
                     *             "models_used": [
                     *               "gpt-5"
                     *             ],
                     *             "providers_used": [
                     *               "openai"
                     *             ],
                     *             "estimated_cost_usd": 0.0214
                     *           }
                     *         }
                     *       ],
                     *       "has_more": false
                     *     }
                     */
                    "application/json": components["schemas"]["SessionPage"];
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    eraseSessions: {
        parameters: {
            query?: {
                /**
                 * @description Only sessions with activity at this instant or later: whose last activity is not before it. RFC 3339 with an offset; digits beyond nanoseconds are left out, and times beyond 1970 to 2262 mean the nearest of these. A `+` that was not percent-encoded is understood.
                 * @example 2026-03-01T09:15:00Z
                 */
                activeFrom?: string;
                /**
                 * @description Only sessions with activity at this instant or earlier: those that started by then. With `activeFrom` sessions with activity in the range, whenever they started. RFC 3339 with an offset; digits beyond nanoseconds are left out, and times beyond 1970 to 2262 mean the nearest of these. A `+` that was not percent-encoded is understood.
                 * @example 2026-03-01T09:30:00Z
                 */
                activeTo?: string;
                /** @description attr.KEY=VALUE: only sessions with this value of the attribute KEY on a record, its scope or its resource. --index-attributes names the attributes; others are refused. Given several times, one attribute takes any of the values, and several attributes all apply. */
                attr?: {
                    [key: string]: string[];
                };
                /**
                 * @description Only sessions with any value of this attribute, one of --index-attributes. Given several times it takes any of the values.
                 * @example [
                 *       "deployment.environment.name"
                 *     ]
                 */
                attrExists?: string[];
                /** @description true: only sessions whose kind of device is `bot`; false: all others. */
                bots?: boolean;
                /**
                 * @description Only sessions held in this country: ISO 3166-1 alpha-2, in either case. Given several times it takes any of the values.
                 * @example [
                 *       "AT",
                 *       "CH"
                 *     ]
                 */
                country?: string[];
                /**
                 * @description Only sessions with this kind of device. `unknown` includes sessions that do not report one, as in the statistics. Given several times it takes any of the values.
                 * @example [
                 *       "mobile",
                 *       "tablet"
                 *     ]
                 */
                deviceType?: ("desktop" | "mobile" | "tablet" | "tv" | "console" | "wearable" | "iot" | "bot" | "unknown")[];
                /** @description Only counts the sessions that would be erased. */
                dryRun?: boolean;
                /**
                 * @description Only sessions that started at this instant or earlier. RFC 3339 with an offset; digits beyond nanoseconds are left out, and times beyond 1970 to 2262 mean the nearest of these. A `+` that was not percent-encoded is understood.
                 * @example 2026-03-31T23:59:59.999999999+01:00
                 */
                endTime?: string;
                /**
                 * @description Only sessions with an error of this type: `error.type` of a record, or the type of a reported exception. Given several times it takes any of the values.
                 * @example [
                 *       "TimeoutError"
                 *     ]
                 */
                errorType?: string[];
                /** @description true: only sessions with a crash, or an app that stood still; false: only those without one. */
                hasCrash?: boolean;
                /** @description true: only sessions in which something failed: with an `error_count` or an `exception_count` above 0; false: only those without either. */
                hasErrors?: boolean;
                /** @description true: only sessions that are named by their trace alone, because nothing in them carries a session id; false: only the others, which are named by a session id or, with --sessions-by=user, are of a user. */
                implicit?: boolean;
                /**
                 * @description true: only open sessions (state `active` or `idle`); false: only closed ones (`ended`, `timed_out`, `invalidated`).
                 * @example true
                 */
                isActive?: boolean;
                /**
                 * @description Only sessions whose `estimated_cost_usd` is known, and this or less.
                 * @example 0.5
                 */
                maxCostUsd?: number;
                /**
                 * @description Only sessions whose `duration_ms` is this or less.
                 * @example 60000
                 */
                maxDurationMs?: number;
                /**
                 * @description Only sessions whose `error_count` is this or less.
                 * @example 2
                 */
                maxErrors?: number;
                /** @description maxScore.NAME=VALUE: only sessions in which the average of the scores of this name is this or less. Sessions without a value of that name do not match. */
                maxScore?: {
                    [key: string]: number;
                };
                /**
                 * @description Only sessions whose `span_count` is this or less.
                 * @example 2
                 */
                maxSpans?: number;
                /**
                 * @description Only sessions with model calls whose `total_input_tokens` and `total_output_tokens` are together this or less.
                 * @example 1000
                 */
                maxTokens?: number;
                /**
                 * @description Only sessions whose `trace_count` is this or less.
                 * @example 2
                 */
                maxTraces?: number;
                /**
                 * @description Only sessions whose `estimated_cost_usd` is known, and this or more.
                 * @example 0.5
                 */
                minCostUsd?: number;
                /**
                 * @description Only sessions whose `duration_ms` is this or more.
                 * @example 60000
                 */
                minDurationMs?: number;
                /**
                 * @description Only sessions whose `error_count` is this or more.
                 * @example 2
                 */
                minErrors?: number;
                /** @description minScore.NAME=VALUE: only sessions in which the average of the scores of this name is this or more. Sessions without a value of that name do not match. */
                minScore?: {
                    [key: string]: number;
                };
                /**
                 * @description Only sessions whose `span_count` is this or more.
                 * @example 2
                 */
                minSpans?: number;
                /**
                 * @description Only sessions with model calls whose `total_input_tokens` and `total_output_tokens` are together this or more.
                 * @example 1000
                 */
                minTokens?: number;
                /**
                 * @description Only sessions whose `trace_count` is this or more.
                 * @example 2
                 */
                minTraces?: number;
                /**
                 * @description Of the sessions that are named by their trace alone only those whose `span_count` is this or more; all others stay. With 2, requests that nothing belongs to are left out, such as those of probes, and visits of one span are not.
                 * @example 2
                 */
                minTraceSpans?: number;
                /**
                 * @description Only sessions with this name among their `models_used`, matched whole. Given several times it takes any of the values.
                 * @example [
                 *       "gpt-5"
                 *     ]
                 */
                model?: string[];
                /** @description not.attr.KEY=VALUE: without the sessions that `attr.KEY` finds. Given several times, one attribute takes any of the values, and several attributes all apply. */
                "not.attr"?: {
                    [key: string]: string[];
                };
                /**
                 * @description Without the sessions that `attrExists` finds. Given several times it takes any of the values.
                 * @example [
                 *       "deployment.environment.name"
                 *     ]
                 */
                "not.attrExists"?: string[];
                /**
                 * @description Without the sessions that `country` finds. Given several times it takes any of the values.
                 * @example [
                 *       "AT"
                 *     ]
                 */
                "not.country"?: string[];
                /**
                 * @description Without the sessions that `deviceType` finds. Given several times it takes any of the values.
                 * @example [
                 *       "bot"
                 *     ]
                 */
                "not.deviceType"?: ("desktop" | "mobile" | "tablet" | "tv" | "console" | "wearable" | "iot" | "bot" | "unknown")[];
                /**
                 * @description Without the sessions that `errorType` finds. Given several times it takes any of the values.
                 * @example [
                 *       "AbortError"
                 *     ]
                 */
                "not.errorType"?: string[];
                /**
                 * @description Without the sessions that `model` finds. Given several times it takes any of the values.
                 * @example [
                 *       "gpt-5"
                 *     ]
                 */
                "not.model"?: string[];
                /**
                 * @description Without the sessions that `operation` finds. Given several times it takes any of the values.
                 * @example [
                 *       "embeddings"
                 *     ]
                 */
                "not.operation"?: string[];
                /**
                 * @description Without the sessions that `provider` finds. Given several times it takes any of the values.
                 * @example [
                 *       "openai"
                 *     ]
                 */
                "not.provider"?: string[];
                /**
                 * @description Without the sessions that `release` finds. Given several times it takes any of the values.
                 * @example [
                 *       "4.2.0"
                 *     ]
                 */
                "not.release"?: string[];
                /**
                 * @description Without the sessions that `route` finds. Given several times it takes any of the values.
                 * @example [
                 *       "/ping"
                 *     ]
                 */
                "not.route"?: string[];
                /**
                 * @description Without the sessions that `service` finds. Given several times it takes any of the values.
                 * @example [
                 *       "health-check"
                 *     ]
                 */
                "not.service"?: string[];
                /**
                 * @description Without the sessions that `state` finds. Given several times it takes any of the values.
                 * @example [
                 *       "invalidated"
                 *     ]
                 */
                "not.state"?: ("active" | "idle" | "ended" | "timed_out" | "invalidated")[];
                /**
                 * @description Without the sessions that `status` finds. Given several times it takes any of the values.
                 * @example [
                 *       404
                 *     ]
                 */
                "not.status"?: number[];
                /**
                 * @description Without the sessions that `tool` finds. Given several times it takes any of the values.
                 * @example [
                 *       "search"
                 *     ]
                 */
                "not.tool"?: string[];
                /**
                 * @description Without the sessions that `url` finds. Given several times it takes any of the values.
                 * @example [
                 *       "/internal"
                 *     ]
                 */
                "not.url"?: string[];
                /**
                 * @description Without the sessions that `userId` finds. Given several times it takes any of the values.
                 * @example [
                 *       "load-test"
                 *     ]
                 */
                "not.userId"?: string[];
                /**
                 * @description Only sessions with this `gen_ai.operation.name`. Given several times it takes any of the values.
                 * @example [
                 *       "chat",
                 *       "execute_tool"
                 *     ]
                 */
                operation?: string[];
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
                /**
                 * @description Only sessions with this name among their `providers_used`, matched whole. Given several times it takes any of the values.
                 * @example [
                 *       "openai"
                 *     ]
                 */
                provider?: string[];
                /**
                 * @description Only sessions of this `release`, matched whole. Given several times it takes any of the values.
                 * @example [
                 *       "4.2.0"
                 *     ]
                 */
                release?: string[];
                /**
                 * @description Only sessions with a request of this `http.route`. Given several times it takes any of the values.
                 * @example [
                 *       "/orders/{id}"
                 *     ]
                 */
                route?: string[];
                /**
                 * @description Only sessions with a score of this name. Given several times it takes any of the values.
                 * @example [
                 *       "helpful"
                 *     ]
                 */
                score?: string[];
                /** @description scoreLabel.NAME=LABEL: only sessions with a score of this name and label. Given several times, one name takes any of the labels, and several names all apply. */
                scoreLabel?: {
                    [key: string]: string[];
                };
                /**
                 * @description Only sessions with this name among their `services`, matched whole. Given several times it takes any of the values.
                 * @example [
                 *       "checkout",
                 *       "web"
                 *     ]
                 */
                service?: string[];
                /**
                 * @description Only sessions whose `session.id` begins so.
                 * @example checkout-
                 */
                sessionIdPrefix?: string;
                /**
                 * @description Only sessions that started at this instant or later. A range that ends before it starts is not an error: nothing lies in it. RFC 3339 with an offset; digits beyond nanoseconds are left out, and times beyond 1970 to 2262 mean the nearest of these. A `+` that was not percent-encoded is understood.
                 * @example 2026-03-01T00:00:00Z
                 */
                startTime?: string;
                /**
                 * @description Only sessions in this state at the time of the request. Given several times it takes any of the values.
                 * @example [
                 *       "active",
                 *       "idle"
                 *     ]
                 */
                state?: ("active" | "idle" | "ended" | "timed_out" | "invalidated")[];
                /**
                 * @description Only sessions with a request that failed with this HTTP status. Given several times it takes any of the values.
                 * @example [
                 *       500
                 *     ]
                 */
                status?: number[];
                /**
                 * @description Only sessions with a run of this tool, as any dialect names it. Given several times it takes any of the values.
                 * @example [
                 *       "search"
                 *     ]
                 */
                tool?: string[];
                /**
                 * @description Only sessions with a page whose address begins so: a whole address (`https://shop.example/cart`), a path or a route (`/cart`), or the name of a screen. It is compared as addresses are kept: without user name and password, and without query and fragment unless --page-urls=full. Of paths the first 256 characters are compared. Of a session with more than 64 different pages only the first 64 in order of their characters find it.
                 * @example /cart
                 */
                url?: string;
                /**
                 * @description Only sessions with this user id on any of their records, matched whole. Where ids are pseudonymised, either form may be given. Of a session with more than 64 user ids only the first 64 in order of their characters find it, and the one that it shows.
                 * @example user-4711
                 */
                userId?: string;
                /**
                 * @description Only sessions with a user id that begins so, on any of their records. It is compared with ids as they are kept: what a pseudonym stands for cannot be found by its beginning.
                 * @example team-a/
                 */
                userIdPrefix?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description With `dryRun=true`: what would be erased. Also if there is nothing to erase. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "sessions": 12
                     *     }
                     */
                    "application/json": components["schemas"]["ErasureCount"];
                };
            };
            /** @description The job. Unless sessions are very many, no answer has them any more. */
            202: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "er_6f0a3c5d9b1e47288c21d0aa",
                     *       "target": "user",
                     *       "state": "rewriting",
                     *       "asked_at": "2026-11-30T12:00:00.000000000Z",
                     *       "erased": {
                     *         "sessions": 12,
                     *         "traces": 840,
                     *         "spans": 10250,
                     *         "logs": 96
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErasureJob"];
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The store cannot do this. */
            501: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSession: {
        parameters: {
            query?: {
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The `session.id`, percent-encoded. Surrounding white space is ignored, and an id of more than 128 characters may be given as it was sent. Ids that a path cannot hold, such as `..` or `stats`, are read at `/api/v1/sessions/by-id`.
                 * @example 0195b3a2-6f1e-7c44-9d0a-3f2b8c1d4e5f
                 */
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "session.id": "0195b3a2-6f1e-7c44-9d0a-3f2b8c1d4e5f",
                     *       "user.id": "user-4711",
                     *       "start_time": "2026-03-01T09:30:00.123456789Z",
                     *       "end_time": "2026-03-01T09:41:07.000000001Z",
                     *       "duration_ms": 666876.543212,
                     *       "trace_count": 4,
                     *       "span_count": 61,
                     *       "error_count": 1,
                     *       "services": [
                     *         "api",
                     *         "web"
                     *       ],
                     *       "state": "timed_out",
                     *       "client": {
                     *         "ip": "203.0.113.7",
                     *         "device_type": "desktop",
                     *         "os": "macOS",
                     *         "browser": "Firefox"
                     *       },
                     *       "geo": {
                     *         "country_code": "AT",
                     *         "country_name": "Austria"
                     *       },
                     *       "genai_usage": {
                     *         "request_count": 3,
                     *         "total_input_tokens": 5120,
                     *         "total_output_tokens": 640,
                     *         "models_used": [
                     *           "gpt-5"
                     *         ],
                     *         "providers_used": [
                     *           "openai"
                     *         ],
                     *         "estimated_cost_usd": 0.0214
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such session. */
            404: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/session.not_found",
                     *       "title": "Session not found",
                     *       "status": 404,
                     *       "detail": "There is no session with this id.",
                     *       "instance": "/api/v1/sessions/no-such-session",
                     *       "resource_type": "session",
                     *       "resource_id": "no-such-session"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["NotFoundProblem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    eraseSession: {
        parameters: {
            query?: {
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The `session.id`, percent-encoded. Surrounding white space is ignored, and an id of more than 128 characters may be given as it was sent. Ids that a path cannot hold, such as `..` or `stats`, are read at `/api/v1/sessions/by-id`.
                 * @example 0195b3a2-6f1e-7c44-9d0a-3f2b8c1d4e5f
                 */
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job. Unless sessions are very many, no answer has them any more. */
            202: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "er_6f0a3c5d9b1e47288c21d0aa",
                     *       "target": "user",
                     *       "state": "rewriting",
                     *       "asked_at": "2026-11-30T12:00:00.000000000Z",
                     *       "erased": {
                     *         "sessions": 12,
                     *         "traces": 840,
                     *         "spans": 10250,
                     *         "logs": 96
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErasureJob"];
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such session. */
            404: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/session.not_found",
                     *       "title": "Session not found",
                     *       "status": 404,
                     *       "detail": "There is no session with this id.",
                     *       "instance": "/api/v1/sessions/no-such-session",
                     *       "resource_type": "session",
                     *       "resource_id": "no-such-session"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["NotFoundProblem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The store cannot do this. */
            501: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSessionConversation: {
        parameters: {
            query?: {
                /** @description Opaque: the `next_cursor` or `prev_cursor` of a page of the same list with the same filters. `limit` may change from page to page. An empty cursor is the same as none: the first page. */
                cursor?: string;
                /** @description Most turns on a page. A page with very long texts may hold fewer and still have a next one. */
                limit?: number;
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The `session.id`, percent-encoded. Surrounding white space is ignored, and an id of more than 128 characters may be given as it was sent. Ids that a path cannot hold, such as `..` or `stats`, are read at `/api/v1/sessions/by-id`.
                 * @example 0195b3a2-6f1e-7c44-9d0a-3f2b8c1d4e5f
                 */
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of turns. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "role": "assistant",
                     *           "time": "2026-03-01T09:30:02.000000000Z",
                     *           "text": "It is sunny in Vienna.",
                     *           "model": "gpt-5",
                     *           "provider": "openai",
                     *           "input_tokens": 512,
                     *           "output_tokens": 12,
                     *           "latency_ms": 812.5,
                     *           "finish_reason": "stop",
                     *           "trace_id": "0af7651916cd43dd8448eb211c80319c",
                     *           "span_id": "b7ad6b7169203331"
                     *         }
                     *       ],
                     *       "has_more": false
                     *     }
                     */
                    "application/json": components["schemas"]["ConversationPage"];
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such session. */
            404: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/session.not_found",
                     *       "title": "Session not found",
                     *       "status": 404,
                     *       "detail": "There is no session with this id.",
                     *       "instance": "/api/v1/sessions/no-such-session",
                     *       "resource_type": "session",
                     *       "resource_id": "no-such-session"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["NotFoundProblem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listSessionEvents: {
        parameters: {
            query?: {
                /** @description Opaque: the `next_cursor` or `prev_cursor` of a page of the same list with the same filters. `limit` may change from page to page. An empty cursor is the same as none: the first page. */
                cursor?: string;
                /** @description Maximum number of events on a page. A page with very large events may hold fewer and still have a next one. */
                limit?: number;
                /**
                 * @description Only events of this severity or a greater one: a name in any case, such as `INFO`, `WARN` or `ERROR`, or a SeverityNumber from 1 to 24. Events without a severity are left out, except reports of exceptions, which count as `ERROR`: log records, and span events named `exception`.
                 * @example WARN
                 */
                minSeverity?: string;
                /**
                 * @description Only events of this name, matched whole. Given several times it takes any of the values.
                 * @example [
                 *       "browser.web_vital"
                 *     ]
                 */
                name?: string[];
                /** @description `asc` has the earliest event first, `desc` the latest. */
                order?: "asc" | "desc";
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
                /** @description Whether the events of spans, such as exceptions, are among them. */
                spanEvents?: boolean;
                /**
                 * @description Only events of this trace: 32 hexadecimal digits, in either case.
                 * @example 0af7651916cd43dd8448eb211c80319c
                 */
                traceId?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The `session.id`, percent-encoded. Surrounding white space is ignored, and an id of more than 128 characters may be given as it was sent. Ids that a path cannot hold, such as `..` or `stats`, are read at `/api/v1/sessions/by-id`.
                 * @example 0195b3a2-6f1e-7c44-9d0a-3f2b8c1d4e5f
                 */
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of events. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "6c1b1c7f0f6d2b3e9a58d4e0c7b1a2f3",
                     *           "kind": "log",
                     *           "time_unix_nano": "1772357400123456789",
                     *           "observed_time_unix_nano": "1772357400124000000",
                     *           "event_name": "browser.web_vital",
                     *           "severity_number": 9,
                     *           "severity_text": "INFO",
                     *           "body": {
                     *             "name": "lcp",
                     *             "value": 2411.5
                     *           },
                     *           "attributes": [
                     *             {
                     *               "key": "session.id",
                     *               "value": "0195b3a2-6f1e-7c44-9d0a-3f2b8c1d4e5f"
                     *             }
                     *           ],
                     *           "resource": {
                     *             "attributes": [
                     *               {
                     *                 "key": "service.name",
                     *                 "value": "web"
                     *               }
                     *             ]
                     *           }
                     *         }
                     *       ],
                     *       "has_more": false
                     *     }
                     */
                    "application/json": components["schemas"]["EventPage"];
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such session. */
            404: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/session.not_found",
                     *       "title": "Session not found",
                     *       "status": 404,
                     *       "detail": "There is no session with this id.",
                     *       "instance": "/api/v1/sessions/no-such-session",
                     *       "resource_type": "session",
                     *       "resource_id": "no-such-session"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["NotFoundProblem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listSessionExceptions: {
        parameters: {
            query?: {
                /** @description Opaque: the `next_cursor` or `prev_cursor` of a page of the same list with the same filters. `limit` may change from page to page. An empty cursor is the same as none: the first page. */
                cursor?: string;
                /** @description Maximum number of exceptions on a page. In a session with very many traces a page may hold fewer, even none, and still have a next one. */
                limit?: number;
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The `session.id`, percent-encoded. Surrounding white space is ignored, and an id of more than 128 characters may be given as it was sent. Ids that a path cannot hold, such as `..` or `stats`, are read at `/api/v1/sessions/by-id`.
                 * @example 0195b3a2-6f1e-7c44-9d0a-3f2b8c1d4e5f
                 */
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of exceptions. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "type": "TypeError",
                     *           "message": "cart is undefined",
                     *           "stacktrace": "TypeError: cart is undefined\n    at pay (https://shop.example/shop.js:32:17)",
                     *           "service": "web",
                     *           "count": 2,
                     *           "channels": [
                     *             "span_event",
                     *             "log"
                     *           ],
                     *           "first_time": "2026-03-01T09:30:00.123456789Z",
                     *           "last_time": "2026-03-01T09:30:04.000000001Z",
                     *           "name": "click",
                     *           "page": "https://shop.example/checkout",
                     *           "record": {
                     *             "trace_id": "5b8efff798038103d269b633813fc60c",
                     *             "span_id": "eee19b7ec3c1b174"
                     *           },
                     *           "span": {
                     *             "trace_id": "5b8efff798038103d269b633813fc60c",
                     *             "span_id": "eee19b7ec3c1b174"
                     *           }
                     *         }
                     *       ],
                     *       "has_more": false
                     *     }
                     */
                    "application/json": components["schemas"]["ExceptionPage"];
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such session. */
            404: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/session.not_found",
                     *       "title": "Session not found",
                     *       "status": 404,
                     *       "detail": "There is no session with this id.",
                     *       "instance": "/api/v1/sessions/no-such-session",
                     *       "resource_type": "session",
                     *       "resource_id": "no-such-session"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["NotFoundProblem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    exportSession: {
        parameters: {
            query: {
                /** @description Not with `format=perfetto`. Asks for a part of some megabytes: the first one if it is empty, else the one behind the part that had this `next_cursor` in its header `Sojourn-Export`. The parts, one after the other, are the export. Without it, the answer has all. */
                cursor?: string;
                /** @description `jsonl`: the session with its conversation, on one line. `otlp`: its telemetry, one OTLP/JSON request a line. `perfetto`: its spans and events as a trace in JSON, for ui.perfetto.dev and `chrome://tracing`. */
                format: "jsonl" | "otlp" | "perfetto";
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The `session.id`, percent-encoded. Surrounding white space is ignored, and an id of more than 128 characters may be given as it was sent. Ids that a path cannot hold, such as `..` or `stats`, are read at `/api/v1/sessions/by-id`.
                 * @example 0195b3a2-6f1e-7c44-9d0a-3f2b8c1d4e5f
                 */
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Always `attachment`, with a name for the file. */
                    "Content-Disposition"?: string;
                    /** @description JSON, an `ExportSummary`: counts, the SHA-256 of the bytes before any compression, and `next_cursor` if more follows. A trailer where the answer has the whole export. */
                    "Sojourn-Export"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                    "application/x-ndjson": string;
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such session. */
            404: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/session.not_found",
                     *       "title": "Session not found",
                     *       "status": 404,
                     *       "detail": "There is no session with this id.",
                     *       "instance": "/api/v1/sessions/no-such-session",
                     *       "resource_type": "session",
                     *       "resource_id": "no-such-session"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["NotFoundProblem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    invalidateSession: {
        parameters: {
            query?: {
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The `session.id`, percent-encoded. Surrounding white space is ignored, and an id of more than 128 characters may be given as it was sent. Ids that a path cannot hold, such as `..` or `stats`, are read at `/api/v1/sessions/by-id`.
                 * @example 0195b3a2-6f1e-7c44-9d0a-3f2b8c1d4e5f
                 */
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session is invalidated. */
            204: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such session. */
            404: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/session.not_found",
                     *       "title": "Session not found",
                     *       "status": 404,
                     *       "detail": "There is no session with this id.",
                     *       "instance": "/api/v1/sessions/no-such-session",
                     *       "resource_type": "session",
                     *       "resource_id": "no-such-session"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["NotFoundProblem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSessionMedia: {
        parameters: {
            query?: {
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The `media_id` of a turn’s media.
                 * @example 4c4b6a3be1314ab86138bef4314dde020af7651916cd43dd8448eb211c80319c
                 */
                mediaId: string;
                /** @description The id of the session. */
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The content. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description `inline` for a type that is shown, else `attachment`. */
                    "Content-Disposition"?: string;
                    /** @description Always `sandbox; default-src 'none'`. */
                    "Content-Security-Policy"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                    "audio/mpeg": string;
                    "audio/ogg": string;
                    "audio/wav": string;
                    "audio/webm": string;
                    "image/avif": string;
                    "image/gif": string;
                    "image/jpeg": string;
                    "image/png": string;
                    "image/webp": string;
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such session or media. */
            404: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/session.not_found",
                     *       "title": "Session not found",
                     *       "status": 404,
                     *       "detail": "There is no session with this id.",
                     *       "instance": "/api/v1/sessions/no-such-session",
                     *       "resource_type": "session",
                     *       "resource_id": "no-such-session"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["NotFoundProblem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSessionOutline: {
        parameters: {
            query?: {
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The `session.id`, percent-encoded. Surrounding white space is ignored, and an id of more than 128 characters may be given as it was sent. Ids that a path cannot hold, such as `..` or `stats`, are read at `/api/v1/sessions/by-id`.
                 * @example 0195b3a2-6f1e-7c44-9d0a-3f2b8c1d4e5f
                 */
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The outline. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "traces": [
                     *         {
                     *           "trace_id": "0af7651916cd43dd8448eb211c80319c",
                     *           "start_time_unix_nano": "1772357400123456789",
                     *           "end_time_unix_nano": "1772357400171667882",
                     *           "spans": [
                     *             {
                     *               "span_id": "b7ad6b7169203331",
                     *               "name": "GET /cart",
                     *               "kind": 2,
                     *               "start_time_unix_nano": "1772357400123456789",
                     *               "end_time_unix_nano": "1772357400171667882",
                     *               "status_code": 0,
                     *               "service": "web"
                     *             }
                     *           ]
                     *         }
                     *       ],
                     *       "truncated": false
                     *     }
                     */
                    "application/json": components["schemas"]["SessionOutline"];
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such session. */
            404: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/session.not_found",
                     *       "title": "Session not found",
                     *       "status": 404,
                     *       "detail": "There is no session with this id.",
                     *       "instance": "/api/v1/sessions/no-such-session",
                     *       "resource_type": "session",
                     *       "resource_id": "no-such-session"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["NotFoundProblem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSessionOutlineColumns: {
        parameters: {
            query?: {
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The `session.id`, percent-encoded. Surrounding white space is ignored, and an id of more than 128 characters may be given as it was sent. Ids that a path cannot hold, such as `..` or `stats`, are read at `/api/v1/sessions/by-id`.
                 * @example 0195b3a2-6f1e-7c44-9d0a-3f2b8c1d4e5f
                 */
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The outline. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "traces": [
                     *         {
                     *           "trace_id": "0af7651916cd43dd8448eb211c80319c",
                     *           "start_time_unix_nano": "1772357400123456789",
                     *           "end_time_unix_nano": "1772357400171667882",
                     *           "span_count": 2
                     *         }
                     *       ],
                     *       "names": [
                     *         "GET /cart",
                     *         "render"
                     *       ],
                     *       "services": [
                     *         "web"
                     *       ],
                     *       "sessions": [],
                     *       "span_id": [
                     *         "b7ad6b7169203331",
                     *         "00f067aa0ba902b7"
                     *       ],
                     *       "parent": [
                     *         -1,
                     *         0
                     *       ],
                     *       "name": [
                     *         0,
                     *         1
                     *       ],
                     *       "service": [
                     *         0,
                     *         0
                     *       ],
                     *       "session": [
                     *         -1,
                     *         -1
                     *       ],
                     *       "kind": [
                     *         2,
                     *         1
                     *       ],
                     *       "status_code": [
                     *         0,
                     *         0
                     *       ],
                     *       "start_offset": [
                     *         0,
                     *         1200000
                     *       ],
                     *       "duration": [
                     *         48211093,
                     *         9000000
                     *       ],
                     *       "truncated": false
                     *     }
                     */
                    "application/json": components["schemas"]["SessionOutlineColumns"];
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such session. */
            404: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/session.not_found",
                     *       "title": "Session not found",
                     *       "status": 404,
                     *       "detail": "There is no session with this id.",
                     *       "instance": "/api/v1/sessions/no-such-session",
                     *       "resource_type": "session",
                     *       "resource_id": "no-such-session"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["NotFoundProblem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSessionPages: {
        parameters: {
            query?: {
                /** @description Opaque: the `next_cursor` or `prev_cursor` of a page of the same list with the same filters. `limit` may change from page to page. An empty cursor is the same as none: the first page. */
                cursor?: string;
                /** @description Maximum number of pages of the visit on a page of the list. If very much happened, it may hold fewer and still have a next one. */
                limit?: number;
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The `session.id`, percent-encoded. Surrounding white space is ignored, and an id of more than 128 characters may be given as it was sent. Ids that a path cannot hold, such as `..` or `stats`, are read at `/api/v1/sessions/by-id`.
                 * @example 0195b3a2-6f1e-7c44-9d0a-3f2b8c1d4e5f
                 */
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of the pages of the visit. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "kind": "load",
                     *           "url": "https://shop.example/checkout",
                     *           "name": "Checkout",
                     *           "entered_at": "2026-03-01T09:30:00.000000000Z",
                     *           "left_at": "2026-03-01T09:30:24.000000000Z",
                     *           "duration_ms": 24000,
                     *           "entry": true,
                     *           "vitals": {
                     *             "lcp": 1840,
                     *             "cls": 0.02
                     *           },
                     *           "click_count": 1,
                     *           "action_count": 1,
                     *           "actions": [
                     *             {
                     *               "kind": "click",
                     *               "time": "2026-03-01T09:30:04.000000000Z",
                     *               "target": "#buy"
                     *             }
                     *           ],
                     *           "request_count": 1,
                     *           "failed_request_count": 1,
                     *           "requests": [
                     *             {
                     *               "time": "2026-03-01T09:30:04.120000000Z",
                     *               "duration_ms": 48.5,
                     *               "method": "POST",
                     *               "url": "https://shop.example/api/orders",
                     *               "status_code": 500,
                     *               "failed": true
                     *             }
                     *           ],
                     *           "exception_count": 0,
                     *           "exceptions": [],
                     *           "trace_id": "0af7651916cd43dd8448eb211c80319c",
                     *           "span_id": "b7ad6b7169203331"
                     *         }
                     *       ],
                     *       "has_more": false
                     *     }
                     */
                    "application/json": components["schemas"]["VisitPages"];
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such session. */
            404: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/session.not_found",
                     *       "title": "Session not found",
                     *       "status": 404,
                     *       "detail": "There is no session with this id.",
                     *       "instance": "/api/v1/sessions/no-such-session",
                     *       "resource_type": "session",
                     *       "resource_id": "no-such-session"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["NotFoundProblem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listSessionScores: {
        parameters: {
            query?: {
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The `session.id`, percent-encoded. Surrounding white space is ignored, and an id of more than 128 characters may be given as it was sent. Ids that a path cannot hold, such as `..` or `stats`, are read at `/api/v1/sessions/by-id`.
                 * @example 0195b3a2-6f1e-7c44-9d0a-3f2b8c1d4e5f
                 */
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The scores. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "thumb-of-ann",
                     *           "name": "helpful",
                     *           "value": 1,
                     *           "label": "true",
                     *           "comment": "Found the right invoice at once.",
                     *           "source": "human",
                     *           "author": "key:V1StGXR8Z5jd",
                     *           "given_at": "2026-03-01T09:45:00.000000000Z",
                     *           "target": "span",
                     *           "trace_id": "0af7651916cd43dd8448eb211c80319c",
                     *           "span_id": "b7ad6b7169203331"
                     *         }
                     *       ],
                     *       "has_more": false
                     *     }
                     */
                    "application/json": components["schemas"]["ScoreList"];
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such session. */
            404: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/session.not_found",
                     *       "title": "Session not found",
                     *       "status": 404,
                     *       "detail": "There is no session with this id.",
                     *       "instance": "/api/v1/sessions/no-such-session",
                     *       "resource_type": "session",
                     *       "resource_id": "no-such-session"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["NotFoundProblem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    giveScore: {
        parameters: {
            query?: {
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The `session.id`, percent-encoded. Surrounding white space is ignored, and an id of more than 128 characters may be given as it was sent. Ids that a path cannot hold, such as `..` or `stats`, are read at `/api/v1/sessions/by-id`.
                 * @example 0195b3a2-6f1e-7c44-9d0a-3f2b8c1d4e5f
                 */
                sessionId: string;
            };
            cookie?: never;
        };
        /** @description A score to give. */
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description Why.
                     * @example Found the right invoice at once.
                     */
                    comment?: string;
                    /**
                     * @description The id of the score in the session. The same request again changes nothing; another one with this key replaces the score. Without a key each request gives another score.
                     * @example thumb-of-ann
                     */
                    idempotency_key?: string;
                    /**
                     * @description One of few words. A score needs a value, a label, or both.
                     * @example pass
                     */
                    label?: string;
                    /**
                     * @description What is judged. Few different names: statistics and filters are by name.
                     * @example helpful
                     */
                    name: string;
                    /**
                     * @description Who or what judges, such as `human`, `model` or the name of an evaluator.
                     * @example human
                     */
                    source?: string;
                    /**
                     * @description A span of that trace: 16 hexadecimal digits.
                     * @example b7ad6b7169203331
                     */
                    span_id?: string;
                    /**
                     * @description A trace of the session: 32 hexadecimal digits.
                     * @example 0af7651916cd43dd8448eb211c80319c
                     */
                    trace_id?: string;
                    /** @description A turn of the conversation: the `span_id` or `log_id` that it has there. */
                    turn?: string;
                    /**
                     * @description A number, or true or false, which count as 1 and 0 and have the labels `true` and `false`. Averages are of values rounded to six digits after the point.
                     * @example true
                     */
                    value?: number | boolean;
                };
            };
        };
        responses: {
            /** @description The session had a score with this key: it is as asked for now. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "thumb-of-ann",
                     *       "name": "helpful",
                     *       "value": 1,
                     *       "label": "true",
                     *       "comment": "Found the right invoice at once.",
                     *       "source": "human",
                     *       "author": "key:V1StGXR8Z5jd",
                     *       "given_at": "2026-03-01T09:45:00.000000000Z",
                     *       "target": "span",
                     *       "trace_id": "0af7651916cd43dd8448eb211c80319c",
                     *       "span_id": "b7ad6b7169203331"
                     *     }
                     */
                    "application/json": components["schemas"]["Score"];
                };
            };
            /** @description The new score. */
            201: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "thumb-of-ann",
                     *       "name": "helpful",
                     *       "value": 1,
                     *       "label": "true",
                     *       "comment": "Found the right invoice at once.",
                     *       "source": "human",
                     *       "author": "key:V1StGXR8Z5jd",
                     *       "given_at": "2026-03-01T09:45:00.000000000Z",
                     *       "target": "span",
                     *       "trace_id": "0af7651916cd43dd8448eb211c80319c",
                     *       "span_id": "b7ad6b7169203331"
                     *     }
                     */
                    "application/json": components["schemas"]["Score"];
                };
            };
            /** @description Fields of the body, or query parameters, were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such session, trace or span. */
            404: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/session.not_found",
                     *       "title": "Session not found",
                     *       "status": 404,
                     *       "detail": "There is no session with this id.",
                     *       "instance": "/api/v1/sessions/no-such-session",
                     *       "resource_type": "session",
                     *       "resource_id": "no-such-session"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["NotFoundProblem"];
                };
            };
            /** @description The session has as many scores as it can have. */
            409: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteScore: {
        parameters: {
            query?: {
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
            };
            header?: never;
            path: {
                /** @description The `id` of the score, percent-encoded. */
                scoreId: string;
                /** @description The id of the session. */
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The score is deleted. */
            204: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such score. */
            404: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/session.not_found",
                     *       "title": "Session not found",
                     *       "status": 404,
                     *       "detail": "There is no session with this id.",
                     *       "instance": "/api/v1/sessions/no-such-session",
                     *       "resource_type": "session",
                     *       "resource_id": "no-such-session"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["NotFoundProblem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listSessionTraces: {
        parameters: {
            query?: {
                /** @description Opaque: the `next_cursor` or `prev_cursor` of a page of the same list with the same filters. `limit` may change from page to page. An empty cursor is the same as none: the first page. */
                cursor?: string;
                /** @description Most traces on a page. A page with very large traces may hold fewer and still have a next one. */
                limit?: number;
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The `session.id`, percent-encoded. Surrounding white space is ignored, and an id of more than 128 characters may be given as it was sent. Ids that a path cannot hold, such as `..` or `stats`, are read at `/api/v1/sessions/by-id`.
                 * @example 0195b3a2-6f1e-7c44-9d0a-3f2b8c1d4e5f
                 */
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of traces. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "trace_id": "0af7651916cd43dd8448eb211c80319c",
                     *           "root_span": {
                     *             "span_id": "b7ad6b7169203331",
                     *             "trace_id": "0af7651916cd43dd8448eb211c80319c",
                     *             "name": "GET /cart",
                     *             "kind": 2,
                     *             "start_time_unix_nano": "1772357400123456789",
                     *             "end_time_unix_nano": "1772357400171667882",
                     *             "attributes": [
                     *               {
                     *                 "key": "session.id",
                     *                 "value": "0195b3a2-6f1e-7c44-9d0a-3f2b8c1d4e5f"
                     *               },
                     *               {
                     *                 "key": "http.response.status_code",
                     *                 "value": 200
                     *               },
                     *               {
                     *                 "key": "cart.serial",
                     *                 "value": "9007199254740993"
                     *               }
                     *             ],
                     *             "events": [],
                     *             "links": [],
                     *             "status": {
                     *               "code": 0
                     *             },
                     *             "resource": {
                     *               "attributes": [
                     *                 {
                     *                   "key": "service.name",
                     *                   "value": "web"
                     *                 }
                     *               ]
                     *             }
                     *           },
                     *           "spans": [
                     *             {
                     *               "span_id": "b7ad6b7169203331",
                     *               "trace_id": "0af7651916cd43dd8448eb211c80319c",
                     *               "name": "GET /cart",
                     *               "kind": 2,
                     *               "start_time_unix_nano": "1772357400123456789",
                     *               "end_time_unix_nano": "1772357400171667882",
                     *               "attributes": [
                     *                 {
                     *                   "key": "session.id",
                     *                   "value": "0195b3a2-6f1e-7c44-9d0a-3f2b8c1d4e5f"
                     *                 },
                     *                 {
                     *                   "key": "http.response.status_code",
                     *                   "value": 200
                     *                 },
                     *                 {
                     *                   "key": "cart.serial",
                     *                   "value": "9007199254740993"
                     *                 }
                     *               ],
                     *               "events": [],
                     *               "links": [],
                     *               "status": {
                     *                 "code": 0
                     *               },
                     *               "resource": {
                     *                 "attributes": [
                     *                   {
                     *                     "key": "service.name",
                     *                     "value": "web"
                     *                   }
                     *                 ]
                     *               }
                     *             }
                     *           ],
                     *           "span_count": 1,
                     *           "duration_ns": 48211093,
                     *           "start_time": "2026-03-01T09:30:00.123456789Z",
                     *           "end_time": "2026-03-01T09:30:00.171667882Z",
                     *           "services": [
                     *             "web"
                     *           ],
                     *           "has_error": false
                     *         }
                     *       ],
                     *       "has_more": false
                     *     }
                     */
                    "application/json": components["schemas"]["TracePage"];
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such session. */
            404: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/session.not_found",
                     *       "title": "Session not found",
                     *       "status": 404,
                     *       "detail": "There is no session with this id.",
                     *       "instance": "/api/v1/sessions/no-such-session",
                     *       "resource_type": "session",
                     *       "resource_id": "no-such-session"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["NotFoundProblem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSessionUsage: {
        parameters: {
            query?: {
                /** @description Opaque: the `next_cursor` or `prev_cursor` of a page of the same list with the same filters. `limit` may change from page to page. An empty cursor is the same as none: the first page. */
                cursor?: string;
                /** @description Maximum number of records on a page. If a session has many traces without usage, a page may hold fewer, even none, and still have a next one, because the search for one page is limited. */
                limit?: number;
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The `session.id`, percent-encoded. Surrounding white space is ignored, and an id of more than 128 characters may be given as it was sent. Ids that a path cannot hold, such as `..` or `stats`, are read at `/api/v1/sessions/by-id`.
                 * @example 0195b3a2-6f1e-7c44-9d0a-3f2b8c1d4e5f
                 */
                sessionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of the account of its usage. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionUsage"];
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such session. */
            404: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/session.not_found",
                     *       "title": "Session not found",
                     *       "status": 404,
                     *       "detail": "There is no session with this id.",
                     *       "instance": "/api/v1/sessions/no-such-session",
                     *       "resource_type": "session",
                     *       "resource_id": "no-such-session"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["NotFoundProblem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSessionById: {
        parameters: {
            query: {
                /** @description Any `session.id`. Surrounding white space is ignored, and an id of more than 128 characters may be given as it was sent. */
                id: string;
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "session.id": "0195b3a2-6f1e-7c44-9d0a-3f2b8c1d4e5f",
                     *       "user.id": "user-4711",
                     *       "start_time": "2026-03-01T09:30:00.123456789Z",
                     *       "end_time": "2026-03-01T09:41:07.000000001Z",
                     *       "duration_ms": 666876.543212,
                     *       "trace_count": 4,
                     *       "span_count": 61,
                     *       "error_count": 1,
                     *       "services": [
                     *         "api",
                     *         "web"
                     *       ],
                     *       "state": "timed_out",
                     *       "client": {
                     *         "ip": "203.0.113.7",
                     *         "device_type": "desktop",
                     *         "os": "macOS",
                     *         "browser": "Firefox"
                     *       },
                     *       "geo": {
                     *         "country_code": "AT",
                     *         "country_name": "Austria"
                     *       },
                     *       "genai_usage": {
                     *         "request_count": 3,
                     *         "total_input_tokens": 5120,
                     *         "total_output_tokens": 640,
                     *         "models_used": [
                     *           "gpt-5"
                     *         ],
                     *         "providers_used": [
                     *           "openai"
                     *         ],
                     *         "estimated_cost_usd": 0.0214
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such session. */
            404: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/session.not_found",
                     *       "title": "Session not found",
                     *       "status": 404,
                     *       "detail": "There is no session with this id.",
                     *       "instance": "/api/v1/sessions/no-such-session",
                     *       "resource_type": "session",
                     *       "resource_id": "no-such-session"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["NotFoundProblem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    eraseSessionById: {
        parameters: {
            query: {
                /** @description Any `session.id`. Surrounding white space is ignored, and an id of more than 128 characters may be given as it was sent. */
                id: string;
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job. Unless sessions are very many, no answer has them any more. */
            202: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "er_6f0a3c5d9b1e47288c21d0aa",
                     *       "target": "user",
                     *       "state": "rewriting",
                     *       "asked_at": "2026-11-30T12:00:00.000000000Z",
                     *       "erased": {
                     *         "sessions": 12,
                     *         "traces": 840,
                     *         "spans": 10250,
                     *         "logs": 96
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErasureJob"];
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such session. */
            404: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/session.not_found",
                     *       "title": "Session not found",
                     *       "status": 404,
                     *       "detail": "There is no session with this id.",
                     *       "instance": "/api/v1/sessions/no-such-session",
                     *       "resource_type": "session",
                     *       "resource_id": "no-such-session"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["NotFoundProblem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The store cannot do this. */
            501: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSessionConversationById: {
        parameters: {
            query: {
                /** @description Opaque: the `next_cursor` or `prev_cursor` of a page of the same list with the same filters. `limit` may change from page to page. An empty cursor is the same as none: the first page. */
                cursor?: string;
                /** @description Any `session.id`. Surrounding white space is ignored, and an id of more than 128 characters may be given as it was sent. */
                id: string;
                /** @description Most turns on a page. A page with very long texts may hold fewer and still have a next one. */
                limit?: number;
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of turns. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "role": "assistant",
                     *           "time": "2026-03-01T09:30:02.000000000Z",
                     *           "text": "It is sunny in Vienna.",
                     *           "model": "gpt-5",
                     *           "provider": "openai",
                     *           "input_tokens": 512,
                     *           "output_tokens": 12,
                     *           "latency_ms": 812.5,
                     *           "finish_reason": "stop",
                     *           "trace_id": "0af7651916cd43dd8448eb211c80319c",
                     *           "span_id": "b7ad6b7169203331"
                     *         }
                     *       ],
                     *       "has_more": false
                     *     }
                     */
                    "application/json": components["schemas"]["ConversationPage"];
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such session. */
            404: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/session.not_found",
                     *       "title": "Session not found",
                     *       "status": 404,
                     *       "detail": "There is no session with this id.",
                     *       "instance": "/api/v1/sessions/no-such-session",
                     *       "resource_type": "session",
                     *       "resource_id": "no-such-session"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["NotFoundProblem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listSessionEventsById: {
        parameters: {
            query: {
                /** @description Opaque: the `next_cursor` or `prev_cursor` of a page of the same list with the same filters. `limit` may change from page to page. An empty cursor is the same as none: the first page. */
                cursor?: string;
                /** @description Any `session.id`. Surrounding white space is ignored, and an id of more than 128 characters may be given as it was sent. */
                id: string;
                /** @description Maximum number of events on a page. A page with very large events may hold fewer and still have a next one. */
                limit?: number;
                /**
                 * @description Only events of this severity or a greater one: a name in any case, such as `INFO`, `WARN` or `ERROR`, or a SeverityNumber from 1 to 24. Events without a severity are left out, except reports of exceptions, which count as `ERROR`: log records, and span events named `exception`.
                 * @example WARN
                 */
                minSeverity?: string;
                /**
                 * @description Only events of this name, matched whole. Given several times it takes any of the values.
                 * @example [
                 *       "browser.web_vital"
                 *     ]
                 */
                name?: string[];
                /** @description `asc` has the earliest event first, `desc` the latest. */
                order?: "asc" | "desc";
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
                /** @description Whether the events of spans, such as exceptions, are among them. */
                spanEvents?: boolean;
                /**
                 * @description Only events of this trace: 32 hexadecimal digits, in either case.
                 * @example 0af7651916cd43dd8448eb211c80319c
                 */
                traceId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of events. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "6c1b1c7f0f6d2b3e9a58d4e0c7b1a2f3",
                     *           "kind": "log",
                     *           "time_unix_nano": "1772357400123456789",
                     *           "observed_time_unix_nano": "1772357400124000000",
                     *           "event_name": "browser.web_vital",
                     *           "severity_number": 9,
                     *           "severity_text": "INFO",
                     *           "body": {
                     *             "name": "lcp",
                     *             "value": 2411.5
                     *           },
                     *           "attributes": [
                     *             {
                     *               "key": "session.id",
                     *               "value": "0195b3a2-6f1e-7c44-9d0a-3f2b8c1d4e5f"
                     *             }
                     *           ],
                     *           "resource": {
                     *             "attributes": [
                     *               {
                     *                 "key": "service.name",
                     *                 "value": "web"
                     *               }
                     *             ]
                     *           }
                     *         }
                     *       ],
                     *       "has_more": false
                     *     }
                     */
                    "application/json": components["schemas"]["EventPage"];
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such session. */
            404: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/session.not_found",
                     *       "title": "Session not found",
                     *       "status": 404,
                     *       "detail": "There is no session with this id.",
                     *       "instance": "/api/v1/sessions/no-such-session",
                     *       "resource_type": "session",
                     *       "resource_id": "no-such-session"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["NotFoundProblem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listSessionExceptionsById: {
        parameters: {
            query: {
                /** @description Opaque: the `next_cursor` or `prev_cursor` of a page of the same list with the same filters. `limit` may change from page to page. An empty cursor is the same as none: the first page. */
                cursor?: string;
                /** @description Any `session.id`. Surrounding white space is ignored, and an id of more than 128 characters may be given as it was sent. */
                id: string;
                /** @description Maximum number of exceptions on a page. In a session with very many traces a page may hold fewer, even none, and still have a next one. */
                limit?: number;
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of exceptions. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "type": "TypeError",
                     *           "message": "cart is undefined",
                     *           "stacktrace": "TypeError: cart is undefined\n    at pay (https://shop.example/shop.js:32:17)",
                     *           "service": "web",
                     *           "count": 2,
                     *           "channels": [
                     *             "span_event",
                     *             "log"
                     *           ],
                     *           "first_time": "2026-03-01T09:30:00.123456789Z",
                     *           "last_time": "2026-03-01T09:30:04.000000001Z",
                     *           "name": "click",
                     *           "page": "https://shop.example/checkout",
                     *           "record": {
                     *             "trace_id": "5b8efff798038103d269b633813fc60c",
                     *             "span_id": "eee19b7ec3c1b174"
                     *           },
                     *           "span": {
                     *             "trace_id": "5b8efff798038103d269b633813fc60c",
                     *             "span_id": "eee19b7ec3c1b174"
                     *           }
                     *         }
                     *       ],
                     *       "has_more": false
                     *     }
                     */
                    "application/json": components["schemas"]["ExceptionPage"];
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such session. */
            404: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/session.not_found",
                     *       "title": "Session not found",
                     *       "status": 404,
                     *       "detail": "There is no session with this id.",
                     *       "instance": "/api/v1/sessions/no-such-session",
                     *       "resource_type": "session",
                     *       "resource_id": "no-such-session"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["NotFoundProblem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    exportSessionById: {
        parameters: {
            query: {
                /** @description Not with `format=perfetto`. Asks for a part of some megabytes: the first one if it is empty, else the one behind the part that had this `next_cursor` in its header `Sojourn-Export`. The parts, one after the other, are the export. Without it, the answer has all. */
                cursor?: string;
                /** @description `jsonl`: the session with its conversation, on one line. `otlp`: its telemetry, one OTLP/JSON request a line. `perfetto`: its spans and events as a trace in JSON, for ui.perfetto.dev and `chrome://tracing`. */
                format: "jsonl" | "otlp" | "perfetto";
                /** @description Any `session.id`. Surrounding white space is ignored, and an id of more than 128 characters may be given as it was sent. */
                id: string;
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Always `attachment`, with a name for the file. */
                    "Content-Disposition"?: string;
                    /** @description JSON, an `ExportSummary`: counts, the SHA-256 of the bytes before any compression, and `next_cursor` if more follows. A trailer where the answer has the whole export. */
                    "Sojourn-Export"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                    "application/x-ndjson": string;
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such session. */
            404: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/session.not_found",
                     *       "title": "Session not found",
                     *       "status": 404,
                     *       "detail": "There is no session with this id.",
                     *       "instance": "/api/v1/sessions/no-such-session",
                     *       "resource_type": "session",
                     *       "resource_id": "no-such-session"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["NotFoundProblem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    invalidateSessionById: {
        parameters: {
            query: {
                /** @description Any `session.id`. Surrounding white space is ignored, and an id of more than 128 characters may be given as it was sent. */
                id: string;
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session is invalidated. */
            204: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such session. */
            404: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/session.not_found",
                     *       "title": "Session not found",
                     *       "status": 404,
                     *       "detail": "There is no session with this id.",
                     *       "instance": "/api/v1/sessions/no-such-session",
                     *       "resource_type": "session",
                     *       "resource_id": "no-such-session"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["NotFoundProblem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSessionMediaById: {
        parameters: {
            query: {
                /** @description Any `session.id`. Surrounding white space is ignored, and an id of more than 128 characters may be given as it was sent. */
                id: string;
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The `media_id` of a turn’s media.
                 * @example 4c4b6a3be1314ab86138bef4314dde020af7651916cd43dd8448eb211c80319c
                 */
                mediaId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The content. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description `inline` for a type that is shown, else `attachment`. */
                    "Content-Disposition"?: string;
                    /** @description Always `sandbox; default-src 'none'`. */
                    "Content-Security-Policy"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                    "audio/mpeg": string;
                    "audio/ogg": string;
                    "audio/wav": string;
                    "audio/webm": string;
                    "image/avif": string;
                    "image/gif": string;
                    "image/jpeg": string;
                    "image/png": string;
                    "image/webp": string;
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such session or media. */
            404: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/session.not_found",
                     *       "title": "Session not found",
                     *       "status": 404,
                     *       "detail": "There is no session with this id.",
                     *       "instance": "/api/v1/sessions/no-such-session",
                     *       "resource_type": "session",
                     *       "resource_id": "no-such-session"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["NotFoundProblem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSessionOutlineById: {
        parameters: {
            query: {
                /** @description Any `session.id`. Surrounding white space is ignored, and an id of more than 128 characters may be given as it was sent. */
                id: string;
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The outline. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "traces": [
                     *         {
                     *           "trace_id": "0af7651916cd43dd8448eb211c80319c",
                     *           "start_time_unix_nano": "1772357400123456789",
                     *           "end_time_unix_nano": "1772357400171667882",
                     *           "spans": [
                     *             {
                     *               "span_id": "b7ad6b7169203331",
                     *               "name": "GET /cart",
                     *               "kind": 2,
                     *               "start_time_unix_nano": "1772357400123456789",
                     *               "end_time_unix_nano": "1772357400171667882",
                     *               "status_code": 0,
                     *               "service": "web"
                     *             }
                     *           ]
                     *         }
                     *       ],
                     *       "truncated": false
                     *     }
                     */
                    "application/json": components["schemas"]["SessionOutline"];
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such session. */
            404: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/session.not_found",
                     *       "title": "Session not found",
                     *       "status": 404,
                     *       "detail": "There is no session with this id.",
                     *       "instance": "/api/v1/sessions/no-such-session",
                     *       "resource_type": "session",
                     *       "resource_id": "no-such-session"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["NotFoundProblem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSessionOutlineColumnsById: {
        parameters: {
            query: {
                /** @description Any `session.id`. Surrounding white space is ignored, and an id of more than 128 characters may be given as it was sent. */
                id: string;
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The outline. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "traces": [
                     *         {
                     *           "trace_id": "0af7651916cd43dd8448eb211c80319c",
                     *           "start_time_unix_nano": "1772357400123456789",
                     *           "end_time_unix_nano": "1772357400171667882",
                     *           "span_count": 2
                     *         }
                     *       ],
                     *       "names": [
                     *         "GET /cart",
                     *         "render"
                     *       ],
                     *       "services": [
                     *         "web"
                     *       ],
                     *       "sessions": [],
                     *       "span_id": [
                     *         "b7ad6b7169203331",
                     *         "00f067aa0ba902b7"
                     *       ],
                     *       "parent": [
                     *         -1,
                     *         0
                     *       ],
                     *       "name": [
                     *         0,
                     *         1
                     *       ],
                     *       "service": [
                     *         0,
                     *         0
                     *       ],
                     *       "session": [
                     *         -1,
                     *         -1
                     *       ],
                     *       "kind": [
                     *         2,
                     *         1
                     *       ],
                     *       "status_code": [
                     *         0,
                     *         0
                     *       ],
                     *       "start_offset": [
                     *         0,
                     *         1200000
                     *       ],
                     *       "duration": [
                     *         48211093,
                     *         9000000
                     *       ],
                     *       "truncated": false
                     *     }
                     */
                    "application/json": components["schemas"]["SessionOutlineColumns"];
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such session. */
            404: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/session.not_found",
                     *       "title": "Session not found",
                     *       "status": 404,
                     *       "detail": "There is no session with this id.",
                     *       "instance": "/api/v1/sessions/no-such-session",
                     *       "resource_type": "session",
                     *       "resource_id": "no-such-session"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["NotFoundProblem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSessionPagesById: {
        parameters: {
            query: {
                /** @description Opaque: the `next_cursor` or `prev_cursor` of a page of the same list with the same filters. `limit` may change from page to page. An empty cursor is the same as none: the first page. */
                cursor?: string;
                /** @description Any `session.id`. Surrounding white space is ignored, and an id of more than 128 characters may be given as it was sent. */
                id: string;
                /** @description Maximum number of pages of the visit on a page of the list. If very much happened, it may hold fewer and still have a next one. */
                limit?: number;
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of the pages of the visit. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "kind": "load",
                     *           "url": "https://shop.example/checkout",
                     *           "name": "Checkout",
                     *           "entered_at": "2026-03-01T09:30:00.000000000Z",
                     *           "left_at": "2026-03-01T09:30:24.000000000Z",
                     *           "duration_ms": 24000,
                     *           "entry": true,
                     *           "vitals": {
                     *             "lcp": 1840,
                     *             "cls": 0.02
                     *           },
                     *           "click_count": 1,
                     *           "action_count": 1,
                     *           "actions": [
                     *             {
                     *               "kind": "click",
                     *               "time": "2026-03-01T09:30:04.000000000Z",
                     *               "target": "#buy"
                     *             }
                     *           ],
                     *           "request_count": 1,
                     *           "failed_request_count": 1,
                     *           "requests": [
                     *             {
                     *               "time": "2026-03-01T09:30:04.120000000Z",
                     *               "duration_ms": 48.5,
                     *               "method": "POST",
                     *               "url": "https://shop.example/api/orders",
                     *               "status_code": 500,
                     *               "failed": true
                     *             }
                     *           ],
                     *           "exception_count": 0,
                     *           "exceptions": [],
                     *           "trace_id": "0af7651916cd43dd8448eb211c80319c",
                     *           "span_id": "b7ad6b7169203331"
                     *         }
                     *       ],
                     *       "has_more": false
                     *     }
                     */
                    "application/json": components["schemas"]["VisitPages"];
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such session. */
            404: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/session.not_found",
                     *       "title": "Session not found",
                     *       "status": 404,
                     *       "detail": "There is no session with this id.",
                     *       "instance": "/api/v1/sessions/no-such-session",
                     *       "resource_type": "session",
                     *       "resource_id": "no-such-session"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["NotFoundProblem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listSessionScoresById: {
        parameters: {
            query: {
                /** @description Any `session.id`. Surrounding white space is ignored, and an id of more than 128 characters may be given as it was sent. */
                id: string;
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The scores. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "thumb-of-ann",
                     *           "name": "helpful",
                     *           "value": 1,
                     *           "label": "true",
                     *           "comment": "Found the right invoice at once.",
                     *           "source": "human",
                     *           "author": "key:V1StGXR8Z5jd",
                     *           "given_at": "2026-03-01T09:45:00.000000000Z",
                     *           "target": "span",
                     *           "trace_id": "0af7651916cd43dd8448eb211c80319c",
                     *           "span_id": "b7ad6b7169203331"
                     *         }
                     *       ],
                     *       "has_more": false
                     *     }
                     */
                    "application/json": components["schemas"]["ScoreList"];
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such session. */
            404: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/session.not_found",
                     *       "title": "Session not found",
                     *       "status": 404,
                     *       "detail": "There is no session with this id.",
                     *       "instance": "/api/v1/sessions/no-such-session",
                     *       "resource_type": "session",
                     *       "resource_id": "no-such-session"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["NotFoundProblem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    giveScoreById: {
        parameters: {
            query: {
                /** @description Any `session.id`. Surrounding white space is ignored, and an id of more than 128 characters may be given as it was sent. */
                id: string;
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description A score to give. */
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description Why.
                     * @example Found the right invoice at once.
                     */
                    comment?: string;
                    /**
                     * @description The id of the score in the session. The same request again changes nothing; another one with this key replaces the score. Without a key each request gives another score.
                     * @example thumb-of-ann
                     */
                    idempotency_key?: string;
                    /**
                     * @description One of few words. A score needs a value, a label, or both.
                     * @example pass
                     */
                    label?: string;
                    /**
                     * @description What is judged. Few different names: statistics and filters are by name.
                     * @example helpful
                     */
                    name: string;
                    /**
                     * @description Who or what judges, such as `human`, `model` or the name of an evaluator.
                     * @example human
                     */
                    source?: string;
                    /**
                     * @description A span of that trace: 16 hexadecimal digits.
                     * @example b7ad6b7169203331
                     */
                    span_id?: string;
                    /**
                     * @description A trace of the session: 32 hexadecimal digits.
                     * @example 0af7651916cd43dd8448eb211c80319c
                     */
                    trace_id?: string;
                    /** @description A turn of the conversation: the `span_id` or `log_id` that it has there. */
                    turn?: string;
                    /**
                     * @description A number, or true or false, which count as 1 and 0 and have the labels `true` and `false`. Averages are of values rounded to six digits after the point.
                     * @example true
                     */
                    value?: number | boolean;
                };
            };
        };
        responses: {
            /** @description The session had a score with this key: it is as asked for now. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "thumb-of-ann",
                     *       "name": "helpful",
                     *       "value": 1,
                     *       "label": "true",
                     *       "comment": "Found the right invoice at once.",
                     *       "source": "human",
                     *       "author": "key:V1StGXR8Z5jd",
                     *       "given_at": "2026-03-01T09:45:00.000000000Z",
                     *       "target": "span",
                     *       "trace_id": "0af7651916cd43dd8448eb211c80319c",
                     *       "span_id": "b7ad6b7169203331"
                     *     }
                     */
                    "application/json": components["schemas"]["Score"];
                };
            };
            /** @description The new score. */
            201: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "thumb-of-ann",
                     *       "name": "helpful",
                     *       "value": 1,
                     *       "label": "true",
                     *       "comment": "Found the right invoice at once.",
                     *       "source": "human",
                     *       "author": "key:V1StGXR8Z5jd",
                     *       "given_at": "2026-03-01T09:45:00.000000000Z",
                     *       "target": "span",
                     *       "trace_id": "0af7651916cd43dd8448eb211c80319c",
                     *       "span_id": "b7ad6b7169203331"
                     *     }
                     */
                    "application/json": components["schemas"]["Score"];
                };
            };
            /** @description Fields of the body, or query parameters, were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such session, trace or span. */
            404: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/session.not_found",
                     *       "title": "Session not found",
                     *       "status": 404,
                     *       "detail": "There is no session with this id.",
                     *       "instance": "/api/v1/sessions/no-such-session",
                     *       "resource_type": "session",
                     *       "resource_id": "no-such-session"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["NotFoundProblem"];
                };
            };
            /** @description The session has as many scores as it can have. */
            409: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteScoreById: {
        parameters: {
            query: {
                /** @description Any `session.id`. Surrounding white space is ignored, and an id of more than 128 characters may be given as it was sent. */
                id: string;
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
            };
            header?: never;
            path: {
                /** @description The `id` of the score, percent-encoded. */
                scoreId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The score is deleted. */
            204: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such score. */
            404: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/session.not_found",
                     *       "title": "Session not found",
                     *       "status": 404,
                     *       "detail": "There is no session with this id.",
                     *       "instance": "/api/v1/sessions/no-such-session",
                     *       "resource_type": "session",
                     *       "resource_id": "no-such-session"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["NotFoundProblem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listSessionTracesById: {
        parameters: {
            query: {
                /** @description Opaque: the `next_cursor` or `prev_cursor` of a page of the same list with the same filters. `limit` may change from page to page. An empty cursor is the same as none: the first page. */
                cursor?: string;
                /** @description Any `session.id`. Surrounding white space is ignored, and an id of more than 128 characters may be given as it was sent. */
                id: string;
                /** @description Most traces on a page. A page with very large traces may hold fewer and still have a next one. */
                limit?: number;
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of traces. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "trace_id": "0af7651916cd43dd8448eb211c80319c",
                     *           "root_span": {
                     *             "span_id": "b7ad6b7169203331",
                     *             "trace_id": "0af7651916cd43dd8448eb211c80319c",
                     *             "name": "GET /cart",
                     *             "kind": 2,
                     *             "start_time_unix_nano": "1772357400123456789",
                     *             "end_time_unix_nano": "1772357400171667882",
                     *             "attributes": [
                     *               {
                     *                 "key": "session.id",
                     *                 "value": "0195b3a2-6f1e-7c44-9d0a-3f2b8c1d4e5f"
                     *               },
                     *               {
                     *                 "key": "http.response.status_code",
                     *                 "value": 200
                     *               },
                     *               {
                     *                 "key": "cart.serial",
                     *                 "value": "9007199254740993"
                     *               }
                     *             ],
                     *             "events": [],
                     *             "links": [],
                     *             "status": {
                     *               "code": 0
                     *             },
                     *             "resource": {
                     *               "attributes": [
                     *                 {
                     *                   "key": "service.name",
                     *                   "value": "web"
                     *                 }
                     *               ]
                     *             }
                     *           },
                     *           "spans": [
                     *             {
                     *               "span_id": "b7ad6b7169203331",
                     *               "trace_id": "0af7651916cd43dd8448eb211c80319c",
                     *               "name": "GET /cart",
                     *               "kind": 2,
                     *               "start_time_unix_nano": "1772357400123456789",
                     *               "end_time_unix_nano": "1772357400171667882",
                     *               "attributes": [
                     *                 {
                     *                   "key": "session.id",
                     *                   "value": "0195b3a2-6f1e-7c44-9d0a-3f2b8c1d4e5f"
                     *                 },
                     *                 {
                     *                   "key": "http.response.status_code",
                     *                   "value": 200
                     *                 },
                     *                 {
                     *                   "key": "cart.serial",
                     *                   "value": "9007199254740993"
                     *                 }
                     *               ],
                     *               "events": [],
                     *               "links": [],
                     *               "status": {
                     *                 "code": 0
                     *               },
                     *               "resource": {
                     *                 "attributes": [
                     *                   {
                     *                     "key": "service.name",
                     *                     "value": "web"
                     *                   }
                     *                 ]
                     *               }
                     *             }
                     *           ],
                     *           "span_count": 1,
                     *           "duration_ns": 48211093,
                     *           "start_time": "2026-03-01T09:30:00.123456789Z",
                     *           "end_time": "2026-03-01T09:30:00.171667882Z",
                     *           "services": [
                     *             "web"
                     *           ],
                     *           "has_error": false
                     *         }
                     *       ],
                     *       "has_more": false
                     *     }
                     */
                    "application/json": components["schemas"]["TracePage"];
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such session. */
            404: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/session.not_found",
                     *       "title": "Session not found",
                     *       "status": 404,
                     *       "detail": "There is no session with this id.",
                     *       "instance": "/api/v1/sessions/no-such-session",
                     *       "resource_type": "session",
                     *       "resource_id": "no-such-session"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["NotFoundProblem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSessionUsageById: {
        parameters: {
            query: {
                /** @description Opaque: the `next_cursor` or `prev_cursor` of a page of the same list with the same filters. `limit` may change from page to page. An empty cursor is the same as none: the first page. */
                cursor?: string;
                /** @description Any `session.id`. Surrounding white space is ignored, and an id of more than 128 characters may be given as it was sent. */
                id: string;
                /** @description Maximum number of records on a page. If a session has many traces without usage, a page may hold fewer, even none, and still have a next one, because the search for one page is limited. */
                limit?: number;
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of the account of its usage. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionUsage"];
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such session. */
            404: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/session.not_found",
                     *       "title": "Session not found",
                     *       "status": 404,
                     *       "detail": "There is no session with this id.",
                     *       "instance": "/api/v1/sessions/no-such-session",
                     *       "resource_type": "session",
                     *       "resource_id": "no-such-session"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["NotFoundProblem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSessionFacets: {
        parameters: {
            query?: {
                /**
                 * @description Only sessions with activity at this instant or later: whose last activity is not before it. RFC 3339 with an offset; digits beyond nanoseconds are left out, and times beyond 1970 to 2262 mean the nearest of these. A `+` that was not percent-encoded is understood.
                 * @example 2026-03-01T09:15:00Z
                 */
                activeFrom?: string;
                /**
                 * @description Only sessions with activity at this instant or earlier: those that started by then. With `activeFrom` sessions with activity in the range, whenever they started. RFC 3339 with an offset; digits beyond nanoseconds are left out, and times beyond 1970 to 2262 mean the nearest of these. A `+` that was not percent-encoded is understood.
                 * @example 2026-03-01T09:30:00Z
                 */
                activeTo?: string;
                /** @description attr.KEY=VALUE: only sessions with this value of the attribute KEY on a record, its scope or its resource. --index-attributes names the attributes; others are refused. Given several times, one attribute takes any of the values, and several attributes all apply. */
                attr?: {
                    [key: string]: string[];
                };
                /**
                 * @description Only sessions with any value of this attribute, one of --index-attributes. Given several times it takes any of the values.
                 * @example [
                 *       "deployment.environment.name"
                 *     ]
                 */
                attrExists?: string[];
                /** @description An attribute of --index-attributes, whose values are listed as `attribute_values`. */
                attribute?: string;
                /** @description true: only sessions whose kind of device is `bot`; false: all others. */
                bots?: boolean;
                /**
                 * @description Only sessions held in this country: ISO 3166-1 alpha-2, in either case. Given several times it takes any of the values.
                 * @example [
                 *       "AT",
                 *       "CH"
                 *     ]
                 */
                country?: string[];
                /**
                 * @description Only sessions with this kind of device. `unknown` includes sessions that do not report one, as in the statistics. Given several times it takes any of the values.
                 * @example [
                 *       "mobile",
                 *       "tablet"
                 *     ]
                 */
                deviceType?: ("desktop" | "mobile" | "tablet" | "tv" | "console" | "wearable" | "iot" | "bot" | "unknown")[];
                /**
                 * @description Only sessions that started at this instant or earlier. RFC 3339 with an offset; digits beyond nanoseconds are left out, and times beyond 1970 to 2262 mean the nearest of these. A `+` that was not percent-encoded is understood.
                 * @example 2026-03-31T23:59:59.999999999+01:00
                 */
                endTime?: string;
                /**
                 * @description Only sessions with an error of this type: `error.type` of a record, or the type of a reported exception. Given several times it takes any of the values.
                 * @example [
                 *       "TimeoutError"
                 *     ]
                 */
                errorType?: string[];
                /** @description true: only sessions with a crash, or an app that stood still; false: only those without one. */
                hasCrash?: boolean;
                /** @description true: only sessions in which something failed: with an `error_count` or an `exception_count` above 0; false: only those without either. */
                hasErrors?: boolean;
                /** @description true: only sessions that are named by their trace alone, because nothing in them carries a session id; false: only the others, which are named by a session id or, with --sessions-by=user, are of a user. */
                implicit?: boolean;
                /**
                 * @description true: only open sessions (state `active` or `idle`); false: only closed ones (`ended`, `timed_out`, `invalidated`).
                 * @example true
                 */
                isActive?: boolean;
                /**
                 * @description Only sessions whose `estimated_cost_usd` is known, and this or less.
                 * @example 0.5
                 */
                maxCostUsd?: number;
                /**
                 * @description Only sessions whose `duration_ms` is this or less.
                 * @example 60000
                 */
                maxDurationMs?: number;
                /**
                 * @description Only sessions whose `error_count` is this or less.
                 * @example 2
                 */
                maxErrors?: number;
                /** @description maxScore.NAME=VALUE: only sessions in which the average of the scores of this name is this or less. Sessions without a value of that name do not match. */
                maxScore?: {
                    [key: string]: number;
                };
                /**
                 * @description Only sessions whose `span_count` is this or less.
                 * @example 2
                 */
                maxSpans?: number;
                /**
                 * @description Only sessions with model calls whose `total_input_tokens` and `total_output_tokens` are together this or less.
                 * @example 1000
                 */
                maxTokens?: number;
                /**
                 * @description Only sessions whose `trace_count` is this or less.
                 * @example 2
                 */
                maxTraces?: number;
                /**
                 * @description Only sessions whose `estimated_cost_usd` is known, and this or more.
                 * @example 0.5
                 */
                minCostUsd?: number;
                /**
                 * @description Only sessions whose `duration_ms` is this or more.
                 * @example 60000
                 */
                minDurationMs?: number;
                /**
                 * @description Only sessions whose `error_count` is this or more.
                 * @example 2
                 */
                minErrors?: number;
                /** @description minScore.NAME=VALUE: only sessions in which the average of the scores of this name is this or more. Sessions without a value of that name do not match. */
                minScore?: {
                    [key: string]: number;
                };
                /**
                 * @description Only sessions whose `span_count` is this or more.
                 * @example 2
                 */
                minSpans?: number;
                /**
                 * @description Only sessions with model calls whose `total_input_tokens` and `total_output_tokens` are together this or more.
                 * @example 1000
                 */
                minTokens?: number;
                /**
                 * @description Only sessions whose `trace_count` is this or more.
                 * @example 2
                 */
                minTraces?: number;
                /**
                 * @description Of the sessions that are named by their trace alone only those whose `span_count` is this or more; all others stay. With 2, requests that nothing belongs to are left out, such as those of probes, and visits of one span are not.
                 * @example 2
                 */
                minTraceSpans?: number;
                /**
                 * @description Only sessions with this name among their `models_used`, matched whole. Given several times it takes any of the values.
                 * @example [
                 *       "gpt-5"
                 *     ]
                 */
                model?: string[];
                /** @description not.attr.KEY=VALUE: without the sessions that `attr.KEY` finds. Given several times, one attribute takes any of the values, and several attributes all apply. */
                "not.attr"?: {
                    [key: string]: string[];
                };
                /**
                 * @description Without the sessions that `attrExists` finds. Given several times it takes any of the values.
                 * @example [
                 *       "deployment.environment.name"
                 *     ]
                 */
                "not.attrExists"?: string[];
                /**
                 * @description Without the sessions that `country` finds. Given several times it takes any of the values.
                 * @example [
                 *       "AT"
                 *     ]
                 */
                "not.country"?: string[];
                /**
                 * @description Without the sessions that `deviceType` finds. Given several times it takes any of the values.
                 * @example [
                 *       "bot"
                 *     ]
                 */
                "not.deviceType"?: ("desktop" | "mobile" | "tablet" | "tv" | "console" | "wearable" | "iot" | "bot" | "unknown")[];
                /**
                 * @description Without the sessions that `errorType` finds. Given several times it takes any of the values.
                 * @example [
                 *       "AbortError"
                 *     ]
                 */
                "not.errorType"?: string[];
                /**
                 * @description Without the sessions that `model` finds. Given several times it takes any of the values.
                 * @example [
                 *       "gpt-5"
                 *     ]
                 */
                "not.model"?: string[];
                /**
                 * @description Without the sessions that `operation` finds. Given several times it takes any of the values.
                 * @example [
                 *       "embeddings"
                 *     ]
                 */
                "not.operation"?: string[];
                /**
                 * @description Without the sessions that `provider` finds. Given several times it takes any of the values.
                 * @example [
                 *       "openai"
                 *     ]
                 */
                "not.provider"?: string[];
                /**
                 * @description Without the sessions that `release` finds. Given several times it takes any of the values.
                 * @example [
                 *       "4.2.0"
                 *     ]
                 */
                "not.release"?: string[];
                /**
                 * @description Without the sessions that `route` finds. Given several times it takes any of the values.
                 * @example [
                 *       "/ping"
                 *     ]
                 */
                "not.route"?: string[];
                /**
                 * @description Without the sessions that `service` finds. Given several times it takes any of the values.
                 * @example [
                 *       "health-check"
                 *     ]
                 */
                "not.service"?: string[];
                /**
                 * @description Without the sessions that `state` finds. Given several times it takes any of the values.
                 * @example [
                 *       "invalidated"
                 *     ]
                 */
                "not.state"?: ("active" | "idle" | "ended" | "timed_out" | "invalidated")[];
                /**
                 * @description Without the sessions that `status` finds. Given several times it takes any of the values.
                 * @example [
                 *       404
                 *     ]
                 */
                "not.status"?: number[];
                /**
                 * @description Without the sessions that `tool` finds. Given several times it takes any of the values.
                 * @example [
                 *       "search"
                 *     ]
                 */
                "not.tool"?: string[];
                /**
                 * @description Without the sessions that `url` finds. Given several times it takes any of the values.
                 * @example [
                 *       "/internal"
                 *     ]
                 */
                "not.url"?: string[];
                /**
                 * @description Without the sessions that `userId` finds. Given several times it takes any of the values.
                 * @example [
                 *       "load-test"
                 *     ]
                 */
                "not.userId"?: string[];
                /**
                 * @description Only sessions with this `gen_ai.operation.name`. Given several times it takes any of the values.
                 * @example [
                 *       "chat",
                 *       "execute_tool"
                 *     ]
                 */
                operation?: string[];
                /** @description Only values that begin so, in the same letters: for suggestions as one types. */
                prefix?: string;
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
                /**
                 * @description Only sessions with this name among their `providers_used`, matched whole. Given several times it takes any of the values.
                 * @example [
                 *       "openai"
                 *     ]
                 */
                provider?: string[];
                /**
                 * @description Only sessions in whose telemetry a record (a span with its events, or a log record) meets this query: it has all words, `"phrases"` and `prefixes*` of it, and nothing that follows a `-`. `in:messages,tools,spans,attributes,logs,errors,ids,resource` narrows where; `in:user`, `in:assistant` and `in:system` to the messages that these say. Upper and lower case and accents are the same; Chinese, Japanese, Korean and Thai are found by any part. Lists have the places in `matches` and say in `search` whether all telemetry was searched. Counts are exact, or refused.
                 * @example refund "out of stock" -test in:messages
                 */
                q?: string;
                /**
                 * @description Only sessions of this `release`, matched whole. Given several times it takes any of the values.
                 * @example [
                 *       "4.2.0"
                 *     ]
                 */
                release?: string[];
                /**
                 * @description Only sessions with a request of this `http.route`. Given several times it takes any of the values.
                 * @example [
                 *       "/orders/{id}"
                 *     ]
                 */
                route?: string[];
                /**
                 * @description Only sessions with a score of this name. Given several times it takes any of the values.
                 * @example [
                 *       "helpful"
                 *     ]
                 */
                score?: string[];
                /** @description scoreLabel.NAME=LABEL: only sessions with a score of this name and label. Given several times, one name takes any of the labels, and several names all apply. */
                scoreLabel?: {
                    [key: string]: string[];
                };
                /**
                 * @description Only sessions with this name among their `services`, matched whole. Given several times it takes any of the values.
                 * @example [
                 *       "checkout",
                 *       "web"
                 *     ]
                 */
                service?: string[];
                /**
                 * @description Only sessions whose `session.id` begins so.
                 * @example checkout-
                 */
                sessionIdPrefix?: string;
                /**
                 * @description Only sessions that started at this instant or later. A range that ends before it starts is not an error: nothing lies in it. RFC 3339 with an offset; digits beyond nanoseconds are left out, and times beyond 1970 to 2262 mean the nearest of these. A `+` that was not percent-encoded is understood.
                 * @example 2026-03-01T00:00:00Z
                 */
                startTime?: string;
                /**
                 * @description Only sessions in this state at the time of the request. Given several times it takes any of the values.
                 * @example [
                 *       "active",
                 *       "idle"
                 *     ]
                 */
                state?: ("active" | "idle" | "ended" | "timed_out" | "invalidated")[];
                /**
                 * @description Only sessions with a request that failed with this HTTP status. Given several times it takes any of the values.
                 * @example [
                 *       500
                 *     ]
                 */
                status?: number[];
                /**
                 * @description Only sessions with a run of this tool, as any dialect names it. Given several times it takes any of the values.
                 * @example [
                 *       "search"
                 *     ]
                 */
                tool?: string[];
                /**
                 * @description Only sessions with a page whose address begins so: a whole address (`https://shop.example/cart`), a path or a route (`/cart`), or the name of a screen. It is compared as addresses are kept: without user name and password, and without query and fragment unless --page-urls=full. Of paths the first 256 characters are compared. Of a session with more than 64 different pages only the first 64 in order of their characters find it.
                 * @example /cart
                 */
                url?: string;
                /**
                 * @description Only sessions with this user id on any of their records, matched whole. Where ids are pseudonymised, either form may be given. Of a session with more than 64 user ids only the first 64 in order of their characters find it, and the one that it shows.
                 * @example user-4711
                 */
                userId?: string;
                /**
                 * @description Only sessions with a user id that begins so, on any of their records. It is compared with ids as they are kept: what a pseudonym stands for cannot be found by its beginning.
                 * @example team-a/
                 */
                userIdPrefix?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The values. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "services": [
                     *         {
                     *           "value": "checkout",
                     *           "count": 40
                     *         }
                     *       ],
                     *       "models": [
                     *         {
                     *           "value": "gpt-5",
                     *           "count": 12
                     *         }
                     *       ],
                     *       "providers": [
                     *         {
                     *           "value": "openai",
                     *           "count": 12
                     *         }
                     *       ],
                     *       "countries": [
                     *         {
                     *           "value": "AT",
                     *           "count": 30
                     *         }
                     *       ],
                     *       "device_types": [
                     *         {
                     *           "value": "desktop",
                     *           "count": 30
                     *         },
                     *         {
                     *           "value": "unknown",
                     *           "count": 10
                     *         }
                     *       ],
                     *       "releases": [
                     *         {
                     *           "value": "4.2.0",
                     *           "count": 25
                     *         }
                     *       ],
                     *       "operations": [
                     *         {
                     *           "value": "chat",
                     *           "count": 12
                     *         }
                     *       ],
                     *       "tools": [
                     *         {
                     *           "value": "search",
                     *           "count": 7
                     *         }
                     *       ],
                     *       "error_types": [
                     *         {
                     *           "value": "TimeoutError",
                     *           "count": 2
                     *         }
                     *       ],
                     *       "routes": [
                     *         {
                     *           "value": "/orders/{id}",
                     *           "count": 20
                     *         }
                     *       ],
                     *       "statuses": [
                     *         {
                     *           "value": "503",
                     *           "count": 2
                     *         }
                     *       ],
                     *       "attribute_keys": [
                     *         {
                     *           "value": "deployment.environment.name",
                     *           "count": 40
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["SessionFacets"];
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSessionGroups: {
        parameters: {
            query: {
                /**
                 * @description Only sessions with activity at this instant or later: whose last activity is not before it. RFC 3339 with an offset; digits beyond nanoseconds are left out, and times beyond 1970 to 2262 mean the nearest of these. A `+` that was not percent-encoded is understood.
                 * @example 2026-03-01T09:15:00Z
                 */
                activeFrom?: string;
                /**
                 * @description Only sessions with activity at this instant or earlier: those that started by then. With `activeFrom` sessions with activity in the range, whenever they started. RFC 3339 with an offset; digits beyond nanoseconds are left out, and times beyond 1970 to 2262 mean the nearest of these. A `+` that was not percent-encoded is understood.
                 * @example 2026-03-01T09:30:00Z
                 */
                activeTo?: string;
                /** @description attr.KEY=VALUE: only sessions with this value of the attribute KEY on a record, its scope or its resource. --index-attributes names the attributes; others are refused. Given several times, one attribute takes any of the values, and several attributes all apply. */
                attr?: {
                    [key: string]: string[];
                };
                /**
                 * @description Only sessions with any value of this attribute, one of --index-attributes. Given several times it takes any of the values.
                 * @example [
                 *       "deployment.environment.name"
                 *     ]
                 */
                attrExists?: string[];
                /** @description true: only sessions whose kind of device is `bot`; false: all others. */
                bots?: boolean;
                /**
                 * @description What sessions are grouped by: user, service, model, provider, country, device, release, operation, tool, errorType, route, status, or attr.KEY for an attribute of --index-attributes.
                 * @example model
                 */
                by: string;
                /**
                 * @description Only sessions held in this country: ISO 3166-1 alpha-2, in either case. Given several times it takes any of the values.
                 * @example [
                 *       "AT",
                 *       "CH"
                 *     ]
                 */
                country?: string[];
                /**
                 * @description Only sessions with this kind of device. `unknown` includes sessions that do not report one, as in the statistics. Given several times it takes any of the values.
                 * @example [
                 *       "mobile",
                 *       "tablet"
                 *     ]
                 */
                deviceType?: ("desktop" | "mobile" | "tablet" | "tv" | "console" | "wearable" | "iot" | "bot" | "unknown")[];
                /**
                 * @description Only sessions that started at this instant or earlier. RFC 3339 with an offset; digits beyond nanoseconds are left out, and times beyond 1970 to 2262 mean the nearest of these. A `+` that was not percent-encoded is understood.
                 * @example 2026-03-31T23:59:59.999999999+01:00
                 */
                endTime?: string;
                /**
                 * @description Only sessions with an error of this type: `error.type` of a record, or the type of a reported exception. Given several times it takes any of the values.
                 * @example [
                 *       "TimeoutError"
                 *     ]
                 */
                errorType?: string[];
                /** @description true: only sessions with a crash, or an app that stood still; false: only those without one. */
                hasCrash?: boolean;
                /** @description true: only sessions in which something failed: with an `error_count` or an `exception_count` above 0; false: only those without either. */
                hasErrors?: boolean;
                /** @description true: only sessions that are named by their trace alone, because nothing in them carries a session id; false: only the others, which are named by a session id or, with --sessions-by=user, are of a user. */
                implicit?: boolean;
                /**
                 * @description true: only open sessions (state `active` or `idle`); false: only closed ones (`ended`, `timed_out`, `invalidated`).
                 * @example true
                 */
                isActive?: boolean;
                /** @description Most groups. */
                limit?: number;
                /**
                 * @description Only sessions whose `estimated_cost_usd` is known, and this or less.
                 * @example 0.5
                 */
                maxCostUsd?: number;
                /**
                 * @description Only sessions whose `duration_ms` is this or less.
                 * @example 60000
                 */
                maxDurationMs?: number;
                /**
                 * @description Only sessions whose `error_count` is this or less.
                 * @example 2
                 */
                maxErrors?: number;
                /** @description maxScore.NAME=VALUE: only sessions in which the average of the scores of this name is this or less. Sessions without a value of that name do not match. */
                maxScore?: {
                    [key: string]: number;
                };
                /**
                 * @description Only sessions whose `span_count` is this or less.
                 * @example 2
                 */
                maxSpans?: number;
                /**
                 * @description Only sessions with model calls whose `total_input_tokens` and `total_output_tokens` are together this or less.
                 * @example 1000
                 */
                maxTokens?: number;
                /**
                 * @description Only sessions whose `trace_count` is this or less.
                 * @example 2
                 */
                maxTraces?: number;
                /**
                 * @description Only sessions whose `estimated_cost_usd` is known, and this or more.
                 * @example 0.5
                 */
                minCostUsd?: number;
                /**
                 * @description Only sessions whose `duration_ms` is this or more.
                 * @example 60000
                 */
                minDurationMs?: number;
                /**
                 * @description Only sessions whose `error_count` is this or more.
                 * @example 2
                 */
                minErrors?: number;
                /** @description minScore.NAME=VALUE: only sessions in which the average of the scores of this name is this or more. Sessions without a value of that name do not match. */
                minScore?: {
                    [key: string]: number;
                };
                /**
                 * @description Only sessions whose `span_count` is this or more.
                 * @example 2
                 */
                minSpans?: number;
                /**
                 * @description Only sessions with model calls whose `total_input_tokens` and `total_output_tokens` are together this or more.
                 * @example 1000
                 */
                minTokens?: number;
                /**
                 * @description Only sessions whose `trace_count` is this or more.
                 * @example 2
                 */
                minTraces?: number;
                /**
                 * @description Of the sessions that are named by their trace alone only those whose `span_count` is this or more; all others stay. With 2, requests that nothing belongs to are left out, such as those of probes, and visits of one span are not.
                 * @example 2
                 */
                minTraceSpans?: number;
                /**
                 * @description Only sessions with this name among their `models_used`, matched whole. Given several times it takes any of the values.
                 * @example [
                 *       "gpt-5"
                 *     ]
                 */
                model?: string[];
                /** @description not.attr.KEY=VALUE: without the sessions that `attr.KEY` finds. Given several times, one attribute takes any of the values, and several attributes all apply. */
                "not.attr"?: {
                    [key: string]: string[];
                };
                /**
                 * @description Without the sessions that `attrExists` finds. Given several times it takes any of the values.
                 * @example [
                 *       "deployment.environment.name"
                 *     ]
                 */
                "not.attrExists"?: string[];
                /**
                 * @description Without the sessions that `country` finds. Given several times it takes any of the values.
                 * @example [
                 *       "AT"
                 *     ]
                 */
                "not.country"?: string[];
                /**
                 * @description Without the sessions that `deviceType` finds. Given several times it takes any of the values.
                 * @example [
                 *       "bot"
                 *     ]
                 */
                "not.deviceType"?: ("desktop" | "mobile" | "tablet" | "tv" | "console" | "wearable" | "iot" | "bot" | "unknown")[];
                /**
                 * @description Without the sessions that `errorType` finds. Given several times it takes any of the values.
                 * @example [
                 *       "AbortError"
                 *     ]
                 */
                "not.errorType"?: string[];
                /**
                 * @description Without the sessions that `model` finds. Given several times it takes any of the values.
                 * @example [
                 *       "gpt-5"
                 *     ]
                 */
                "not.model"?: string[];
                /**
                 * @description Without the sessions that `operation` finds. Given several times it takes any of the values.
                 * @example [
                 *       "embeddings"
                 *     ]
                 */
                "not.operation"?: string[];
                /**
                 * @description Without the sessions that `provider` finds. Given several times it takes any of the values.
                 * @example [
                 *       "openai"
                 *     ]
                 */
                "not.provider"?: string[];
                /**
                 * @description Without the sessions that `release` finds. Given several times it takes any of the values.
                 * @example [
                 *       "4.2.0"
                 *     ]
                 */
                "not.release"?: string[];
                /**
                 * @description Without the sessions that `route` finds. Given several times it takes any of the values.
                 * @example [
                 *       "/ping"
                 *     ]
                 */
                "not.route"?: string[];
                /**
                 * @description Without the sessions that `service` finds. Given several times it takes any of the values.
                 * @example [
                 *       "health-check"
                 *     ]
                 */
                "not.service"?: string[];
                /**
                 * @description Without the sessions that `state` finds. Given several times it takes any of the values.
                 * @example [
                 *       "invalidated"
                 *     ]
                 */
                "not.state"?: ("active" | "idle" | "ended" | "timed_out" | "invalidated")[];
                /**
                 * @description Without the sessions that `status` finds. Given several times it takes any of the values.
                 * @example [
                 *       404
                 *     ]
                 */
                "not.status"?: number[];
                /**
                 * @description Without the sessions that `tool` finds. Given several times it takes any of the values.
                 * @example [
                 *       "search"
                 *     ]
                 */
                "not.tool"?: string[];
                /**
                 * @description Without the sessions that `url` finds. Given several times it takes any of the values.
                 * @example [
                 *       "/internal"
                 *     ]
                 */
                "not.url"?: string[];
                /**
                 * @description Without the sessions that `userId` finds. Given several times it takes any of the values.
                 * @example [
                 *       "load-test"
                 *     ]
                 */
                "not.userId"?: string[];
                /**
                 * @description Only sessions with this `gen_ai.operation.name`. Given several times it takes any of the values.
                 * @example [
                 *       "chat",
                 *       "execute_tool"
                 *     ]
                 */
                operation?: string[];
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
                /**
                 * @description Only sessions with this name among their `providers_used`, matched whole. Given several times it takes any of the values.
                 * @example [
                 *       "openai"
                 *     ]
                 */
                provider?: string[];
                /**
                 * @description Only sessions in whose telemetry a record (a span with its events, or a log record) meets this query: it has all words, `"phrases"` and `prefixes*` of it, and nothing that follows a `-`. `in:messages,tools,spans,attributes,logs,errors,ids,resource` narrows where; `in:user`, `in:assistant` and `in:system` to the messages that these say. Upper and lower case and accents are the same; Chinese, Japanese, Korean and Thai are found by any part. Lists have the places in `matches` and say in `search` whether all telemetry was searched. Counts are exact, or refused.
                 * @example refund "out of stock" -test in:messages
                 */
                q?: string;
                /**
                 * @description Only sessions of this `release`, matched whole. Given several times it takes any of the values.
                 * @example [
                 *       "4.2.0"
                 *     ]
                 */
                release?: string[];
                /**
                 * @description Only sessions with a request of this `http.route`. Given several times it takes any of the values.
                 * @example [
                 *       "/orders/{id}"
                 *     ]
                 */
                route?: string[];
                /**
                 * @description Only sessions with a score of this name. Given several times it takes any of the values.
                 * @example [
                 *       "helpful"
                 *     ]
                 */
                score?: string[];
                /** @description scoreLabel.NAME=LABEL: only sessions with a score of this name and label. Given several times, one name takes any of the labels, and several names all apply. */
                scoreLabel?: {
                    [key: string]: string[];
                };
                /**
                 * @description Only sessions with this name among their `services`, matched whole. Given several times it takes any of the values.
                 * @example [
                 *       "checkout",
                 *       "web"
                 *     ]
                 */
                service?: string[];
                /**
                 * @description Only sessions whose `session.id` begins so.
                 * @example checkout-
                 */
                sessionIdPrefix?: string;
                /** @description The groups with the most of this come first, ties by value. `sessions` where left out. */
                sort?: "sessions" | "errors" | "tokens" | "cost";
                /**
                 * @description Only sessions that started at this instant or later. A range that ends before it starts is not an error: nothing lies in it. RFC 3339 with an offset; digits beyond nanoseconds are left out, and times beyond 1970 to 2262 mean the nearest of these. A `+` that was not percent-encoded is understood.
                 * @example 2026-03-01T00:00:00Z
                 */
                startTime?: string;
                /**
                 * @description Only sessions in this state at the time of the request. Given several times it takes any of the values.
                 * @example [
                 *       "active",
                 *       "idle"
                 *     ]
                 */
                state?: ("active" | "idle" | "ended" | "timed_out" | "invalidated")[];
                /**
                 * @description Only sessions with a request that failed with this HTTP status. Given several times it takes any of the values.
                 * @example [
                 *       500
                 *     ]
                 */
                status?: number[];
                /**
                 * @description Only sessions with a run of this tool, as any dialect names it. Given several times it takes any of the values.
                 * @example [
                 *       "search"
                 *     ]
                 */
                tool?: string[];
                /**
                 * @description Only sessions with a page whose address begins so: a whole address (`https://shop.example/cart`), a path or a route (`/cart`), or the name of a screen. It is compared as addresses are kept: without user name and password, and without query and fragment unless --page-urls=full. Of paths the first 256 characters are compared. Of a session with more than 64 different pages only the first 64 in order of their characters find it.
                 * @example /cart
                 */
                url?: string;
                /**
                 * @description Only sessions with this user id on any of their records, matched whole. Where ids are pseudonymised, either form may be given. Of a session with more than 64 user ids only the first 64 in order of their characters find it, and the one that it shows.
                 * @example user-4711
                 */
                userId?: string;
                /**
                 * @description Only sessions with a user id that begins so, on any of their records. It is compared with ids as they are kept: what a pseudonym stands for cannot be found by its beginning.
                 * @example team-a/
                 */
                userIdPrefix?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The groups. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "groups": [
                     *         {
                     *           "value": "gpt-5",
                     *           "session_count": 40,
                     *           "sessions_with_errors": 3,
                     *           "request_count": 120,
                     *           "total_input_tokens": 90000,
                     *           "total_output_tokens": 12000,
                     *           "estimated_cost_usd": 1.25,
                     *           "unpriced_request_count": 0,
                     *           "unreported_request_count": 0,
                     *           "duration_ms": {
                     *             "p50": 1200,
                     *             "p90": 9100,
                     *             "p95": 15000,
                     *             "p99": 61000
                     *           }
                     *         }
                     *       ],
                     *       "group_count": 1,
                     *       "total": {
                     *         "session_count": 40,
                     *         "sessions_with_errors": 3,
                     *         "request_count": 120,
                     *         "total_input_tokens": 90000,
                     *         "total_output_tokens": 12000,
                     *         "estimated_cost_usd": 1.25,
                     *         "unpriced_request_count": 0,
                     *         "unreported_request_count": 0,
                     *         "duration_ms": {
                     *           "p50": 1200,
                     *           "p90": 9100,
                     *           "p95": 15000,
                     *           "p99": 61000
                     *         }
                     *       },
                     *       "without": {
                     *         "session_count": 2,
                     *         "sessions_with_errors": 0,
                     *         "request_count": 0,
                     *         "total_input_tokens": 0,
                     *         "total_output_tokens": 0,
                     *         "unpriced_request_count": 0,
                     *         "unreported_request_count": 0
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["SessionGroups"];
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSessionStatistics: {
        parameters: {
            query?: {
                /**
                 * @description Only sessions with activity at this instant or later: whose last activity is not before it. RFC 3339 with an offset; digits beyond nanoseconds are left out, and times beyond 1970 to 2262 mean the nearest of these. A `+` that was not percent-encoded is understood.
                 * @example 2026-03-01T09:15:00Z
                 */
                activeFrom?: string;
                /**
                 * @description Only sessions with activity at this instant or earlier: those that started by then. With `activeFrom` sessions with activity in the range, whenever they started. RFC 3339 with an offset; digits beyond nanoseconds are left out, and times beyond 1970 to 2262 mean the nearest of these. A `+` that was not percent-encoded is understood.
                 * @example 2026-03-01T09:30:00Z
                 */
                activeTo?: string;
                /** @description attr.KEY=VALUE: only sessions with this value of the attribute KEY on a record, its scope or its resource. --index-attributes names the attributes; others are refused. Given several times, one attribute takes any of the values, and several attributes all apply. */
                attr?: {
                    [key: string]: string[];
                };
                /**
                 * @description Only sessions with any value of this attribute, one of --index-attributes. Given several times it takes any of the values.
                 * @example [
                 *       "deployment.environment.name"
                 *     ]
                 */
                attrExists?: string[];
                /** @description true: only sessions whose kind of device is `bot`; false: all others. */
                bots?: boolean;
                /**
                 * @description Only sessions held in this country: ISO 3166-1 alpha-2, in either case. Given several times it takes any of the values.
                 * @example [
                 *       "AT",
                 *       "CH"
                 *     ]
                 */
                country?: string[];
                /**
                 * @description Only sessions with this kind of device. `unknown` includes sessions that do not report one, as in the statistics. Given several times it takes any of the values.
                 * @example [
                 *       "mobile",
                 *       "tablet"
                 *     ]
                 */
                deviceType?: ("desktop" | "mobile" | "tablet" | "tv" | "console" | "wearable" | "iot" | "bot" | "unknown")[];
                /**
                 * @description Only sessions that started at this instant or earlier. RFC 3339 with an offset; digits beyond nanoseconds are left out, and times beyond 1970 to 2262 mean the nearest of these. A `+` that was not percent-encoded is understood.
                 * @example 2026-03-31T23:59:59.999999999+01:00
                 */
                endTime?: string;
                /**
                 * @description Only sessions with an error of this type: `error.type` of a record, or the type of a reported exception. Given several times it takes any of the values.
                 * @example [
                 *       "TimeoutError"
                 *     ]
                 */
                errorType?: string[];
                /** @description true: only sessions with a crash, or an app that stood still; false: only those without one. */
                hasCrash?: boolean;
                /** @description true: only sessions in which something failed: with an `error_count` or an `exception_count` above 0; false: only those without either. */
                hasErrors?: boolean;
                /** @description true: only sessions that are named by their trace alone, because nothing in them carries a session id; false: only the others, which are named by a session id or, with --sessions-by=user, are of a user. */
                implicit?: boolean;
                /**
                 * @description true: only open sessions (state `active` or `idle`); false: only closed ones (`ended`, `timed_out`, `invalidated`).
                 * @example true
                 */
                isActive?: boolean;
                /**
                 * @description Only sessions whose `estimated_cost_usd` is known, and this or less.
                 * @example 0.5
                 */
                maxCostUsd?: number;
                /**
                 * @description Only sessions whose `duration_ms` is this or less.
                 * @example 60000
                 */
                maxDurationMs?: number;
                /**
                 * @description Only sessions whose `error_count` is this or less.
                 * @example 2
                 */
                maxErrors?: number;
                /** @description maxScore.NAME=VALUE: only sessions in which the average of the scores of this name is this or less. Sessions without a value of that name do not match. */
                maxScore?: {
                    [key: string]: number;
                };
                /**
                 * @description Only sessions whose `span_count` is this or less.
                 * @example 2
                 */
                maxSpans?: number;
                /**
                 * @description Only sessions with model calls whose `total_input_tokens` and `total_output_tokens` are together this or less.
                 * @example 1000
                 */
                maxTokens?: number;
                /**
                 * @description Only sessions whose `trace_count` is this or less.
                 * @example 2
                 */
                maxTraces?: number;
                /**
                 * @description Only sessions whose `estimated_cost_usd` is known, and this or more.
                 * @example 0.5
                 */
                minCostUsd?: number;
                /**
                 * @description Only sessions whose `duration_ms` is this or more.
                 * @example 60000
                 */
                minDurationMs?: number;
                /**
                 * @description Only sessions whose `error_count` is this or more.
                 * @example 2
                 */
                minErrors?: number;
                /** @description minScore.NAME=VALUE: only sessions in which the average of the scores of this name is this or more. Sessions without a value of that name do not match. */
                minScore?: {
                    [key: string]: number;
                };
                /**
                 * @description Only sessions whose `span_count` is this or more.
                 * @example 2
                 */
                minSpans?: number;
                /**
                 * @description Only sessions with model calls whose `total_input_tokens` and `total_output_tokens` are together this or more.
                 * @example 1000
                 */
                minTokens?: number;
                /**
                 * @description Only sessions whose `trace_count` is this or more.
                 * @example 2
                 */
                minTraces?: number;
                /**
                 * @description Of the sessions that are named by their trace alone only those whose `span_count` is this or more; all others stay. With 2, requests that nothing belongs to are left out, such as those of probes, and visits of one span are not.
                 * @example 2
                 */
                minTraceSpans?: number;
                /**
                 * @description Only sessions with this name among their `models_used`, matched whole. Given several times it takes any of the values.
                 * @example [
                 *       "gpt-5"
                 *     ]
                 */
                model?: string[];
                /** @description not.attr.KEY=VALUE: without the sessions that `attr.KEY` finds. Given several times, one attribute takes any of the values, and several attributes all apply. */
                "not.attr"?: {
                    [key: string]: string[];
                };
                /**
                 * @description Without the sessions that `attrExists` finds. Given several times it takes any of the values.
                 * @example [
                 *       "deployment.environment.name"
                 *     ]
                 */
                "not.attrExists"?: string[];
                /**
                 * @description Without the sessions that `country` finds. Given several times it takes any of the values.
                 * @example [
                 *       "AT"
                 *     ]
                 */
                "not.country"?: string[];
                /**
                 * @description Without the sessions that `deviceType` finds. Given several times it takes any of the values.
                 * @example [
                 *       "bot"
                 *     ]
                 */
                "not.deviceType"?: ("desktop" | "mobile" | "tablet" | "tv" | "console" | "wearable" | "iot" | "bot" | "unknown")[];
                /**
                 * @description Without the sessions that `errorType` finds. Given several times it takes any of the values.
                 * @example [
                 *       "AbortError"
                 *     ]
                 */
                "not.errorType"?: string[];
                /**
                 * @description Without the sessions that `model` finds. Given several times it takes any of the values.
                 * @example [
                 *       "gpt-5"
                 *     ]
                 */
                "not.model"?: string[];
                /**
                 * @description Without the sessions that `operation` finds. Given several times it takes any of the values.
                 * @example [
                 *       "embeddings"
                 *     ]
                 */
                "not.operation"?: string[];
                /**
                 * @description Without the sessions that `provider` finds. Given several times it takes any of the values.
                 * @example [
                 *       "openai"
                 *     ]
                 */
                "not.provider"?: string[];
                /**
                 * @description Without the sessions that `release` finds. Given several times it takes any of the values.
                 * @example [
                 *       "4.2.0"
                 *     ]
                 */
                "not.release"?: string[];
                /**
                 * @description Without the sessions that `route` finds. Given several times it takes any of the values.
                 * @example [
                 *       "/ping"
                 *     ]
                 */
                "not.route"?: string[];
                /**
                 * @description Without the sessions that `service` finds. Given several times it takes any of the values.
                 * @example [
                 *       "health-check"
                 *     ]
                 */
                "not.service"?: string[];
                /**
                 * @description Without the sessions that `state` finds. Given several times it takes any of the values.
                 * @example [
                 *       "invalidated"
                 *     ]
                 */
                "not.state"?: ("active" | "idle" | "ended" | "timed_out" | "invalidated")[];
                /**
                 * @description Without the sessions that `status` finds. Given several times it takes any of the values.
                 * @example [
                 *       404
                 *     ]
                 */
                "not.status"?: number[];
                /**
                 * @description Without the sessions that `tool` finds. Given several times it takes any of the values.
                 * @example [
                 *       "search"
                 *     ]
                 */
                "not.tool"?: string[];
                /**
                 * @description Without the sessions that `url` finds. Given several times it takes any of the values.
                 * @example [
                 *       "/internal"
                 *     ]
                 */
                "not.url"?: string[];
                /**
                 * @description Without the sessions that `userId` finds. Given several times it takes any of the values.
                 * @example [
                 *       "load-test"
                 *     ]
                 */
                "not.userId"?: string[];
                /**
                 * @description Only sessions with this `gen_ai.operation.name`. Given several times it takes any of the values.
                 * @example [
                 *       "chat",
                 *       "execute_tool"
                 *     ]
                 */
                operation?: string[];
                /** @description true: also `duration_percentiles_ms`. The sessions are then looked at one by one, also under a range of time alone. */
                percentiles?: boolean;
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
                /**
                 * @description Only sessions with this name among their `providers_used`, matched whole. Given several times it takes any of the values.
                 * @example [
                 *       "openai"
                 *     ]
                 */
                provider?: string[];
                /**
                 * @description Only sessions in whose telemetry a record (a span with its events, or a log record) meets this query: it has all words, `"phrases"` and `prefixes*` of it, and nothing that follows a `-`. `in:messages,tools,spans,attributes,logs,errors,ids,resource` narrows where; `in:user`, `in:assistant` and `in:system` to the messages that these say. Upper and lower case and accents are the same; Chinese, Japanese, Korean and Thai are found by any part. Lists have the places in `matches` and say in `search` whether all telemetry was searched. Counts are exact, or refused.
                 * @example refund "out of stock" -test in:messages
                 */
                q?: string;
                /**
                 * @description Only sessions of this `release`, matched whole. Given several times it takes any of the values.
                 * @example [
                 *       "4.2.0"
                 *     ]
                 */
                release?: string[];
                /**
                 * @description Only sessions with a request of this `http.route`. Given several times it takes any of the values.
                 * @example [
                 *       "/orders/{id}"
                 *     ]
                 */
                route?: string[];
                /**
                 * @description Only sessions with a score of this name. Given several times it takes any of the values.
                 * @example [
                 *       "helpful"
                 *     ]
                 */
                score?: string[];
                /** @description scoreLabel.NAME=LABEL: only sessions with a score of this name and label. Given several times, one name takes any of the labels, and several names all apply. */
                scoreLabel?: {
                    [key: string]: string[];
                };
                /**
                 * @description Only sessions with this name among their `services`, matched whole. Given several times it takes any of the values.
                 * @example [
                 *       "checkout",
                 *       "web"
                 *     ]
                 */
                service?: string[];
                /**
                 * @description Only sessions whose `session.id` begins so.
                 * @example checkout-
                 */
                sessionIdPrefix?: string;
                /**
                 * @description Only sessions that started at this instant or later. A range that ends before it starts is not an error: nothing lies in it. RFC 3339 with an offset; digits beyond nanoseconds are left out, and times beyond 1970 to 2262 mean the nearest of these. A `+` that was not percent-encoded is understood.
                 * @example 2026-03-01T00:00:00Z
                 */
                startTime?: string;
                /**
                 * @description Only sessions in this state at the time of the request. Given several times it takes any of the values.
                 * @example [
                 *       "active",
                 *       "idle"
                 *     ]
                 */
                state?: ("active" | "idle" | "ended" | "timed_out" | "invalidated")[];
                /**
                 * @description Only sessions with a request that failed with this HTTP status. Given several times it takes any of the values.
                 * @example [
                 *       500
                 *     ]
                 */
                status?: number[];
                /**
                 * @description Only sessions with a run of this tool, as any dialect names it. Given several times it takes any of the values.
                 * @example [
                 *       "search"
                 *     ]
                 */
                tool?: string[];
                /**
                 * @description Only sessions with a page whose address begins so: a whole address (`https://shop.example/cart`), a path or a route (`/cart`), or the name of a screen. It is compared as addresses are kept: without user name and password, and without query and fragment unless --page-urls=full. Of paths the first 256 characters are compared. Of a session with more than 64 different pages only the first 64 in order of their characters find it.
                 * @example /cart
                 */
                url?: string;
                /**
                 * @description Only sessions with this user id on any of their records, matched whole. Where ids are pseudonymised, either form may be given. Of a session with more than 64 user ids only the first 64 in order of their characters find it, and the one that it shows.
                 * @example user-4711
                 */
                userId?: string;
                /**
                 * @description Only sessions with a user id that begins so, on any of their records. It is compared with ids as they are kept: what a pseudonym stands for cannot be found by its beginning.
                 * @example team-a/
                 */
                userIdPrefix?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The statistics. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "active_sessions": 7,
                     *       "total_sessions": 160,
                     *       "unique_users": 58,
                     *       "avg_duration_ms": 92150.25,
                     *       "sessions_with_errors": 9,
                     *       "sessions_with_genai": 31,
                     *       "bounce_rate": 0.125,
                     *       "unpriced_request_count": 2,
                     *       "unreported_request_count": 1,
                     *       "by_device_type": [
                     *         {
                     *           "device_type": "desktop",
                     *           "count": 120,
                     *           "percentage": 75
                     *         },
                     *         {
                     *           "device_type": "mobile",
                     *           "count": 40,
                     *           "percentage": 25
                     *         }
                     *       ],
                     *       "by_country": [
                     *         {
                     *           "country_code": "AT",
                     *           "country_name": "Austria",
                     *           "count": 12,
                     *           "percentage": 7.5
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["SessionStats"];
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    streamSessions: {
        parameters: {
            query?: {
                /**
                 * @description Only sessions with activity at this instant or later: whose last activity is not before it. RFC 3339 with an offset; digits beyond nanoseconds are left out, and times beyond 1970 to 2262 mean the nearest of these. A `+` that was not percent-encoded is understood.
                 * @example 2026-03-01T09:15:00Z
                 */
                activeFrom?: string;
                /**
                 * @description Only sessions with activity at this instant or earlier: those that started by then. With `activeFrom` sessions with activity in the range, whenever they started. RFC 3339 with an offset; digits beyond nanoseconds are left out, and times beyond 1970 to 2262 mean the nearest of these. A `+` that was not percent-encoded is understood.
                 * @example 2026-03-01T09:30:00Z
                 */
                activeTo?: string;
                /** @description attr.KEY=VALUE: only sessions with this value of the attribute KEY on a record, its scope or its resource. --index-attributes names the attributes; others are refused. Given several times, one attribute takes any of the values, and several attributes all apply. */
                attr?: {
                    [key: string]: string[];
                };
                /**
                 * @description Only sessions with any value of this attribute, one of --index-attributes. Given several times it takes any of the values.
                 * @example [
                 *       "deployment.environment.name"
                 *     ]
                 */
                attrExists?: string[];
                /** @description true: only sessions whose kind of device is `bot`; false: all others. */
                bots?: boolean;
                /**
                 * @description Only sessions held in this country: ISO 3166-1 alpha-2, in either case. Given several times it takes any of the values.
                 * @example [
                 *       "AT",
                 *       "CH"
                 *     ]
                 */
                country?: string[];
                /**
                 * @description Only sessions with this kind of device. `unknown` includes sessions that do not report one, as in the statistics. Given several times it takes any of the values.
                 * @example [
                 *       "mobile",
                 *       "tablet"
                 *     ]
                 */
                deviceType?: ("desktop" | "mobile" | "tablet" | "tv" | "console" | "wearable" | "iot" | "bot" | "unknown")[];
                /**
                 * @description Only sessions that started at this instant or earlier. RFC 3339 with an offset; digits beyond nanoseconds are left out, and times beyond 1970 to 2262 mean the nearest of these. A `+` that was not percent-encoded is understood.
                 * @example 2026-03-31T23:59:59.999999999+01:00
                 */
                endTime?: string;
                /**
                 * @description Only sessions with an error of this type: `error.type` of a record, or the type of a reported exception. Given several times it takes any of the values.
                 * @example [
                 *       "TimeoutError"
                 *     ]
                 */
                errorType?: string[];
                /** @description true: only sessions with a crash, or an app that stood still; false: only those without one. */
                hasCrash?: boolean;
                /** @description true: only sessions in which something failed: with an `error_count` or an `exception_count` above 0; false: only those without either. */
                hasErrors?: boolean;
                /** @description true: only sessions that are named by their trace alone, because nothing in them carries a session id; false: only the others, which are named by a session id or, with --sessions-by=user, are of a user. */
                implicit?: boolean;
                /**
                 * @description true: only open sessions (state `active` or `idle`); false: only closed ones (`ended`, `timed_out`, `invalidated`).
                 * @example true
                 */
                isActive?: boolean;
                /** @description As the header `Last-Event-ID`, for clients that cannot send one. The header wins. */
                lastEventId?: string;
                /**
                 * @description Only sessions whose `estimated_cost_usd` is known, and this or less.
                 * @example 0.5
                 */
                maxCostUsd?: number;
                /**
                 * @description Only sessions whose `duration_ms` is this or less.
                 * @example 60000
                 */
                maxDurationMs?: number;
                /**
                 * @description Only sessions whose `error_count` is this or less.
                 * @example 2
                 */
                maxErrors?: number;
                /** @description maxScore.NAME=VALUE: only sessions in which the average of the scores of this name is this or less. Sessions without a value of that name do not match. */
                maxScore?: {
                    [key: string]: number;
                };
                /**
                 * @description Only sessions whose `span_count` is this or less.
                 * @example 2
                 */
                maxSpans?: number;
                /**
                 * @description Only sessions with model calls whose `total_input_tokens` and `total_output_tokens` are together this or less.
                 * @example 1000
                 */
                maxTokens?: number;
                /**
                 * @description Only sessions whose `trace_count` is this or less.
                 * @example 2
                 */
                maxTraces?: number;
                /**
                 * @description Only sessions whose `estimated_cost_usd` is known, and this or more.
                 * @example 0.5
                 */
                minCostUsd?: number;
                /**
                 * @description Only sessions whose `duration_ms` is this or more.
                 * @example 60000
                 */
                minDurationMs?: number;
                /**
                 * @description Only sessions whose `error_count` is this or more.
                 * @example 2
                 */
                minErrors?: number;
                /** @description minScore.NAME=VALUE: only sessions in which the average of the scores of this name is this or more. Sessions without a value of that name do not match. */
                minScore?: {
                    [key: string]: number;
                };
                /**
                 * @description Only sessions whose `span_count` is this or more.
                 * @example 2
                 */
                minSpans?: number;
                /**
                 * @description Only sessions with model calls whose `total_input_tokens` and `total_output_tokens` are together this or more.
                 * @example 1000
                 */
                minTokens?: number;
                /**
                 * @description Only sessions whose `trace_count` is this or more.
                 * @example 2
                 */
                minTraces?: number;
                /**
                 * @description Of the sessions that are named by their trace alone only those whose `span_count` is this or more; all others stay. With 2, requests that nothing belongs to are left out, such as those of probes, and visits of one span are not.
                 * @example 2
                 */
                minTraceSpans?: number;
                /**
                 * @description Only sessions with this name among their `models_used`, matched whole. Given several times it takes any of the values.
                 * @example [
                 *       "gpt-5"
                 *     ]
                 */
                model?: string[];
                /** @description not.attr.KEY=VALUE: without the sessions that `attr.KEY` finds. Given several times, one attribute takes any of the values, and several attributes all apply. */
                "not.attr"?: {
                    [key: string]: string[];
                };
                /**
                 * @description Without the sessions that `attrExists` finds. Given several times it takes any of the values.
                 * @example [
                 *       "deployment.environment.name"
                 *     ]
                 */
                "not.attrExists"?: string[];
                /**
                 * @description Without the sessions that `country` finds. Given several times it takes any of the values.
                 * @example [
                 *       "AT"
                 *     ]
                 */
                "not.country"?: string[];
                /**
                 * @description Without the sessions that `deviceType` finds. Given several times it takes any of the values.
                 * @example [
                 *       "bot"
                 *     ]
                 */
                "not.deviceType"?: ("desktop" | "mobile" | "tablet" | "tv" | "console" | "wearable" | "iot" | "bot" | "unknown")[];
                /**
                 * @description Without the sessions that `errorType` finds. Given several times it takes any of the values.
                 * @example [
                 *       "AbortError"
                 *     ]
                 */
                "not.errorType"?: string[];
                /**
                 * @description Without the sessions that `model` finds. Given several times it takes any of the values.
                 * @example [
                 *       "gpt-5"
                 *     ]
                 */
                "not.model"?: string[];
                /**
                 * @description Without the sessions that `operation` finds. Given several times it takes any of the values.
                 * @example [
                 *       "embeddings"
                 *     ]
                 */
                "not.operation"?: string[];
                /**
                 * @description Without the sessions that `provider` finds. Given several times it takes any of the values.
                 * @example [
                 *       "openai"
                 *     ]
                 */
                "not.provider"?: string[];
                /**
                 * @description Without the sessions that `release` finds. Given several times it takes any of the values.
                 * @example [
                 *       "4.2.0"
                 *     ]
                 */
                "not.release"?: string[];
                /**
                 * @description Without the sessions that `route` finds. Given several times it takes any of the values.
                 * @example [
                 *       "/ping"
                 *     ]
                 */
                "not.route"?: string[];
                /**
                 * @description Without the sessions that `service` finds. Given several times it takes any of the values.
                 * @example [
                 *       "health-check"
                 *     ]
                 */
                "not.service"?: string[];
                /**
                 * @description Without the sessions that `state` finds. Given several times it takes any of the values.
                 * @example [
                 *       "invalidated"
                 *     ]
                 */
                "not.state"?: ("active" | "idle" | "ended" | "timed_out" | "invalidated")[];
                /**
                 * @description Without the sessions that `status` finds. Given several times it takes any of the values.
                 * @example [
                 *       404
                 *     ]
                 */
                "not.status"?: number[];
                /**
                 * @description Without the sessions that `tool` finds. Given several times it takes any of the values.
                 * @example [
                 *       "search"
                 *     ]
                 */
                "not.tool"?: string[];
                /**
                 * @description Without the sessions that `url` finds. Given several times it takes any of the values.
                 * @example [
                 *       "/internal"
                 *     ]
                 */
                "not.url"?: string[];
                /**
                 * @description Without the sessions that `userId` finds. Given several times it takes any of the values.
                 * @example [
                 *       "load-test"
                 *     ]
                 */
                "not.userId"?: string[];
                /**
                 * @description Only sessions with this `gen_ai.operation.name`. Given several times it takes any of the values.
                 * @example [
                 *       "chat",
                 *       "execute_tool"
                 *     ]
                 */
                operation?: string[];
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
                /**
                 * @description Only sessions with this name among their `providers_used`, matched whole. Given several times it takes any of the values.
                 * @example [
                 *       "openai"
                 *     ]
                 */
                provider?: string[];
                /**
                 * @description Only sessions of this `release`, matched whole. Given several times it takes any of the values.
                 * @example [
                 *       "4.2.0"
                 *     ]
                 */
                release?: string[];
                /**
                 * @description Only sessions with a request of this `http.route`. Given several times it takes any of the values.
                 * @example [
                 *       "/orders/{id}"
                 *     ]
                 */
                route?: string[];
                /**
                 * @description Only sessions with a score of this name. Given several times it takes any of the values.
                 * @example [
                 *       "helpful"
                 *     ]
                 */
                score?: string[];
                /** @description scoreLabel.NAME=LABEL: only sessions with a score of this name and label. Given several times, one name takes any of the labels, and several names all apply. */
                scoreLabel?: {
                    [key: string]: string[];
                };
                /**
                 * @description Only sessions with this name among their `services`, matched whole. Given several times it takes any of the values.
                 * @example [
                 *       "checkout",
                 *       "web"
                 *     ]
                 */
                service?: string[];
                /**
                 * @description Only sessions whose `session.id` begins so.
                 * @example checkout-
                 */
                sessionIdPrefix?: string;
                /**
                 * @description Only sessions that started at this instant or later. A range that ends before it starts is not an error: nothing lies in it. RFC 3339 with an offset; digits beyond nanoseconds are left out, and times beyond 1970 to 2262 mean the nearest of these. A `+` that was not percent-encoded is understood.
                 * @example 2026-03-01T00:00:00Z
                 */
                startTime?: string;
                /**
                 * @description Only sessions in this state at the time of the request. Given several times it takes any of the values.
                 * @example [
                 *       "active",
                 *       "idle"
                 *     ]
                 */
                state?: ("active" | "idle" | "ended" | "timed_out" | "invalidated")[];
                /**
                 * @description Only sessions with a request that failed with this HTTP status. Given several times it takes any of the values.
                 * @example [
                 *       500
                 *     ]
                 */
                status?: number[];
                /**
                 * @description Only sessions with a run of this tool, as any dialect names it. Given several times it takes any of the values.
                 * @example [
                 *       "search"
                 *     ]
                 */
                tool?: string[];
                /**
                 * @description Only sessions with a page whose address begins so: a whole address (`https://shop.example/cart`), a path or a route (`/cart`), or the name of a screen. It is compared as addresses are kept: without user name and password, and without query and fragment unless --page-urls=full. Of paths the first 256 characters are compared. Of a session with more than 64 different pages only the first 64 in order of their characters find it.
                 * @example /cart
                 */
                url?: string;
                /**
                 * @description Only sessions with this user id on any of their records, matched whole. Where ids are pseudonymised, either form may be given. Of a session with more than 64 user ids only the first 64 in order of their characters find it, and the one that it shows.
                 * @example user-4711
                 */
                userId?: string;
                /**
                 * @description Only sessions with a user id that begins so, on any of their records. It is compared with ids as they are kept: what a pseudonym stands for cannot be found by its beginning.
                 * @example team-a/
                 */
                userIdPrefix?: string;
            };
            header?: {
                /** @description Id of the last event received: go on behind it. Browsers send it by themselves. */
                "Last-Event-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The stream. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSessionTimeline: {
        parameters: {
            query?: {
                /**
                 * @description Only sessions with activity at this instant or later: whose last activity is not before it. RFC 3339 with an offset; digits beyond nanoseconds are left out, and times beyond 1970 to 2262 mean the nearest of these. A `+` that was not percent-encoded is understood.
                 * @example 2026-03-01T09:15:00Z
                 */
                activeFrom?: string;
                /**
                 * @description Only sessions with activity at this instant or earlier: those that started by then. With `activeFrom` sessions with activity in the range, whenever they started. RFC 3339 with an offset; digits beyond nanoseconds are left out, and times beyond 1970 to 2262 mean the nearest of these. A `+` that was not percent-encoded is understood.
                 * @example 2026-03-01T09:30:00Z
                 */
                activeTo?: string;
                /** @description attr.KEY=VALUE: only sessions with this value of the attribute KEY on a record, its scope or its resource. --index-attributes names the attributes; others are refused. Given several times, one attribute takes any of the values, and several attributes all apply. */
                attr?: {
                    [key: string]: string[];
                };
                /**
                 * @description Only sessions with any value of this attribute, one of --index-attributes. Given several times it takes any of the values.
                 * @example [
                 *       "deployment.environment.name"
                 *     ]
                 */
                attrExists?: string[];
                /** @description true: only sessions whose kind of device is `bot`; false: all others. */
                bots?: boolean;
                /**
                 * @description Only sessions held in this country: ISO 3166-1 alpha-2, in either case. Given several times it takes any of the values.
                 * @example [
                 *       "AT",
                 *       "CH"
                 *     ]
                 */
                country?: string[];
                /**
                 * @description Only sessions with this kind of device. `unknown` includes sessions that do not report one, as in the statistics. Given several times it takes any of the values.
                 * @example [
                 *       "mobile",
                 *       "tablet"
                 *     ]
                 */
                deviceType?: ("desktop" | "mobile" | "tablet" | "tv" | "console" | "wearable" | "iot" | "bot" | "unknown")[];
                /**
                 * @description Only sessions that started at this instant or earlier. RFC 3339 with an offset; digits beyond nanoseconds are left out, and times beyond 1970 to 2262 mean the nearest of these. A `+` that was not percent-encoded is understood.
                 * @example 2026-03-31T23:59:59.999999999+01:00
                 */
                endTime?: string;
                /**
                 * @description Only sessions with an error of this type: `error.type` of a record, or the type of a reported exception. Given several times it takes any of the values.
                 * @example [
                 *       "TimeoutError"
                 *     ]
                 */
                errorType?: string[];
                /** @description true: only sessions with a crash, or an app that stood still; false: only those without one. */
                hasCrash?: boolean;
                /** @description true: only sessions in which something failed: with an `error_count` or an `exception_count` above 0; false: only those without either. */
                hasErrors?: boolean;
                /** @description true: only sessions that are named by their trace alone, because nothing in them carries a session id; false: only the others, which are named by a session id or, with --sessions-by=user, are of a user. */
                implicit?: boolean;
                /**
                 * @description Length of a point, at least, in milliseconds. The server takes the next longer one of its own (1, 2, 5, 10, 15, 30 minutes, 1, 2, 3, 6, 12 hours, 1, 2, 7, 14, 28, 91, 364, 728 days) that gives at most 1,000 points; without a wish, at most 200.
                 * @example 3600000
                 */
                intervalMs?: number;
                /**
                 * @description true: only open sessions (state `active` or `idle`); false: only closed ones (`ended`, `timed_out`, `invalidated`).
                 * @example true
                 */
                isActive?: boolean;
                /**
                 * @description Only sessions whose `estimated_cost_usd` is known, and this or less.
                 * @example 0.5
                 */
                maxCostUsd?: number;
                /**
                 * @description Only sessions whose `duration_ms` is this or less.
                 * @example 60000
                 */
                maxDurationMs?: number;
                /**
                 * @description Only sessions whose `error_count` is this or less.
                 * @example 2
                 */
                maxErrors?: number;
                /** @description maxScore.NAME=VALUE: only sessions in which the average of the scores of this name is this or less. Sessions without a value of that name do not match. */
                maxScore?: {
                    [key: string]: number;
                };
                /**
                 * @description Only sessions whose `span_count` is this or less.
                 * @example 2
                 */
                maxSpans?: number;
                /**
                 * @description Only sessions with model calls whose `total_input_tokens` and `total_output_tokens` are together this or less.
                 * @example 1000
                 */
                maxTokens?: number;
                /**
                 * @description Only sessions whose `trace_count` is this or less.
                 * @example 2
                 */
                maxTraces?: number;
                /**
                 * @description Only sessions whose `estimated_cost_usd` is known, and this or more.
                 * @example 0.5
                 */
                minCostUsd?: number;
                /**
                 * @description Only sessions whose `duration_ms` is this or more.
                 * @example 60000
                 */
                minDurationMs?: number;
                /**
                 * @description Only sessions whose `error_count` is this or more.
                 * @example 2
                 */
                minErrors?: number;
                /** @description minScore.NAME=VALUE: only sessions in which the average of the scores of this name is this or more. Sessions without a value of that name do not match. */
                minScore?: {
                    [key: string]: number;
                };
                /**
                 * @description Only sessions whose `span_count` is this or more.
                 * @example 2
                 */
                minSpans?: number;
                /**
                 * @description Only sessions with model calls whose `total_input_tokens` and `total_output_tokens` are together this or more.
                 * @example 1000
                 */
                minTokens?: number;
                /**
                 * @description Only sessions whose `trace_count` is this or more.
                 * @example 2
                 */
                minTraces?: number;
                /**
                 * @description Of the sessions that are named by their trace alone only those whose `span_count` is this or more; all others stay. With 2, requests that nothing belongs to are left out, such as those of probes, and visits of one span are not.
                 * @example 2
                 */
                minTraceSpans?: number;
                /**
                 * @description Only sessions with this name among their `models_used`, matched whole. Given several times it takes any of the values.
                 * @example [
                 *       "gpt-5"
                 *     ]
                 */
                model?: string[];
                /** @description not.attr.KEY=VALUE: without the sessions that `attr.KEY` finds. Given several times, one attribute takes any of the values, and several attributes all apply. */
                "not.attr"?: {
                    [key: string]: string[];
                };
                /**
                 * @description Without the sessions that `attrExists` finds. Given several times it takes any of the values.
                 * @example [
                 *       "deployment.environment.name"
                 *     ]
                 */
                "not.attrExists"?: string[];
                /**
                 * @description Without the sessions that `country` finds. Given several times it takes any of the values.
                 * @example [
                 *       "AT"
                 *     ]
                 */
                "not.country"?: string[];
                /**
                 * @description Without the sessions that `deviceType` finds. Given several times it takes any of the values.
                 * @example [
                 *       "bot"
                 *     ]
                 */
                "not.deviceType"?: ("desktop" | "mobile" | "tablet" | "tv" | "console" | "wearable" | "iot" | "bot" | "unknown")[];
                /**
                 * @description Without the sessions that `errorType` finds. Given several times it takes any of the values.
                 * @example [
                 *       "AbortError"
                 *     ]
                 */
                "not.errorType"?: string[];
                /**
                 * @description Without the sessions that `model` finds. Given several times it takes any of the values.
                 * @example [
                 *       "gpt-5"
                 *     ]
                 */
                "not.model"?: string[];
                /**
                 * @description Without the sessions that `operation` finds. Given several times it takes any of the values.
                 * @example [
                 *       "embeddings"
                 *     ]
                 */
                "not.operation"?: string[];
                /**
                 * @description Without the sessions that `provider` finds. Given several times it takes any of the values.
                 * @example [
                 *       "openai"
                 *     ]
                 */
                "not.provider"?: string[];
                /**
                 * @description Without the sessions that `release` finds. Given several times it takes any of the values.
                 * @example [
                 *       "4.2.0"
                 *     ]
                 */
                "not.release"?: string[];
                /**
                 * @description Without the sessions that `route` finds. Given several times it takes any of the values.
                 * @example [
                 *       "/ping"
                 *     ]
                 */
                "not.route"?: string[];
                /**
                 * @description Without the sessions that `service` finds. Given several times it takes any of the values.
                 * @example [
                 *       "health-check"
                 *     ]
                 */
                "not.service"?: string[];
                /**
                 * @description Without the sessions that `state` finds. Given several times it takes any of the values.
                 * @example [
                 *       "invalidated"
                 *     ]
                 */
                "not.state"?: ("active" | "idle" | "ended" | "timed_out" | "invalidated")[];
                /**
                 * @description Without the sessions that `status` finds. Given several times it takes any of the values.
                 * @example [
                 *       404
                 *     ]
                 */
                "not.status"?: number[];
                /**
                 * @description Without the sessions that `tool` finds. Given several times it takes any of the values.
                 * @example [
                 *       "search"
                 *     ]
                 */
                "not.tool"?: string[];
                /**
                 * @description Without the sessions that `url` finds. Given several times it takes any of the values.
                 * @example [
                 *       "/internal"
                 *     ]
                 */
                "not.url"?: string[];
                /**
                 * @description Without the sessions that `userId` finds. Given several times it takes any of the values.
                 * @example [
                 *       "load-test"
                 *     ]
                 */
                "not.userId"?: string[];
                /**
                 * @description Only sessions with this `gen_ai.operation.name`. Given several times it takes any of the values.
                 * @example [
                 *       "chat",
                 *       "execute_tool"
                 *     ]
                 */
                operation?: string[];
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
                /**
                 * @description Only sessions with this name among their `providers_used`, matched whole. Given several times it takes any of the values.
                 * @example [
                 *       "openai"
                 *     ]
                 */
                provider?: string[];
                /**
                 * @description Only sessions in whose telemetry a record (a span with its events, or a log record) meets this query: it has all words, `"phrases"` and `prefixes*` of it, and nothing that follows a `-`. `in:messages,tools,spans,attributes,logs,errors,ids,resource` narrows where; `in:user`, `in:assistant` and `in:system` to the messages that these say. Upper and lower case and accents are the same; Chinese, Japanese, Korean and Thai are found by any part. Lists have the places in `matches` and say in `search` whether all telemetry was searched. Counts are exact, or refused.
                 * @example refund "out of stock" -test in:messages
                 */
                q?: string;
                /**
                 * @description Only sessions of this `release`, matched whole. Given several times it takes any of the values.
                 * @example [
                 *       "4.2.0"
                 *     ]
                 */
                release?: string[];
                /**
                 * @description Only sessions with a request of this `http.route`. Given several times it takes any of the values.
                 * @example [
                 *       "/orders/{id}"
                 *     ]
                 */
                route?: string[];
                /**
                 * @description Only sessions with a score of this name. Given several times it takes any of the values.
                 * @example [
                 *       "helpful"
                 *     ]
                 */
                score?: string[];
                /** @description scoreLabel.NAME=LABEL: only sessions with a score of this name and label. Given several times, one name takes any of the labels, and several names all apply. */
                scoreLabel?: {
                    [key: string]: string[];
                };
                /**
                 * @description Only sessions with this name among their `services`, matched whole. Given several times it takes any of the values.
                 * @example [
                 *       "checkout",
                 *       "web"
                 *     ]
                 */
                service?: string[];
                /**
                 * @description Only sessions whose `session.id` begins so.
                 * @example checkout-
                 */
                sessionIdPrefix?: string;
                /**
                 * @description Only sessions that started at this instant or later. A range that ends before it starts is not an error: nothing lies in it. RFC 3339 with an offset; digits beyond nanoseconds are left out, and times beyond 1970 to 2262 mean the nearest of these. A `+` that was not percent-encoded is understood.
                 * @example 2026-03-01T00:00:00Z
                 */
                startTime?: string;
                /**
                 * @description Only sessions in this state at the time of the request. Given several times it takes any of the values.
                 * @example [
                 *       "active",
                 *       "idle"
                 *     ]
                 */
                state?: ("active" | "idle" | "ended" | "timed_out" | "invalidated")[];
                /**
                 * @description Only sessions with a request that failed with this HTTP status. Given several times it takes any of the values.
                 * @example [
                 *       500
                 *     ]
                 */
                status?: number[];
                /**
                 * @description Only sessions with a run of this tool, as any dialect names it. Given several times it takes any of the values.
                 * @example [
                 *       "search"
                 *     ]
                 */
                tool?: string[];
                /**
                 * @description Only sessions with a page whose address begins so: a whole address (`https://shop.example/cart`), a path or a route (`/cart`), or the name of a screen. It is compared as addresses are kept: without user name and password, and without query and fragment unless --page-urls=full. Of paths the first 256 characters are compared. Of a session with more than 64 different pages only the first 64 in order of their characters find it.
                 * @example /cart
                 */
                url?: string;
                /**
                 * @description Only sessions with this user id on any of their records, matched whole. Where ids are pseudonymised, either form may be given. Of a session with more than 64 user ids only the first 64 in order of their characters find it, and the one that it shows.
                 * @example user-4711
                 */
                userId?: string;
                /**
                 * @description Only sessions with a user id that begins so, on any of their records. It is compared with ids as they are kept: what a pseudonym stands for cannot be found by its beginning.
                 * @example team-a/
                 */
                userIdPrefix?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The timeline. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "start_time": "2026-03-01T09:00:00.000000000Z",
                     *       "end_time": "2026-03-01T09:59:59.999999999Z",
                     *       "interval_ms": 3600000,
                     *       "points": [
                     *         {
                     *           "start_time": "2026-03-01T09:00:00.000000000Z",
                     *           "session_count": 40,
                     *           "sessions_with_errors": 2,
                     *           "request_count": 3,
                     *           "input_tokens": 5120,
                     *           "output_tokens": 640,
                     *           "cost_usd": 0.0214,
                     *           "unpriced_request_count": 0,
                     *           "unreported_request_count": 0
                     *         }
                     *       ],
                     *       "earlier": {
                     *         "session_count": 5,
                     *         "sessions_with_errors": 0,
                     *         "request_count": 0,
                     *         "input_tokens": 0,
                     *         "output_tokens": 0,
                     *         "cost_usd": 0,
                     *         "unpriced_request_count": 0,
                     *         "unreported_request_count": 0
                     *       },
                     *       "models": [
                     *         {
                     *           "model": "gpt-5",
                     *           "request_count": 3,
                     *           "input_tokens": 5120,
                     *           "output_tokens": 640,
                     *           "cost_usd": 0.0214,
                     *           "unpriced_request_count": 0,
                     *           "unreported_request_count": 0
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["SessionTimeline"];
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTopSessions: {
        parameters: {
            query?: {
                /**
                 * @description Only sessions with activity at this instant or later: whose last activity is not before it. RFC 3339 with an offset; digits beyond nanoseconds are left out, and times beyond 1970 to 2262 mean the nearest of these. A `+` that was not percent-encoded is understood.
                 * @example 2026-03-01T09:15:00Z
                 */
                activeFrom?: string;
                /**
                 * @description Only sessions with activity at this instant or earlier: those that started by then. With `activeFrom` sessions with activity in the range, whenever they started. RFC 3339 with an offset; digits beyond nanoseconds are left out, and times beyond 1970 to 2262 mean the nearest of these. A `+` that was not percent-encoded is understood.
                 * @example 2026-03-01T09:30:00Z
                 */
                activeTo?: string;
                /** @description attr.KEY=VALUE: only sessions with this value of the attribute KEY on a record, its scope or its resource. --index-attributes names the attributes; others are refused. Given several times, one attribute takes any of the values, and several attributes all apply. */
                attr?: {
                    [key: string]: string[];
                };
                /**
                 * @description Only sessions with any value of this attribute, one of --index-attributes. Given several times it takes any of the values.
                 * @example [
                 *       "deployment.environment.name"
                 *     ]
                 */
                attrExists?: string[];
                /** @description true: only sessions whose kind of device is `bot`; false: all others. */
                bots?: boolean;
                /** @description What is greatest: `estimated_cost_usd` of the sessions that have one, or the duration. `cost` where left out. */
                by?: "cost" | "duration";
                /**
                 * @description Only sessions held in this country: ISO 3166-1 alpha-2, in either case. Given several times it takes any of the values.
                 * @example [
                 *       "AT",
                 *       "CH"
                 *     ]
                 */
                country?: string[];
                /**
                 * @description Only sessions with this kind of device. `unknown` includes sessions that do not report one, as in the statistics. Given several times it takes any of the values.
                 * @example [
                 *       "mobile",
                 *       "tablet"
                 *     ]
                 */
                deviceType?: ("desktop" | "mobile" | "tablet" | "tv" | "console" | "wearable" | "iot" | "bot" | "unknown")[];
                /**
                 * @description Only sessions that started at this instant or earlier. RFC 3339 with an offset; digits beyond nanoseconds are left out, and times beyond 1970 to 2262 mean the nearest of these. A `+` that was not percent-encoded is understood.
                 * @example 2026-03-31T23:59:59.999999999+01:00
                 */
                endTime?: string;
                /**
                 * @description Only sessions with an error of this type: `error.type` of a record, or the type of a reported exception. Given several times it takes any of the values.
                 * @example [
                 *       "TimeoutError"
                 *     ]
                 */
                errorType?: string[];
                /** @description true: only sessions with a crash, or an app that stood still; false: only those without one. */
                hasCrash?: boolean;
                /** @description true: only sessions in which something failed: with an `error_count` or an `exception_count` above 0; false: only those without either. */
                hasErrors?: boolean;
                /** @description true: only sessions that are named by their trace alone, because nothing in them carries a session id; false: only the others, which are named by a session id or, with --sessions-by=user, are of a user. */
                implicit?: boolean;
                /**
                 * @description true: only open sessions (state `active` or `idle`); false: only closed ones (`ended`, `timed_out`, `invalidated`).
                 * @example true
                 */
                isActive?: boolean;
                /** @description Most sessions. */
                limit?: number;
                /**
                 * @description Only sessions whose `estimated_cost_usd` is known, and this or less.
                 * @example 0.5
                 */
                maxCostUsd?: number;
                /**
                 * @description Only sessions whose `duration_ms` is this or less.
                 * @example 60000
                 */
                maxDurationMs?: number;
                /**
                 * @description Only sessions whose `error_count` is this or less.
                 * @example 2
                 */
                maxErrors?: number;
                /** @description maxScore.NAME=VALUE: only sessions in which the average of the scores of this name is this or less. Sessions without a value of that name do not match. */
                maxScore?: {
                    [key: string]: number;
                };
                /**
                 * @description Only sessions whose `span_count` is this or less.
                 * @example 2
                 */
                maxSpans?: number;
                /**
                 * @description Only sessions with model calls whose `total_input_tokens` and `total_output_tokens` are together this or less.
                 * @example 1000
                 */
                maxTokens?: number;
                /**
                 * @description Only sessions whose `trace_count` is this or less.
                 * @example 2
                 */
                maxTraces?: number;
                /**
                 * @description Only sessions whose `estimated_cost_usd` is known, and this or more.
                 * @example 0.5
                 */
                minCostUsd?: number;
                /**
                 * @description Only sessions whose `duration_ms` is this or more.
                 * @example 60000
                 */
                minDurationMs?: number;
                /**
                 * @description Only sessions whose `error_count` is this or more.
                 * @example 2
                 */
                minErrors?: number;
                /** @description minScore.NAME=VALUE: only sessions in which the average of the scores of this name is this or more. Sessions without a value of that name do not match. */
                minScore?: {
                    [key: string]: number;
                };
                /**
                 * @description Only sessions whose `span_count` is this or more.
                 * @example 2
                 */
                minSpans?: number;
                /**
                 * @description Only sessions with model calls whose `total_input_tokens` and `total_output_tokens` are together this or more.
                 * @example 1000
                 */
                minTokens?: number;
                /**
                 * @description Only sessions whose `trace_count` is this or more.
                 * @example 2
                 */
                minTraces?: number;
                /**
                 * @description Of the sessions that are named by their trace alone only those whose `span_count` is this or more; all others stay. With 2, requests that nothing belongs to are left out, such as those of probes, and visits of one span are not.
                 * @example 2
                 */
                minTraceSpans?: number;
                /**
                 * @description Only sessions with this name among their `models_used`, matched whole. Given several times it takes any of the values.
                 * @example [
                 *       "gpt-5"
                 *     ]
                 */
                model?: string[];
                /** @description not.attr.KEY=VALUE: without the sessions that `attr.KEY` finds. Given several times, one attribute takes any of the values, and several attributes all apply. */
                "not.attr"?: {
                    [key: string]: string[];
                };
                /**
                 * @description Without the sessions that `attrExists` finds. Given several times it takes any of the values.
                 * @example [
                 *       "deployment.environment.name"
                 *     ]
                 */
                "not.attrExists"?: string[];
                /**
                 * @description Without the sessions that `country` finds. Given several times it takes any of the values.
                 * @example [
                 *       "AT"
                 *     ]
                 */
                "not.country"?: string[];
                /**
                 * @description Without the sessions that `deviceType` finds. Given several times it takes any of the values.
                 * @example [
                 *       "bot"
                 *     ]
                 */
                "not.deviceType"?: ("desktop" | "mobile" | "tablet" | "tv" | "console" | "wearable" | "iot" | "bot" | "unknown")[];
                /**
                 * @description Without the sessions that `errorType` finds. Given several times it takes any of the values.
                 * @example [
                 *       "AbortError"
                 *     ]
                 */
                "not.errorType"?: string[];
                /**
                 * @description Without the sessions that `model` finds. Given several times it takes any of the values.
                 * @example [
                 *       "gpt-5"
                 *     ]
                 */
                "not.model"?: string[];
                /**
                 * @description Without the sessions that `operation` finds. Given several times it takes any of the values.
                 * @example [
                 *       "embeddings"
                 *     ]
                 */
                "not.operation"?: string[];
                /**
                 * @description Without the sessions that `provider` finds. Given several times it takes any of the values.
                 * @example [
                 *       "openai"
                 *     ]
                 */
                "not.provider"?: string[];
                /**
                 * @description Without the sessions that `release` finds. Given several times it takes any of the values.
                 * @example [
                 *       "4.2.0"
                 *     ]
                 */
                "not.release"?: string[];
                /**
                 * @description Without the sessions that `route` finds. Given several times it takes any of the values.
                 * @example [
                 *       "/ping"
                 *     ]
                 */
                "not.route"?: string[];
                /**
                 * @description Without the sessions that `service` finds. Given several times it takes any of the values.
                 * @example [
                 *       "health-check"
                 *     ]
                 */
                "not.service"?: string[];
                /**
                 * @description Without the sessions that `state` finds. Given several times it takes any of the values.
                 * @example [
                 *       "invalidated"
                 *     ]
                 */
                "not.state"?: ("active" | "idle" | "ended" | "timed_out" | "invalidated")[];
                /**
                 * @description Without the sessions that `status` finds. Given several times it takes any of the values.
                 * @example [
                 *       404
                 *     ]
                 */
                "not.status"?: number[];
                /**
                 * @description Without the sessions that `tool` finds. Given several times it takes any of the values.
                 * @example [
                 *       "search"
                 *     ]
                 */
                "not.tool"?: string[];
                /**
                 * @description Without the sessions that `url` finds. Given several times it takes any of the values.
                 * @example [
                 *       "/internal"
                 *     ]
                 */
                "not.url"?: string[];
                /**
                 * @description Without the sessions that `userId` finds. Given several times it takes any of the values.
                 * @example [
                 *       "load-test"
                 *     ]
                 */
                "not.userId"?: string[];
                /**
                 * @description Only sessions with this `gen_ai.operation.name`. Given several times it takes any of the values.
                 * @example [
                 *       "chat",
                 *       "execute_tool"
                 *     ]
                 */
                operation?: string[];
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
                /**
                 * @description Only sessions with this name among their `providers_used`, matched whole. Given several times it takes any of the values.
                 * @example [
                 *       "openai"
                 *     ]
                 */
                provider?: string[];
                /**
                 * @description Only sessions in whose telemetry a record (a span with its events, or a log record) meets this query: it has all words, `"phrases"` and `prefixes*` of it, and nothing that follows a `-`. `in:messages,tools,spans,attributes,logs,errors,ids,resource` narrows where; `in:user`, `in:assistant` and `in:system` to the messages that these say. Upper and lower case and accents are the same; Chinese, Japanese, Korean and Thai are found by any part. Lists have the places in `matches` and say in `search` whether all telemetry was searched. Counts are exact, or refused.
                 * @example refund "out of stock" -test in:messages
                 */
                q?: string;
                /**
                 * @description Only sessions of this `release`, matched whole. Given several times it takes any of the values.
                 * @example [
                 *       "4.2.0"
                 *     ]
                 */
                release?: string[];
                /**
                 * @description Only sessions with a request of this `http.route`. Given several times it takes any of the values.
                 * @example [
                 *       "/orders/{id}"
                 *     ]
                 */
                route?: string[];
                /**
                 * @description Only sessions with a score of this name. Given several times it takes any of the values.
                 * @example [
                 *       "helpful"
                 *     ]
                 */
                score?: string[];
                /** @description scoreLabel.NAME=LABEL: only sessions with a score of this name and label. Given several times, one name takes any of the labels, and several names all apply. */
                scoreLabel?: {
                    [key: string]: string[];
                };
                /**
                 * @description Only sessions with this name among their `services`, matched whole. Given several times it takes any of the values.
                 * @example [
                 *       "checkout",
                 *       "web"
                 *     ]
                 */
                service?: string[];
                /**
                 * @description Only sessions whose `session.id` begins so.
                 * @example checkout-
                 */
                sessionIdPrefix?: string;
                /**
                 * @description Only sessions that started at this instant or later. A range that ends before it starts is not an error: nothing lies in it. RFC 3339 with an offset; digits beyond nanoseconds are left out, and times beyond 1970 to 2262 mean the nearest of these. A `+` that was not percent-encoded is understood.
                 * @example 2026-03-01T00:00:00Z
                 */
                startTime?: string;
                /**
                 * @description Only sessions in this state at the time of the request. Given several times it takes any of the values.
                 * @example [
                 *       "active",
                 *       "idle"
                 *     ]
                 */
                state?: ("active" | "idle" | "ended" | "timed_out" | "invalidated")[];
                /**
                 * @description Only sessions with a request that failed with this HTTP status. Given several times it takes any of the values.
                 * @example [
                 *       500
                 *     ]
                 */
                status?: number[];
                /**
                 * @description Only sessions with a run of this tool, as any dialect names it. Given several times it takes any of the values.
                 * @example [
                 *       "search"
                 *     ]
                 */
                tool?: string[];
                /**
                 * @description Only sessions with a page whose address begins so: a whole address (`https://shop.example/cart`), a path or a route (`/cart`), or the name of a screen. It is compared as addresses are kept: without user name and password, and without query and fragment unless --page-urls=full. Of paths the first 256 characters are compared. Of a session with more than 64 different pages only the first 64 in order of their characters find it.
                 * @example /cart
                 */
                url?: string;
                /**
                 * @description Only sessions with this user id on any of their records, matched whole. Where ids are pseudonymised, either form may be given. Of a session with more than 64 user ids only the first 64 in order of their characters find it, and the one that it shows.
                 * @example user-4711
                 */
                userId?: string;
                /**
                 * @description Only sessions with a user id that begins so, on any of their records. It is compared with ids as they are kept: what a pseudonym stands for cannot be found by its beginning.
                 * @example team-a/
                 */
                userIdPrefix?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The sessions. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "session.id": "0195b3a2-6f1e-7c44-9d0a-3f2b8c1d4e5f",
                     *           "user.id": "user-4711",
                     *           "start_time": "2026-03-01T09:30:00.123456789Z",
                     *           "end_time": "2026-03-01T09:41:07.000000001Z",
                     *           "duration_ms": 666876.543212,
                     *           "trace_count": 4,
                     *           "span_count": 61,
                     *           "error_count": 1,
                     *           "services": [
                     *             "api",
                     *             "web"
                     *           ],
                     *           "state": "timed_out",
                     *           "client": {
                     *             "ip": "203.0.113.7",
                     *             "device_type": "desktop",
                     *             "os": "macOS",
                     *             "browser": "Firefox"
                     *           },
                     *           "geo": {
                     *             "country_code": "AT",
                     *             "country_name": "Austria"
                     *           },
                     *           "genai_usage": {
                     *             "request_count": 3,
                     *             "total_input_tokens": 5120,
                     *             "total_output_tokens": 640,
                     *             "models_used": [
                     *               "gpt-5"
                     *             ],
                     *             "providers_used": [
                     *               "openai"
                     *             ],
                     *             "estimated_cost_usd": 0.0214
                     *           }
                     *         }
                     *       ],
                     *       "unpriced_request_count": 0,
                     *       "unreported_request_count": 0
                     *     }
                     */
                    "application/json": components["schemas"]["SessionTop"];
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTopCalls: {
        parameters: {
            query?: {
                /**
                 * @description Only sessions with activity at this instant or later: whose last activity is not before it. RFC 3339 with an offset; digits beyond nanoseconds are left out, and times beyond 1970 to 2262 mean the nearest of these. A `+` that was not percent-encoded is understood.
                 * @example 2026-03-01T09:15:00Z
                 */
                activeFrom?: string;
                /**
                 * @description Only sessions with activity at this instant or earlier: those that started by then. With `activeFrom` sessions with activity in the range, whenever they started. RFC 3339 with an offset; digits beyond nanoseconds are left out, and times beyond 1970 to 2262 mean the nearest of these. A `+` that was not percent-encoded is understood.
                 * @example 2026-03-01T09:30:00Z
                 */
                activeTo?: string;
                /** @description attr.KEY=VALUE: only sessions with this value of the attribute KEY on a record, its scope or its resource. --index-attributes names the attributes; others are refused. Given several times, one attribute takes any of the values, and several attributes all apply. */
                attr?: {
                    [key: string]: string[];
                };
                /**
                 * @description Only sessions with any value of this attribute, one of --index-attributes. Given several times it takes any of the values.
                 * @example [
                 *       "deployment.environment.name"
                 *     ]
                 */
                attrExists?: string[];
                /** @description true: only sessions whose kind of device is `bot`; false: all others. */
                bots?: boolean;
                /** @description What is greatest: the cost of the calls whose cost is known, or the duration of those that a span reports. `cost` where left out. */
                by?: "cost" | "duration";
                /**
                 * @description Only sessions held in this country: ISO 3166-1 alpha-2, in either case. Given several times it takes any of the values.
                 * @example [
                 *       "AT",
                 *       "CH"
                 *     ]
                 */
                country?: string[];
                /**
                 * @description Only sessions with this kind of device. `unknown` includes sessions that do not report one, as in the statistics. Given several times it takes any of the values.
                 * @example [
                 *       "mobile",
                 *       "tablet"
                 *     ]
                 */
                deviceType?: ("desktop" | "mobile" | "tablet" | "tv" | "console" | "wearable" | "iot" | "bot" | "unknown")[];
                /**
                 * @description Only sessions that started at this instant or earlier. RFC 3339 with an offset; digits beyond nanoseconds are left out, and times beyond 1970 to 2262 mean the nearest of these. A `+` that was not percent-encoded is understood.
                 * @example 2026-03-31T23:59:59.999999999+01:00
                 */
                endTime?: string;
                /**
                 * @description Only sessions with an error of this type: `error.type` of a record, or the type of a reported exception. Given several times it takes any of the values.
                 * @example [
                 *       "TimeoutError"
                 *     ]
                 */
                errorType?: string[];
                /** @description true: only sessions with a crash, or an app that stood still; false: only those without one. */
                hasCrash?: boolean;
                /** @description true: only sessions in which something failed: with an `error_count` or an `exception_count` above 0; false: only those without either. */
                hasErrors?: boolean;
                /** @description true: only sessions that are named by their trace alone, because nothing in them carries a session id; false: only the others, which are named by a session id or, with --sessions-by=user, are of a user. */
                implicit?: boolean;
                /**
                 * @description true: only open sessions (state `active` or `idle`); false: only closed ones (`ended`, `timed_out`, `invalidated`).
                 * @example true
                 */
                isActive?: boolean;
                /** @description Most calls. Up to as many sessions are read from their beginning to their end. */
                limit?: number;
                /**
                 * @description Only sessions whose `estimated_cost_usd` is known, and this or less.
                 * @example 0.5
                 */
                maxCostUsd?: number;
                /**
                 * @description Only sessions whose `duration_ms` is this or less.
                 * @example 60000
                 */
                maxDurationMs?: number;
                /**
                 * @description Only sessions whose `error_count` is this or less.
                 * @example 2
                 */
                maxErrors?: number;
                /** @description maxScore.NAME=VALUE: only sessions in which the average of the scores of this name is this or less. Sessions without a value of that name do not match. */
                maxScore?: {
                    [key: string]: number;
                };
                /**
                 * @description Only sessions whose `span_count` is this or less.
                 * @example 2
                 */
                maxSpans?: number;
                /**
                 * @description Only sessions with model calls whose `total_input_tokens` and `total_output_tokens` are together this or less.
                 * @example 1000
                 */
                maxTokens?: number;
                /**
                 * @description Only sessions whose `trace_count` is this or less.
                 * @example 2
                 */
                maxTraces?: number;
                /**
                 * @description Only sessions whose `estimated_cost_usd` is known, and this or more.
                 * @example 0.5
                 */
                minCostUsd?: number;
                /**
                 * @description Only sessions whose `duration_ms` is this or more.
                 * @example 60000
                 */
                minDurationMs?: number;
                /**
                 * @description Only sessions whose `error_count` is this or more.
                 * @example 2
                 */
                minErrors?: number;
                /** @description minScore.NAME=VALUE: only sessions in which the average of the scores of this name is this or more. Sessions without a value of that name do not match. */
                minScore?: {
                    [key: string]: number;
                };
                /**
                 * @description Only sessions whose `span_count` is this or more.
                 * @example 2
                 */
                minSpans?: number;
                /**
                 * @description Only sessions with model calls whose `total_input_tokens` and `total_output_tokens` are together this or more.
                 * @example 1000
                 */
                minTokens?: number;
                /**
                 * @description Only sessions whose `trace_count` is this or more.
                 * @example 2
                 */
                minTraces?: number;
                /**
                 * @description Of the sessions that are named by their trace alone only those whose `span_count` is this or more; all others stay. With 2, requests that nothing belongs to are left out, such as those of probes, and visits of one span are not.
                 * @example 2
                 */
                minTraceSpans?: number;
                /**
                 * @description Only sessions with this name among their `models_used`, matched whole. Given several times it takes any of the values.
                 * @example [
                 *       "gpt-5"
                 *     ]
                 */
                model?: string[];
                /** @description not.attr.KEY=VALUE: without the sessions that `attr.KEY` finds. Given several times, one attribute takes any of the values, and several attributes all apply. */
                "not.attr"?: {
                    [key: string]: string[];
                };
                /**
                 * @description Without the sessions that `attrExists` finds. Given several times it takes any of the values.
                 * @example [
                 *       "deployment.environment.name"
                 *     ]
                 */
                "not.attrExists"?: string[];
                /**
                 * @description Without the sessions that `country` finds. Given several times it takes any of the values.
                 * @example [
                 *       "AT"
                 *     ]
                 */
                "not.country"?: string[];
                /**
                 * @description Without the sessions that `deviceType` finds. Given several times it takes any of the values.
                 * @example [
                 *       "bot"
                 *     ]
                 */
                "not.deviceType"?: ("desktop" | "mobile" | "tablet" | "tv" | "console" | "wearable" | "iot" | "bot" | "unknown")[];
                /**
                 * @description Without the sessions that `errorType` finds. Given several times it takes any of the values.
                 * @example [
                 *       "AbortError"
                 *     ]
                 */
                "not.errorType"?: string[];
                /**
                 * @description Without the sessions that `model` finds. Given several times it takes any of the values.
                 * @example [
                 *       "gpt-5"
                 *     ]
                 */
                "not.model"?: string[];
                /**
                 * @description Without the sessions that `operation` finds. Given several times it takes any of the values.
                 * @example [
                 *       "embeddings"
                 *     ]
                 */
                "not.operation"?: string[];
                /**
                 * @description Without the sessions that `provider` finds. Given several times it takes any of the values.
                 * @example [
                 *       "openai"
                 *     ]
                 */
                "not.provider"?: string[];
                /**
                 * @description Without the sessions that `release` finds. Given several times it takes any of the values.
                 * @example [
                 *       "4.2.0"
                 *     ]
                 */
                "not.release"?: string[];
                /**
                 * @description Without the sessions that `route` finds. Given several times it takes any of the values.
                 * @example [
                 *       "/ping"
                 *     ]
                 */
                "not.route"?: string[];
                /**
                 * @description Without the sessions that `service` finds. Given several times it takes any of the values.
                 * @example [
                 *       "health-check"
                 *     ]
                 */
                "not.service"?: string[];
                /**
                 * @description Without the sessions that `state` finds. Given several times it takes any of the values.
                 * @example [
                 *       "invalidated"
                 *     ]
                 */
                "not.state"?: ("active" | "idle" | "ended" | "timed_out" | "invalidated")[];
                /**
                 * @description Without the sessions that `status` finds. Given several times it takes any of the values.
                 * @example [
                 *       404
                 *     ]
                 */
                "not.status"?: number[];
                /**
                 * @description Without the sessions that `tool` finds. Given several times it takes any of the values.
                 * @example [
                 *       "search"
                 *     ]
                 */
                "not.tool"?: string[];
                /**
                 * @description Without the sessions that `url` finds. Given several times it takes any of the values.
                 * @example [
                 *       "/internal"
                 *     ]
                 */
                "not.url"?: string[];
                /**
                 * @description Without the sessions that `userId` finds. Given several times it takes any of the values.
                 * @example [
                 *       "load-test"
                 *     ]
                 */
                "not.userId"?: string[];
                /**
                 * @description Only sessions with this `gen_ai.operation.name`. Given several times it takes any of the values.
                 * @example [
                 *       "chat",
                 *       "execute_tool"
                 *     ]
                 */
                operation?: string[];
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
                /**
                 * @description Only sessions with this name among their `providers_used`, matched whole. Given several times it takes any of the values.
                 * @example [
                 *       "openai"
                 *     ]
                 */
                provider?: string[];
                /**
                 * @description Only sessions in whose telemetry a record (a span with its events, or a log record) meets this query: it has all words, `"phrases"` and `prefixes*` of it, and nothing that follows a `-`. `in:messages,tools,spans,attributes,logs,errors,ids,resource` narrows where; `in:user`, `in:assistant` and `in:system` to the messages that these say. Upper and lower case and accents are the same; Chinese, Japanese, Korean and Thai are found by any part. Lists have the places in `matches` and say in `search` whether all telemetry was searched. Counts are exact, or refused.
                 * @example refund "out of stock" -test in:messages
                 */
                q?: string;
                /**
                 * @description Only sessions of this `release`, matched whole. Given several times it takes any of the values.
                 * @example [
                 *       "4.2.0"
                 *     ]
                 */
                release?: string[];
                /**
                 * @description Only sessions with a request of this `http.route`. Given several times it takes any of the values.
                 * @example [
                 *       "/orders/{id}"
                 *     ]
                 */
                route?: string[];
                /**
                 * @description Only sessions with a score of this name. Given several times it takes any of the values.
                 * @example [
                 *       "helpful"
                 *     ]
                 */
                score?: string[];
                /** @description scoreLabel.NAME=LABEL: only sessions with a score of this name and label. Given several times, one name takes any of the labels, and several names all apply. */
                scoreLabel?: {
                    [key: string]: string[];
                };
                /**
                 * @description Only sessions with this name among their `services`, matched whole. Given several times it takes any of the values.
                 * @example [
                 *       "checkout",
                 *       "web"
                 *     ]
                 */
                service?: string[];
                /**
                 * @description Only sessions whose `session.id` begins so.
                 * @example checkout-
                 */
                sessionIdPrefix?: string;
                /**
                 * @description Only sessions that started at this instant or later. A range that ends before it starts is not an error: nothing lies in it. RFC 3339 with an offset; digits beyond nanoseconds are left out, and times beyond 1970 to 2262 mean the nearest of these. A `+` that was not percent-encoded is understood.
                 * @example 2026-03-01T00:00:00Z
                 */
                startTime?: string;
                /**
                 * @description Only sessions in this state at the time of the request. Given several times it takes any of the values.
                 * @example [
                 *       "active",
                 *       "idle"
                 *     ]
                 */
                state?: ("active" | "idle" | "ended" | "timed_out" | "invalidated")[];
                /**
                 * @description Only sessions with a request that failed with this HTTP status. Given several times it takes any of the values.
                 * @example [
                 *       500
                 *     ]
                 */
                status?: number[];
                /**
                 * @description Only sessions with a run of this tool, as any dialect names it. Given several times it takes any of the values.
                 * @example [
                 *       "search"
                 *     ]
                 */
                tool?: string[];
                /**
                 * @description Only sessions with a page whose address begins so: a whole address (`https://shop.example/cart`), a path or a route (`/cart`), or the name of a screen. It is compared as addresses are kept: without user name and password, and without query and fragment unless --page-urls=full. Of paths the first 256 characters are compared. Of a session with more than 64 different pages only the first 64 in order of their characters find it.
                 * @example /cart
                 */
                url?: string;
                /**
                 * @description Only sessions with this user id on any of their records, matched whole. Where ids are pseudonymised, either form may be given. Of a session with more than 64 user ids only the first 64 in order of their characters find it, and the one that it shows.
                 * @example user-4711
                 */
                userId?: string;
                /**
                 * @description Only sessions with a user id that begins so, on any of their records. It is compared with ids as they are kept: what a pseudonym stands for cannot be found by its beginning.
                 * @example team-a/
                 */
                userIdPrefix?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The calls. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "session": {
                     *             "session.id": "0195b3a2-6f1e-7c44-9d0a-3f2b8c1d4e5f",
                     *             "user.id": "user-4711",
                     *             "start_time": "2026-03-01T09:30:00.123456789Z",
                     *             "end_time": "2026-03-01T09:41:07.000000001Z",
                     *             "duration_ms": 666876.543212,
                     *             "trace_count": 4,
                     *             "span_count": 61,
                     *             "error_count": 1,
                     *             "services": [
                     *               "api",
                     *               "web"
                     *             ],
                     *             "state": "timed_out",
                     *             "client": {
                     *               "ip": "203.0.113.7",
                     *               "device_type": "desktop",
                     *               "os": "macOS",
                     *               "browser": "Firefox"
                     *             },
                     *             "geo": {
                     *               "country_code": "AT",
                     *               "country_name": "Austria"
                     *             },
                     *             "genai_usage": {
                     *               "request_count": 3,
                     *               "total_input_tokens": 5120,
                     *               "total_output_tokens": 640,
                     *               "models_used": [
                     *                 "gpt-5"
                     *               ],
                     *               "providers_used": [
                     *                 "openai"
                     *               ],
                     *               "estimated_cost_usd": 0.0214
                     *             }
                     *           },
                     *           "call": {
                     *             "signal": "span",
                     *             "trace_id": "5b8efff798038103d269b633813fc60c",
                     *             "span_id": "eee19b7ec3c1b174",
                     *             "time": "2026-03-01T09:30:00.123456789Z",
                     *             "dialect": "otel-genai",
                     *             "kind": "call",
                     *             "provider": "openai",
                     *             "model": "gpt-5",
                     *             "input_tokens": 90000,
                     *             "output_tokens": 4100,
                     *             "cost_usd": 0.1535,
                     *             "counted": true
                     *           },
                     *           "duration_ms": 41250.5
                     *         }
                     *       ],
                     *       "unpriced_request_count": 0,
                     *       "unreported_request_count": 0
                     *     }
                     */
                    "application/json": components["schemas"]["TopCalls"];
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getVisits: {
        parameters: {
            query?: {
                /**
                 * @description Only sessions with activity at this instant or later: whose last activity is not before it. RFC 3339 with an offset; digits beyond nanoseconds are left out, and times beyond 1970 to 2262 mean the nearest of these. A `+` that was not percent-encoded is understood.
                 * @example 2026-03-01T09:15:00Z
                 */
                activeFrom?: string;
                /**
                 * @description Only sessions with activity at this instant or earlier: those that started by then. With `activeFrom` sessions with activity in the range, whenever they started. RFC 3339 with an offset; digits beyond nanoseconds are left out, and times beyond 1970 to 2262 mean the nearest of these. A `+` that was not percent-encoded is understood.
                 * @example 2026-03-01T09:30:00Z
                 */
                activeTo?: string;
                /** @description attr.KEY=VALUE: only sessions with this value of the attribute KEY on a record, its scope or its resource. --index-attributes names the attributes; others are refused. Given several times, one attribute takes any of the values, and several attributes all apply. */
                attr?: {
                    [key: string]: string[];
                };
                /**
                 * @description Only sessions with any value of this attribute, one of --index-attributes. Given several times it takes any of the values.
                 * @example [
                 *       "deployment.environment.name"
                 *     ]
                 */
                attrExists?: string[];
                /** @description true: only sessions whose kind of device is `bot`; false: all others. */
                bots?: boolean;
                /**
                 * @description Only sessions held in this country: ISO 3166-1 alpha-2, in either case. Given several times it takes any of the values.
                 * @example [
                 *       "AT",
                 *       "CH"
                 *     ]
                 */
                country?: string[];
                /**
                 * @description Only sessions with this kind of device. `unknown` includes sessions that do not report one, as in the statistics. Given several times it takes any of the values.
                 * @example [
                 *       "mobile",
                 *       "tablet"
                 *     ]
                 */
                deviceType?: ("desktop" | "mobile" | "tablet" | "tv" | "console" | "wearable" | "iot" | "bot" | "unknown")[];
                /**
                 * @description Only sessions that started at this instant or earlier. RFC 3339 with an offset; digits beyond nanoseconds are left out, and times beyond 1970 to 2262 mean the nearest of these. A `+` that was not percent-encoded is understood.
                 * @example 2026-03-31T23:59:59.999999999+01:00
                 */
                endTime?: string;
                /**
                 * @description Only sessions with an error of this type: `error.type` of a record, or the type of a reported exception. Given several times it takes any of the values.
                 * @example [
                 *       "TimeoutError"
                 *     ]
                 */
                errorType?: string[];
                /** @description true: only sessions with a crash, or an app that stood still; false: only those without one. */
                hasCrash?: boolean;
                /** @description true: only sessions in which something failed: with an `error_count` or an `exception_count` above 0; false: only those without either. */
                hasErrors?: boolean;
                /** @description true: only sessions that are named by their trace alone, because nothing in them carries a session id; false: only the others, which are named by a session id or, with --sessions-by=user, are of a user. */
                implicit?: boolean;
                /**
                 * @description true: only open sessions (state `active` or `idle`); false: only closed ones (`ended`, `timed_out`, `invalidated`).
                 * @example true
                 */
                isActive?: boolean;
                /**
                 * @description Only sessions whose `estimated_cost_usd` is known, and this or less.
                 * @example 0.5
                 */
                maxCostUsd?: number;
                /**
                 * @description Only sessions whose `duration_ms` is this or less.
                 * @example 60000
                 */
                maxDurationMs?: number;
                /**
                 * @description Only sessions whose `error_count` is this or less.
                 * @example 2
                 */
                maxErrors?: number;
                /** @description maxScore.NAME=VALUE: only sessions in which the average of the scores of this name is this or less. Sessions without a value of that name do not match. */
                maxScore?: {
                    [key: string]: number;
                };
                /**
                 * @description Only sessions whose `span_count` is this or less.
                 * @example 2
                 */
                maxSpans?: number;
                /**
                 * @description Only sessions with model calls whose `total_input_tokens` and `total_output_tokens` are together this or less.
                 * @example 1000
                 */
                maxTokens?: number;
                /**
                 * @description Only sessions whose `trace_count` is this or less.
                 * @example 2
                 */
                maxTraces?: number;
                /**
                 * @description Only sessions whose `estimated_cost_usd` is known, and this or more.
                 * @example 0.5
                 */
                minCostUsd?: number;
                /**
                 * @description Only sessions whose `duration_ms` is this or more.
                 * @example 60000
                 */
                minDurationMs?: number;
                /**
                 * @description Only sessions whose `error_count` is this or more.
                 * @example 2
                 */
                minErrors?: number;
                /** @description minScore.NAME=VALUE: only sessions in which the average of the scores of this name is this or more. Sessions without a value of that name do not match. */
                minScore?: {
                    [key: string]: number;
                };
                /**
                 * @description Only sessions whose `span_count` is this or more.
                 * @example 2
                 */
                minSpans?: number;
                /**
                 * @description Only sessions with model calls whose `total_input_tokens` and `total_output_tokens` are together this or more.
                 * @example 1000
                 */
                minTokens?: number;
                /**
                 * @description Only sessions whose `trace_count` is this or more.
                 * @example 2
                 */
                minTraces?: number;
                /**
                 * @description Of the sessions that are named by their trace alone only those whose `span_count` is this or more; all others stay. With 2, requests that nothing belongs to are left out, such as those of probes, and visits of one span are not.
                 * @example 2
                 */
                minTraceSpans?: number;
                /**
                 * @description Only sessions with this name among their `models_used`, matched whole. Given several times it takes any of the values.
                 * @example [
                 *       "gpt-5"
                 *     ]
                 */
                model?: string[];
                /** @description not.attr.KEY=VALUE: without the sessions that `attr.KEY` finds. Given several times, one attribute takes any of the values, and several attributes all apply. */
                "not.attr"?: {
                    [key: string]: string[];
                };
                /**
                 * @description Without the sessions that `attrExists` finds. Given several times it takes any of the values.
                 * @example [
                 *       "deployment.environment.name"
                 *     ]
                 */
                "not.attrExists"?: string[];
                /**
                 * @description Without the sessions that `country` finds. Given several times it takes any of the values.
                 * @example [
                 *       "AT"
                 *     ]
                 */
                "not.country"?: string[];
                /**
                 * @description Without the sessions that `deviceType` finds. Given several times it takes any of the values.
                 * @example [
                 *       "bot"
                 *     ]
                 */
                "not.deviceType"?: ("desktop" | "mobile" | "tablet" | "tv" | "console" | "wearable" | "iot" | "bot" | "unknown")[];
                /**
                 * @description Without the sessions that `errorType` finds. Given several times it takes any of the values.
                 * @example [
                 *       "AbortError"
                 *     ]
                 */
                "not.errorType"?: string[];
                /**
                 * @description Without the sessions that `model` finds. Given several times it takes any of the values.
                 * @example [
                 *       "gpt-5"
                 *     ]
                 */
                "not.model"?: string[];
                /**
                 * @description Without the sessions that `operation` finds. Given several times it takes any of the values.
                 * @example [
                 *       "embeddings"
                 *     ]
                 */
                "not.operation"?: string[];
                /**
                 * @description Without the sessions that `provider` finds. Given several times it takes any of the values.
                 * @example [
                 *       "openai"
                 *     ]
                 */
                "not.provider"?: string[];
                /**
                 * @description Without the sessions that `release` finds. Given several times it takes any of the values.
                 * @example [
                 *       "4.2.0"
                 *     ]
                 */
                "not.release"?: string[];
                /**
                 * @description Without the sessions that `route` finds. Given several times it takes any of the values.
                 * @example [
                 *       "/ping"
                 *     ]
                 */
                "not.route"?: string[];
                /**
                 * @description Without the sessions that `service` finds. Given several times it takes any of the values.
                 * @example [
                 *       "health-check"
                 *     ]
                 */
                "not.service"?: string[];
                /**
                 * @description Without the sessions that `state` finds. Given several times it takes any of the values.
                 * @example [
                 *       "invalidated"
                 *     ]
                 */
                "not.state"?: ("active" | "idle" | "ended" | "timed_out" | "invalidated")[];
                /**
                 * @description Without the sessions that `status` finds. Given several times it takes any of the values.
                 * @example [
                 *       404
                 *     ]
                 */
                "not.status"?: number[];
                /**
                 * @description Without the sessions that `tool` finds. Given several times it takes any of the values.
                 * @example [
                 *       "search"
                 *     ]
                 */
                "not.tool"?: string[];
                /**
                 * @description Without the sessions that `url` finds. Given several times it takes any of the values.
                 * @example [
                 *       "/internal"
                 *     ]
                 */
                "not.url"?: string[];
                /**
                 * @description Without the sessions that `userId` finds. Given several times it takes any of the values.
                 * @example [
                 *       "load-test"
                 *     ]
                 */
                "not.userId"?: string[];
                /**
                 * @description Only sessions with this `gen_ai.operation.name`. Given several times it takes any of the values.
                 * @example [
                 *       "chat",
                 *       "execute_tool"
                 *     ]
                 */
                operation?: string[];
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
                /**
                 * @description Only sessions with this name among their `providers_used`, matched whole. Given several times it takes any of the values.
                 * @example [
                 *       "openai"
                 *     ]
                 */
                provider?: string[];
                /**
                 * @description Only sessions in whose telemetry a record (a span with its events, or a log record) meets this query: it has all words, `"phrases"` and `prefixes*` of it, and nothing that follows a `-`. `in:messages,tools,spans,attributes,logs,errors,ids,resource` narrows where; `in:user`, `in:assistant` and `in:system` to the messages that these say. Upper and lower case and accents are the same; Chinese, Japanese, Korean and Thai are found by any part. Lists have the places in `matches` and say in `search` whether all telemetry was searched. Counts are exact, or refused.
                 * @example refund "out of stock" -test in:messages
                 */
                q?: string;
                /**
                 * @description Only sessions of this `release`, matched whole. Given several times it takes any of the values.
                 * @example [
                 *       "4.2.0"
                 *     ]
                 */
                release?: string[];
                /**
                 * @description Only sessions with a request of this `http.route`. Given several times it takes any of the values.
                 * @example [
                 *       "/orders/{id}"
                 *     ]
                 */
                route?: string[];
                /**
                 * @description Only sessions with a score of this name. Given several times it takes any of the values.
                 * @example [
                 *       "helpful"
                 *     ]
                 */
                score?: string[];
                /** @description scoreLabel.NAME=LABEL: only sessions with a score of this name and label. Given several times, one name takes any of the labels, and several names all apply. */
                scoreLabel?: {
                    [key: string]: string[];
                };
                /**
                 * @description Only sessions with this name among their `services`, matched whole. Given several times it takes any of the values.
                 * @example [
                 *       "checkout",
                 *       "web"
                 *     ]
                 */
                service?: string[];
                /**
                 * @description Only sessions whose `session.id` begins so.
                 * @example checkout-
                 */
                sessionIdPrefix?: string;
                /**
                 * @description Only sessions that started at this instant or later. A range that ends before it starts is not an error: nothing lies in it. RFC 3339 with an offset; digits beyond nanoseconds are left out, and times beyond 1970 to 2262 mean the nearest of these. A `+` that was not percent-encoded is understood.
                 * @example 2026-03-01T00:00:00Z
                 */
                startTime?: string;
                /**
                 * @description Only sessions in this state at the time of the request. Given several times it takes any of the values.
                 * @example [
                 *       "active",
                 *       "idle"
                 *     ]
                 */
                state?: ("active" | "idle" | "ended" | "timed_out" | "invalidated")[];
                /**
                 * @description Only sessions with a request that failed with this HTTP status. Given several times it takes any of the values.
                 * @example [
                 *       500
                 *     ]
                 */
                status?: number[];
                /**
                 * @description Only sessions with a run of this tool, as any dialect names it. Given several times it takes any of the values.
                 * @example [
                 *       "search"
                 *     ]
                 */
                tool?: string[];
                /**
                 * @description Only sessions with a page whose address begins so: a whole address (`https://shop.example/cart`), a path or a route (`/cart`), or the name of a screen. It is compared as addresses are kept: without user name and password, and without query and fragment unless --page-urls=full. Of paths the first 256 characters are compared. Of a session with more than 64 different pages only the first 64 in order of their characters find it.
                 * @example /cart
                 */
                url?: string;
                /**
                 * @description Only sessions with this user id on any of their records, matched whole. Where ids are pseudonymised, either form may be given. Of a session with more than 64 user ids only the first 64 in order of their characters find it, and the one that it shows.
                 * @example user-4711
                 */
                userId?: string;
                /**
                 * @description Only sessions with a user id that begins so, on any of their records. It is compared with ids as they are kept: what a pseudonym stands for cannot be found by its beginning.
                 * @example team-a/
                 */
                userIdPrefix?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The sums. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "visits": 40,
                     *       "page_views": 212,
                     *       "releases": [
                     *         {
                     *           "release": "4.2.0",
                     *           "sessions": 40,
                     *           "sessions_with_errors": 6,
                     *           "sessions_with_crashes": 2
                     *         }
                     *       ],
                     *       "entries": [
                     *         {
                     *           "page": "https://shop.example/",
                     *           "sessions": 33
                     *         }
                     *       ],
                     *       "exits": [
                     *         {
                     *           "page": "https://shop.example/cart",
                     *           "sessions": 12
                     *         }
                     *       ],
                     *       "vitals": {
                     *         "lcp": {
                     *           "sessions": 30,
                     *           "p50": 1200,
                     *           "p75": 2600,
                     *           "p95": 5100
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Visits"];
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSignInWays: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The ways to sign in. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "needed": true,
                     *       "key": true,
                     *       "provider": "login.example"
                     *     }
                     */
                    "application/json": components["schemas"]["SignInWays"];
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    signIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Signed in. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "actor": "key:V1StGXR8Z5jd",
                     *       "name": "dashboards",
                     *       "via": "session",
                     *       "scopes": [
                     *         "read"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Caller"];
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listSignIns: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The sign-ins. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "5f1d7a84da0c",
                     *           "actor": "user:alice",
                     *           "name": "alice",
                     *           "scopes": [
                     *             "read"
                     *           ],
                     *           "created": "2026-11-30T12:00:00.000Z",
                     *           "expires": "2026-12-01T12:00:00.000Z"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["SignInList"];
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    endSignIns: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a sign-in; or who signed in, as in the audit log, for all of theirs. */
                signIn: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description They are ended. */
            204: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such sign-in. */
            404: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/session.not_found",
                     *       "title": "Session not found",
                     *       "status": 404,
                     *       "detail": "There is no session with this id.",
                     *       "instance": "/api/v1/sessions/no-such-session",
                     *       "resource_type": "session",
                     *       "resource_id": "no-such-session"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["NotFoundProblem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    signOut: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Signed out. */
            204: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTrace: {
        parameters: {
            query?: {
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The trace id: 32 hexadecimal digits, in either case.
                 * @example 0af7651916cd43dd8448eb211c80319c
                 */
                traceId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The trace. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "trace_id": "0af7651916cd43dd8448eb211c80319c",
                     *       "root_span": {
                     *         "span_id": "b7ad6b7169203331",
                     *         "trace_id": "0af7651916cd43dd8448eb211c80319c",
                     *         "name": "GET /cart",
                     *         "kind": 2,
                     *         "start_time_unix_nano": "1772357400123456789",
                     *         "end_time_unix_nano": "1772357400171667882",
                     *         "attributes": [
                     *           {
                     *             "key": "session.id",
                     *             "value": "0195b3a2-6f1e-7c44-9d0a-3f2b8c1d4e5f"
                     *           },
                     *           {
                     *             "key": "http.response.status_code",
                     *             "value": 200
                     *           },
                     *           {
                     *             "key": "cart.serial",
                     *             "value": "9007199254740993"
                     *           }
                     *         ],
                     *         "events": [],
                     *         "links": [],
                     *         "status": {
                     *           "code": 0
                     *         },
                     *         "resource": {
                     *           "attributes": [
                     *             {
                     *               "key": "service.name",
                     *               "value": "web"
                     *             }
                     *           ]
                     *         }
                     *       },
                     *       "spans": [
                     *         {
                     *           "span_id": "b7ad6b7169203331",
                     *           "trace_id": "0af7651916cd43dd8448eb211c80319c",
                     *           "name": "GET /cart",
                     *           "kind": 2,
                     *           "start_time_unix_nano": "1772357400123456789",
                     *           "end_time_unix_nano": "1772357400171667882",
                     *           "attributes": [
                     *             {
                     *               "key": "session.id",
                     *               "value": "0195b3a2-6f1e-7c44-9d0a-3f2b8c1d4e5f"
                     *             },
                     *             {
                     *               "key": "http.response.status_code",
                     *               "value": 200
                     *             },
                     *             {
                     *               "key": "cart.serial",
                     *               "value": "9007199254740993"
                     *             }
                     *           ],
                     *           "events": [],
                     *           "links": [],
                     *           "status": {
                     *             "code": 0
                     *           },
                     *           "resource": {
                     *             "attributes": [
                     *               {
                     *                 "key": "service.name",
                     *                 "value": "web"
                     *               }
                     *             ]
                     *           }
                     *         }
                     *       ],
                     *       "span_count": 1,
                     *       "duration_ns": 48211093,
                     *       "start_time": "2026-03-01T09:30:00.123456789Z",
                     *       "end_time": "2026-03-01T09:30:00.171667882Z",
                     *       "services": [
                     *         "web"
                     *       ],
                     *       "has_error": false
                     *     }
                     */
                    "application/json": components["schemas"]["Trace"];
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such trace. */
            404: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/session.not_found",
                     *       "title": "Session not found",
                     *       "status": 404,
                     *       "detail": "There is no session with this id.",
                     *       "instance": "/api/v1/sessions/no-such-session",
                     *       "resource_type": "session",
                     *       "resource_id": "no-such-session"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["NotFoundProblem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTraceSessions: {
        parameters: {
            query?: {
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The trace id: 32 hexadecimal digits, in either case.
                 * @example 0af7651916cd43dd8448eb211c80319c
                 */
                traceId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The sessions. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "session.id": "visit-1",
                     *           "span_count": 12
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["TraceSessions"];
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such trace. */
            404: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/session.not_found",
                     *       "title": "Session not found",
                     *       "status": 404,
                     *       "detail": "There is no session with this id.",
                     *       "instance": "/api/v1/sessions/no-such-session",
                     *       "resource_type": "session",
                     *       "resource_id": "no-such-session"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["NotFoundProblem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSpan: {
        parameters: {
            query?: {
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The span id: 16 hexadecimal digits, in either case.
                 * @example b7ad6b7169203331
                 */
                spanId: string;
                /**
                 * @description The trace id: 32 hexadecimal digits, in either case.
                 * @example 0af7651916cd43dd8448eb211c80319c
                 */
                traceId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The span. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "span_id": "b7ad6b7169203331",
                     *       "trace_id": "0af7651916cd43dd8448eb211c80319c",
                     *       "name": "GET /cart",
                     *       "kind": 2,
                     *       "start_time_unix_nano": "1772357400123456789",
                     *       "end_time_unix_nano": "1772357400171667882",
                     *       "attributes": [
                     *         {
                     *           "key": "session.id",
                     *           "value": "0195b3a2-6f1e-7c44-9d0a-3f2b8c1d4e5f"
                     *         },
                     *         {
                     *           "key": "http.response.status_code",
                     *           "value": 200
                     *         },
                     *         {
                     *           "key": "cart.serial",
                     *           "value": "9007199254740993"
                     *         }
                     *       ],
                     *       "events": [],
                     *       "links": [],
                     *       "status": {
                     *         "code": 0
                     *       },
                     *       "resource": {
                     *         "attributes": [
                     *           {
                     *             "key": "service.name",
                     *             "value": "web"
                     *           }
                     *         ]
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Span"];
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such span. */
            404: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/session.not_found",
                     *       "title": "Session not found",
                     *       "status": 404,
                     *       "detail": "There is no session with this id.",
                     *       "instance": "/api/v1/sessions/no-such-session",
                     *       "resource_type": "session",
                     *       "resource_id": "no-such-session"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["NotFoundProblem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    eraseUser: {
        parameters: {
            query?: {
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The `user.id`, percent-encoded: as it was sent, or as answers have it.
                 * @example u-1842
                 */
                userId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job. Unless sessions are very many, no answer has them any more. */
            202: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "er_6f0a3c5d9b1e47288c21d0aa",
                     *       "target": "user",
                     *       "state": "rewriting",
                     *       "asked_at": "2026-11-30T12:00:00.000000000Z",
                     *       "erased": {
                     *         "sessions": 12,
                     *         "traces": 840,
                     *         "spans": 10250,
                     *         "logs": 96
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ErasureJob"];
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such user. */
            404: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/session.not_found",
                     *       "title": "Session not found",
                     *       "status": 404,
                     *       "detail": "There is no session with this id.",
                     *       "instance": "/api/v1/sessions/no-such-session",
                     *       "resource_type": "session",
                     *       "resource_id": "no-such-session"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["NotFoundProblem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The store cannot do this. */
            501: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listViews: {
        parameters: {
            query?: {
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The views. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "name": "Failing checkouts",
                     *           "query": "service=checkout&hasErrors=true&range=24h&sort=cost",
                     *           "saved_at": "2026-11-30T11:00:00.000000000Z"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["ViewList"];
                };
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    saveView: {
        parameters: {
            query?: {
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The name of the view, percent-encoded. Surrounding white space is ignored.
                 * @example Failing checkouts
                 */
                viewName: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description The query string of the list on the page: filters, `range` (such as `24h`) or `startTime` and `endTime`, `sort` and `order`.
                     * @example service=checkout&hasErrors=true&range=24h&sort=cost
                     */
                    query: string;
                };
            };
        };
        responses: {
            /** @description The view. */
            200: {
                headers: {
                    /** @description Always `private, no-store`. */
                    "Cache-Control"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "Failing checkouts",
                     *       "query": "service=checkout&hasErrors=true&range=24h&sort=cost",
                     *       "saved_at": "2026-11-30T11:00:00.000000000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["View"];
                };
            };
            /** @description Fields of the body, or query parameters, were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The project has as many saved views as it can have. */
            409: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteView: {
        parameters: {
            query?: {
                /**
                 * @description The project, for callers that may see all: 1 to 64 lower-case letters, digits, dots, hyphens and underscores. Also the header `x-sojourn-project`. Without: the project of the key, or `default`.
                 * @example shop
                 */
                project?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The name of the view, percent-encoded. Surrounding white space is ignored.
                 * @example Failing checkouts
                 */
                viewName: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The view is deleted. */
            204: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Query parameters were refused. */
            400: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/limit.out_of_range",
                     *       "title": "Limit out of range",
                     *       "status": 400,
                     *       "detail": "Use a number from 1 to 1000.",
                     *       "instance": "/api/v1/sessions",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "Use a number from 1 to 1000.",
                     *           "code": "limit.out_of_range",
                     *           "rejected_value": "5000"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["QueryProblem"];
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such view. */
            404: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/session.not_found",
                     *       "title": "Session not found",
                     *       "status": 404,
                     *       "detail": "There is no session with this id.",
                     *       "instance": "/api/v1/sessions/no-such-session",
                     *       "resource_type": "session",
                     *       "resource_id": "no-such-session"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["NotFoundProblem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It does. */
            200: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "ok",
                     *       "version": "0.1.0"
                     *     }
                     */
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Metrics in the text format of Prometheus. */
            200: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The API key lacks a scope or is bound to another project, or a web page of another origin asked for a change. */
            403: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many wrong API keys came from this address. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Queries cannot be answered at this moment. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getOpenApi: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The OpenAPI document of this server. */
            200: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getProblem: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description An error code.
                 * @example cursor.invalid
                 */
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The meaning of the code. */
            200: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": "limit.out_of_range",
                     *       "status": 400,
                     *       "title": "Limit out of range",
                     *       "retryable": false,
                     *       "description": "The number of items asked for is below 1 or above the most the route gives at once."
                     *     }
                     */
                    "application/json": components["schemas"]["ProblemDefinition"];
                };
            };
            /** @description There is no such error code. */
            404: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/session.not_found",
                     *       "title": "Session not found",
                     *       "status": 404,
                     *       "detail": "There is no session with this id.",
                     *       "instance": "/api/v1/sessions/no-such-session",
                     *       "resource_type": "session",
                     *       "resource_id": "no-such-session"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["NotFoundProblem"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getReadiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is ready. */
            200: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "ready"
                     *     }
                     */
                    "application/json": components["schemas"]["Readiness"];
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description It is stopping, or its disk takes nothing. */
            503: {
                headers: {
                    /** @description Id of the request: the one it came with, or a new one. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "ready"
                     *     }
                     */
                    "application/json": components["schemas"]["Readiness"];
                };
            };
        };
    };
    exportLogs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "resourceLogs": []
                 *     }
                 */
                "application/json": Record<string, never>;
                "application/x-protobuf": string;
            };
        };
        responses: {
            /** @description Accepted; `partial_success` says which records were not, and why. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                    "application/x-protobuf": string;
                };
            };
            /** @description No such message: the same request will never be taken. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                    "application/x-protobuf": string;
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                    "application/x-protobuf": string;
                };
            };
            /** @description The API key lacks the scope `ingest` or is bound to another project, or a web page may not send from its origin. */
            403: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                    "application/x-protobuf": string;
                };
            };
            /** @description Larger than the limits: send smaller parts. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                    "application/x-protobuf": string;
                };
            };
            /** @description A content type or encoding that is not understood. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                    "application/x-protobuf": string;
                };
            };
            /** @description Too much waits for the disk, a browser key is over its limit, or too many wrong keys came from this address: try again later. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                    "application/x-protobuf": string;
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                    "application/x-protobuf": string;
                };
            };
            /** @description Stopping, or the store failed: try again later. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                    "application/x-protobuf": string;
                };
            };
        };
    };
    exportMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "resourceMetrics": []
                 *     }
                 */
                "application/json": Record<string, never>;
                "application/x-protobuf": string;
            };
        };
        responses: {
            /** @description Accepted; `partial_success` says which records were not, and why. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                    "application/x-protobuf": string;
                };
            };
            /** @description No such message: the same request will never be taken. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                    "application/x-protobuf": string;
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                    "application/x-protobuf": string;
                };
            };
            /** @description The API key lacks the scope `ingest` or is bound to another project, or a web page may not send from its origin. */
            403: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                    "application/x-protobuf": string;
                };
            };
            /** @description Larger than the limits: send smaller parts. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                    "application/x-protobuf": string;
                };
            };
            /** @description A content type or encoding that is not understood. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                    "application/x-protobuf": string;
                };
            };
            /** @description Too much waits for the disk, a browser key is over its limit, or too many wrong keys came from this address: try again later. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                    "application/x-protobuf": string;
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                    "application/x-protobuf": string;
                };
            };
            /** @description Stopping, or the store failed: try again later. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                    "application/x-protobuf": string;
                };
            };
        };
    };
    exportTraces: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "resourceSpans": []
                 *     }
                 */
                "application/json": Record<string, never>;
                "application/x-protobuf": string;
            };
        };
        responses: {
            /** @description Accepted; `partial_success` says which records were not, and why. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                    "application/x-protobuf": string;
                };
            };
            /** @description No such message: the same request will never be taken. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                    "application/x-protobuf": string;
                };
            };
            /** @description There is no valid API key, and one is needed. */
            401: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                    "application/x-protobuf": string;
                };
            };
            /** @description The API key lacks the scope `ingest` or is bound to another project, or a web page may not send from its origin. */
            403: {
                headers: {
                    /** @description The scope that the key needs. */
                    "WWW-Authenticate"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                    "application/x-protobuf": string;
                };
            };
            /** @description Larger than the limits: send smaller parts. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                    "application/x-protobuf": string;
                };
            };
            /** @description A content type or encoding that is not understood. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                    "application/x-protobuf": string;
                };
            };
            /** @description Too much waits for the disk, a browser key is over its limit, or too many wrong keys came from this address: try again later. */
            429: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                    "application/x-protobuf": string;
                };
            };
            /** @description The address and the headers are too large together. */
            431: {
                headers: {
                    /** @description Id of the request. */
                    "X-Request-Id"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The server failed. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                    "application/x-protobuf": string;
                };
            };
            /** @description Stopping, or the store failed: try again later. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                    "application/x-protobuf": string;
                };
            };
        };
    };
}
