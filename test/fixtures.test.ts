import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { ConversationPage, Turn } from '../src/contract/conversation.js';
import type { SessionUsage } from '../src/contract/usage.js';
import type { SessionQueries } from '../src/query/session-queries.js';
import { oneByOne, type RecordedRequest, recordedRequests, replay } from './support/replay.js';

/** Recordings of real GenAI libraries (`fixtures/README.md`), and their expected results. */

interface ExpectedCall {
  /** Number of the stand-in's answer that this call is; missing in fixtures that were written. */
  readonly ledger?: number;
  readonly provider?: string;
  readonly model?: string;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly cacheReadTokens?: number;
  readonly cacheWriteTokens?: number;
  readonly reasoningTokens?: number;
  readonly costUsd?: number;
}

interface ExpectedTurn {
  readonly role: Turn['role'];
  /** The result of a tool. */
  readonly text?: string;
  readonly tool?: string;
  readonly arguments?: unknown;
}

interface ExpectedSession {
  readonly userId?: string;
  readonly calls: readonly ExpectedCall[];
  /** Data points of metrics that count, in any order. */
  readonly sums?: readonly ExpectedCall[];
  readonly turns?: readonly ExpectedTurn[];
}

interface Expected {
  readonly written?: boolean;
  readonly sessions: Readonly<Record<string, ExpectedSession>>;
}

interface LedgerEntry {
  readonly n: number;
  readonly error?: boolean;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly cacheReadTokens?: number;
  readonly cacheWriteTokens?: number;
  readonly reasoningTokens?: number;
}

const ROOT = 'fixtures';
const names = readdirSync(ROOT).filter((name) => existsSync(join(ROOT, name, 'expected.json')));

function readJson<T>(...path: string[]): T {
  return JSON.parse(readFileSync(join(ROOT, ...path), 'utf8')) as T;
}

interface Answer {
  readonly userId: string | undefined;
  readonly usage: SessionUsage;
  readonly turns: readonly Turn[];
}

type Page = (typeof ConversationPage)['static'];

async function answersTo(requests: readonly RecordedRequest[]): Promise<Map<string, Answer>> {
  const queries = await replay(requests);
  const json = async <T>(bytes: Promise<Uint8Array | undefined>) =>
    JSON.parse(Buffer.from((await bytes)!).toString()) as T;
  const { items } = await json<{ items: { 'session.id': string; 'user.id'?: string }[] }>(
    queries.list({ limit: 1000 }),
  );
  const answers = new Map<string, Answer>();
  for (const { 'session.id': id, 'user.id': userId } of items) {
    const usage = await json<SessionUsage>(queries.usage(id));
    answers.set(id, { userId, usage, turns: await turnsOf(queries, id, 200) });
  }
  await queries.close();
  return answers;
}

async function turnsOf(queries: SessionQueries, id: string, limit: number): Promise<Turn[]> {
  const turns: Turn[] = [];
  let cursor: string | undefined;
  do {
    const bytes = await queries.conversation(id, { limit, ...(cursor && { cursor }) });
    const page = JSON.parse(Buffer.from(bytes!).toString()) as Page;
    turns.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== undefined);
  return turns;
}

/** The messages, without turns that only report a failed call. */
function messages(turns: readonly Turn[]): ExpectedTurn[] {
  return turns
    .filter(({ text, media, tool, error }) => text ?? media ?? tool ?? error === undefined)
    .map(({ role, text, tool }) => {
      const said = role === 'tool_result' ? tool?.result : text;
      return {
        role,
        ...(said !== undefined && { text: said }),
        ...(tool?.name !== undefined && { tool: tool.name }),
        ...(tool?.arguments !== undefined && { arguments: parsed(tool.arguments) }),
      };
    });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The fields of a turn that the expected one beside it has. */
function asExpected(turn: ExpectedTurn, expected: ExpectedTurn | undefined): ExpectedTurn {
  if (expected === undefined) return turn;
  return Object.fromEntries(
    Object.keys(expected).map((name) => [name, turn[name as keyof ExpectedTurn]]),
  ) as unknown as ExpectedTurn;
}

function countedCalls(
  { items }: SessionUsage,
  isWanted = (kind: string) => kind !== 'sum',
): Omit<ExpectedCall, 'ledger'>[] {
  return items
    .filter(({ counted, kind }) => counted && isWanted(kind))
    .map((item) =>
      withoutGaps({
        provider: item.provider,
        model: item.model,
        inputTokens: item.input_tokens,
        outputTokens: item.output_tokens,
        cacheReadTokens: item.cache_read_tokens,
        cacheWriteTokens: item.cache_write_tokens,
        reasoningTokens: item.reasoning_tokens,
        costUsd: item.cost_usd,
      }),
    );
}

/** Members in the order in which calls have them. */
const NO_CALL = {
  provider: undefined,
  model: undefined,
  inputTokens: undefined,
  outputTokens: undefined,
  cacheReadTokens: undefined,
  cacheWriteTokens: undefined,
  reasoningTokens: undefined,
  costUsd: undefined,
};

function withoutGaps(fields: Record<string, string | number | undefined>): Omit<ExpectedCall, 'ledger'> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function sum(values: readonly (number | undefined)[]): number {
  return values.reduce<number>((total, value) => total + (value ?? 0), 0);
}

for (const name of names) {
  describe(name, async () => {
    const expected = readJson<Expected>(name, 'expected.json');
    const requests = recordedRequests(join(ROOT, name, 'recorded'));
    const calls = Object.values(expected.sessions).flatMap((session) => session.calls);

    if (expected.written !== true) {
      test('the expectations are the real requests to the model', () => {
        const ledger = readJson<LedgerEntry[]>(name, 'recorded', 'ledger.json');
        assert.deepEqual(calls.map((call) => call.ledger).sort(), ledger.map(({ n }) => n).sort());
        for (const { ledger: n, costUsd: _, provider: _p, model: _m, ...tokens } of calls) {
          const entry = ledger.find((each) => each.n === n)!;
          for (const [field, value] of Object.entries(tokens)) {
            // Refused requests cost nothing, and some libraries report that.
            const asked = entry.error ? 0 : entry[field as keyof LedgerEntry];
            assert.equal(value, asked, `${field} of answer ${n}`);
          }
        }
      });
    }

    test('every call counts once, with its tokens and its cost', async () => {
      const answers = await answersTo(requests);
      for (const [id, session] of Object.entries(expected.sessions)) {
        const answer = answers.get(id);
        assert.ok(answer !== undefined, `there is a session ${id} among ${[...answers.keys()].join(', ')}`);
        assert.deepEqual(
          countedCalls(answer.usage),
          session.calls.map(({ ledger: _, ...call }) => call),
        );
        assert.equal(answer.userId, session.userId);
        const { genai_usage: usage } = answer.usage;
        const { sums = [] } = session;
        // Points of one export have one time, so that only their content gives them an order.
        const inOrder = (points: readonly object[]) => points.map((each) => JSON.stringify(each)).sort();
        assert.deepEqual(
          inOrder(countedCalls(answer.usage, (kind) => kind === 'sum')),
          inOrder(sums.map((point) => withoutGaps({ ...NO_CALL, ...point }))),
        );
        const all = [...session.calls, ...sums];
        assert.equal(usage?.request_count, session.calls.length);
        assert.equal(usage?.total_input_tokens, sum(all.map((call) => call.inputTokens)));
        assert.equal(usage?.total_output_tokens, sum(all.map((call) => call.outputTokens)));
        const nanoUsd = sum(all.map((call) => Math.round((call.costUsd ?? 0) * 1e9)));
        assert.equal(Math.round((usage?.estimated_cost_usd ?? 0) * 1e9), nanoUsd);
      }
      const others = [...answers].filter(([id]) => !Object.hasOwn(expected.sessions, id));
      for (const [id, { usage }] of others) assert.equal(usage.genai_usage, undefined, `nothing in ${id}`);
    });

    const withTurns = Object.entries(expected.sessions).filter(([, { turns }]) => turns !== undefined);
    for (const [id, { turns }] of withTurns) {
      test(`every message in ${id} is listed once`, async () => {
        const said = messages((await answersTo(requests)).get(id)?.turns ?? []);
        assert.deepEqual(
          said.map((turn, index) => asExpected(turn, turns![index])),
          turns,
        );
      });
    }

    test('pages of two turns have the same turns', async () => {
      const answers = await answersTo(requests);
      const queries = await replay(requests);
      for (const [id, { turns }] of answers) assert.deepEqual(await turnsOf(queries, id, 2), turns);
      await queries.close();
    });

    test('sent in reverse order, twice or each record alone, it gives the same result', async () => {
      const inOrder = await answersTo(requests);
      assert.deepEqual(await answersTo([...requests.toReversed(), ...requests]), inOrder);
      const records = await oneByOne(requests);
      assert.deepEqual(await answersTo(records.toReversed()), inOrder);
    });
  });
}
