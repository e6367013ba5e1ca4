import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { formatCounted } from '../../../../client/src/text/number.js';
import { visibleText } from '../../../../client/src/text/visible-text.js';
import { api, dataOf, type Session } from '../../api/client.js';
import { ErrorNote } from '../../components/ErrorNote.js';
import { Icon } from '../../components/Icon.js';
import { useCaller } from '../../shell/use-caller.js';
import './erase.css';

/** A button for admins that erases the session, or its user, once that is confirmed. */
export function EraseSession({ session }: { readonly session: Session }) {
  const caller = useCaller();
  const [isOpen, setOpen] = useState(false);
  if (caller?.scopes.includes('admin') !== true) return null;
  return (
    <>
      <button type="button" className="button button-small" onClick={() => setOpen(true)}>
        <Icon name="trash" /> Erase…
      </button>
      {isOpen && <EraseDialog session={session} onClose={() => setOpen(false)} />}
    </>
  );
}

type Target = 'session' | 'user';

interface EraseDialogProps {
  readonly session: Session;
  readonly onClose: () => void;
}

/** Says what will go, and asks. Afterwards the page shows the job. */
function EraseDialog({ session, onClose }: EraseDialogProps) {
  const { 'session.id': sessionId, 'user.id': userId } = session;
  const [target, setTarget] = useState<Target>('session');
  const dialog = useRef<HTMLDialogElement>(null);
  const navigate = useNavigate();
  const cache = useQueryClient();
  useEffect(() => dialog.current?.showModal(), []);
  const ofUser = useSessionsOfUser(userId);
  const erase = useMutation({
    mutationFn: () =>
      dataOf(
        target === 'user'
          ? api.DELETE('/api/v1/users/{userId}', { params: { path: { userId: userId! } } })
          : api.DELETE('/api/v1/sessions/by-id', { params: { query: { id: sessionId } } }),
      ),
    onSuccess: ({ id }) => {
      // Lists that were loaded before still have it.
      void cache.invalidateQueries({ refetchType: 'none' });
      void navigate({ to: '/jobs/$jobId', params: { jobId: id } });
    },
  });
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby="erase-title" onClose={onClose}>
      <header className="dialog-head">
        <h2 id="erase-title">Erase for good?</h2>
        <button type="button" className="icon-button" aria-label="Close" onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <fieldset className="erase-targets">
        <legend className="visually-hidden">What to erase</legend>
        <label>
          <input
            type="radio"
            name="target"
            checked={target === 'session'}
            onChange={() => setTarget('session')}
          />
          <span>
            This session: {formatCounted(session.span_count, 'span')} in{' '}
            {formatCounted(session.trace_count, 'trace')}, and its log records
          </span>
        </label>
        {userId !== undefined && (
          <label>
            <input
              type="radio"
              name="target"
              checked={target === 'user'}
              onChange={() => setTarget('user')}
            />
            <span>
              All of {visibleText(userId)}
              {ofUser !== undefined && `: ${formatCounted(ofUser, 'session')}`}
            </span>
          </label>
        )}
      </fieldset>
      <p className="muted">
        No answer has it from then on, and its bytes leave the disk. What comes of it later stays out. This
        cannot be undone.
      </p>
      {erase.error !== null && <ErrorNote error={erase.error} />}
      <div className="erase-buttons">
        <button type="button" className="button" onClick={onClose}>
          Cancel
        </button>
        <button
          type="button"
          className="button button-primary"
          disabled={erase.isPending || erase.isSuccess}
          onClick={() => erase.mutate()}
        >
          Erase
        </button>
      </div>
    </dialog>
  );
}

/** How many sessions the user has; undefined until that is known. */
function useSessionsOfUser(userId: string | undefined): number | undefined {
  const { data } = useQuery({
    queryKey: ['sessions of user', userId],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/api/v1/sessions/stats', { params: { query: { userId: userId! } }, signal })),
    enabled: userId !== undefined,
  });
  return data?.total_sessions;
}
