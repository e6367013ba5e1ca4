import type { AccessStore, KeyRecord } from '../access/access-store.js';
import type { AuditEntry, NewAuditEntry } from '../access/audit.js';
import { auditJson } from '../access/audit-json.js';
import { KeyRing } from '../access/key-ring.js';
import { signInJson } from '../access/sign-in/sign-in-json.js';
import { endSignIns, listSignIns } from '../access/sign-in/sign-in-list.js';
import type { AuditOptions, CreateKeyOptions, ListOptions } from './access-options.js';
import { type Column, styleOf, tableLines } from './read/table.js';

/** A command about keys, sign-ins or the audit log, with valid options. */
export type AccessCommand =
  | { readonly kind: 'create'; readonly options: CreateKeyOptions }
  | { readonly kind: 'list'; readonly options: ListOptions }
  | { readonly kind: 'revoke'; readonly id: string }
  | { readonly kind: 'audit'; readonly options: AuditOptions }
  | { readonly kind: 'list sign-ins'; readonly options: ListOptions }
  | { readonly kind: 'end sign-ins'; readonly idOrActor: string };

/** The environment of such a command. */
export interface AccessContext {
  /** Opens the store of a server, which may be running. */
  open(): Promise<AccessStore>;
  /** Who runs the command, for the audit log. */
  readonly actor: string;
  /** Whether the output shows colours. */
  readonly isColored: boolean;
  /** Of the terminal, in columns; undefined where the output is none. */
  readonly width: number | undefined;
  /** Ms since 1970. */
  nowMs(): number;
  print(text: string): void;
  printError(text: string): void;
}

/** Entries of the audit log that are read at once. */
const AUDIT_PAGE = 1_000;

/** Runs a command and resolves to the exit code. */
export async function runAccess(command: AccessCommand, context: AccessContext): Promise<number> {
  let store: AccessStore | undefined;
  try {
    store = await context.open();
    return await perform(command, store, context);
  } catch (error) {
    context.printError(`sojourn: ${(error as Error).message}\n`);
    return 1;
  } finally {
    await store?.close();
  }
}

function perform(command: AccessCommand, store: AccessStore, context: AccessContext): Promise<number> {
  switch (command.kind) {
    case 'create':
      return create(store, command.options, context);
    case 'list':
      return list(store, command.options, context);
    case 'revoke':
      return revoke(store, command.id, context);
    case 'audit':
      return audit(store, command.options, context);
    case 'list sign-ins':
      return printSignIns(store, command.options, context);
    case 'end sign-ins':
      return revokeSignIns(store, command.idOrActor, context);
  }
}

/** Prints the key alone on standard output, so that scripts can take it from there. */
async function create(
  store: AccessStore,
  options: CreateKeyOptions,
  context: AccessContext,
): Promise<number> {
  const { actor, nowMs, print, printError } = context;
  const { name = '', ...request } = options;
  const { text, key } = await new KeyRing(store, actor, nowMs).create({ ...request, name });
  print(`${text}\n`);
  printError(`Made the key ${key.id} (${described(key)}).
It is not shown again. Senders give it as a header:
  OTEL_EXPORTER_OTLP_HEADERS=x-api-key=sjn_…
`);
  return 0;
}

async function list(store: AccessStore, { json }: ListOptions, context: AccessContext): Promise<number> {
  const keys = await store.keys();
  if (json) {
    for (const key of keys) context.print(`${JSON.stringify(keyJson(key, context.nowMs()))}\n`);
    return 0;
  }
  if (keys.length === 0) {
    context.printError('There are no keys.\n');
    return 0;
  }
  const rows = keys.map((key) => [
    key.id,
    key.name,
    key.scopes.join(','),
    key.project ?? '(all)',
    minute(key.createdAtMs),
    minute(key.expiresAtMs),
    minute(key.lastUsedAtMs),
    stateOf(key, context.nowMs()),
  ]);
  context.print(tableOf(KEY_COLUMNS, rows, context));
  return 0;
}

const KEY_COLUMNS: readonly Column[] = [
  { title: 'ID' },
  { title: 'NAME', isCut: true },
  { title: 'SCOPES', isCut: true },
  { title: 'PROJECT', dropped: 3 },
  { title: 'CREATED', dropped: 0 },
  { title: 'EXPIRES', dropped: 2 },
  { title: 'LAST USED', dropped: 1 },
  { title: 'STATE' },
];

const SIGN_IN_COLUMNS: readonly Column[] = [
  { title: 'ID' },
  { title: 'WHO', isCut: true },
  { title: 'NAME', isCut: true, dropped: 3 },
  { title: 'SCOPES', isCut: true, dropped: 4 },
  { title: 'PROJECT', dropped: 2 },
  { title: 'SINCE', dropped: 0 },
  { title: 'UNTIL', dropped: 1 },
];

function tableOf(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  { isColored, width }: AccessContext,
): string {
  const cells = rows.map((row) => row.map((text) => ({ text })));
  return tableLines(columns, cells, styleOf(isColored, width)).join('');
}

async function revoke(store: AccessStore, id: string, context: AccessContext): Promise<number> {
  const { actor, nowMs, print, printError } = context;
  const outcome = await new KeyRing(store, actor, nowMs).revoke(id);
  if (outcome === undefined) {
    printError(`sojourn: there is no key ${id}; sojourn keys list shows their ids\n`);
    return 1;
  }
  print(outcome === 'revoked' ? `Revoked the key ${id}.\n` : `The key ${id} was revoked before.\n`);
  return 0;
}

async function printSignIns(
  store: AccessStore,
  { json }: ListOptions,
  context: AccessContext,
): Promise<number> {
  const { nowMs, print, printError } = context;
  const listed = await listSignIns(store, nowMs());
  if (json) {
    for (const signIn of listed) print(`${JSON.stringify(signInJson(signIn))}\n`);
  } else if (listed.length === 0) printError('Nobody is signed in.\n');
  else {
    const rows = listed.map(({ id, identity, createdAtMs, expiresAtMs }) => [
      id,
      identity.actor,
      identity.name ?? '',
      identity.scopes.join(','),
      identity.project ?? '(all)',
      minute(createdAtMs),
      minute(expiresAtMs),
    ]);
    print(tableOf(SIGN_IN_COLUMNS, rows, context));
  }
  return 0;
}

async function revokeSignIns(
  store: AccessStore,
  idOrActor: string,
  { actor, nowMs, print, printError }: AccessContext,
): Promise<number> {
  const audit = (entry: Omit<NewAuditEntry, 'atMs'>): Promise<void> =>
    store.addAudit({ ...entry, atMs: nowMs() });
  const count = await endSignIns(store, audit, idOrActor, actor);
  if (count === 0) {
    printError(
      `sojourn: there is no sign-in ${idOrActor}, and nobody of this name; sojourn sign-ins list shows them\n`,
    );
    return 1;
  }
  print(count === 1 ? 'Ended 1 sign-in.\n' : `Ended ${count} sign-ins.\n`);
  return 0;
}

async function audit(store: AccessStore, options: AuditOptions, context: AccessContext): Promise<number> {
  const { json, limit = Number.POSITIVE_INFINITY, project } = options;
  let before: number | undefined;
  for (let printed = 0; printed < limit; ) {
    const entries = await store.audit({ limit: Math.min(AUDIT_PAGE, limit - printed), before, project });
    if (entries.length === 0) break;
    for (const entry of entries)
      context.print(`${json ? JSON.stringify(auditJson(entry)) : lineOf(entry)}\n`);
    printed += entries.length;
    before = entries.at(-1)!.id;
  }
  return 0;
}

function lineOf({ atMs, actor, action, subject, project, detail }: AuditEntry): string {
  const facts = Object.keys(detail).length === 0 ? '' : ` ${JSON.stringify(detail)}`;
  return [
    new Date(atMs).toISOString(),
    actor,
    action,
    JSON.stringify(subject),
    project === undefined ? '(all projects)' : `project ${project}`,
  ]
    .join('  ')
    .concat(facts);
}

function keyJson(key: KeyRecord, nowMs: number): object {
  const time = (ms: number | undefined): string | undefined =>
    ms === undefined ? undefined : new Date(ms).toISOString();
  // JSON leaves out what is undefined.
  return {
    id: key.id,
    name: key.name,
    scopes: key.scopes,
    project: key.project,
    origins: key.origins.length === 0 ? undefined : key.origins,
    requests_per_minute: key.requestsPerMinute,
    created: time(key.createdAtMs),
    expires: time(key.expiresAtMs),
    last_used: time(key.lastUsedAtMs),
    revoked: time(key.revokedAtMs),
    state: stateOf(key, nowMs),
  };
}

function stateOf({ revokedAtMs, expiresAtMs }: KeyRecord, nowMs: number): 'valid' | 'expired' | 'revoked' {
  if (revokedAtMs !== undefined) return 'revoked';
  return expiresAtMs !== undefined && nowMs >= expiresAtMs ? 'expired' : 'valid';
}

function described({ name, scopes, project, expiresAtMs }: KeyRecord): string {
  const where = project === undefined ? 'all projects' : `project ${project}`;
  const until = expiresAtMs === undefined ? 'until it is revoked' : `until ${minute(expiresAtMs)}`;
  return `${name}: ${scopes.join(', ')}; ${where}; ${until}`;
}

/** A time in UTC to the minute. */
function minute(ms: number | undefined): string {
  return ms === undefined ? '-' : `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')}Z`;
}
