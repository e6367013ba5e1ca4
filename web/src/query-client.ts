import { QueryClient } from '@tanstack/react-query';
import { ApiProblem } from './api/problem.js';

const MAX_RETRIES = 2;
const FRESH_MS = 5_000;

/** What was read from the API, for all pages. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // What the server refused it will refuse again; what it could not answer at the moment, or what got lost, may work.
      retry: (failures, error) =>
        failures < MAX_RETRIES && !(error instanceof ApiProblem && error.status < 500),
      staleTime: FRESH_MS,
    },
  },
});
