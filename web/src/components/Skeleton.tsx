/**
 * Reserves the space of text that is still loading, so that nothing moves when it arrives. Sizes are CSS
 * lengths.
 */
export function Skeleton({
  width = '100%',
  height = '1em',
}: {
  readonly width?: string;
  readonly height?: string;
}) {
  return <span className="skeleton" style={{ width, height }} />;
}
