import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { CONFIG_SETTINGS, type Config, loadConfig } from '../../src/config.js';

/** The files of deploy/, without Docker and without a cluster. test/deploy/nginx.test.ts runs nginx.conf. */

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const COMPOSE = `${ROOT}deploy/compose/docker-compose.yml`;
const MANIFESTS = `${ROOT}deploy/kubernetes`;
const EMBEDDED = `${ROOT}deploy/kubernetes-embedded`;
const VALIDATOR = `${ROOT}.cache/kubernetes-validate/bin/kubernetes-validate`;

type Yaml = Record<string, unknown>;

function read(path: string): string {
  return readFileSync(ROOT + path, 'utf8');
}

/** What is at a path of names and positions, such as `spec.ports.0`. */
function at<T>(value: unknown, path: string): T {
  let found = value;
  for (const name of path.split('.')) found = (found as Yaml | undefined)?.[name];
  return found as T;
}

/** The settings that variables give. Fails if Sojourn would refuse to start with them. */
function settingsOf(env: Readonly<Record<string, string>>): Config {
  const result = loadConfig({ flags: new Map(), env, readFile: () => '' });
  assert.ok(result.ok, result.ok ? '' : result.errors.join('\n'));
  return result.value;
}

/** Both kinds of deployment say next to the setting what it takes. */
function assertWarns(text: string): void {
  const [before = ''] = text.split(/SOJOURN_INSECURE(?=: "on"|\n)/);
  assert.match(
    before.replaceAll(/\s*\n\s*#?\s*/g, ' '),
    /no API keys:.*Only a private network is fit for it/,
  );
}

const compose = parse(readFileSync(COMPOSE, 'utf8'), { merge: true }) as Yaml;

test('Compose runs two Sojourn processes over one database, with settings that Sojourn accepts', () => {
  assertWarns(readFileSync(COMPOSE, 'utf8'));
  for (const name of ['sojourn-1', 'sojourn-2']) {
    const service = at<Yaml>(compose, `services.${name}`);
    const variables = at<Record<string, string>>(service, 'environment');
    const env = Object.fromEntries(
      Object.entries(variables).map(([key, value]) => [key, value.replace(/\$\{\w+:-(\w*)\}/g, '$1')]),
    );
    const config = settingsOf(env);
    assert.equal(config.store, 'postgres://sojourn:sojourn@postgres:5432/sojourn');
    assert.deepEqual([config.host, config.insecure, config.allowedHosts], ['0.0.0.0', true, ['nginx']]);
    assert.equal(service.read_only, true);
    assert.equal(service.ports, undefined, 'only nginx is reached from outside');
  }
});

test('Compose publishes ports of nginx on loopback only, and has the database on a network without a way out', () => {
  for (const port of at<string[]>(compose, 'services.nginx.ports')) assert.match(port, /^127\.0\.0\.1:/);
  assert.deepEqual(at(compose, 'services.postgres.networks'), ['database']);
  assert.equal(at(compose, 'networks.database.internal'), true);
  assert.equal(at(compose, 'services.postgres.ports'), undefined);
});

const hasCompose = spawnSync('docker', ['compose', 'version']).status === 0;

test('docker compose accepts the file', { skip: !hasCompose && 'docker compose is not installed' }, () => {
  const { status, stderr } = spawnSync('docker', ['compose', '-f', COMPOSE, 'config', '--quiet'], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
});

test('nginx lets through what Sojourn takes', () => {
  const sizes = [...read('deploy/compose/nginx.conf').matchAll(/client_max_body_size (\d+)m;/g)];
  assert.deepEqual(
    sizes.map(([, megabytes]) => Number(megabytes) * 2 ** 20),
    [CONFIG_SETTINGS.maxRequestBytes.default, CONFIG_SETTINGS.maxDecompressedBytes.default],
  );
});

test('the image has the file that is published, is not root, and checks its health', () => {
  const dockerfile = read('deploy/Dockerfile');
  const image = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));
  const { files, bin } = JSON.parse(read('package.json')) as { files: string[]; bin: { sojourn: string } };
  const ignored = read('deploy/Dockerfile.dockerignore').split('\n');
  for (const file of files)
    assert.ok(!ignored.includes(file) && !ignored.includes(file.replace(/\/.*/, '/*')), file);
  assert.match(dockerfile, /npm pack --pack-destination \/tmp[\s\S]*npm install .* \/tmp\/sojourn-\*\.tgz/);
  assert.match(image, /^COPY --from=build \/package\/node_modules \/sojourn\/node_modules$/m);
  assert.match(image, /^WORKDIR \/sojourn\/node_modules\/sojourn$/m);
  assert.match(image, /^USER 1000:1000$/m);
  assert.match(image, /^HEALTHCHECK [\s\S]*\/healthz/m);
  assert.ok(image.includes(`ENTRYPOINT ["node", "${bin.sojourn}"]`));
});

test('the image is not built from files that do not belong into it', () => {
  const ignored = read('deploy/Dockerfile.dockerignore').split('\n');
  for (const name of ['**/node_modules', '**/.git', 'dist', 'sojourn-data*'])
    assert.ok(ignored.includes(name), name);
});

const UNIT = 'deploy/systemd/sojourn.service';

test('the unit starts what the package installs, as a user of its own that writes to its data only', () => {
  const unit = read(UNIT);
  const all = [...unit.matchAll(/^(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => ({ name, value }));
  const one = (wanted: string): string | undefined => all.find(({ name }) => name === wanted)?.value;
  const { bin } = JSON.parse(read('package.json')) as { bin: { sojourn: string } };
  assert.ok(one('ExecStart')?.includes(`/node_modules/sojourn/${bin.sojourn} serve`));
  assert.deepEqual([one('User'), one('StateDirectory')], ['sojourn', 'sojourn']);
  for (const [name, value] of [
    ['ProtectSystem', 'strict'],
    ['NoNewPrivileges', 'yes'],
    ['CapabilityBoundingSet', ''],
  ] as const)
    assert.equal(one(name), value, name);
  const variables = all.filter(({ name }) => name === 'Environment').map(({ value }) => value.split('='));
  const config = settingsOf(Object.fromEntries(variables));
  assert.deepEqual([config.data, config.logFormat], ['/var/lib/sojourn', 'json']);
  assert.ok(Number(one('TimeoutStopSec')) > CONFIG_SETTINGS.shutdownMs.default / 1_000);
});

const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;

test('systemd accepts the unit, and finds little exposed', {
  skip: !hasSystemd && 'systemd-analyze is not installed',
}, () => {
  const folder = mkdtempSync(join(tmpdir(), 'sojourn-unit-'));
  try {
    // It checks that the program exists.
    const path = join(folder, 'sojourn.service');
    writeFileSync(path, read(UNIT).replace('/usr/bin/node', process.execPath));
    const verified = spawnSync('systemd-analyze', ['verify', '--man=no', path], { encoding: 'utf8' });
    assert.deepEqual([verified.status, verified.stderr], [0, '']);
    // Tenths: 0 is best and 100 worst; half of what is left is that it uses the network.
    const args = ['security', '--offline=yes', '--threshold=20', '--no-pager', path];
    const exposure = spawnSync('systemd-analyze', args, { encoding: 'utf8' });
    assert.equal(exposure.status, 0, exposure.stdout + exposure.stderr);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

const manifests = readdirSync(MANIFESTS).map((name) => parse(read(`deploy/kubernetes/${name}`)) as Yaml);
const ofKind = (kind: string): Yaml => manifests.find((each) => each.kind === kind)!;

test('Kubernetes runs two processes and more, with probes and limits, as nobody in particular', () => {
  const deployment = ofKind('Deployment');
  assert.ok(at<number>(deployment, 'spec.replicas') >= 2);
  const pod = at<Yaml>(deployment, 'spec.template.spec');
  const container = at<Yaml>(pod, 'containers.0');
  assert.equal(at(container, 'startupProbe.httpGet.path'), '/healthz');
  assert.equal(at(container, 'livenessProbe.httpGet.path'), '/healthz');
  assert.equal(at(container, 'readinessProbe.httpGet.path'), '/readyz');
  for (const name of ['requests', 'limits']) {
    assert.match(at(container, `resources.${name}.memory`), /^\dGi$/);
    assert.match(at(container, `resources.${name}.cpu`), /^\d$/);
  }
  assert.equal(at(pod, 'securityContext.runAsNonRoot'), true);
  assert.equal(at(container, 'securityContext.readOnlyRootFilesystem'), true);
  assert.equal(at(container, 'securityContext.allowPrivilegeEscalation'), false);
  // The pause before the stop, and what a stop waits for.
  const stopSeconds = 5 + CONFIG_SETTINGS.shutdownMs.default / 1_000;
  assert.ok(at<number>(pod, 'terminationGracePeriodSeconds') > stopSeconds);
});

test('Kubernetes takes the database from a Secret, and gives settings that Sojourn accepts', () => {
  const file = 'deploy/kubernetes/deployment.yaml';
  assertWarns(read(file));
  const entries = at<{ name: string; value?: string; valueFrom?: Yaml }[]>(
    ofKind('Deployment'),
    'spec.template.spec.containers.0.env',
  );
  const secret = entries.find(({ name }) => name === 'SOJOURN_STORE');
  assert.deepEqual(secret?.valueFrom, { secretKeyRef: { name: 'sojourn-database', key: 'url' } });
  const known = new Map([
    ['SOJOURN_STORE', 'postgres://ann:secret@database.example:5432/sojourn'],
    ['POD_IP', '10.1.2.3'],
    ['POD_NAMESPACE', 'shop'],
  ]);
  // A variable may use those above it.
  const env: Record<string, string> = {};
  for (const { name, value } of entries) {
    env[name] = known.get(name) ?? (value ?? '').replace(/\$\((\w+)\)/g, (_, other: string) => env[other]!);
  }
  const { store, host, insecure, allowedHosts } = settingsOf(env);
  assert.deepEqual([store, host, insecure], [known.get('SOJOURN_STORE'), '0.0.0.0', true]);
  assert.deepEqual(allowedHosts, [
    '10.1.2.3',
    'sojourn',
    'sojourn.shop',
    'sojourn.shop.svc',
    'sojourn.shop.svc.cluster.local',
  ]);
});

test('the parts of the manifests belong together', () => {
  const labels = at(ofKind('Deployment'), 'spec.template.metadata.labels');
  assert.deepEqual(at(ofKind('Deployment'), 'spec.selector.matchLabels'), labels);
  assert.deepEqual(at(ofKind('Service'), 'spec.selector'), labels);
  assert.deepEqual(at(ofKind('PodDisruptionBudget'), 'spec.selector.matchLabels'), labels);
  assert.deepEqual(at(ofKind('NetworkPolicy'), 'spec.podSelector.matchLabels'), labels);
  const ports = at<Yaml[]>(ofKind('Deployment'), 'spec.template.spec.containers.0.ports');
  assert.deepEqual(
    at<Yaml[]>(ofKind('Service'), 'spec.ports').map(({ port, targetPort }) => [port, targetPort]),
    ports.map(({ name, containerPort }) => [containerPort, name]),
  );
  assert.deepEqual(
    ports.map(({ containerPort }) => containerPort),
    [CONFIG_SETTINGS.port.default, CONFIG_SETTINGS.grpcPort.default],
  );
});

const embedded = readdirSync(EMBEDDED).map(
  (name) => parse(read(`deploy/kubernetes-embedded/${name}`)) as Yaml,
);

test('Kubernetes runs one process with its own store, on a volume that its user can write to', () => {
  const file = 'deploy/kubernetes-embedded/stateful-set.yaml';
  assertWarns(read(file));
  const set = embedded.find(({ kind }) => kind === 'StatefulSet')!;
  assert.equal(at(set, 'spec.replicas'), 1);
  const pod = at<Yaml>(set, 'spec.template.spec');
  const container = at<Yaml>(pod, 'containers.0');
  const deployed = at<Yaml>(ofKind('Deployment'), 'spec.template.spec.containers.0');
  for (const name of ['image', 'ports', 'startupProbe', 'livenessProbe', 'readinessProbe', 'resources'])
    assert.deepEqual(container[name], deployed[name], name);
  assert.deepEqual(container.securityContext, deployed.securityContext);
  assert.deepEqual(
    [at(pod, 'securityContext.runAsNonRoot'), at(pod, 'securityContext.fsGroup')],
    [true, 1000],
  );
  const claim = at<string>(set, 'spec.volumeClaimTemplates.0.metadata.name');
  const mounts = at<{ name: string; mountPath: string }[]>(container, 'volumeMounts');
  const variables = at<{ name: string; value?: string }[]>(container, 'env');
  const variable = (wanted: string): string | undefined =>
    variables.find(({ name }) => name === wanted)?.value;
  assert.equal(mounts.find(({ name }) => name === claim)?.mountPath, variable('SOJOURN_DATA'));
  assert.equal(variable('SOJOURN_STORE'), undefined);
  const labels = at(set, 'spec.template.metadata.labels');
  assert.deepEqual(at(set, 'spec.selector.matchLabels'), labels);
  for (const [kind, path] of [
    ['Service', 'spec.selector'],
    ['NetworkPolicy', 'spec.podSelector.matchLabels'],
  ] as const)
    assert.deepEqual(
      at(
        embedded.find((each) => each.kind === kind),
        path,
      ),
      labels,
    );
  assert.equal(
    at(set, 'spec.serviceName'),
    at(
      embedded.find((each) => each.kind === 'Service'),
      'metadata.name',
    ),
  );
});

const noValidator =
  !existsSync(VALIDATOR) && 'kubernetes-validate is not installed (npm test installs it where Python 3 is)';

test('the manifests follow the schemas of Kubernetes 1.27 and 1.37', { skip: noValidator }, () => {
  const files = [MANIFESTS, EMBEDDED].flatMap((folder) =>
    readdirSync(folder).map((name) => `${folder}/${name}`),
  );
  for (const version of ['1.27', '1.37']) {
    const { status, stdout, stderr } = spawnSync(VALIDATOR, ['--strict', '-k', version, ...files], {
      encoding: 'utf8',
    });
    assert.equal(status, 0, stdout + stderr);
  }
});
