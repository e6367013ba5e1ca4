import { basename, relative } from 'node:path';

/** A command with its arguments in the form that the reader can type. */
export type TypedCommand = (command: string, args?: string) => string;

export interface Invocation {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Path of the running script. */
  readonly script: string;
  readonly cwd: string;
}

const NPM_SCRIPTS = new Set(['start', 'demo', 'sojourn']);

/**
 * How to type commands, according to how this process was started: by a script of the clone, with npx, as an
 * installed program, or by the script's path.
 */
export function typedCommand({ env, script, cwd }: Invocation): TypedCommand {
  if (env.npm_package_name === 'sojourn' && NPM_SCRIPTS.has(env.npm_lifecycle_event ?? ''))
    return asNpmScript;
  if (env.npm_lifecycle_event === 'npx') return after('npx sojourn');
  if (/^sojourn(?:\.cmd|\.ps1)?$/.test(basename(script))) return after('sojourn');
  return after(`node ${relative(cwd, script)}`);
}

function after(program: string): TypedCommand {
  return (command, args = '') => `${program} ${command} ${args}`.trimEnd();
}

function asNpmScript(command: string, args = ''): string {
  const npm = { serve: 'npm start', demo: 'npm run demo' }[command];
  if (npm === undefined) return `npm run sojourn -- ${command} ${args}`.trimEnd();
  return args === '' ? npm : `${npm} -- ${args}`;
}
