/** Keeps the place of text that is still to come, so that nothing moves when it does. Sizes are CSS lengths. */
export function Skeleton({
  width = '100%',
  height = '1em',
}: {
  readonly width?: string;
  readonly height?: string;
}) {
  return <span className="skeleton" style={{ width, height }} />;
}
