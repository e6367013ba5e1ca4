import { Link } from '@tanstack/react-router';
import { useEffect, useMemo } from 'react';
import { visibleLines } from '../../../../client/src/text/visible-text.js';
import type { Session } from '../../api/client.js';
import { withProject } from '../../api/project.js';
import { CopyButton } from '../../components/CopyButton.js';
import { Icon } from '../../components/Icon.js';
import './json.css';

/** The API's resources of a session. */
const PARTS = ['', '/outline', '/traces', '/events', '/conversation', '/usage'];

/** The session as the API returns it, and how to get its other resources. */
export function JsonView({ session }: { readonly session: Session }) {
  const json = useMemo(() => JSON.stringify(session, null, 2), [session]);
  const file = useMemo(() => URL.createObjectURL(new Blob([json], { type: 'application/json' })), [json]);
  useEffect(() => () => URL.revokeObjectURL(file), [file]);
  const pathOf = (part: string): string =>
    withProject(`api/v1/sessions/by-id${part}?id=${encodeURIComponent(session['session.id'])}`);
  // In single quotes a shell interprets only the quote itself, which percent-encoding leaves unescaped.
  const curl = `curl '${document.baseURI}${pathOf('').replaceAll("'", '%27')}'`;
  return (
    <div className="json-view">
      <div className="json-line">
        <code>{curl}</code>
        <CopyButton text={curl} label="Copy the command" />
      </div>
      <ul className="json-parts">
        {PARTS.map((part) => (
          <li key={part}>
            <a className="mono" href={pathOf(part)}>
              {part === '' ? 'session' : part.slice(1)}
            </a>
          </li>
        ))}
        <li>
          <Link className="mono" to="/reference">
            reference
          </Link>
        </li>
      </ul>
      <figure className="json-text card">
        <figcaption>
          <span>The session as the API returns it: times in UTC</span>
          <CopyButton text={json} label="Copy the JSON" />
          <a
            className="icon-button"
            href={file}
            download="session.json"
            aria-label="Download the JSON"
            title="Download"
          >
            <Icon name="download" />
          </a>
        </figcaption>
        <pre>{visibleLines(json)}</pre>
      </figure>
    </div>
  );
}
