import { type Part, varintLength, writeVarint } from './template.js';

/** The encoded fields of a ResourceSpans except its scopes, and of a ScopeSpans except its spans. */
export interface EnvelopeBytes {
  readonly resource: Uint8Array;
  readonly scope: Uint8Array;
}

/**
 * Builds one OTLP export request: records are copied from templates and patched by the caller, and groups of
 * them are closed under a resource and a scope. Traces and logs have the same field numbers down to the
 * records.
 */
export class RequestWriter {
  #out: Buffer = Buffer.allocUnsafe(1 << 20);
  #outLength = 0;
  #group: Buffer = Buffer.allocUnsafe(1 << 20);
  #groupLength = 0;

  /** The bytes of the open group's records. They move when it grows, so read this again after each `copy`. */
  get group(): Buffer {
    return this.#group;
  }

  /** Appends a record, given as a field of its scope, to the open group and returns where it starts. */
  copy(template: Part): number {
    const at = this.#groupLength;
    this.#groupLength = at + template.bytes.length;
    if (this.#groupLength > this.#group.length) this.#group = grown(this.#group, at, this.#groupLength);
    this.#group.set(template.bytes, at);
    return at;
  }

  /** Closes the open group; an empty one is left out. */
  closeGroup(envelope: EnvelopeBytes): void {
    if (this.#groupLength === 0) return;
    const scopeLength = envelope.scope.length + this.#groupLength;
    const resourceLength = envelope.resource.length + 1 + varintLength(scopeLength) + scopeLength;
    const needed = this.#outLength + 1 + varintLength(resourceLength) + resourceLength;
    if (needed > this.#out.length) this.#out = grown(this.#out, this.#outLength, needed);
    const out = this.#out;
    out[this.#outLength] = 0x0a;
    let at = writeVarint(out, this.#outLength + 1, resourceLength);
    out.set(envelope.resource, at);
    at += envelope.resource.length;
    out[at] = 0x12;
    at = writeVarint(out, at + 1, scopeLength);
    out.set(envelope.scope, at);
    at += envelope.scope.length;
    this.#group.copy(out, at, 0, this.#groupLength);
    this.#outLength = needed;
    this.#groupLength = 0;
  }

  /** Returns the request and starts the next one. The caller owns the bytes. */
  finish(): Buffer {
    const body = Buffer.from(this.#out.subarray(0, this.#outLength));
    this.#outLength = 0;
    return body;
  }
}

function grown(buffer: Buffer, used: number, needed: number): Buffer {
  const larger = Buffer.allocUnsafe(Math.max(needed, 2 * buffer.length));
  buffer.copy(larger, 0, 0, used);
  return larger;
}
