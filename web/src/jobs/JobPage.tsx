import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { components } from '../../../client/src/schema.js';
import { formatCounted } from '../../../client/src/text/number.js';
import { api, dataOf } from '../api/client.js';
import { withProject } from '../api/project.js';
import { ErrorNote } from '../components/ErrorNote.js';
import { Skeleton } from '../components/Skeleton.js';

type Job = components['schemas']['ErasureJob'];

/** How often a job that goes on is asked for, ms. */
const ASK_EVERY_MS = 1_000;

const STATES: Readonly<Record<Job['state'], string>> = {
  removing: 'Removing: sessions leave all answers.',
  rewriting: 'Rewriting: no answer has them any more, and their records leave the log.',
  cleaning: 'Cleaning: free space is overwritten, then the files are searched.',
  done: 'Done: nothing of it is left.',
  failed: 'Failed. The next start of the server tries again.',
};

/** How far an erasure is. */
export function JobPage() {
  const { jobId } = useParams({ from: '/jobs/$jobId' });
  const { data, error, refetch } = useQuery({
    queryKey: ['job', jobId],
    queryFn: ({ signal }) => dataOf(api.GET('/api/v1/jobs/{jobId}', { params: { path: { jobId } }, signal })),
    refetchInterval: ({ state }) => (isOver(state.data) ? false : ASK_EVERY_MS),
  });
  if (data === undefined) {
    if (error === null) return <Skeleton height="160px" />;
    return <ErrorNote error={error} onRetry={() => void refetch()} />;
  }
  const { sessions, traces, spans, logs } = data.erased;
  return (
    <div className="shell-note">
      <h1>{data.target === 'user' ? 'Erasure of a user' : 'Erasure'}</h1>
      <p role="status">{STATES[data.state]}</p>
      {data.error !== undefined && <ErrorNote error={data.error} />}
      <p>
        {formatCounted(sessions, 'session')}, with {formatCounted(spans, 'span')} in{' '}
        {formatCounted(traces, 'trace')} and {formatCounted(logs, 'log record')}.
      </p>
      {data.receipt !== undefined && (
        <p>
          <a href={withProject(`api/v1/jobs/${encodeURIComponent(jobId)}`)} download={`${jobId}.json`}>
            The signed receipt
          </a>
        </p>
      )}
      <p>
        <Link to="/">All sessions</Link>
      </p>
    </div>
  );
}

function isOver(job: Job | undefined): boolean {
  return job?.state === 'done' || job?.state === 'failed';
}
