import { status as GrpcStatus, type ServerDuplexStream } from '@grpc/grpc-js';
import { ProtoReader } from '../otlp/wire.js';
import { ProtoWriter } from '../otlp/wire-writer.js';
import { type ProtoFile, protoFiles } from './grpc-descriptors.js';
import { GRPC_SCHEMA } from './grpc-schema.js';

/** The service's two versions, which have the same messages. */
export const REFLECTION_SERVICES = [
  'grpc.reflection.v1.ServerReflection',
  'grpc.reflection.v1alpha.ServerReflection',
] as const;

export type ReflectionCall = ServerDuplexStream<Buffer, Uint8Array>;

/** Maximum length in bytes of a name that is looked up and repeated in an answer. */
const MAX_NAME_BYTES = 1024;

/** Fields of ServerReflectionRequest (grpc/reflection/v1/reflection.proto). */
const FILE_BY_FILENAME = 3;
const FILE_CONTAINING_SYMBOL = 4;
const FILE_CONTAINING_EXTENSION = 5;
const ALL_EXTENSION_NUMBERS_OF_TYPE = 6;
const LIST_SERVICES = 7;

const LENGTH_DELIMITED = 2;

/** The content of the schema, created on the first request. */
class Catalog {
  readonly files: ReadonlyMap<string, ProtoFile>;
  readonly bySymbol = new Map<string, ProtoFile>();

  constructor(files: readonly ProtoFile[]) {
    this.files = new Map(files.map((file) => [file.name, file]));
    for (const file of files) for (const symbol of file.symbols) this.bySymbol.set(symbol, file);
  }

  get services(): string[] {
    return [...this.files.values()].flatMap(({ services }) => services).sort();
  }

  /** A file, followed by all its imports. */
  withImports(file: ProtoFile, seen = new Set<ProtoFile>()): Set<ProtoFile> {
    seen.add(file);
    for (const name of file.imports) {
      const imported = this.files.get(name);
      if (imported !== undefined && !seen.has(imported)) this.withImports(imported, seen);
    }
    return seen;
  }
}

let catalog: Catalog | undefined;

/** Answers each request of a reflection call, in order. */
export function answerReflection(call: ReflectionCall): void {
  call.on('data', (request: Buffer) => {
    let answer: Uint8Array;
    try {
      answer = reflectionResponse(request);
    } catch {
      // The bytes are not a message. Ends the call with this status; a destroyed call would end without one.
      call.removeAllListeners('data');
      call.emit('error', {
        code: GrpcStatus.INVALID_ARGUMENT,
        details: 'not a ServerReflectionRequest',
      });
      return;
    }
    // One request at a time, so that a client that does not read its answers gets no more of them.
    if (!call.write(answer)) {
      call.pause();
      call.once('drain', () => call.resume());
    }
  });
  call.on('end', () => call.end());
}

/**
 * ServerReflectionResponse to a ServerReflectionRequest.
 *
 * @throws MalformedRequestError
 */
export function reflectionResponse(request: Uint8Array): Uint8Array {
  catalog ??= new Catalog(protoFiles(GRPC_SCHEMA));
  const { question, name } = questionOf(request);
  const writer = new ProtoWriter();
  writer.bytes(2, request);
  switch (question) {
    case LIST_SERVICES: {
      const list = writer.begin(6);
      for (const service of catalog.services) {
        const entry = writer.begin(1);
        writer.string(1, service);
        writer.end(entry);
      }
      writer.end(list);
      break;
    }
    case FILE_BY_FILENAME:
      writeFiles(writer, catalog.files.get(name), name);
      break;
    case FILE_CONTAINING_SYMBOL:
      writeFiles(writer, catalog.bySymbol.get(name), name);
      break;
    case FILE_CONTAINING_EXTENSION:
      writeError(writer, GrpcStatus.NOT_FOUND, 'there are no extensions');
      break;
    case ALL_EXTENSION_NUMBERS_OF_TYPE:
      if (catalog.bySymbol.has(name)) {
        const numbers = writer.begin(5);
        writer.string(1, name);
        writer.end(numbers);
      } else writeError(writer, GrpcStatus.NOT_FOUND, `there is no ${name}`);
      break;
    default:
      writeError(writer, GrpcStatus.INVALID_ARGUMENT, 'a question that this server does not know');
  }
  return writer.finish();
}

function questionOf(request: Uint8Array): { question: number | undefined; name: string } {
  const reader = new ProtoReader(request);
  let question: number | undefined;
  let name = '';
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    const field = tag >>> 3;
    if (field < FILE_BY_FILENAME || field > LIST_SERVICES || (tag & 7) !== LENGTH_DELIMITED) reader.skip(tag);
    else {
      question = field;
      name = Buffer.from(reader.view().subarray(0, MAX_NAME_BYTES)).toString();
    }
  }
  return { question, name };
}

function writeFiles(writer: ProtoWriter, file: ProtoFile | undefined, name: string): void {
  if (file === undefined) {
    writeError(writer, GrpcStatus.NOT_FOUND, `there is no ${name}`);
    return;
  }
  const files = writer.begin(4);
  for (const { descriptor } of catalog!.withImports(file)) writer.bytes(1, descriptor);
  writer.end(files);
}

function writeError(writer: ProtoWriter, code: number, message: string): void {
  const error = writer.begin(7);
  writer.int64(1, code);
  writer.string(2, message);
  writer.end(error);
}
