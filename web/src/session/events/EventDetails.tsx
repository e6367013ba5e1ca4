import type { ReactNode } from 'react';
import { visibleText } from '../../../../client/src/text/visible-text.js';
import { CopyButton } from '../../components/CopyButton.js';
import { exactTimestamp } from '../../format/time.js';
import type { SessionEvent } from '../queries.js';
import { SessionLink } from '../SessionLink.js';
import { AttributeTable, CopyAll } from '../span/AttributeTable.js';
import { ExceptionTexts } from '../span/ExceptionTexts.js';
import { Section } from '../span/Section.js';
import { exceptionIn } from './event-text.js';
import { JsonTree } from './JsonTree.js';

interface EventDetailsProps {
  readonly event: SessionEvent;
  /** Whether it is shown with its span, which then need not be named. */
  readonly isBesideSpan?: boolean;
  /** Whether the session has a timeline that can show the event's span. */
  readonly hasTimeline: boolean;
  /** Links to other places. */
  readonly children?: ReactNode;
}

const EXCEPTION_TEXT = new Set(['exception.type', 'exception.message', 'exception.stacktrace']);

/** All details of an event. */
export function EventDetails({ event, isBesideSpan = false, hasTimeline, children }: EventDetailsProps) {
  const { trace_id: trace, span_id: span, body, resource } = event;
  const scope = event.instrumentation_scope;
  const exception = exceptionIn(event);
  // Attributes that are already shown above are left out.
  const attributes =
    exception === undefined
      ? event.attributes
      : event.attributes.filter(({ key }) => !EXCEPTION_TEXT.has(key));
  const of = visibleText(event.event_name ?? 'the event');
  return (
    <div className="event-details">
      <dl className="panel-facts">
        <Fact name="Time">
          <span className="mono">{exactTimestamp(BigInt(event.time_unix_nano))}</span>
        </Fact>
        {event.observed_time_unix_nano !== undefined && (
          <Fact name="Observed">
            <span className="mono">{exactTimestamp(BigInt(event.observed_time_unix_nano))}</span>
          </Fact>
        )}
        {!isBesideSpan && trace !== undefined && span !== undefined && (
          <Fact name="Span">
            {event.span_name !== undefined && `${visibleText(event.span_name.slice(0, 300))} `}
            {hasTimeline ? (
              <SessionLink search={{ trace, span, event: event.id }}>Show on the time line</SessionLink>
            ) : (
              <span className="mono">{span}</span>
            )}
          </Fact>
        )}
        {scope?.name !== undefined && (
          <Fact name="Scope">
            {visibleText([scope.name, scope.version].filter((part) => part !== undefined).join(' '))}
          </Fact>
        )}
      </dl>
      {exception !== undefined && <ExceptionTexts exception={exception} />}
      {body !== undefined && (
        <Section
          title="Body"
          isOpenAtFirst
          action={<CopyButton text={() => bodyText(body)} label={`Copy the body of ${of}`} />}
        >
          {() => <JsonTree value={body} label={`Body of ${of}`} />}
        </Section>
      )}
      <Section
        title="Attributes"
        count={attributes.length}
        isOpenAtFirst
        action={<CopyAll attributes={event.attributes} of={of} />}
      >
        {() => <AttributeTable attributes={attributes} of={of} dropped={event.dropped_attributes_count} />}
      </Section>
      <Section title="Resource" count={resource.attributes.length}>
        {() => (
          <AttributeTable
            attributes={resource.attributes}
            of={`the resource of ${of}`}
            dropped={resource.dropped_attributes_count}
          />
        )}
      </Section>
      <p className="panel-copy">
        <CopyButton text={() => JSON.stringify(event, null, 2)} label="Copy the event as JSON" />
        <span>Copy the event as JSON</span>
        {children}
      </p>
    </div>
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

function bodyText(body: unknown): string {
  return typeof body === 'string' ? body : JSON.stringify(body, null, 2);
}
