// Files that are made from the server's OpenAPI document. Their first line has the fingerprints of the document and
// of what follows, so that a changed document is noticed without making them again.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openApiDocument } from '../dist/src/api/openapi.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * Writes `path`, or with `--check` on the command line writes nothing and fails if it is not what the document says.
 * `comment`: what begins a line of comment. `command`: what makes the file. `make`: its content from the document's JSON.
 */
export async function generated({ path, comment, command, make }) {
  const document = JSON.stringify(await openApiDocument('0.0.0'));
  if (process.argv.includes('--check')) {
    if (isCurrent(path, document)) return;
    console.error(`${relative(ROOT, path)} is not what the OpenAPI document says: ${command}`);
    process.exitCode = 1;
    return;
  }
  const content = await make(document);
  writeFileSync(
    path,
    `${comment} Made by ${command}. ${fingerprint(document)} ${fingerprint(content)}\n${content}`,
  );
}

function isCurrent(path, document) {
  const [, ofDocument, ofContent, content] =
    /^\S+ .* (\w{32}) (\w{32})\n([\s\S]*)$/.exec(existsSync(path) ? readFileSync(path, 'utf8') : '') ?? [];
  return ofDocument === fingerprint(document) && ofContent === fingerprint(content);
}

function fingerprint(text) {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
