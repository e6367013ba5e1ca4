import { type AccessStore, isUsable } from '../access-store.js';
import type { NewAuditEntry } from '../audit.js';
import type { Identity } from '../identity.js';
import type { Scope } from '../scope.js';
import type { SignIn } from './sign-in-store.js';

/** A sign-in that holds, for people who look after the server. */
export interface ListedSignIn {
  /** Names it. Says nothing about its cookie. */
  readonly id: string;
  /** What its cookie may do now. */
  readonly identity: Identity;
  /** Times in ms since 1970. */
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
}

type Store = Pick<AccessStore, 'key' | 'signIns' | 'endSignIn' | 'endSignInsOf'>;

const ID_LENGTH = 12;
/** Of the scopes of a key, the page needs only these: it reads and administers, and sends nothing. */
const PAGE_SCOPES: readonly Scope[] = ['read', 'admin'];

/** The id of a sign-in: the beginning of the digest of the id in its cookie, which nobody can calculate back. */
export function signInId({ hash }: Pick<SignIn, 'hash'>): string {
  return Buffer.from(hash).toString('hex').slice(0, ID_LENGTH);
}

/** Who a sign-in is at this time; undefined if it does not hold. One by a key may do what the key may do now. */
export async function identityOfSignIn(
  { actor, keyId, scopes, expiresAtMs }: SignIn,
  store: Pick<Store, 'key'>,
  nowMs: number,
): Promise<Identity | undefined> {
  if (nowMs >= expiresAtMs) return undefined;
  if (keyId === undefined) {
    return { actor, name: actor.replace(/^user:/, ''), via: 'session', scopes, project: undefined };
  }
  const key = await store.key(keyId);
  if (key === undefined || !isUsable(key, nowMs)) return undefined;
  const ofPage = key.scopes.filter((scope) => PAGE_SCOPES.includes(scope));
  return { actor, name: key.name, via: 'session', scopes: ofPage, project: key.project };
}

/** All sign-ins that hold at this time, the latest first. */
export async function listSignIns(store: Store, nowMs: number): Promise<ListedSignIn[]> {
  const listed: ListedSignIn[] = [];
  for (const signIn of await store.signIns()) {
    const identity = await identityOfSignIn(signIn, store, nowMs);
    const { createdAtMs, expiresAtMs } = signIn;
    if (identity !== undefined) listed.push({ id: signInId(signIn), identity, createdAtMs, expiresAtMs });
  }
  return listed;
}

/**
 * Ends the sign-in with this id, or all of the actor with this name, and notes it. Returns how many there were.
 *
 * @param by who ends them
 */
export async function endSignIns(
  store: Store,
  audit: (entry: Omit<NewAuditEntry, 'atMs'>) => Promise<void>,
  idOrActor: string,
  by: string,
): Promise<number> {
  const one = (await store.signIns()).find((signIn) => signInId(signIn) === idOrActor);
  const count =
    one === undefined ? await store.endSignInsOf(idOrActor) : Number(await store.endSignIn(one.hash));
  if (count > 0) {
    await audit({
      actor: by,
      action: 'sign_in.ended',
      subject: one?.actor ?? idOrActor,
      project: undefined,
      detail: one === undefined ? {} : { sign_in: idOrActor },
    });
  }
  return count;
}
