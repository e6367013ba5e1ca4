/** Interval for checking the parent process, ms. */
const LOOK_EVERY_MS = 250;

/**
 * Treats the end of the parent process as SIGTERM. npm runs programs in a shell and sends SIGTERM only to
 * that shell, which just ends: the server would be left running, on its port and its data. Does nothing on
 * Windows, where a process keeps the id of an ended parent.
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
