import { formatDuration } from '../../../../client/src/text/duration.js';
import { formatCost } from '../../../../client/src/text/gaps.js';
import { formatCounted } from '../../../../client/src/text/number.js';
import { VITALS } from '../vitals/vitals.js';
import type { Kind, Lane, Thing } from './things.js';
import { LANES } from './things.js';

export const LANE_NAMES: Record<Lane, string> = {
  pages: 'Pages',
  actions: 'Clicks and actions',
  requests: 'Requests of pages',
  services: 'Services',
  turns: 'Conversation',
  calls: 'Model calls',
  events: 'Errors and events',
};

export const KIND_NAMES: Record<Kind, string> = {
  page: 'Page',
  action: 'Action',
  request: 'Request',
  service: 'Service',
  system: 'System',
  user: 'User',
  assistant: 'Assistant',
  tool_call: 'Tool call',
  tool_result: 'Tool result',
  call: 'Model call',
  exception: 'Error',
  event: 'Event',
};

/** The singular of a lane's things, for counts. */
const COUNTED: Record<Lane, string> = {
  pages: 'page',
  actions: 'action',
  requests: 'request',
  services: 'service span',
  turns: 'turn',
  calls: 'model call',
  events: 'event',
};

/** A thing in one line: `Model call gpt-5, 1,200 in · 80 out, $0.02, +4.2 s`. */
export function thingText(thing: Thing): string {
  const { kind, label, facts, start, isError, vitals } = thing;
  const failed = isError && kind !== 'exception' ? ', failed' : '';
  const measured = vitals === undefined ? '' : ` ${vitalsText(vitals)}`;
  return `${[`${KIND_NAMES[kind]} ${label}${measured}`, ...facts].join(', ')}${failed}, ${offsetText(start)}`;
}

function vitalsText(vitals: NonNullable<Thing['vitals']>): string {
  return VITALS.flatMap(({ name, label, format }) => {
    const value = vitals[name];
    return value === undefined ? [] : [`${label} ${format(value)}`];
  }).join(' ');
}

/** A time since the start of the session: `+4.2 s`; before it: `−0.3 s`. */
export function offsetText(ms: number): string {
  return `${ms < 0 ? '−' : '+'}${formatDuration(Math.abs(ms))}`;
}

/** Counts things by lane, in the order of the lanes: `2 requests, 1 service span, 3 model calls`. */
export function countsText(things: readonly Thing[]): string {
  return LANES.flatMap((lane) => {
    const count = things.reduce((sum, thing) => sum + (thing.lane === lane ? 1 : 0), 0);
    return count === 0 ? [] : [formatCounted(count, COUNTED[lane])];
  }).join(', ');
}

/** What the model calls among things cost together; undefined if there are none. */
export function costText(things: readonly Thing[]): string | undefined {
  const calls = things.filter(({ kind }) => kind === 'call');
  if (calls.length === 0) return undefined;
  const unpriced_request_count = calls.filter(({ costUsd }) => costUsd === undefined).length;
  const sum = calls.reduce((total, { costUsd = 0 }) => total + costUsd, 0);
  return formatCost(sum, { unpriced_request_count });
}
