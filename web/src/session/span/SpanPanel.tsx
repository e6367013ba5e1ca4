import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef } from 'react';
import { exactDuration, formatDuration } from '../../../../client/src/text/duration.js';
import { formatCount } from '../../../../client/src/text/number.js';
import { visibleText } from '../../../../client/src/text/visible-text.js';
import { withProject } from '../../api/project.js';
import { CopyButton } from '../../components/CopyButton.js';
import { ErrorNote } from '../../components/ErrorNote.js';
import { Icon } from '../../components/Icon.js';
import { Money } from '../../components/Money.js';
import { Skeleton } from '../../components/Skeleton.js';
import { exactTimestamp } from '../../format/time.js';
import type { SessionEvent } from '../queries.js';
import { spanQuery } from '../queries.js';
import { SessionLink } from '../SessionLink.js';
import { type CallMark, spanKey } from '../usage/call-marks.js';
import { AttributeTable, CopyAll } from './AttributeTable.js';
import { EventList } from './EventList.js';
import { LinkList } from './LinkList.js';
import { LogList } from './LogList.js';
import { type ExactSpan, failureText } from './read-span.js';
import { Section } from './Section.js';
import { LongText } from './Value.js';
import './span.css';

const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];
const STATUSES = ['unset', 'ok', 'error'];

interface SpanPanelProps {
  readonly traceId: string;
  readonly spanId: string;
  /** Start of the session's axis, nanoseconds since 1970. */
  readonly origin: bigint;
  /** The span's session, if it is not the session of the page. A trace can have spans of both. */
  readonly otherSession: string | undefined;
  readonly traces: ReadonlySet<string>;
  readonly marks: ReadonlyMap<string, CallMark>;
  /** Log records and exceptions of the span that belong to the session. */
  readonly events: readonly SessionEvent[];
  /** The highlighted one of them. */
  readonly openEvent: string | undefined;
  readonly onClose: () => void;
}

/** All details of a span. */
export function SpanPanel(props: SpanPanelProps) {
  const { traceId, spanId, onClose } = props;
  const { data: span, error, refetch } = useQuery(spanQuery(traceId, spanId));
  const panel = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each span starts scrolled to its top
  useEffect(() => {
    panel.current?.scrollTo(0, 0);
  }, [spanId]);
  return (
    <aside className="span-panel card" aria-label="Span" ref={panel}>
      <header className="panel-head">
        <h2>{span === undefined ? <Skeleton width="60%" /> : visibleText(span.name) || 'unnamed'}</h2>
        <button
          type="button"
          className="icon-button"
          aria-label="Close the span"
          title="Close (Esc)"
          onClick={onClose}
        >
          <Icon name="close" />
        </button>
      </header>
      {error !== null && span === undefined && <ErrorNote error={error} onRetry={() => void refetch()} />}
      {span === undefined && error === null && <Skeleton height="200px" />}
      {span !== undefined && <Details key={spanId} {...props} span={span} />}
    </aside>
  );
}

function Details({
  span,
  origin,
  otherSession,
  traces,
  marks,
  events,
  openEvent,
}: SpanPanelProps & { readonly span: ExactSpan }) {
  const start = BigInt(span.start_time_unix_nano);
  const duration = Number(BigInt(span.end_time_unix_nano) - start) / 1e6;
  const failure = failureText(span);
  const isError = span.status.code === 2;
  const mark = marks.get(spanKey(span.trace_id, span.span_id));
  const service = span.resource.attributes.find(({ key }) => key === 'service.name')?.value;
  const scope = span.instrumentation_scope;
  return (
    <>
      {isError && (
        <div className="panel-failure">
          <Icon name="warning" />
          <LongText text={failure ?? 'Failed, without saying why'} className="failure-text" />
        </div>
      )}
      <dl className="panel-facts">
        {service !== undefined && <Fact name="Service">{visibleText(String(service))}</Fact>}
        {otherSession !== undefined && (
          <Fact name="Session">
            <Link to="/sessions/$sessionId" params={{ sessionId: otherSession }}>
              {visibleText(otherSession)}
            </Link>
          </Fact>
        )}
        <Fact name="Kind">{KINDS[span.kind] ?? span.kind}</Fact>
        <Fact name="Status">
          <span className={isError ? 'error-text' : ''}>
            {STATUSES[span.status.code] ?? span.status.code}
          </span>
          {!isError && span.status.message && (
            <LongText text={span.status.message} className="failure-text" />
          )}
        </Fact>
        <Fact name="Duration">
          <span title={exactDuration(duration)}>{formatDuration(Math.max(0, duration))}</span>
          {duration < 0 && <span className="error-text"> ends before it starts</span>}
        </Fact>
        <Fact name="Start">
          <span className="mono">{exactTimestamp(start)}</span>{' '}
          <span className="muted">+{formatDuration(Math.max(0, Number(start - origin) / 1e6))}</span>
        </Fact>
        <Fact name="End">
          <span className="mono">{exactTimestamp(BigInt(span.end_time_unix_nano))}</span>
        </Fact>
        <Id name="Span id" value={span.span_id} />
        <Id name="Trace id" value={span.trace_id} />
        {span.parent_span_id !== undefined && (
          <Fact name="Parent">
            <SessionLink search={{ trace: span.trace_id, span: span.parent_span_id }} className="mono">
              {visibleText(span.parent_span_id)}
            </SessionLink>
          </Fact>
        )}
        {span.trace_state !== undefined && span.trace_state !== '' && (
          <Fact name="Trace state">
            <LongText text={span.trace_state} />
          </Fact>
        )}
        {mark !== undefined && (
          <Fact name="Model call">
            {mark.model !== undefined && `${visibleText(mark.model)} `}
            {mark.input + mark.output > 0 && (
              <>
                · {formatCount(mark.input)} in, {formatCount(mark.output)} out · <Money
                  usd={mark.costUsd}
                />{' '}
              </>
            )}
            <SessionLink search={{ view: 'conversation', trace: span.trace_id, span: span.span_id }}>
              Conversation
            </SessionLink>{' '}
            <SessionLink search={{ view: 'usage', trace: span.trace_id, span: span.span_id }}>
              Usage
            </SessionLink>
          </Fact>
        )}
      </dl>
      <Section
        title="Attributes"
        count={span.attributes.length}
        isOpenAtFirst
        action={<CopyAll attributes={span.attributes} of="the span" />}
      >
        {() => (
          <AttributeTable
            attributes={span.attributes}
            of="the span"
            dropped={span.dropped_attributes_count}
          />
        )}
      </Section>
      {(span.events.length > 0 || (span.dropped_events_count ?? 0) > 0) && (
        <Section title="Events" count={span.events.length} isOpenAtFirst>
          {() => <EventList span={span} chosen={openEvent} />}
        </Section>
      )}
      <LogList events={events} openEvent={openEvent} />
      {(span.links.length > 0 || (span.dropped_links_count ?? 0) > 0) && (
        <Section title="Links" count={span.links.length} isOpenAtFirst>
          {() => <LinkList span={span} traces={traces} />}
        </Section>
      )}
      <Section
        title="Resource"
        count={span.resource.attributes.length}
        action={<CopyAll attributes={span.resource.attributes} of="the resource" />}
      >
        {() => (
          <AttributeTable
            attributes={span.resource.attributes}
            of="the resource"
            dropped={span.resource.dropped_attributes_count}
          />
        )}
      </Section>
      {scope !== undefined && (
        <Section title="Scope" count={scope.attributes.length}>
          {() => (
            <>
              <p className="mono scope-name">
                {visibleText([scope.name, scope.version].filter(Boolean).join(' ')) || 'unnamed'}
              </p>
              {scope.attributes.length > 0 && (
                <AttributeTable
                  attributes={scope.attributes}
                  of="the scope"
                  dropped={scope.dropped_attributes_count}
                />
              )}
            </>
          )}
        </Section>
      )}
      <p className="panel-copy">
        <CopyButton text={() => JSON.stringify(span, null, 2)} label="Copy the span as JSON" />
        <span>Copy the span as JSON</span>
        <a href={withProject(`api/v1/traces/${span.trace_id}/spans/${span.span_id}`)}>Open in the API</a>
      </p>
    </>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Id({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <Fact name={name}>
      <span className="mono">{value}</span>
      <CopyButton text={value} label={`Copy the ${name.toLowerCase()}`} />
    </Fact>
  );
}
