import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

/**
 * One file of the page, in memory. The files are few and small, and no part of a request ever becomes a path
 * on disk.
 */
export interface WebFile {
  readonly type: string;
  /** Changes with the content; without quotes. */
  readonly etag: string;
  /** Whether its name changes with its content, so that it may be cached forever. */
  readonly immutable: boolean;
  readonly plain: Buffer;
  /** Compressed forms made when the page was built; undefined if compression gains nothing. */
  readonly br: Buffer | undefined;
  readonly gzip: Buffer | undefined;
}

/** The files by their request paths. */
export type WebFiles = ReadonlyMap<string, WebFile>;

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/** The page. The server writes its base path into it. */
export const PAGE = '/index.html';
const BASE = '<base href="/" />';

/** Vite puts files named by their content here. */
const HASHED_FOLDER = '/assets/';

/**
 * Reads a built page that is served below `basePath`, such as `/sojourn`; empty for none. Returns no files if
 * the folder is missing. Rejects if a file has an unknown type.
 */
export async function readWebFiles(folder: string, basePath = ''): Promise<WebFiles> {
  const contents = new Map<string, Buffer>();
  for (const name of await namesIn(folder)) contents.set(name, await readFile(join(folder, name)));
  if (basePath !== '') setBasePath(contents, basePath);
  const files = new Map<string, WebFile>();
  for (const [name, plain] of contents) {
    const extension = extname(name);
    if (extension === '.br' || extension === '.gz') continue;
    const type = TYPES[extension];
    if (type === undefined) throw new Error(`the web page has a file of an unknown type: ${name}`);
    const path = `/${name.split(sep).join('/')}`;
    files.set(path, {
      type,
      etag: createHash('sha256').update(plain).digest('base64url').slice(0, 22),
      immutable: path.startsWith(HASHED_FOLDER),
      plain,
      br: contents.get(`${name}.br`),
      gzip: contents.get(`${name}.gz`),
    });
  }
  return files;
}

/** Writes the base path into the page, and compresses it again. */
function setBasePath(contents: Map<string, Buffer>, basePath: string): void {
  const name = PAGE.slice(1);
  const page = contents.get(name)?.toString();
  if (page === undefined) return;
  if (!page.includes(BASE)) throw new Error(`the web page has no ${BASE}, so it cannot work below a path`);
  const changed = Buffer.from(page.replace(BASE, `<base href="${basePath}/" />`));
  contents.set(name, changed);
  if (contents.has(`${name}.br`)) contents.set(`${name}.br`, brotliCompressSync(changed));
  if (contents.has(`${name}.gz`)) contents.set(`${name}.gz`, gzipSync(changed));
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
