import { AccessError } from './access-error.js';
import { PROJECT_NAME, PROJECT_NAME_RULE } from './project-name.js';
import { allows, type Scope } from './scope.js';

/** Who sends a request, and what they may do. */
export interface Identity {
  /** Name in the audit log, such as `key:V1StGXR8Z5jd`. */
  readonly actor: string;
  /** A name for people, if there is a better one than `actor`. */
  readonly name?: string | undefined;
  /**
   * How the caller proved it: nothing was needed, an API key, a sign-in of the web page, or the word of a
   * trusted proxy. Browsers prove the last two by themselves, also for pages of others.
   */
  readonly via: 'open' | 'key' | 'session' | 'proxy';
  readonly scopes: readonly Scope[];
  /** The only project that the caller may see; undefined for all. */
  readonly project: string | undefined;
  /** The id of the key, where the request brings one. */
  readonly keyId?: string;
  /** Set for keys of the scope `ingest-browser`. */
  readonly browser?: BrowserLimits;
}

/** What a key that everyone can read in a web page may do. */
export interface BrowserLimits {
  readonly keyId: string;
  /** Origins of the pages that may use it, in the form of `--cors-origins`. */
  readonly origins: readonly string[];
  readonly requestsPerMinute: number;
}

/** Everyone, where no key is needed. */
export const OPEN_IDENTITY: Identity = {
  actor: 'anyone',
  via: 'open',
  scopes: ['ingest', 'read', 'score', 'admin'],
  project: undefined,
};

/** @throws AccessError `scope` */
export function permit(identity: Identity, needed: Scope): void {
  if (allows(identity.scopes, needed)) return;
  throw new AccessError(
    'scope',
    `this needs the scope ${needed}; ${describe(identity)} has ${identity.scopes.join(', ')}`,
    { needed },
  );
}

/**
 * The project of a request: the caller's own, or for a caller of all projects the one that it asks for, else
 * `fallback`.
 * @throws AccessError `project`, `project_name`
 */
export function projectFor(identity: Identity, asked: string | undefined, fallback: string): string {
  const { project } = identity;
  if (asked === undefined) return project ?? fallback;
  if (!PROJECT_NAME.test(asked)) {
    throw new AccessError('project_name', `the name of a project has ${PROJECT_NAME_RULE}`);
  }
  if (project !== undefined && asked !== project) {
    throw new AccessError('project', `${describe(identity)} is bound to another project`);
  }
  return asked;
}

/** @throws AccessError `project` if the caller may not see all projects */
export function permitAllProjects(identity: Identity): void {
  if (identity.project === undefined) return;
  throw new AccessError(
    'project',
    `this is about all projects; ${describe(identity)} is bound to ${identity.project}`,
  );
}

function describe({ via }: Identity): string {
  switch (via) {
    case 'key':
      return 'the key';
    case 'session':
      return 'the sign-in';
    case 'proxy':
      return 'the user';
    case 'open':
      return 'a caller without a key';
  }
}
