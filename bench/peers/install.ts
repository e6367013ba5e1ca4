import { type ExecFileException, execFile } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InstallCache } from './peer.js';

const INSTALL_LIMIT_MS = 30 * 60_000;
const KEPT_OUTPUT_BYTES = 64 << 20;
const TOLD_LINES = 3;

/** Peers are installed below `directory`, and found there by the next run. */
export function installCache(directory: string, progress: (text: string) => void): InstallCache {
  return {
    folder: (name) => {
      const folder = join(directory, name);
      mkdirSync(folder, { recursive: true });
      return folder;
    },
    run: (command, args, cwd) =>
      new Promise((resolve, reject) => {
        const options = { cwd, timeout: INSTALL_LIMIT_MS, maxBuffer: KEPT_OUTPUT_BYTES };
        execFile(command, args, options, (error, stdout, stderr) => {
          if (error === null) resolve(stdout);
          else reject(new Error(failure(command, error, stderr || stdout)));
        });
      }),
    progress,
  };
}

function failure(command: string, error: ExecFileException, output: string): string {
  if (error.code === 'ENOENT') return `${command} is not installed`;
  const lines = output.trim().split('\n').slice(-TOLD_LINES).join(' / ');
  return `${command} failed: ${lines || error.message}`;
}

/** Path of a program of a Python package in the virtual environment of the peer's folder. */
export function pythonProgram(folder: string, program: string): string {
  return join(folder, 'venv', 'bin', program);
}

/**
 * Installs a package from the Python package index into a virtual environment of its own.
 *
 * @returns The installed version.
 */
export async function installPython(cache: InstallCache, name: string, pypi: string): Promise<string> {
  const folder = cache.folder(name);
  const python = pythonProgram(folder, 'python');
  const version = () =>
    cache.run(python, ['-c', `from importlib.metadata import version; print(version('${pypi}'))`], folder);
  if (existsSync(python)) {
    try {
      return (await version()).trim();
    } catch {
      cache.progress(`peers: ${pypi} was not installed completely`);
    }
  }
  cache.progress(`peers: installing ${pypi} with pip`);
  await cache.run('python3', ['-m', 'venv', 'venv'], folder);
  await cache.run(python, ['-m', 'pip', 'install', '--quiet', pypi], folder);
  return (await version()).trim();
}

/** Path of a program that `installGo` built. */
export function goProgram(folder: string): string {
  return join(folder, 'program');
}

/**
 * Builds a program of a Go module in a module of its own, because `go install` refuses modules with
 * replacements.
 *
 * @param program Path of the package of the program.
 * @param version The version in the module's notation.
 */
export async function installGo(
  cache: InstallCache,
  name: string,
  program: string,
  version: string,
): Promise<string> {
  const folder = cache.folder(name);
  const built = join(folder, `built-${version}`);
  if (existsSync(built) && existsSync(goProgram(folder))) return version;
  cache.progress(`peers: building ${program} ${version} with go; this takes minutes`);
  if (!existsSync(join(folder, 'go.mod'))) await cache.run('go', ['mod', 'init', 'peer'], folder);
  await cache.run('go', ['get', '-tool', `${program}@${version}`], folder);
  await cache.run('go', ['build', '-o', goProgram(folder), program], folder);
  writeFileSync(built, '');
  return version;
}
