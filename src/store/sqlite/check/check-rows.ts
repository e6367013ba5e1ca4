import { join } from 'node:path';
import { FacetKind } from '../../engine/facets.js';
import { Dimension, LEVEL_NS } from '../../engine/rollups.js';
import { STATE_KEYS } from '../../engine/state-keys.js';
import { decodePlaces } from '../../records/block.js';
import type { Finding } from '../../records/check-segment.js';
import { type Database, isDamaged, Listing, Meta, openDatabase } from '../database.js';
import { versionOf } from '../kept-file.js';
import { SESSIONS_SCHEMA } from '../schema.js';
import { type CheckedKept, integrityOf } from './check-kept.js';

/** Page cache of the connection, bytes. */
const CACHE_BYTES = 16 * 1024 * 1024;

/** Findings of one kind that are reported. */
const MOST_OF_A_KIND = 5;

/**
 * What rows of sessions must fulfil, as statements that find rows which do not. Each row has a text in the column
 * `what`.
 */
const INVARIANTS: readonly { readonly rule: string; readonly broken: string }[] = [
  {
    rule: 'every session has its state, and nothing else has one',
    broken: `SELECT 'session ' || coalesce(s.no, t.no) AS what FROM session AS s FULL JOIN session_state AS t USING (no)
      WHERE s.no IS NULL OR t.no IS NULL`,
  },
  {
    rule: 'a group of a session has its records',
    broken: `SELECT 'session ' || s.id AS what FROM session_group AS g JOIN session AS s ON s.no = g.session
      WHERE NOT EXISTS (SELECT 1 FROM record_group AS r WHERE r.project = s.project AND r.key = g.key)`,
  },
  {
    rule: 'a group belongs to a session that is there',
    broken: `SELECT 'session ' || g.session AS what FROM session_group AS g LEFT JOIN session AS s ON s.no = g.session
      WHERE s.no IS NULL`,
  },
  {
    rule: 'a value of a filter counts the sessions that have it',
    broken: `SELECT 'value ' || f.no AS what FROM facet_value AS f
      WHERE f.count <> (SELECT count(*) FROM session_facet AS s WHERE s.facet = f.no)`,
  },
  {
    rule: 'a session is found by filters under its own start',
    broken: `SELECT 'session ' || f.session AS what FROM session_facet AS f LEFT JOIN session AS s ON s.no = f.session
      WHERE s.no IS NULL OR s.start_ns <> f.start_ns`,
  },
  {
    rule: 'a listed session has one value of each filter that every session has',
    broken: `SELECT 'session ' || s.id AS what FROM session AS s
      WHERE s.listing <> ${Listing.hidden} AND 3 <> (SELECT count(*) FROM facet_value AS v JOIN session_facet AS f ON f.facet = v.no
        WHERE v.project = s.project AND v.kind IN (${FacetKind.device}, ${FacetKind.duration}, ${FacetKind.spans}) AND f.start_ns = s.start_ns AND f.session = s.no)`,
  },
  {
    rule: 'a session lasts from its start to its last activity',
    broken: `SELECT 'session ' || id AS what FROM session WHERE last_ns < start_ns`,
  },
  {
    rule: 'statistics count the sessions',
    broken: `SELECT 'project ' || p.project AS what FROM
      (SELECT project, count(*) AS n FROM session WHERE listing <> ${Listing.hidden} GROUP BY project) AS p
      WHERE EXISTS (SELECT 1 FROM (VALUES ${LEVEL_NS.map((_, level) => `(${level})`).join(', ')}) AS l
        WHERE p.n <> (SELECT coalesce(sum(count), 0) FROM rollup WHERE project = p.project AND level = l.column1 AND dimension = ${Dimension.sessions}))`,
  },
];

/** What was found in the rows of sessions. */
export interface CheckedRows {
  readonly findings: readonly Finding[];
  /** Sessions are current up to this block; undefined if that cannot be read. */
  readonly foldedBlock: number | undefined;
  /** Blocks up to this number must be there, since rows were made of them. */
  readonly namedBlock: number;
  /** Why the file says nothing, and is made again at the next start. */
  readonly note?: string;
}

/** Checks the file of sessions that readers open. No server may run. Changes nothing. */
export function checkRows(directory: string, file: string, kept: CheckedKept): CheckedRows {
  const path = join(directory, file);
  let db: Database | undefined;
  try {
    db = openDatabase(directory, { readOnly: true, cacheBytes: CACHE_BYTES, file });
    if (versionOf(db) !== SESSIONS_SCHEMA) {
      const note = `${path} was made by another version: the next start makes all sessions again`;
      return { findings: [], foldedBlock: undefined, namedBlock: 0, note };
    }
    const meta = new Meta(db);
    const foldedBlock = meta.number(STATE_KEYS.foldedBlock) ?? 0;
    const namedBlock = Math.max(foldedBlock, meta.number(STATE_KEYS.namedBlock) ?? 0);
    const findings = [
      ...integrityOf(db, path),
      ...brokenInvariants(db, path),
      ...wrongPlaces(db, path, namedBlock),
      ...wrongDecisions(db, path, kept),
    ];
    return { findings, foldedBlock, namedBlock };
  } catch (error) {
    if (!isDamaged(error) && (error as { code?: string }).code !== 'ERR_SQLITE_ERROR') throw error;
    const findings = [{ path, text: `it cannot be read: ${(error as Error).message}` }];
    return { findings, foldedBlock: undefined, namedBlock: 0 };
  } finally {
    db?.close();
  }
}

function brokenInvariants(db: Database, path: string): Finding[] {
  return INVARIANTS.flatMap(({ rule, broken }) =>
    db
      .prepare(`${broken} LIMIT ${MOST_OF_A_KIND}`)
      .all()
      .map(({ what }) => ({ path, text: `${what}: it must be that ${rule}` })),
  );
}

/** Groups whose places cannot be decoded, or name blocks that rows cannot know. */
function wrongPlaces(db: Database, path: string, namedBlock: number): Finding[] {
  const findings: Finding[] = [];
  for (const { key, places } of db.prepare('SELECT key, places FROM record_group').iterate()) {
    if (findings.length === MOST_OF_A_KIND) break;
    const text = `group ${Buffer.from(key as Uint8Array).toString('hex')}: `;
    try {
      const blocks = decodePlaces(places as Uint8Array).map(({ block }) => block);
      if (blocks.length === 0 || blocks.some((block) => !(block >= 1 && block <= namedBlock)))
        findings.push({ path, text: `${text}it names blocks that rows were not made of` });
    } catch (error) {
      findings.push({ path, text: `${text}its places cannot be read (${(error as Error).message})` });
    }
  }
  return findings;
}

/** Sessions that are invalidated and were not, or the reverse, and projects that do not exist. */
function wrongDecisions(db: Database, path: string, { invalidated, projects }: CheckedKept): Finding[] {
  if (invalidated === undefined) return [];
  const wrong: string[] = [];
  const rows = db.prepare('SELECT project, id FROM session WHERE invalidated = 1').all();
  for (const { project, id } of rows)
    if (!invalidated.has(`${project} ${id}`))
      wrong.push(`session ${id} is invalidated, and nobody has done that`);
  const mark = db.prepare('SELECT invalidated FROM session WHERE project = ? AND id = ?');
  for (const each of invalidated) {
    const [, project, id] = /^(\d+) (.*)$/s.exec(each)!;
    if (mark.get(Number(project), id!)?.invalidated === 0)
      wrong.push(`session ${id} was invalidated, and its row says that it was not`);
  }
  for (const { project } of db.prepare('SELECT DISTINCT project FROM session').all())
    if (!projects.has(Number(project))) wrong.push(`project ${project} does not exist`);
  return wrong.slice(0, MOST_OF_A_KIND).map((text) => ({ path, text }));
}
