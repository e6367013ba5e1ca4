/** How often it is looked whether the parent is still there, ms. */
const LOOK_EVERY_MS = 250;

/**
 * Takes the end of the parent process as SIGTERM. npm runs programs in a shell, hands SIGTERM on to that shell alone, and the shell just ends: the server
 * would be left running, on its port and its data. Does nothing on Windows, where a process keeps the id of a parent that is gone.
 */
export function stopWithParent(): void {
  if (process.platform === 'win32') return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, LOOK_EVERY_MS);
  watch.unref();
}
