import { type AttributeView, attributeKey, KeyGroup } from './attributes.js';
import type { GenAiDialect, MetricNumber, UsageContext, UsageMetric } from './dialects/dialect.js';
import type { Usage } from './facts.js';
import { DATA_POINT } from './normalizer.js';

const VALUE = attributeKey(DATA_POINT.value, KeyGroup.usage);
const TEMPORALITY = attributeKey(DATA_POINT.temporality, KeyGroup.metric);
const SERIES = attributeKey(DATA_POINT.series, KeyGroup.metric);

/** U4, for aggregates: the sum of 8 million of them stays below 2^63. */
const MAX_SUM_TOKENS = 2 ** 40;
/** Maximum cost of an aggregate, USD. Keeps nano-USD far below 2^53. */
const MAX_SUM_USD = 1e6;

/** The numbers of a data point, and its series if it is cumulative. */
type PointUsage = { -readonly [K in keyof Usage]?: Usage[K] };

/** Whether a record is a data point that became a log record. */
export function isDataPoint(record: AttributeView, { isLog }: UsageContext): boolean {
  return isLog && record.has(VALUE);
}

/** The usage of a data point, by the metrics of its dialect; undefined if it reports none. */
export function readDataPoint(
  record: AttributeView,
  context: UsageContext,
  { metrics = [] }: GenAiDialect,
): PointUsage | undefined {
  const name = context.eventName();
  const metric = metrics.find((each) => each.name === name);
  const value = record.number(VALUE);
  const numbers = metric && numbersOf(metric, record);
  if (value === undefined || numbers === undefined) return undefined;
  const usage: PointUsage = {};
  for (const number of numbers) {
    if (number === 'costUsd') {
      if (value < 0 || value > MAX_SUM_USD) return undefined;
      // Math.abs turns -0 into 0.
      usage.costNanoUsd = Math.abs(Math.round(value * 1e9));
      usage.costSource = 'reported';
    } else {
      if (!Number.isInteger(value) || value < 0 || value > MAX_SUM_TOKENS) return undefined;
      usage[number] = Math.abs(value);
    }
  }
  const series = record.text(TEMPORALITY) === 'cumulative' ? record.text(SERIES) : undefined;
  if (series !== undefined) usage.series = series;
  return usage;
}

function numbersOf({ adds }: UsageMetric, record: AttributeView): readonly MetricNumber[] | undefined {
  if (!('key' in adds)) return adds;
  const type = record.text(adds.key);
  return type !== undefined && Object.hasOwn(adds.values, type) ? adds.values[type] : undefined;
}
