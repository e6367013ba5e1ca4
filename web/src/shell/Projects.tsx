import { useQuery } from '@tanstack/react-query';
import { visibleText } from '../../../client/src/text/visible-text.js';
import { api, dataOf } from '../api/client.js';
import { PROJECT } from '../api/project.js';
import { useCaller } from './use-caller.js';

/** Callers of all projects who name none see `default`. */
export const SHOWN_PROJECT = PROJECT ?? 'default';

/** The projects that the caller may choose from. */
export function useProjects(): readonly string[] {
  const caller = useCaller();
  const { data } = useQuery({
    queryKey: ['projects'],
    queryFn: ({ signal }) => dataOf(api.GET('/api/v1/projects', { signal })),
    enabled: caller !== undefined && caller.project === undefined,
  });
  return (data?.items ?? []).map(({ name }) => name);
}

/** Each project is a page of its own: nothing of another one is in its cache. */
export function Projects({ names }: { readonly names: readonly string[] }) {
  return (
    <nav className="account-projects" aria-label="Projects">
      {names.map((name) => (
        <a key={name} href={`?project=${encodeURIComponent(name)}`} aria-current={name === SHOWN_PROJECT}>
          {visibleText(name)}
        </a>
      ))}
    </nav>
  );
}
