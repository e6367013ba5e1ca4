import assert from 'node:assert/strict';
import { it } from 'node:test';
import { loadConfig } from '../config.js';
import { startupProblem } from './startup-problem.js';

const loaded = loadConfig({ flags: new Map(), env: {}, readFile: () => '' });
if (!loaded.ok) throw new Error('defaults are allowed');
const config = loaded.value;
const typed = (command: string, rest = ''): string => `sojourn ${command} ${rest}`.trimEnd();

function systemError(message: string, fields: object): Error {
  return Object.assign(new Error(message), fields);
}

for (const [error, expected] of [
  [
    systemError('listen EADDRINUSE: address already in use 127.0.0.1:4317', {
      code: 'EADDRINUSE',
      syscall: 'listen',
      port: 4317,
    }),
    /^port 4317 is in use .* --grpc-port$/,
  ],
  // In the form of @grpc/grpc-js.
  [
    new Error(
      'No address added out of total 1 resolved errors: [listen EADDRINUSE: address already in use 127.0.0.1:4317]',
    ),
    /^port 4317 is in use .* --grpc-port$/,
  ],
  [
    systemError('listen EACCES: permission denied 127.0.0.1:80', {
      code: 'EACCES',
      syscall: 'listen',
      port: 80,
    }),
    /^this user may not listen on port 80; .* --port$/,
  ],
  [
    systemError('EACCES: permission denied, mkdir', {
      code: 'EACCES',
      syscall: 'mkdir',
      path: '/var/lib/sojourn',
    }),
    /^this user may not write to \/var\/lib\/sojourn; .* --data$/,
  ],
  [systemError('full', { code: 'ENOSPC' }), /^the disk that holds \.\/sojourn-data is full$/],
  [systemError('not a directory', { code: 'ENOTDIR' }), /^\.\/sojourn-data is a file, not a directory/],
  [
    systemError('listen', { code: 'EADDRNOTAVAIL', syscall: 'listen' }),
    /^localhost is not an address of this machine/,
  ],
  [
    new Error('file is not a database'),
    /^a database in \.\/sojourn-data is damaged; sojourn check --data \.\/sojourn-data says which/,
  ],
  [
    new Error('the data is of a newer version (3);\n this one reads 2'),
    /^cannot start: the data is of a newer version \(3\); this one reads 2$/,
  ],
  ['text', /^cannot start: text$/],
  [undefined, /^cannot start: undefined$/],
] as const) {
  it(`explains ${error instanceof Error ? error.message : error}`, () => {
    assert.match(startupProblem(error, config, typed), expected);
  });
}
