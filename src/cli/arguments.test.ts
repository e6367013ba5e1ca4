import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseArguments } from './arguments.js';

const DEFINITIONS = [
  { name: 'port', isSwitch: false },
  { name: 'insecure', isSwitch: true },
  { name: 'help', short: 'h', isSwitch: true },
];

describe('arguments', () => {
  const cases: [string[], Record<string, string[]>, string[], string[]][] = [
    [['--port', '5'], { port: ['5'] }, [], []],
    [['--port=5', '--port', '6'], { port: ['5', '6'] }, [], []],
    [['--port=-5'], { port: ['-5'] }, [], []],
    [['--port', '-5'], { port: ['-5'] }, [], []],
    [['--port='], { port: [''] }, [], []],
    [['--insecure', '--port', '5'], { insecure: ['on'], port: ['5'] }, [], []],
    [['--insecure=off'], { insecure: ['off'] }, [], []],
    [['--insecure', 'off', 'more'], { insecure: ['off'] }, ['more'], []],
    [['--insecure', 'offline'], { insecure: ['on'] }, ['offline'], []],
    [['-h'], { help: ['on'] }, [], []],
    [['--', '--port'], {}, ['--port'], []],
    [['--port'], {}, [], ['--port needs a value']],
    [['--port', '--insecure'], {}, [], ['--port needs a value']],
    [['--prot', '5'], {}, ['5'], ['unknown flag --prot; did you mean --port?']],
    [['--__proto__=1'], {}, [], ['unknown flag --__proto__; see --help']],
    [['-x'], {}, [], ['unknown flag -x; see --help']],
    [['--\u001b[2J'], {}, [], ['unknown flag "--\\u001b[2J"; see --help']],
  ];
  for (const [args, flags, positionals, errors] of cases) {
    it(`splits ${JSON.stringify(args)}`, () => {
      const parsed = parseArguments(args, DEFINITIONS);
      assert.deepEqual(Object.fromEntries(parsed.flags), flags);
      assert.deepEqual(parsed.positionals, positionals);
      assert.deepEqual(parsed.errors, errors);
    });
  }
});
