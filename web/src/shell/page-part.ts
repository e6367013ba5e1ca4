/** A code chunk of the page did not load: the server does not answer, or is another version with other files. */
export class PartMissing extends Error {
  constructor(cause: unknown) {
    super('A part of the page could not be loaded.', { cause });
    this.name = 'PartMissing';
  }
}

/** Awaits an `import()` of a chunk. Browsers fail differently, and not in words for a reader. */
export async function pagePart<Module>(imported: Promise<Module>): Promise<Module> {
  try {
    return await imported;
  } catch (cause) {
    throw new PartMissing(cause);
  }
}

/** Whether the server answers at all. */
export async function doesServerAnswer(): Promise<boolean> {
  try {
    await fetch('healthz', { cache: 'no-store' });
    return true;
  } catch {
    return false;
  }
}
