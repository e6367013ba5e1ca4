import type { Dialect } from './dialect.js';

/** Apps whose `app.crash` has fields of `crash.*`: AWS RUM for Swift, and others. */
export const awsRum: Dialect = {
  name: 'aws-rum',
  exceptions: {
    type: ['crash.exception_name', 'crash.exception_reason.name', 'crash.exception_reason.type'],
    message: ['crash.exception_reason', 'crash.exception_reason.message', 'crash.termination_reason'],
    stacktrace: ['crash.stacktrace', 'crash.report_json'],
  },
};
