/** A part of the page's own code did not come: the server does not answer, or is another version that has other files. */
export class PartMissing extends Error {
  constructor(cause: unknown) {
    super('A part of the page could not be loaded.', { cause });
    this.name = 'PartMissing';
  }
}

/** What an `import()` of a part of the page leads to. What it fails with differs from browser to browser, and is none of a reader's words. */
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
    await fetch('/healthz', { cache: 'no-store' });
    return true;
  } catch {
    return false;
  }
}
