import { readFile } from 'node:fs/promises';

/**
 * The text of a file that a setting names.
 * @throws what `problem` makes of a line that says why it cannot be read
 */
export async function readSettingsFile(
  flag: string,
  file: string,
  problem: (message: string) => Error,
): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const reason = isMissing ? 'there is no such file' : (error as Error).message;
    throw problem(`--${flag}: cannot read ${file}: ${reason}`);
  }
}
