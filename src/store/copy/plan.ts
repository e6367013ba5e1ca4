import type { Decisions, Invalidation, Project } from './sides.js';

/**
 * What is to be copied. A copy keeps the numbers of blocks and projects, and the key of the installation. So the
 * log of an unfinished copy is the beginning of the source's log, and its end is where to continue: nothing else
 * has to be remembered.
 */

/** The copy cannot be made. The message says why, and what to do. */
export class CopyRefusedError extends Error {
  override readonly name = 'CopyRefusedError';
}

/** A target as it is found. */
export interface FoundTarget {
  readonly decisions: Decisions;
  readonly last: number;
  readonly hasUnnumbered: boolean;
}

/** Whether a target has nothing that was made under its own key. */
export function isEmpty({ decisions, last, hasUnnumbered }: FoundTarget): boolean {
  return (
    last === 0 && !hasUnnumbered && decisions.projects.length === 0 && decisions.invalidations.length === 0
  );
}

/**
 * Whether the target gets the key of the source; if not, it continues an unfinished copy. @throws
 * CopyRefusedError if the target has other data
 */
export function takesKey(source: Decisions, target: FoundTarget): boolean {
  if (source.installationKey === undefined) throw new CopyRefusedError('the source has no data');
  if (isEmpty(target)) return target.decisions.installationKey !== source.installationKey;
  if (target.decisions.installationKey !== source.installationKey)
    throw otherData('it was filled by another installation');
  if (target.hasUnnumbered) throw otherData('it has taken in telemetry by itself');
  return false;
}

/** Projects that the target lacks. @throws CopyRefusedError if it has others */
export function missingProjects(source: Decisions, target: Decisions): Project[] {
  const names = new Map(source.projects.map(({ no, name }) => [no, name]));
  for (const { no, name } of target.projects)
    if (names.get(no) !== name) throw otherData(`its project ${no} is not that of the source`);
  const known = new Set(target.projects.map(({ no }) => no));
  return source.projects.filter(({ no }) => !known.has(no));
}

/** Invalidations that the target lacks. @throws CopyRefusedError if it has others */
export function missingInvalidations(source: Decisions, target: Decisions): Invalidation[] {
  const there = new Set(source.invalidations.map(keyOf));
  const known = new Set(target.invalidations.map(keyOf));
  for (const key of known)
    if (!there.has(key)) throw otherData('sessions were invalidated there that are not in the source');
  return source.invalidations.filter((invalidation) => !known.has(keyOf(invalidation)));
}

function keyOf({ project, session }: Invalidation): string {
  return `${project} ${session}`;
}

/** The refusal of a target that has data of its own. */
export function otherData(reason: string): CopyRefusedError {
  return new CopyRefusedError(`the target has other data: ${reason}. Choose an empty directory or database`);
}
