import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { visibleText } from '../../../client/src/text/visible-text.js';
import { api } from '../api/client.js';
import { ApiProblem, describeError } from '../api/problem.js';
import { Icon } from '../components/Icon.js';
import { Popover } from '../components/Popover.js';
import { Projects, SHOWN_PROJECT, useProjects } from './Projects.js';
import { useCaller } from './use-caller.js';

/** Who is signed in, their projects, and signing out. Nothing where there is nothing to say. */
export function Account() {
  const caller = useCaller();
  const projects = useProjects();
  const [isOpen, setOpen] = useState(false);
  if (caller === undefined) return null;
  const { actor, name, scopes, via } = caller;
  const isOpenToAll = via === 'open';
  if (isOpenToAll && projects.length < 2) return null;
  const who = visibleText(isOpenToAll ? SHOWN_PROJECT : (name ?? actor));
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
