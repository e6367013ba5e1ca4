import type { DatabaseError } from './statement.js';

/** Why a program could not connect to its database at the start, and the remedy. Pure; has no password. */
export function connectionProblem({ message, code }: DatabaseError, url: string): string {
  const { hostname, port, pathname, username } = new URL(url);
  const server = `PostgreSQL at ${hostname || 'this machine'}${port === '' ? '' : `:${port}`}`;
  const database = decodeURIComponent(pathname.slice(1));
  const role = decodeURIComponent(username);
  if (/password must be a string|no password/i.test(message)) {
    return `${server} asks for a password: give it in SOJOURN_STORE, PGPASSWORD or ~/.pgpass`;
  }
  switch (code) {
    case '28P01':
    case '28000':
      return `${server} refuses to let this program in (${message}): check user and password in SOJOURN_STORE, PGPASSWORD or ~/.pgpass`;
    case '3D000':
      return `${server} has no database "${database}": create it with CREATE DATABASE "${database}" ENCODING 'UTF8' TEMPLATE template0`;
    case '42501':
      return `the role lacks a right in the database (${message}): GRANT CREATE ON DATABASE "${database}" TO "${role}"`;
    case undefined:
      return `${server} cannot be reached (${message}): is it running, and is the address in --store or SOJOURN_STORE right?`;
    default:
      return `${server}: ${message}`;
  }
}
