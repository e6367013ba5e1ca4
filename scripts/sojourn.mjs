// The command line from a clone: makes it ready, then runs in this same process.
await import('./ready.mjs');
if (process.env.npm_lifecycle_event !== undefined) {
  const { stopWithParent } = await import('../dist/src/cli/stop-with-parent.js');
  stopWithParent();
}
await import('../dist/app/sojourn.js');
