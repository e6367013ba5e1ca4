import { createHash } from 'node:crypto';

/** Maximum length in bytes of a resource or scope that is digested again with each of its log records. */
const MAX_REPEATED = 4096;

/**
 * The part of a resource or scope that goes into the digest of each of its log records (SPEC S3): its bytes,
 * or their SHA-256 if they are more than 4,096. A request can have megabytes of them, and a hundred thousand
 * records.
 */
export function digestedPart(parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  if (length <= MAX_REPEATED) return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
