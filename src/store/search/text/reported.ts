import type { Reported } from '../../../conversation/said.js';
import { type AttributeKey, type AttributeView, declaredKeys } from '../../../normalize/attributes.js';
import { serviceNameOf } from '../../../normalize/rum.js';
import { createUsageReader, type UsageContext } from '../../../normalize/usage.js';
import {
  type Attribute,
  type AttributeValue,
  EVENT_NAME,
  type LogRecordView,
  type SpanView,
} from '../../../otlp/read.js';

const reader = createUsageReader();

/** What a record reports, by the rules that count model calls (docs/usage.md, U1 and U2). */
export function reportedBy(record: SpanView | LogRecordView): Reported {
  const view = new ReadAttributes(record.attributes);
  const context = contextOf(record, view);
  const usage = reader.read(view, context);
  if (usage === undefined) {
    return { kind: reader.explain(view, context) === undefined ? 'unknown' : 'other' };
  }
  const { kind, dialect, model } = usage;
  if (kind !== 'call' && kind !== 'wrapper') return { kind: 'other' };
  return { kind, dialect, ...(model !== undefined && { model }) };
}

function contextOf(record: SpanView | LogRecordView, view: ReadAttributes): UsageContext {
  const { instrumentation_scope: scope, resource } = record;
  const isSpan = 'events' in record;
  const eventName = isSpan ? '' : (record.event_name ?? view.value(EVENT_NAME));
  const ofResource = new ReadAttributes(resource.attributes);
  return {
    isLog: !isSpan,
    spanName: () => (isSpan ? record.name : ''),
    eventName: () => (typeof eventName === 'string' ? eventName : ''),
    scopeName: () => scope?.name ?? '',
    scopeVersion: () => scope?.version ?? '',
    serviceName: serviceNameOf((name) => textOf(ofResource.value(name))),
    // Only prices depend on it.
    startNs: 0n,
  };
}

/** Attributes as they are read. Of equal keys the last one counts. */
class ReadAttributes implements AttributeView {
  readonly groups = -1;
  readonly #values: ReadonlyMap<string, AttributeValue>;

  constructor(attributes: readonly Attribute[]) {
    this.#values = new Map(attributes.map(({ key, value }) => [key, value]));
  }

  value(name: string): AttributeValue | undefined {
    return this.#values.get(name) ?? undefined;
  }

  has(key: AttributeKey): boolean {
    return this.#of(key) !== undefined;
  }

  text(key: AttributeKey): string | undefined {
    return textOf(this.#of(key));
  }

  number(key: AttributeKey): number | undefined {
    const value = this.#of(key);
    if (typeof value === 'bigint') return Number(value);
    if (typeof value === 'string' && !(value.length <= 32 && DECIMAL.test(value.trim()))) return undefined;
    const number = typeof value === 'string' ? Number(value) : value;
    return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
  }

  boolean(key: AttributeKey): boolean | undefined {
    const value = this.#of(key);
    return typeof value === 'boolean' ? value : undefined;
  }

  strings(key: AttributeKey): string[] | undefined {
    const value = this.#of(key);
    return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : undefined;
  }

  entryText(key: AttributeKey, entry: string): string | undefined {
    const value = this.#of(key);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    return Object.hasOwn(value, entry) ? textOf((value as Record<string, AttributeValue>)[entry]) : undefined;
  }

  utf8(): undefined {
    return undefined;
  }

  /** Nothing of it is cached. */
  sign(): boolean {
    return false;
  }

  #of(key: AttributeKey): AttributeValue | undefined {
    return this.value(declaredKeys()[key]!.name);
  }
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function textOf(value: AttributeValue | undefined): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  const isWhole = typeof value === 'bigint' || typeof value === 'boolean' || Number.isInteger(value);
  return isWhole ? String(value) : undefined;
}
