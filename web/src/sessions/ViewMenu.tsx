import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { visibleText } from '../../../client/src/text/visible-text.js';
import { CopyButton } from '../components/CopyButton.js';
import { ErrorNote } from '../components/ErrorNote.js';
import { Icon } from '../components/Icon.js';
import { Popover } from '../components/Popover.js';
import { useCaller } from '../shell/use-caller.js';
import { parametersOf } from '../url.js';
import { deleteView, saveView, viewAddress, viewsQuery } from './saved-views.js';
import type { SessionsSearch } from './search.js';

/** The saved views of the project; admins save what the list shows under a name. */
export function ViewMenu({ search }: { readonly search: SessionsSearch }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Popover
      label="Saved views"
      isOpen={isOpen}
      onOpen={setOpen}
      button={
        <>
          <Icon name="bookmark" />
          Views
        </>
      }
    >
      <Views search={search} onChosen={() => setOpen(false)} />
    </Popover>
  );
}

interface ViewsProps {
  readonly search: SessionsSearch;
  readonly onChosen: () => void;
}

function Views({ search, onChosen }: ViewsProps) {
  const client = useQueryClient();
  const isAdmin = useCaller()?.scopes.includes('admin') === true;
  const { data, error } = useQuery(viewsQuery);
  const [name, setName] = useState('');
  const changed = { onSuccess: () => client.invalidateQueries({ queryKey: viewsQuery.queryKey }) };
  const save = useMutation({
    mutationFn: () => saveView(name.trim(), parametersOf({ ...search }).toString()),
    ...changed,
  });
  const remove = useMutation({ mutationFn: deleteView, ...changed });
  const views = data?.items ?? [];
  const failed = error ?? save.error ?? remove.error;
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate(undefined, { onSuccess: () => setName('') });
  };
  return (
    <div className="views">
      {views.length > 0 ? (
        <ul className="views-list">
          {views.map((view) => (
            <li key={view.name}>
              <Link to="/views/$viewName" params={{ viewName: view.name }} onClick={onChosen}>
                {visibleText(view.name)}
              </Link>
              <CopyButton text={viewAddress(view.name)} label={`Copy the link to ${view.name}`} />
              {isAdmin && (
                <button
                  type="button"
                  className="icon-button"
                  aria-label={`Delete ${view.name}`}
                  onClick={() => remove.mutate(view.name)}
                >
                  <Icon name="trash" />
                </button>
              )}
            </li>
          ))}
        </ul>
      ) : (
        <p className="muted">{data === undefined ? 'Loading' : 'No view is saved yet.'}</p>
      )}
      {isAdmin && (
        <form className="views-form" onSubmit={onSubmit}>
          <label>
            Save this list as
            <input
              className="input"
              value={name}
              maxLength={100}
              required
              onChange={(event) => setName(event.target.value)}
            />
          </label>
          <button type="submit" className="button button-small" disabled={save.isPending}>
            Save
          </button>
        </form>
      )}
      {failed !== null && <ErrorNote error={failed} />}
    </div>
  );
}
