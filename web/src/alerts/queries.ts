import { queryOptions } from '@tanstack/react-query';
import type { components, paths } from '../../../client/src/schema.js';
import { api, dataOf } from '../api/client.js';

export type Alert = components['schemas']['Alert'];
export type AlertInput = paths['/api/v1/alerts']['post']['requestBody']['content']['application/json'];

/** How often the list is read, ms: alerts are evaluated once a minute. */
const READ_EVERY_MS = 15_000;

export const alertsQuery = queryOptions({
  queryKey: ['alerts'],
  queryFn: ({ signal }) => dataOf(api.GET('/api/v1/alerts', { signal })),
  refetchInterval: READ_EVERY_MS,
});

export function saveAlert(id: string | undefined, body: AlertInput): Promise<Alert> {
  return dataOf(
    id === undefined
      ? api.POST('/api/v1/alerts', { body })
      : api.PUT('/api/v1/alerts/{alertId}', { params: { path: { alertId: id } }, body }),
  );
}

export function testAlert(alertId: string) {
  return dataOf(api.POST('/api/v1/alerts/{alertId}/test', { params: { path: { alertId } } }));
}

export async function deleteAlert(alertId: string): Promise<void> {
  const { response, error } = await api.DELETE('/api/v1/alerts/{alertId}', { params: { path: { alertId } } });
  await dataOf(Promise.resolve({ data: response.ok ? true : undefined, error, response }));
}
