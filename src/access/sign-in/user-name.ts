const MAX_LENGTH = 256;

/** A user's name from outside, safe in logs and any store; undefined if nothing is left of it. */
export function userName(raw: unknown): string | undefined {
  if (typeof raw !== 'string') return undefined;
  // Control characters, line ends included, and halves of characters.
  const name = raw.replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/gu, '').trim();
  return name === '' || name.length > MAX_LENGTH ? undefined : name;
}
