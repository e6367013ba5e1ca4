import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, Navigate } from '@tanstack/react-router';
import { visibleText } from '../../../client/src/text/visible-text.js';
import { api, dataOf } from '../api/client.js';
import { ApiProblem } from '../api/problem.js';
import { ErrorNote } from '../components/ErrorNote.js';
import { Skeleton } from '../components/Skeleton.js';

const route = getRouteApi('/traces/$traceId');

/** Finds the session of a trace, and shows the trace there. */
export function TracePage() {
  const { traceId } = route.useParams();
  const { span } = route.useSearch();
  const { data, error, refetch } = useQuery({
    queryKey: ['trace-sessions', traceId],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/api/v1/traces/{traceId}/sessions', { params: { path: { traceId } }, signal })),
  });
  const first = data?.items[0];
  if (first !== undefined) {
    return (
      <Navigate
        to="/sessions/$sessionId"
        params={{ sessionId: first['session.id'] }}
        search={{ trace: traceId.toLowerCase(), ...(span !== undefined && { span }) }}
        replace
      />
    );
  }
  if (error instanceof ApiProblem && error.status === 404) {
    return (
      <div className="shell-note">
        <h1>No such trace</h1>
        <p>
          No span of the trace <span className="mono">{visibleText(traceId)}</span> is stored here: it was
          never sent, or it was removed.
        </p>
        <p>
          <Link to="/">All sessions</Link>
        </p>
      </div>
    );
  }
  if (error !== null) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  return (
    <div role="status" aria-label="Looking for the trace">
      <Skeleton height="320px" />
    </div>
  );
}
