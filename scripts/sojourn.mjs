// The command line from a clone: makes it ready, then runs in this same process.
await import('./ready.mjs');
if (process.env.npm_lifecycle_event !== undefined) stopWithShell();
await import('../dist/src/cli/sojourn.js');

/**
 * npm hands SIGTERM on to the shell it runs scripts in, and that shell just ends: the server would be left running,
 * on its port and its data. Losing the parent is therefore taken as the signal.
 */
function stopWithShell() {
  const shell = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 250);
  watch.unref();
}
