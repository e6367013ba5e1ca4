/**
 * TLS as libpq, and so psql, means the parameters of a URL. The driver's own meaning differs: it takes `prefer`,
 * `require` and `verify-ca` for `verify-full`. Pure.
 */

/** Variables of libpq that stand for parameters, of which the driver reads only the first, in its own meaning. */
const VARIABLES = {
  sslmode: 'PGSSLMODE',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
} as const;

/** The word of libpq for the authorities that the system trusts: for the driver, those that Node.js trusts. */
const SYSTEM = 'system';

/** The URL with which the driver does what libpq would do with this one. */
export function urlForDriver(url: string, env: NodeJS.ProcessEnv): string {
  const changed = new URL(url);
  const { searchParams } = changed;
  if ((searchParams.get('sslmode') || env.PGSSLMODE || undefined) === undefined) return url;
  for (const [name, variable] of Object.entries(VARIABLES)) {
    const value = searchParams.get(name) || env[variable];
    if (value !== undefined && value !== '') searchParams.set(name, value);
  }
  if (searchParams.get('sslrootcert') === SYSTEM) searchParams.delete('sslrootcert');
  if (!searchParams.has('uselibpqcompat')) searchParams.set('uselibpqcompat', 'true');
  return changed.href;
}

/** What to try where a server has no TLS; undefined if the URL insists on TLS. For URLs of `urlForDriver`. */
export function urlWithoutTls(url: string): string | undefined {
  const changed = new URL(url);
  if (changed.searchParams.get('sslmode') !== 'prefer') return undefined;
  for (const name of Object.keys(VARIABLES)) changed.searchParams.delete(name);
  changed.searchParams.set('sslmode', 'disable');
  return changed.href;
}
