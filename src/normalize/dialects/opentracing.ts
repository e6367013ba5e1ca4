import type { Dialect } from './dialect.js';

/**
 * Exceptions by the names of OpenTracing, which Splunk RUM, HyperDX and Datadog have kept, and of the Elastic
 * Common Schema.
 */
export const openTracing: Dialect = {
  name: 'opentracing',
  isConvention: true,
  exceptions: {
    type: ['error.object', 'error.kind', 'error.type'],
    message: ['error.message', 'error.msg'],
    stacktrace: ['error.stack', 'error.stack_trace'],
    marks: [
      // By itself it only repeats the status.
      {
        key: 'error',
        values: new Map([['true', 'exception']]),
        on: 'span',
        unlessFailed: ['error.message', 'error.msg', 'error.kind'],
      },
      { key: 'error.object', on: 'span' },
      { key: 'error.stack' },
      { key: 'error.stack_trace' },
    ],
  },
};
