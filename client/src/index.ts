export { type ClientOptions, SojournClient } from './client.js';
export { type Page, Paged } from './paged.js';
export { ApiError, ConnectionError } from './problem.js';
export type { RetryOptions } from './retry.js';
export type { components, operations, paths } from './schema.js';
export type { SessionEvent } from './session-stream.js';
export type * from './types.js';
