import { createMcpHandler } from '@modelcontextprotocol/server';
import { SojournClient } from '../../client/src/index.js';
import { mcpServer } from './server.js';

/** Who calls the tools, and how they read. */
export interface McpCaller {
  /** Sends requests to the API with the credentials of the caller. */
  readonly fetch: typeof fetch;
  /** The only project that the tools see. */
  readonly project: string;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** The tools over streamable HTTP: a request holds one message, and nothing is kept from one to the next. */
export interface McpOverHttp {
  /** `message`: the body of the request, parsed. */
  answer(request: Request, message: unknown, caller: McpCaller): Promise<Response>;
  /** Ends all answers. */
  close(): Promise<void>;
}

/** Nothing changes that could be subscribed to, so few who ask for it are held. */
const MOST_SUBSCRIPTIONS = 64;

/** Requests do not leave the process, so no address is meant by it. */
const BASE_URL = 'http://sojourn.internal';

export function mcpOverHttp(version: string, onFailure: (error: Error) => void): McpOverHttp {
  const handler = createMcpHandler(
    ({ authInfo }) => {
      const { fetch, project, signal } = authInfo!.extra!.caller as McpCaller;
      return mcpServer(
        new SojournClient({ baseUrl: BASE_URL, project, fetch, signal, retry: { attempts: 1 } }),
        version,
      );
    },
    { onerror: onFailure, maxSubscriptions: MOST_SUBSCRIPTIONS },
  );
  return {
    answer: (request, message, caller) =>
      handler.fetch(request, {
        parsedBody: message,
        // Whoever called is known to the API already: this only carries it to the tools.
        authInfo: { token: '', clientId: '', scopes: [], extra: { caller } },
      }),
    close: () => handler.close(),
  };
}
