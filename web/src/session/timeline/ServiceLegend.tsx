import { useMemo } from 'react';
import { formatDuration } from '../../../../client/src/text/duration.js';
import { formatCounted } from '../../../../client/src/text/number.js';
import { visibleText } from '../../../../client/src/text/visible-text.js';
import type { OutlinedTrace } from './outline.js';
import { NO_SERVICE_COLOR } from './service-colors.js';
import type { SpanTree } from './span-tree.js';

interface ServiceLegendProps {
  readonly trace: OutlinedTrace;
  readonly tree: SpanTree;
  readonly self: Float64Array;
  readonly colors: ReadonlyMap<string, string>;
  /** The service that is looked at. */
  readonly chosen: string | undefined;
  readonly onChoose: (service: string | undefined) => void;
}

/** The services of a trace in their colours, those with most time of their own first. A click looks at one. */
export function ServiceLegend({ trace, tree, self, colors, chosen, onChoose }: ServiceLegendProps) {
  const services = useMemo(() => shares(trace, tree, self), [trace, tree, self]);
  if (services.length < 2) return null;
  const whole = services.reduce((sum, { ms }) => sum + ms, 0);
  return (
    <ul className="service-legend" aria-label="Services, by their own time">
      {services.map(({ service, ms, count }) => (
        <li key={service}>
          <button
            type="button"
            aria-pressed={service === chosen}
            title={`${formatCounted(count, 'span')}, ${formatDuration(ms)} in itself`}
            onClick={() => onChoose(service === chosen ? undefined : service)}
          >
            <span className="service-mark" style={{ background: colors.get(service) ?? NO_SERVICE_COLOR }} />
            {visibleText(service.slice(0, 60))}
            <span className="muted">{whole > 0 ? `${Math.round((ms / whole) * 100)} %` : ''}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function shares({ spans }: OutlinedTrace, tree: SpanTree, self: Float64Array) {
  const byService = new Map<string, { service: string; ms: number; count: number }>();
  for (const [row, index] of tree.span.entries()) {
    const { service } = spans[index]!;
    if (service === undefined) continue;
    const known = byService.get(service) ?? { service, ms: 0, count: 0 };
    byService.set(service, known);
    known.ms += self[row]!;
    known.count++;
  }
  return [...byService.values()].sort((a, b) => b.ms - a.ms);
}
