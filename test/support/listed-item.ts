import type { Session } from '../../src/contract/session.js';
import type { ListedSession } from '../../src/store/contract/session.js';

/** The fields of a session that a list stores as text. */
export function listedItem({ fields }: ListedSession): Partial<Session> {
  return JSON.parse(`{${Buffer.from(fields).toString('utf8')}}`) as Partial<Session>;
}
