import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createLogger, LOG_LEVELS, type LoggerOptions } from './log.js';

const NOW = Date.parse('2026-11-23T05:12:00.123Z');

function linesOf(
  options: Partial<LoggerOptions>,
  use: (log: ReturnType<typeof createLogger>) => void,
): string[] {
  const lines: string[] = [];
  use(
    createLogger({
      level: 'info',
      format: 'text',
      now: () => NOW,
      write: (line) => lines.push(line),
      ...options,
    }),
  );
  return lines;
}

describe('logger', () => {
  it('writes the level and everything more severe', () => {
    for (const [at, level] of LOG_LEVELS.entries()) {
      const lines = linesOf({ level, format: 'json' }, (log) => {
        log.debug('m');
        log.info('m');
        log.warn('m');
        log.error('m');
      });
      assert.deepEqual(
        lines.map((line) => JSON.parse(line).level),
        LOG_LEVELS.slice(at, -1),
      );
    }
  });

  it('writes text for people, with quotes only around values that need them', () => {
    assert.deepEqual(
      linesOf({}, (log) =>
        log.warn('disk slow', { ms: 12.5, path: '/a b', bytes: 9007199254740993n, why: undefined }),
      ),
      ['2026-11-23T05:12:00.123Z warn  disk slow ms=12.5 path="/a b" bytes=9007199254740993\n'],
    );
  });

  it('writes JSON whose own members cannot be replaced by fields', () => {
    const [line] = linesOf({ format: 'json' }, (log) => log.info('real', { message: 'false', a: [1n] }));
    assert.equal(line, '{"time":"2026-11-23T05:12:00.123Z","level":"info","message":"real","a":["1"]}\n');
  });

  it('writes the message of an error, and its stack at level debug', () => {
    const error = new Error('disk full');
    const [short] = linesOf({ format: 'json' }, (log) => log.error('m', { error }));
    const [long] = linesOf({ format: 'json', level: 'debug' }, (log) => log.error('m', { error }));
    assert.equal(JSON.parse(short!).error, 'disk full');
    assert.equal(JSON.parse(long!).error, error.stack);
  });

  it('keeps a line one line, and never throws', () => {
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    const value = fc.oneof(
      fc.anything(),
      fc.string({ unit: 'binary' }),
      fc.constant(cycle),
      fc.constant(() => 1),
    );
    fc.assert(
      fc.property(
        fc.constantFrom('text' as const, 'json' as const),
        fc.string({ unit: 'binary' }),
        fc.dictionary(fc.string({ unit: 'binary' }), value),
        (format, message, fields) => {
          const [line, ...more] = linesOf({ format }, (log) => log.info(message, fields));
          assert.equal(more.length, 0);
          assert.match(line!, /^[^\p{Cc}\u2028\u2029]*\n$/u);
          if (format === 'json') assert.equal(typeof JSON.parse(line!), 'object');
        },
      ),
    );
  });
});
