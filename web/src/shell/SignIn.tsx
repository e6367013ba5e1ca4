import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, dataOf } from '../api/client.js';
import { ApiProblem } from '../api/problem.js';
import { ErrorNote } from '../components/ErrorNote.js';
import './sign-in.css';

/** What the server says in the address when it sends the browser back from the identity provider. */
const FAILURES = new Map([
  ['failed', 'The sign-in was not completed. The server’s log says why.'],
  ['forbidden', 'You are known there, but may not use Sojourn. Ask its operator.'],
]);

/** Asks who is there. Afterwards the page is loaded anew. */
export function SignIn() {
  const ways = useQuery({
    queryKey: ['sign-in'],
    queryFn: ({ signal }) => dataOf(api.GET('/api/v1/sign-in', { signal })),
  });
  const failure = FAILURES.get(new URLSearchParams(window.location.search).get('sign-in') ?? '');
  const provider = ways.data?.provider;
  return (
    <section className="sign-in card" aria-labelledby="sign-in-title">
      <h1 id="sign-in-title">Sign in</h1>
      {failure !== undefined && <ErrorNote error={failure} />}
      {ways.error !== null && <ErrorNote error={ways.error} onRetry={() => void ways.refetch()} />}
      {provider !== undefined && (
        <a className="button button-primary sign-in-provider" href={providerAddress()}>
          Sign in at {provider}
        </a>
      )}
      <KeyForm isFirst={provider === undefined} />
    </section>
  );
}

/** Leads back to this page, without what a failed sign-in has left in its address. */
function providerAddress(): string {
  const back = new URL(window.location.href);
  back.searchParams.delete('sign-in');
  return `api/v1/sign-in/provider?to=${encodeURIComponent(back.href)}`;
}

function KeyForm({ isFirst }: { readonly isFirst: boolean }) {
  const [key, setKey] = useState('');
  const signIn = useMutation({
    mutationFn: async () => {
      const headers = { authorization: `Bearer ${key.trim()}` };
      await dataOf(api.POST('/api/v1/sign-in', { headers }));
      const page = new URL(window.location.href);
      page.searchParams.delete('sign-in');
      window.location.replace(page);
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (key.trim() !== '') signIn.mutate();
  };
  return (
    <form className="sign-in-key" onSubmit={submit}>
      <label htmlFor="sign-in-key">{isFirst ? 'API key' : 'Or with an API key'}</label>
      <input
        id="sign-in-key"
        type="password"
        className="input"
        autoComplete="current-password"
        spellCheck={false}
        placeholder="sjn_…"
        value={key}
        onChange={(event) => setKey(event.target.value)}
      />
      <button
        type="submit"
        className={isFirst ? 'button button-primary' : 'button'}
        disabled={signIn.isPending || signIn.isSuccess}
      >
        Sign in
      </button>
      {signIn.error !== null && <ErrorNote error={reasonOf(signIn.error)} />}
      <p className="muted">
        The key needs the scope <code>read</code>, or <code>admin</code>. On the server,{' '}
        <code>sojourn keys create --name me --scope read --all-projects</code> makes one.
      </p>
    </form>
  );
}

/** A key with a character that no header can have is no key either. */
function reasonOf(error: unknown): unknown {
  return error instanceof ApiProblem || !(error instanceof TypeError) ? error : 'This is not an API key.';
}
