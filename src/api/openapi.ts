import { createApi } from './server.js';

/** The OpenAPI document of this version, made without a server: nothing that answers requests is in it. */
export async function openApiDocument(): Promise<object> {
  const none = (): never => {
    throw new Error('made for its description only');
  };
  const queries = new Proxy({} as Parameters<typeof createApi>[0]['queries'], { get: () => none });
  const api = await createApi({
    queries,
    live: { open: none },
    writer: { invalidate: none },
    project: 'default',
    version: '0.0.0',
    ready: none,
    telemetry: { contentType: 'text/plain', render: none, httpRequestSeconds: { observe: none } },
  });
  try {
    return api.openapi;
  } finally {
    await api.close();
  }
}
