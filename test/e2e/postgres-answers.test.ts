import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Random } from '../../src/demo/random.js';
import {
  type Answers,
  type Ask,
  everyAnswer,
  type OpenApi,
  otherAnswers,
  unasked,
} from '../support/every-answer.js';
import { withoutPostgres } from '../support/postgres.js';
import {
  fixtureRequests,
  randomRequests,
  randomRequestsOfUsers,
  WHOLE_SESSION,
  wholeSession,
} from '../support/random-world.js';
import type { RecordedRequest } from '../support/replay.js';
import { startServer, type TestServer } from '../support/server.js';
import { TestDatabase } from '../support/test-database.js';

/**
 * Which store there is, and how many processes share it, changes no byte of any answer. The same telemetry is
 * sent to a server with the embedded store, to one over PostgreSQL, and to several over one database, each time
 * in another order and partly twice. And so it is where sessions are made of the traces of a user.
 */

const SEED = Number(process.env.SOJOURN_ANSWERS_SEED ?? 0) || Math.floor(Math.random() * 2 ** 31);
const WORLDS = 4;
const WORLDS_OF_USERS = 12;
/** How many sessions are asked for one by one. */
const SESSIONS = Number(process.env.SOJOURN_ANSWERS_SESSIONS ?? 4);
/** The share of requests that are sent again. */
const REPEATED = 0.2;
const SENDERS = 8;
const SHOWN = 3;
const MOST_SHOWN_CHARACTERS = 3_000;
/** Keyed hashes of users would differ, as each installation has a key of its own. */
const FLAGS = ['--user-ids=keep'];

interface Comparison {
  readonly name: string;
  readonly flags: readonly string[];
  requests(): RecordedRequest[];
  /** How many processes share the database of the third. */
  readonly processes: number;
}

const COMPARISONS: readonly Comparison[] = [
  {
    name: 'the same telemetry',
    flags: FLAGS,
    requests: () => [...wholeSession(), ...fixtureRequests(), ...randomRequests(SEED, WORLDS)],
    processes: 3,
  },
  {
    name: 'the same telemetry with --sessions-by=user',
    flags: [...FLAGS, '--sessions-by=user'],
    requests: () => [...wholeSession(), ...randomRequestsOfUsers(SEED, WORLDS_OF_USERS)],
    processes: 2,
  },
];

for (const comparison of COMPARISONS) {
  describe(`${comparison.name} (seed ${SEED})`, { skip: withoutPostgres }, () => compare(comparison));
}

function compare({ flags, requests: requestsOf, processes }: Comparison): void {
  const random = new Random(`answers ${SEED}`);
  const servers: TestServer[] = [];
  let embedded: TestServer;
  let single: TestServer;
  let shared: readonly TestServer[];
  let answers: Answers;

  before(async () => {
    const databases = await Promise.all([TestDatabase.create(), TestDatabase.create()]);
    const sharing = Array.from({ length: processes }, () => databases[1]);
    const [first, ...others] = await Promise.all(
      [undefined, databases[0], ...sharing].map(async (database) => {
        const server = await startServer({ flags, ...(database && { database }) });
        servers.push(server);
        return server;
      }),
    );
    embedded = first!;
    [single, ...shared] = others as [TestServer, ...TestServer[]];
    const requests = requestsOf();
    await Promise.all([[embedded], [single], shared].map((group) => deal(random, requests, group)));
    await embedded.settled();
    answers = await everyAnswer(asking(embedded), random, { whole: WHOLE_SESSION, others: SESSIONS });
  });
  after(() => Promise.all(servers.map((server) => server.dispose())));

  test('is asked for by every route and parameter of the API', async () => {
    const document = await embedded.get<OpenApi>('/openapi.json');
    assert.deepEqual(unasked(document, answers.keys()), []);
    const failed = [...answers].filter(([, { status }]) => ![200, 404].includes(status));
    assert.deepEqual(failed, []);
  });

  test('gives the same answers from PostgreSQL', (t) => {
    t.diagnostic(`${answers.size} questions`);
    return assertSame(single);
  });

  for (let number = 1; number <= processes; number++)
    test(`gives the same answers from process ${number} of ${processes} over one database`, () =>
      assertSame(shared[number - 1]!));

  async function assertSame(server: TestServer): Promise<void> {
    await server.settled();
    const others = await otherAnswers(asking(server), answers);
    const shown = others.slice(0, SHOWN).map((text) => text.slice(0, MOST_SHOWN_CHARACTERS));
    assert.equal(others.length, 0, `${others.length} other answers:\n${shown.join('\n')}`);
  }
}

function asking(server: TestServer): Ask {
  return async (path) => {
    // Not `server.fetch`, which waits for everything that was acknowledged: it was waited for once.
    const response = await fetch(server.httpUrl + path);
    const type = response.headers.get('content-type');
    const body = Buffer.from(await response.arrayBuffer()).toString(
      type?.includes('json') === true ? 'utf8' : 'latin1',
    );
    // Every error has the id of its request.
    const text = response.status === 200 ? body : body.replace(/"request_id":"[^"]*"/, '');
    return { status: response.status, text: `${text}` };
  };
}

/** Sends all requests in a random order, some of them twice, each to any of the servers. */
async function deal(
  random: Random,
  requests: readonly RecordedRequest[],
  servers: readonly TestServer[],
): Promise<void> {
  const again = requests.filter(() => random.chance(REPEATED));
  const left = [...requests, ...again].map((request) => ({ request, at: random.next() }));
  left.sort((a, b) => a.at - b.at);
  await Promise.all(
    Array.from({ length: SENDERS }, async () => {
      for (let next = left.pop(); next !== undefined; next = left.pop()) {
        const { signal, encoding, body } = next.request;
        const type = encoding === 'json' ? 'application/json' : 'application/x-protobuf';
        const response = await random.pick(servers).post(`/v1/${signal}`, body, { 'content-type': type });
        assert.equal(response.status, 200, await response.text());
      }
    }),
  );
}
