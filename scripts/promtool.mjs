// Finds promtool, which tests alert rules, or gets it from Debian's package `prometheus` (19 MB) without installing it.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../.cache/prometheus', import.meta.url));
const BINARY = join(FOLDER, 'usr/bin/promtool');

/** The command, or undefined if there is none. */
export function findPromtool() {
  if (spawnSync('promtool', ['--version']).status === 0) return 'promtool';
  return existsSync(BINARY) ? BINARY : undefined;
}

/** Gets it if it is missing. Where there is no apt-get or no package it stays missing, and tests are skipped. */
export function installPromtool() {
  if (findPromtool() !== undefined || spawnSync('apt-get', ['--version']).status !== 0) return;
  console.error('Getting promtool for the tests of alert rules (apt-get download)');
  const folder = mkdtempSync(join(tmpdir(), 'sojourn-promtool-'));
  try {
    const options = { cwd: folder, stdio: 'ignore', timeout: 120_000 };
    if (spawnSync('apt-get', ['download', 'prometheus'], options).status !== 0) return;
    const file = readdirSync(folder).find((name) => name.endsWith('.deb'));
    mkdirSync(FOLDER, { recursive: true });
    if (file !== undefined) spawnSync('dpkg-deb', ['--extract', file, FOLDER], options);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
