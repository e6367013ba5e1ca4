import type { Dialect } from './dialect.js';

/** Apple's MetricKit, whose reports OpenTelemetry's and Honeycomb's SDKs for Swift send as log records. */
export const metricKit: Dialect = {
  name: 'metrickit',
  exceptions: {
    type: [
      'metrickit.diagnostic.crash.exception.objc.type',
      'metrickit.diagnostic.crash.exception.mach_exception.name',
      'metrickit.diagnostic.crash.exception.signal.name',
    ],
    message: [
      'metrickit.diagnostic.crash.exception.objc.message',
      'metrickit.diagnostic.crash.exception.mach_exception.description',
      'metrickit.diagnostic.crash.exception.termination_reason',
    ],
    stacktrace: ['metrickit.diagnostic.crash.exception.stacktrace_json'],
    marks: [{ key: 'name', values: new Map([['metrickit.diagnostic.crash', 'crash']]), on: 'log' }],
    events: { 'metrickit.diagnostic.crash': 'crash' },
  },
};
