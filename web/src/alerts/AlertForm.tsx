import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { CopyButton } from '../components/CopyButton.js';
import { ErrorNote } from '../components/ErrorNote.js';
import { MEASURES } from './alert-text.js';
import { type Alert, type AlertInput, alertsQuery, saveAlert } from './queries.js';

interface AlertFormProps {
  /** The alert to change; undefined for a new one. */
  readonly alert: Alert | undefined;
  /** Filters of a new alert. */
  readonly filters: string;
  readonly onClose: () => void;
}

/** The fields of an alert. A new webhook's secret is shown once it is saved. */
export function AlertForm({ alert, filters, onClose }: AlertFormProps) {
  const cache = useQueryClient();
  const [secret, setSecret] = useState<string>();
  const [measure, setMeasure] = useState<string>(alert?.measure ?? 'error_share');
  const save = useMutation({
    mutationFn: (input: AlertInput) => saveAlert(alert?.id, input),
    onSuccess: (saved) => {
      void cache.invalidateQueries({ queryKey: alertsQuery.queryKey });
      if (saved.secret !== undefined && saved.channel.kind === 'webhook') setSecret(saved.secret);
      else onClose();
    },
  });
  if (secret !== undefined) {
    return (
      <section className="alert-form" aria-label="Secret of the alert" role="status">
        <p>The receiver checks signatures with this secret. It is shown only now.</p>
        <p className="alert-secret">
          <code>{secret}</code> <CopyButton text={secret} label="Copy the secret" />
        </p>
        <button type="button" className="button" onClick={onClose}>
          Done
        </button>
      </section>
    );
  }
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    save.mutate(inputOf(new FormData(event.currentTarget)));
  };
  return (
    <form
      className="alert-form"
      onSubmit={submit}
      aria-label={alert === undefined ? 'New alert' : 'Change the alert'}
    >
      <label className="field">
        Name
        <input className="input" name="name" required maxLength={100} defaultValue={alert?.name} />
      </label>
      <label className="field">
        Filters, as in the address of the list
        <input
          className="input mono"
          name="filters"
          maxLength={4000}
          placeholder="service=checkout&country=DE"
          defaultValue={alert?.filters ?? filters}
        />
      </label>
      <div className="alert-fields">
        <label className="field">
          Measure
          <select
            className="input"
            name="measure"
            value={measure}
            onChange={({ target }) => setMeasure(target.value)}
          >
            {MEASURES.map(([value, name]) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </select>
        </label>
        {measure === 'score_average' && (
          <label className="field">
            Name of the score
            <input className="input" name="score" required maxLength={64} defaultValue={alert?.score} />
          </label>
        )}
        <label className="field">
          Fires while it is
          <select className="input" name="operator" defaultValue={alert?.operator ?? 'above'}>
            <option value="above">above</option>
            <option value="below">below</option>
          </select>
        </label>
        <label className="field">
          Threshold
          <input
            className="input"
            name="threshold"
            type="number"
            step="any"
            required
            defaultValue={alert?.threshold ?? 0.05}
          />
        </label>
        <label className="field">
          Window, minutes
          <input
            className="input"
            name="window"
            type="number"
            min={1}
            max={10_080}
            required
            defaultValue={alert?.window_minutes ?? 15}
          />
        </label>
        <label className="field">
          Sessions
          <select className="input" name="select" defaultValue={alert?.select ?? 'started'}>
            <option value="started">that started in it</option>
            <option value="active">with activity in it</option>
          </select>
        </label>
      </div>
      <div className="alert-fields">
        <label className="field">
          Tell
          <select className="input" name="kind" defaultValue={alert?.channel.kind ?? 'webhook'}>
            <option value="webhook">a signed webhook</option>
            <option value="slack">Slack</option>
          </select>
        </label>
        <label className="field alert-url">
          At this address
          <input
            className="input"
            name="url"
            type="url"
            required
            maxLength={2000}
            placeholder="https://"
            defaultValue={alert?.channel.url}
          />
        </label>
      </div>
      <label className="alert-enabled">
        <input name="enabled" type="checkbox" defaultChecked={alert?.enabled ?? true} /> Evaluate it
      </label>
      {save.error !== null && <ErrorNote error={save.error} />}
      <div className="alert-buttons">
        <button type="button" className="button" onClick={onClose}>
          Cancel
        </button>
        <button type="submit" className="button button-primary" disabled={save.isPending}>
          Save
        </button>
      </div>
    </form>
  );
}

function inputOf(form: FormData): AlertInput {
  const text = (name: string): string => String(form.get(name) ?? '');
  return {
    name: text('name'),
    filters: text('filters'),
    measure: text('measure') as AlertInput['measure'],
    ...(form.has('score') && { score: text('score') }),
    operator: text('operator') as AlertInput['operator'],
    threshold: Number(text('threshold')),
    window_minutes: Number(text('window')),
    select: text('select') as NonNullable<AlertInput['select']>,
    channel: { kind: text('kind') as AlertInput['channel']['kind'], url: text('url') },
    enabled: form.get('enabled') !== null,
  };
}
