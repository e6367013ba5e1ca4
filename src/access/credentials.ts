import type { IncomingMessage } from 'node:http';
import { isMeantAsKey } from './api-key.js';

/** What a request brings along to say who sends it. HTTP headers, or the metadata of gRPC as headers. */
export interface Credentials {
  /** The value of a header by its lower-case name; undefined if it is missing. */
  header(name: string): string | undefined;
  /** IP address of the connection, or of the client where trusted proxies tell it. */
  readonly address: string;
  /** IP address of the connection, whatever proxies tell. */
  readonly peer: string;
}

/** @param address see `Credentials` */
export function httpCredentials({ headers, socket }: IncomingMessage, address: string): Credentials {
  return { header: (name) => headers[name]?.toString(), address, peer: socket.remoteAddress ?? '' };
}

/**
 * The text that is given as a key, by `Authorization: Bearer …` or `x-api-key: …`: the first that is meant as a key
 * of Sojourn, or else the first.
 */
export function keyGiven({ header }: Credentials): string | undefined {
  const bearer = /^Bearer +(\S+) *$/i.exec(header('authorization') ?? '')?.[1];
  const given = [bearer, header('x-api-key')?.trim()].filter((text) => text !== undefined && text !== '');
  return given.find((text) => isMeantAsKey(text!)) ?? given[0];
}
