import { visibleText } from '../../../../client/src/text/visible-text.js';
import type { Session } from '../../api/client.js';

/** Characters of each fact in the line. */
const MAX_IN_LINE = 60;

/** Further facts of the session: the first of them in one line, and all of them on request. */
export function Facts({ session }: { readonly session: Session }) {
  const facts = factsOf(session);
  if (facts.length === 0) return null;
  return (
    <details className="facts">
      <summary>
        Details
        <span className="facts-line truncate">
          {facts.map(([name, value]) => (
            <span key={name} title={visibleText(name)}>
              {visibleText(value.length > MAX_IN_LINE ? `${value.slice(0, MAX_IN_LINE)}…` : value)}
            </span>
          ))}
        </span>
      </summary>
      <dl>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd title={visibleText(value)}>{visibleText(value)}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function factsOf({
  services,
  client,
  geo,
  visit,
  genai_usage: usage,
  ...session
}: Session): [name: string, value: string][] {
  const entry = visit?.entry_url ?? visit?.entry_page;
  const exit = visit?.exit_url ?? visit?.exit_page;
  const facts: [name: string, value: string | undefined][] = [
    [entry === exit ? 'Entry and exit' : 'Entry', entry],
    ['Exit', entry === exit ? undefined : exit],
    ['Referrer', visit?.referrer],
    ['Release', session.release],
    ['Services', services.join(', ')],
    ['Models', usage?.models_used.join(', ')],
    ['Providers', usage?.providers_used.join(', ')],
    ['Device', joined(', ', client?.device_type, session.device_model)],
    ['System', joined(' ', client?.os, session.os_version)],
    ['Connection', session.connection],
    ['Browser', joined(' ', client?.browser, client?.browser_version)],
    ['Place', joined(', ', geo?.postal_code, geo?.city, geo?.region, geo?.country_name, geo?.country_code)],
    ['Time zone', geo?.timezone],
    ['IP address', client?.ip],
    ['User agent', client?.user_agent],
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== undefined && fact[1] !== '');
}

function joined(separator: string, ...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join(separator);
}
