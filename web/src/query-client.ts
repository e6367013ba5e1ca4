import { QueryClient } from '@tanstack/react-query';
import { ApiProblem } from './api/problem.js';

const MAX_RETRIES = 2;
const FRESH_MS = 5_000;

/** The cache of API answers, shared by all pages. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // A refused request would be refused again. A request that was lost, or that the server could not
      // answer at the moment, may succeed.
      retry: (failures, error) =>
        failures < MAX_RETRIES && !(error instanceof ApiProblem && error.status < 500),
      staleTime: FRESH_MS,
      // The server may be on this machine, and answer without a network. Without an answer, the page says so.
      networkMode: 'always',
    },
  },
});
