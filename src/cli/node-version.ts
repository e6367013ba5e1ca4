const NEEDED = [20, 19] as const;

/** What to tell the user of a Node.js that is too old, in a line; undefined where it will do. */
export function nodeVersionProblem(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])) return undefined;
  return `Sojourn needs Node.js ${NEEDED.join('.')} or newer; this is ${version}`;
}
