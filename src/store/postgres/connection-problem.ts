import type { DatabaseError } from './statement.js';

/** Why a program could not connect to its database at the start, and the remedy. Pure; has no password. */
export function connectionProblem(error: DatabaseError, url: string): string {
  const { message, code } = error;
  const { hostname, port, pathname, username } = new URL(url);
  const server = `PostgreSQL at ${hostname || 'this machine'}${port === '' ? '' : `:${port}`}`;
  const database = decodeURIComponent(pathname.slice(1));
  const role = decodeURIComponent(username);
  if (/password must be a string|no password/i.test(message)) {
    return `${server} asks for a password: give it in SOJOURN_STORE, PGPASSWORD or ~/.pgpass`;
  }
  const tlsProblem = tlsProblemOf(error);
  if (tlsProblem !== undefined) return `${server} ${tlsProblem}`;
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

/** What is wrong with TLS, or with the lack of it, and the remedy; undefined if nothing is. */
function tlsProblemOf({ message, cause }: DatabaseError): string | undefined {
  const { code, syscall, path } = Object(cause) as NodeJS.ErrnoException;
  if (syscall === 'open') return `needs a file that cannot be read: ${path}`;
  if (/does not support SSL/.test(message))
    return 'has no TLS: turn it on there, or say sslmode=disable in the address';
  if (/no encryption/.test(message))
    return 'lets only encrypted connections in: add sslmode=require, or better verify-full, to the address';
  if (/requires specifying a CA/.test(message))
    return 'cannot be checked: sslmode=verify-ca needs the certificate of its authority, sslrootcert=FILE';
  switch (code) {
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `has a certificate for another name (${message}): use that name in the address, or sslmode=verify-ca`;
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return `has a certificate of an authority that is not trusted here (${message}): name the authority's certificate by sslrootcert=FILE, or encrypt without checking who answers by sslmode=require without sslrootcert`;
    case 'CERT_HAS_EXPIRED':
      return 'has a certificate that has expired';
    default:
      return undefined;
  }
}

/** Errors of the system where a server, its network or its name may be there a little later. */
const PASSING = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** Too many connections; a database that starts, ends or recovers. */
const PASSING_STATES = /^(53300|08|57P0[1-5])/;

/** What the driver says of a connection that was not opened in time, or ended meanwhile. It has no codes for it. */
const PASSING_MESSAGES = /timeout|terminated|connection to PostgreSQL ended/i;

/** Whether a start that failed so may succeed a little later, without anybody having changed a setting. Pure. */
export function mayComeUp(error: DatabaseError): boolean {
  if (error.isConflict) return true;
  const { code, syscall } = Object(error.cause) as NodeJS.ErrnoException;
  if (code === undefined) return PASSING_MESSAGES.test(error.message);
  // The socket of a server of this machine. Another file that is missing is a mistake.
  if (code === 'ENOENT') return syscall === 'connect';
  return PASSING.has(code) || PASSING_STATES.test(code);
}
