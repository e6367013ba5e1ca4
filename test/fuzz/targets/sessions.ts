import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { fragments } from '../../../src/sessionize/fragment.js';
import { Group } from '../../../src/sessionize/records.js';
import { Session } from '../../../src/sessionize/session.js';
import { compareSources, HeldSpan, heldLog, traceIdOf } from '../../../src/store/records/held-records.js';
import { decodeRequest } from '../../support/decode-request.js';
import { plainNormalizer } from '../../support/normalizer.js';
import { bounded } from '../mutate-bytes.js';
import { jsonMutator } from '../mutate-json.js';
import { textMutator } from '../mutate-text.js';
import { assertSame } from '../same.js';
import type { FuzzTarget } from '../target.js';
import { jsonSeeds } from './otlp-seeds.js';

const LIMITS = { maxRecords: 1000, maxAttributesPerRecord: 1000 };
const SEPARATOR = '\n\n';

/**
 * The stored form of a session, damaged: it cannot be read, or it is a session, the same one each time. Rows have no
 * checksum of their own, so no more can be promised of one alone; `check` compares them with the log.
 */
export async function openSessions(): Promise<FuzzTarget> {
  const normalizer = await plainNormalizer();
  const seeds: string[] = [];
  for (const signal of ['traces', 'logs'] as const) {
    for (const json of jsonSeeds(signal)) {
      const { batch } = decodeRequest(signal, 'json', json, normalizer, LIMITS);
      if (batch.count === 0) continue;
      const group = new Group<HeldSpan>(traceIdOf(batch, 0));
      for (let index = 0; index < batch.count; index++) {
        if (signal === 'traces') group.addSpan(new HeldSpan({ batch, index }), compareSources);
        else group.addLog(heldLog(batch, index));
      }
      for (const [id, fragment] of fragments(group, normalizer.priceOf)) {
        const session = Session.of(id, [fragment], normalizer.priceOf);
        seeds.push(session.encodeSums() + SEPARATOR + session.encodeEarliest());
      }
    }
  }
  const mutateLine = jsonMutator(textMutator(['"v":1', '"groups":', '"at":"', '-1', '1e9', '"counts":{']));
  return {
    seeds: seeds.map((text) => Uint8Array.from(Buffer.from(text))),
    mutate: (input, random, other) => {
      // Each line is JSON of its own.
      const lines = Buffer.from(input).toString().split('\n');
      const others = Buffer.from(other).toString().split('\n');
      const at = random.int(0, lines.length - 1);
      const line = mutateLine(Buffer.from(lines[at]!), random, Buffer.from(random.pick(others)));
      return bounded(Buffer.from(lines.with(at, Buffer.from(line).toString()).join('\n')));
    },
    run: (input) => {
      const [sums = '', earliest = ''] = Buffer.from(input).toString().split(SEPARATOR);
      assertSame(read(sums, earliest), read(sums, earliest), 'the session, read again');
      assert.deepEqual(Object.keys(Object.prototype), [], 'a name of the text reached all objects');
    },
  };
}

/** What can be written of a session again; the name of the error if it cannot be read. */
function read(sums: string, earliest: string): string {
  try {
    const session = Session.decode('s', sums, earliest, {});
    return session.encodeSums() + session.encodeEarliest();
  } catch (error) {
    return (error as Error).name;
  }
}
