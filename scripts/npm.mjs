// How npm is run from a script, on every platform.
import { basename } from 'node:path';

/**
 * The command, arguments and options of spawn for npm with these arguments: the npm that runs this script, where one does, for another could be of
 * another version. On Windows npm is a batch file, which only a shell runs.
 */
export function npmCommand(args) {
  const npm = process.env.npm_execpath ?? '';
  if (basename(npm) === 'npm-cli.js') return [process.execPath, [npm, ...args], {}];
  return ['npm', args, { shell: process.platform === 'win32' }];
}
