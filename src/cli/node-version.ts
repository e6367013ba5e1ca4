const NEEDED = [20, 19] as const;

/** One line for the user if Node.js is too old; undefined if it is not. */
export function nodeVersionProblem(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])) return undefined;
  return `Sojourn needs Node.js ${NEEDED.join('.')} or newer; this is ${version}`;
}
