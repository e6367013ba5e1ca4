import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { visibleText } from '../../../client/src/text/visible-text.js';
import { ErrorNote } from '../components/ErrorNote.js';
import { Icon } from '../components/Icon.js';
import { Skeleton } from '../components/Skeleton.js';
import { TimeAgo } from '../components/TimeAgo.js';
import { readSessionsSearch } from '../sessions/search.js';
import { parseSearch } from '../url.js';
import { AlertForm } from './AlertForm.js';
import { conditionText, STATE_TEXTS } from './alert-text.js';
import { type Alert, alertsQuery, deleteAlert, testAlert } from './queries.js';
import './alerts.css';

/** The alerts of the project: their state, and everything that can be done about them. */
export function AlertsPage() {
  const { filters } = useSearch({ from: '/alerts' });
  const { data, error, refetch } = useQuery(alertsQuery);
  /** The alert in the form, `new` for none of the list. */
  const [edited, setEdited] = useState<string | undefined>(filters === undefined ? undefined : 'new');
  if (data === undefined) {
    if (error === null) return <Skeleton height="160px" />;
    return <ErrorNote error={error} onRetry={() => void refetch()} />;
  }
  const alert = data.items.find(({ id }) => id === edited);
  return (
    <div className="alerts">
      <header className="alerts-head">
        <h1>Alerts</h1>
        {edited === undefined && (
          <button type="button" className="button button-primary" onClick={() => setEdited('new')}>
            <Icon name="plus" /> New alert
          </button>
        )}
      </header>
      {edited !== undefined && (
        <AlertForm key={edited} alert={alert} filters={filters ?? ''} onClose={() => setEdited(undefined)} />
      )}
      {data.items.length === 0 && edited === undefined && (
        <p className="view-note">
          Nobody is told of anything yet. An alert measures the sessions of the last minutes, hours or days,
          and sends a message when the measure passes a threshold.
        </p>
      )}
      <ul className="alert-list">
        {data.items.map((each) => (
          <AlertItem key={each.id} alert={each} onEdit={() => setEdited(each.id)} />
        ))}
      </ul>
    </div>
  );
}

function AlertItem({ alert, onEdit }: { readonly alert: Alert; readonly onEdit: () => void }) {
  const { id, name, state, value, filters = '', firing_since: since, last_message: message } = alert;
  const cache = useQueryClient();
  const test = useMutation({ mutationFn: () => testAlert(id) });
  const remove = useMutation({
    mutationFn: () => deleteAlert(id),
    onSettled: () => cache.invalidateQueries({ queryKey: alertsQuery.queryKey }),
  });
  const [isAsking, setAsking] = useState(false);
  return (
    <li className="alert-item">
      <div className="alert-title">
        <h2>{visibleText(name)}</h2>
        <span className={state === 'firing' ? 'error-text' : 'muted'}>{STATE_TEXTS[state]}</span>
        {since !== undefined && <TimeAgo time={since} />}
      </div>
      <p>
        {conditionText(alert)}
        {value !== undefined && <span className="muted"> · now {Number(value.toPrecision(4))}</span>}
      </p>
      <p className="mono alert-filters">
        <Link to="/" search={readSessionsSearch(parseSearch(filters))}>
          {filters === '' ? 'All sessions' : visibleText(filters)}
        </Link>
      </p>
      {message?.error !== undefined && (
        <p className="error-text">The last message did not arrive: {visibleText(message.error)}</p>
      )}
      <div className="alert-buttons">
        <button type="button" className="button button-small" onClick={onEdit}>
          Change
        </button>
        <button
          type="button"
          className="button button-small"
          disabled={test.isPending}
          onClick={() => test.mutate()}
        >
          Send a test
        </button>
        {isAsking ? (
          <>
            <button type="button" className="button button-small" onClick={() => setAsking(false)}>
              Keep
            </button>
            <button
              type="button"
              className="button button-small"
              disabled={remove.isPending}
              onClick={() => remove.mutate()}
            >
              Delete for good
            </button>
          </>
        ) : (
          <button type="button" className="button button-small" onClick={() => setAsking(true)}>
            <Icon name="trash" /> Delete
          </button>
        )}
        <span role="status">
          {test.data?.arrived === true && 'The test arrived.'}
          {test.data?.error !== undefined && (
            <span className="error-text">The test did not arrive: {visibleText(test.data.error)}</span>
          )}
        </span>
      </div>
      {(test.error ?? remove.error) !== null && <ErrorNote error={test.error ?? remove.error} />}
    </li>
  );
}
