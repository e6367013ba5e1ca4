import { queryOptions } from '@tanstack/react-query';
import { api, dataOf } from '../api/client.js';
import { withProject } from '../api/project.js';
import { parseSearch } from '../url.js';
import { readSessionsSearch, type SessionsSearch } from './search.js';

export const viewsQuery = queryOptions({
  queryKey: ['views'],
  queryFn: ({ signal }) => dataOf(api.GET('/api/v1/views', { signal })),
});

export function saveView(viewName: string, query: string) {
  return dataOf(api.PUT('/api/v1/views/{viewName}', { params: { path: { viewName } }, body: { query } }));
}

export async function deleteView(viewName: string): Promise<void> {
  const { response, error } = await api.DELETE('/api/v1/views/{viewName}', {
    params: { path: { viewName } },
  });
  await dataOf(Promise.resolve({ data: response.ok ? true : undefined, error, response }));
}

/** The address that leads to a view, whatever it shows by then. */
export function viewAddress(name: string): string {
  return new URL(withProject(`views/${encodeURIComponent(name)}`), document.baseURI).href;
}

/** What a view shows. */
export function searchOfView(query: string): SessionsSearch {
  return readSessionsSearch(parseSearch(`?${query}`));
}
