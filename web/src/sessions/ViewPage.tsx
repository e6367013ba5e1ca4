import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, Navigate } from '@tanstack/react-router';
import { visibleText } from '../../../client/src/text/visible-text.js';
import { ErrorNote } from '../components/ErrorNote.js';
import { Skeleton } from '../components/Skeleton.js';
import { searchOfView, viewsQuery } from './saved-views.js';

const route = getRouteApi('/views/$viewName');

/** The link to a saved view: shows the list as it was saved. */
export function ViewPage() {
  const { viewName } = route.useParams();
  const { data, error, refetch } = useQuery(viewsQuery);
  if (error !== null) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Skeleton height="160px" />;
  const view = data.items.find(({ name }) => name === viewName);
  if (view !== undefined) return <Navigate to="/" search={searchOfView(view.query)} replace />;
  return (
    <div className="view-note">
      <h1>No such view</h1>
      <p>There is no saved view “{visibleText(viewName)}” in this project.</p>
      <Link to="/">All sessions</Link>
    </div>
  );
}
