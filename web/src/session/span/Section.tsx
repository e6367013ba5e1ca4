import { type ReactNode, useState } from 'react';
import { formatCount } from '../../../../client/src/text/number.js';
import { Icon } from '../../components/Icon.js';

interface SectionProps {
  readonly title: string;
  readonly count?: number;
  readonly isOpenAtFirst?: boolean;
  /** Shown beside the heading. */
  readonly action?: ReactNode;
  readonly children: () => ReactNode;
}

/** A part of the details under its heading. Folded content is not rendered. */
export function Section({ title, count, isOpenAtFirst = false, action, children }: SectionProps) {
  const [isOpen, setOpen] = useState(isOpenAtFirst);
  return (
    <section className="panel-section">
      <div className="panel-section-head">
        <h3>
          <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            <Icon name={isOpen ? 'chevron-down' : 'chevron-right'} />
            {title}
            {count !== undefined && <span className="count">{formatCount(count)}</span>}
          </button>
        </h3>
        {action}
      </div>
      {isOpen && children()}
    </section>
  );
}
