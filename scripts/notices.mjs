// Writes THIRD_PARTY_NOTICES: the third-party software shipped with Sojourn, with its licences and their
// texts. It consists of every package that is installed with it, by package-lock.json, and every package
// bundled into the web page, by the report of the page's build. `npm run notices` writes the file;
// test/notices.test.ts compares it with what is installed.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FILE = join(ROOT, 'THIRD_PARTY_NOTICES');
const RULE = '-'.repeat(80);

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(FILE, noticesText(shippedPackages()));

/**
 * The shipped packages by name: [{ name, version, license, bundled, optional, text }]. `text` is undefined if
 * the package has none, or is for another platform.
 */
export function shippedPackages() {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
  const bundled = new Set(JSON.parse(readFileSync(join(ROOT, 'dist/web-packages.json'), 'utf8')));
  return Object.entries(packages)
    .filter(([path, { dev, devOptional }]) => path !== '' && ((!dev && !devOptional) || bundled.has(path)))
    .map(([path, { version, license, optional = false }]) => ({
      name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
      version,
      license: license?.replace(/^SEE LICENSE IN .*\((.*)\)$/, '$1'),
      bundled: bundled.has(path),
      // The installed ones depend on the platform, and the file must not.
      text: optional ? undefined : licenseText(join(ROOT, path)),
    }))
    .sort((a, b) => compare(a.name, b.name) || compare(a.version, b.version));
}

function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The package's own licence and notices. */
function licenseText(folder) {
  if (!existsSync(folder)) return undefined;
  const files = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && /^(licen[cs]e|copying|notice)|-licen[cs]e$/i.test(entry.name))
    .map(({ name }) => name)
    .sort();
  if (files.length === 0) return undefined;
  return files
    .map((name) => readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n').trim())
    .join('\n\n');
}

export function noticesText(shipped) {
  const byText = new Map();
  for (const each of shipped) {
    const text = each.text ?? `Licence: ${each.license}. The package has no text of it.`;
    if (!byText.has(text)) byText.set(text, []);
    byText.get(text).push(each);
  }
  const list = shipped.map(
    ({ name, version, license, bundled }) =>
      `${name} ${version}, ${license}${bundled ? ' (bundled into the web page)' : ''}`,
  );
  const texts = [...byText].map(
    ([text, all]) =>
      `${RULE}\n${all.map(({ name, version }) => `${name} ${version}`).join('\n')}\n${RULE}\n\n${text}\n`,
  );
  return `Sojourn is shipped with, or installs, the following packages of others.
Made by \`npm run notices\`; do not edit.

Countries of addresses: IP Geolocation by DB-IP (https://db-ip.com), CC BY 4.0.

${list.join('\n')}

${texts.join('\n')}`;
}
