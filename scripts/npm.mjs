// How to run npm from a script, on every platform.
import { basename } from 'node:path';

/**
 * The command, arguments and options of spawn for npm with these arguments. It uses the npm that runs this
 * script, if any, because another one could have another version. On Windows npm is a batch file, which only
 * a shell runs.
 */
export function npmCommand(args) {
  const npm = process.env.npm_execpath ?? '';
  if (basename(npm) === 'npm-cli.js') return [process.execPath, [npm, ...args], {}];
  return ['npm', args, { shell: process.platform === 'win32' }];
}
