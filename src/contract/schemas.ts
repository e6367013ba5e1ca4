import type { TSchema } from '@sinclair/typebox';
import { ACCESS_SCHEMAS } from './access.js';
import { ALERT_SCHEMAS } from './alert.js';
import { CONVERSATION_SCHEMAS } from './conversation.js';
import { ERASURE_SCHEMAS } from './erasure.js';
import { EVENT_SCHEMAS } from './event.js';
import { EXCEPTION_SCHEMAS } from './exception.js';
import { EXPORT_SCHEMAS } from './export.js';
import { FACETS_SCHEMAS } from './facets.js';
import { GROUPS_SCHEMAS } from './groups.js';
import { OUTLINE_SCHEMAS } from './outline.js';
import { PROBLEM_SCHEMAS } from './problem.js';
import { RETENTION_SCHEMAS } from './retention.js';
import { SCORE_SCHEMAS } from './score.js';
import { SCORE_STATISTICS_SCHEMAS } from './score-statistics.js';
import { SERVER_SCHEMAS } from './server.js';
import { SESSION_SCHEMAS } from './session.js';
import { SIGN_IN_SCHEMAS } from './sign-in.js';
import { STATISTICS_SCHEMAS } from './statistics.js';
import { TIMELINE_SCHEMAS } from './timeline.js';
import { TOOLS_ERRORS_SCHEMAS } from './tools-errors.js';
import { TOP_SCHEMAS } from './top.js';
import { TOP_CALLS_SCHEMAS } from './top-calls.js';
import { TRACE_SCHEMAS } from './trace.js';
import { USAGE_SCHEMAS } from './usage.js';
import { VIEW_SCHEMAS } from './view.js';
import { VISIT_SCHEMAS } from './visit.js';
import { VISITS_SCHEMAS } from './visits.js';

/** Every named schema of the API, each before those that refer to it. */
export const NAMED_SCHEMAS: readonly TSchema[] = [
  ...SCORE_SCHEMAS,
  ...SESSION_SCHEMAS,
  ...TRACE_SCHEMAS,
  ...GROUPS_SCHEMAS,
  ...STATISTICS_SCHEMAS,
  ...PROBLEM_SCHEMAS,
  ...SERVER_SCHEMAS,
  ...SIGN_IN_SCHEMAS,
  ...USAGE_SCHEMAS,
  ...EXCEPTION_SCHEMAS,
  ...CONVERSATION_SCHEMAS,
  ...VISIT_SCHEMAS,
  ...TIMELINE_SCHEMAS,
  ...TOP_SCHEMAS,
  ...TOP_CALLS_SCHEMAS,
  ...FACETS_SCHEMAS,
  ...VISITS_SCHEMAS,
  ...EVENT_SCHEMAS,
  ...OUTLINE_SCHEMAS,
  ...ACCESS_SCHEMAS,
  ...ERASURE_SCHEMAS,
  ...RETENTION_SCHEMAS,
  ...ALERT_SCHEMAS,
  ...SCORE_STATISTICS_SCHEMAS,
  ...TOOLS_ERRORS_SCHEMAS,
  ...VIEW_SCHEMAS,
  ...EXPORT_SCHEMAS,
];
