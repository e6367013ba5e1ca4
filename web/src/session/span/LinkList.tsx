import { Link } from '@tanstack/react-router';
import { visibleText } from '../../../../client/src/text/visible-text.js';
import { CopyButton } from '../../components/CopyButton.js';
import { SessionLink } from '../SessionLink.js';
import { AttributeTable } from './AttributeTable.js';
import type { ExactSpan } from './read-span.js';

interface LinkListProps {
  readonly span: ExactSpan;
  /** The traces of this session. Other traces are looked up when their link is followed. */
  readonly traces: ReadonlySet<string>;
}

/** The spans that this span links to. */
export function LinkList({ span, traces }: LinkListProps) {
  return (
    <ul className="links">
      {span.links.map((link, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: links may come twice, and their order is fixed
        <li key={index}>
          <p className="link-target">
            {traces.has(link.trace_id) ? (
              <SessionLink search={{ trace: link.trace_id, span: link.span_id }} className="mono">
                {link.trace_id}/{link.span_id}
              </SessionLink>
            ) : (
              <Link
                to="/traces/$traceId"
                params={{ traceId: link.trace_id }}
                search={{ span: link.span_id }}
                className="mono"
                title="In another trace"
              >
                {visibleText(link.trace_id)}/{visibleText(link.span_id)}
              </Link>
            )}
            <CopyButton text={`${link.trace_id}/${link.span_id}`} label="Copy the ids of the link" />
          </p>
          {link.trace_state !== undefined && link.trace_state !== '' && (
            <p className="muted mono">{visibleText(link.trace_state)}</p>
          )}
          {link.attributes.length > 0 && (
            <AttributeTable
              attributes={link.attributes}
              of="the link"
              dropped={link.dropped_attributes_count}
            />
          )}
        </li>
      ))}
      {span.dropped_links_count !== undefined && span.dropped_links_count > 0 && (
        <li className="muted">The sender left out {span.dropped_links_count} more.</li>
      )}
    </ul>
  );
}
