// Installs the validator of Kubernetes manifests for the tests: kubernetes-validate, with the schemas of each
// version of Kubernetes (140 MB). It needs no cluster.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PACKAGE = 'kubernetes-validate==1.37.0';
const FOLDER = fileURLToPath(new URL('../.cache/kubernetes-validate', import.meta.url));
const BINARIES = join(FOLDER, process.platform === 'win32' ? 'Scripts' : 'bin');

/** Installs it if it is missing. Without Python 3 or its packages it stays missing, and the test is skipped. */
export function installKubernetesValidate() {
  if (existsSync(join(BINARIES, 'kubernetes-validate'))) return;
  console.error('Installing the validator of Kubernetes manifests for the tests (pip install)');
  const pip = ['install', '--quiet', '--disable-pip-version-check', '--retries=1', '--timeout=15', PACKAGE];
  for (const [command, args] of [
    ['python3', ['-m', 'venv', FOLDER]],
    [join(BINARIES, 'pip'), pip],
  ]) {
    if (spawnSync(command, args, { stdio: ['ignore', 'ignore', 2] }).status !== 0) return;
  }
}
