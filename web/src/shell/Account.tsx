import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { visibleText } from '../../../client/src/text/visible-text.js';
import { api, dataOf } from '../api/client.js';
import { ApiProblem, describeError } from '../api/problem.js';
import { PROJECT } from '../api/project.js';
import { Icon } from '../components/Icon.js';
import { Popover } from '../components/Popover.js';
import { useCaller } from './use-caller.js';

/** Callers of all projects who name none see `default`. */
const shownProject = PROJECT ?? 'default';

/** Who is signed in, their projects, and signing out. Nothing where there is nothing to say. */
export function Account() {
  const caller = useCaller();
  const projects = useProjects(caller !== undefined && caller.project === undefined);
  const [isOpen, setOpen] = useState(false);
  if (caller === undefined) return null;
  const { actor, name, scopes, via } = caller;
  const isOpenToAll = via === 'open';
  if (isOpenToAll && projects.length < 2) return null;
  const who = visibleText(isOpenToAll ? shownProject : (name ?? actor));
  return (
    <Popover
      label="Account"
      isOpen={isOpen}
      onOpen={setOpen}
      button={
        <>
          <Icon name={isOpenToAll ? 'chevron-down' : 'user'} />
          <span className="account-name">{who}</span>
        </>
      }
    >
      <div className="account">
        {!isOpenToAll && (
          <p className="account-who">
            Signed in as <strong>{who}</strong>
            {name !== undefined && <span className="muted"> ({visibleText(actor)})</span>},{' '}
            {scopes.includes('admin') ? 'an admin.' : 'a viewer.'}
          </p>
        )}
        {projects.length > 1 && <Projects names={projects} />}
        {via === 'session' && <SignOut />}
      </div>
    </Popover>
  );
}

/** The projects that the caller may choose from. */
function useProjects(isEnabled: boolean): readonly string[] {
  const { data } = useQuery({
    queryKey: ['projects'],
    queryFn: ({ signal }) => dataOf(api.GET('/api/v1/projects', { signal })),
    enabled: isEnabled,
  });
  return (data?.items ?? []).map(({ name }) => name);
}

/** Each project is a page of its own: nothing of another one is in its cache. */
function Projects({ names }: { readonly names: readonly string[] }) {
  return (
    <nav className="account-projects" aria-label="Projects">
      {names.map((name) => (
        <a key={name} href={`?project=${encodeURIComponent(name)}`} aria-current={name === shownProject}>
          {visibleText(name)}
        </a>
      ))}
    </nav>
  );
}

function SignOut() {
  const signOut = useMutation({
    mutationFn: async () => {
      const { response, error } = await api.POST('/api/v1/sign-out');
      // A sign-in that has ended by itself is out, too.
      if (!response.ok && response.status !== 401) throw new ApiProblem(response.status, error);
      window.location.reload();
    },
  });
  return (
    <>
      <button
        type="button"
        className="button"
        disabled={signOut.isPending || signOut.isSuccess}
        onClick={() => signOut.mutate()}
      >
        Sign out
      </button>
      {signOut.error !== null && <p role="alert">{describeError(signOut.error)}</p>}
    </>
  );
}
