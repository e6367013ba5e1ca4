import { ProtoWriter } from '../otlp/wire-writer.js';

/** A .proto file in the form that reflection returns. */
export interface ProtoFile {
  readonly name: string;
  /** Names of the files it imports. */
  readonly imports: readonly string[];
  /** Full names of its messages, enumerations, services and methods. */
  readonly symbols: readonly string[];
  /** Full names of its services. */
  readonly services: readonly string[];
  /** google.protobuf.FileDescriptorProto */
  readonly descriptor: Uint8Array;
}

/** Kinds of a field that are neither messages nor enumerations (google.protobuf.FieldDescriptorProto.Type). */
const SCALARS: Readonly<Record<string, number>> = {
  double: 1,
  float: 2,
  int64: 3,
  uint64: 4,
  int32: 5,
  fixed64: 6,
  fixed32: 7,
  bool: 8,
  string: 9,
  bytes: 12,
  uint32: 13,
  sfixed32: 15,
  sfixed64: 16,
  sint32: 17,
  sint64: 18,
};
const TYPE_MESSAGE = 11;
const TYPE_ENUM = 14;
const LABEL_OPTIONAL = 1;
const LABEL_REPEATED = 3;

interface Field {
  readonly name: string;
  readonly number: number;
  readonly type: string;
  readonly isRepeated: boolean;
  /** `optional`, which has a oneof of its own. */
  readonly isOptional: boolean;
  /** Name of the oneof it is in. */
  readonly oneof: string | undefined;
}

interface EnumType {
  readonly kind: 'enum';
  readonly name: string;
  readonly values: (readonly [name: string, number: number])[];
}

interface MessageType {
  readonly kind: 'message';
  readonly name: string;
  readonly fields: Field[];
  readonly nested: (MessageType | EnumType)[];
  readonly isMapEntry: boolean;
}

interface Method {
  readonly name: string;
  readonly input: string;
  readonly output: string;
  readonly streamsIn: boolean;
  readonly streamsOut: boolean;
}

interface Service {
  readonly kind: 'service';
  readonly name: string;
  readonly methods: Method[];
}

interface File {
  readonly name: string;
  package: string;
  readonly imports: string[];
  readonly types: (MessageType | EnumType)[];
  readonly services: Service[];
}

/**
 * Parses files of the subset of proto3 that `grpc-schema.ts` uses: one statement a line, each file after a
 * line `file NAME;`. Throws on any other line.
 */
export function protoFiles(schema: string): ProtoFile[] {
  const files = parse(schema);
  const enums = new Set(files.flatMap((file) => namesOf(file.types, `.${file.package}`, 'enum')));
  return files.map((file) => {
    const prefix = `.${file.package}`;
    const types = [...namesOf(file.types, prefix, 'message'), ...namesOf(file.types, prefix, 'enum')];
    const services = file.services.map(({ name }) => `${file.package}.${name}`);
    const methods = file.services.flatMap(({ name, methods }) =>
      methods.map((method) => `${file.package}.${name}.${method.name}`),
    );
    const { name, imports } = file;
    const symbols = [...types.map((type) => type.slice(1)), ...services, ...methods];
    return { name, imports, symbols, services, descriptor: fileDescriptor(file, enums) };
  });
}

/** Full names, with a leading dot, of all types of a kind, nested ones included. */
function namesOf(
  types: readonly (MessageType | EnumType)[],
  prefix: string,
  kind: 'message' | 'enum',
): string[] {
  return types.flatMap((type) => {
    const name = `${prefix}.${type.name}`;
    const nested = type.kind === 'message' ? namesOf(type.nested, name, kind) : [];
    return type.kind === kind ? [name, ...nested] : nested;
  });
}

const FIELD = /^(repeated |optional |)([\w.]+) (\w+) = (\d+);$/;
const MAP_FIELD = /^map<(\w+), ([\w.]+)> (\w+) = (\d+);$/;
const ENUM_VALUE = /^(\w+) = (\d+);$/;
const BLOCK = /^(message|enum|oneof|service) (\w+) \{$/;
const RPC = /^rpc (\w+)\((stream |)([\w.]+)\) returns \((stream |)([\w.]+)\);$/;
const DIRECTIVE = /^(file|package|import) ([\w./]+);$/;

function parse(schema: string): File[] {
  const parser = new SchemaParser();
  for (const line of schema.split('\n')) {
    const statement = line.trim();
    if (statement !== '' && !parser.take(statement)) throw new Error(`not understood: ${statement}`);
  }
  return parser.files;
}

class SchemaParser {
  readonly files: File[] = [];
  /** The open blocks around the current line; a oneof by its name. */
  readonly #open: (MessageType | EnumType | Service | string)[] = [];

  /** Returns false if the line is not understood. */
  take(line: string): boolean {
    if (line === '}') return this.#open.pop() !== undefined;
    return this.#directive(line) || this.#block(line) || this.#member(line);
  }

  #directive(line: string): boolean {
    const [, what, value = ''] = DIRECTIVE.exec(line) ?? [];
    if (what === undefined) return false;
    if (what === 'file') this.files.push({ name: value, package: '', imports: [], types: [], services: [] });
    else if (what === 'package') this.#file.package = value;
    else this.#file.imports.push(value);
    return true;
  }

  #block(line: string): boolean {
    const [, what, name = ''] = BLOCK.exec(line) ?? [];
    if (what === undefined) return false;
    if (what === 'oneof') {
      this.#open.push(name);
      return true;
    }
    if (what === 'service') {
      const service: Service = { kind: 'service', name, methods: [] };
      this.#file.services.push(service);
      this.#open.push(service);
      return true;
    }
    const type: MessageType | EnumType =
      what === 'enum'
        ? { kind: 'enum', name, values: [] }
        : { kind: 'message', name, fields: [], nested: [], isMapEntry: false };
    const owner = this.#owner;
    (owner?.kind === 'message' ? owner.nested : this.#file.types).push(type);
    this.#open.push(type);
    return true;
  }

  #member(line: string): boolean {
    const owner = this.#owner;
    switch (owner?.kind) {
      case 'service': {
        const [, name, streamsIn, input = '', streamsOut, output = ''] = RPC.exec(line) ?? [];
        if (name === undefined) return false;
        owner.methods.push({
          ...{ name, input, output },
          streamsIn: streamsIn !== '',
          streamsOut: streamsOut !== '',
        });
        return true;
      }
      case 'enum': {
        const [, name, number] = ENUM_VALUE.exec(line) ?? [];
        if (name === undefined) return false;
        owner.values.push([name, Number(number)]);
        return true;
      }
      case 'message':
        return this.#field(owner, line);
      case undefined:
        return false;
    }
  }

  #field(owner: MessageType, line: string): boolean {
    const [, key = '', value = '', mapName, mapNumber] = MAP_FIELD.exec(line) ?? [];
    if (mapName !== undefined) {
      addMap(owner, mapName, Number(mapNumber), key, value);
      return true;
    }
    const [, label, type = '', name, number] = FIELD.exec(line) ?? [];
    if (name === undefined) return false;
    const parent = this.#open.at(-1);
    owner.fields.push({
      ...{ name, number: Number(number), type },
      isRepeated: label === 'repeated ',
      isOptional: label === 'optional ',
      oneof: typeof parent === 'string' ? parent : undefined,
    });
    return true;
  }

  get #file(): File {
    const file = this.files.at(-1);
    if (file === undefined) throw new Error('the schema begins without a file');
    return file;
  }

  /** The type or service around the current line; undefined at the top of a file. */
  get #owner(): MessageType | EnumType | Service | undefined {
    return this.#open.findLast((each) => typeof each !== 'string');
  }
}

/** A map is a list of entries, whose type is named after it. */
function addMap(owner: MessageType, name: string, number: number, key: string, value: string): void {
  const entry = `${name.charAt(0).toUpperCase()}${name.slice(1)}Entry`;
  const plain = { isRepeated: false, isOptional: false, oneof: undefined };
  owner.nested.push({
    kind: 'message',
    name: entry,
    fields: [
      { name: 'key', number: 1, type: key, ...plain },
      { name: 'value', number: 2, type: value, ...plain },
    ],
    nested: [],
    isMapEntry: true,
  });
  owner.fields.push({ name, number, type: `${owner.name}.${entry}`, ...plain, isRepeated: true });
}

function fileDescriptor(file: File, enums: ReadonlySet<string>): Uint8Array {
  const writer = new ProtoWriter();
  const fullName = (type: string): string => (type.startsWith('.') ? type : `.${file.package}.${type}`);
  writer.string(1, file.name);
  writer.string(2, file.package);
  for (const name of file.imports) writer.string(3, name);
  for (const type of file.types) writeType(writer, type.kind === 'message' ? 4 : 5, type);
  for (const service of file.services) {
    const start = writer.begin(6);
    writer.string(1, service.name);
    for (const { name, input, output, streamsIn, streamsOut } of service.methods) {
      const method = writer.begin(2);
      writer.string(1, name);
      writer.string(2, fullName(input));
      writer.string(3, fullName(output));
      if (streamsIn) writer.uint32(5, 1);
      if (streamsOut) writer.uint32(6, 1);
      writer.end(method);
    }
    writer.end(start);
  }
  writer.string(12, 'proto3');
  return writer.finish();

  function writeType(out: ProtoWriter, number: number, type: MessageType | EnumType): void {
    const start = out.begin(number);
    out.string(1, type.name);
    if (type.kind === 'enum') {
      for (const [name, value] of type.values) {
        const entry = out.begin(2);
        out.string(1, name);
        out.uint32(2, value);
        out.end(entry);
      }
    } else {
      // The oneofs of `optional` fields come after all others.
      const oneofs = [...new Set(type.fields.flatMap(({ oneof }) => (oneof === undefined ? [] : [oneof])))];
      for (const { isOptional, name } of type.fields) if (isOptional) oneofs.push(`_${name}`);
      for (const field of type.fields) writeField(out, field, oneofs);
      for (const nested of type.nested) writeType(out, nested.kind === 'message' ? 3 : 4, nested);
      if (type.isMapEntry) {
        const options = out.begin(7);
        out.uint32(7, 1);
        out.end(options);
      }
      for (const name of oneofs) {
        const oneof = out.begin(8);
        out.string(1, name);
        out.end(oneof);
      }
    }
    out.end(start);
  }

  function writeField(out: ProtoWriter, field: Field, oneofs: readonly string[]): void {
    const scalar = SCALARS[field.type];
    const start = out.begin(2);
    out.string(1, field.name);
    out.uint32(3, field.number);
    out.uint32(4, field.isRepeated ? LABEL_REPEATED : LABEL_OPTIONAL);
    if (scalar === undefined) {
      const type = fullName(field.type);
      out.uint32(5, enums.has(type) ? TYPE_ENUM : TYPE_MESSAGE);
      out.string(6, type);
    } else out.uint32(5, scalar);
    const oneof = field.isOptional ? `_${field.name}` : field.oneof;
    if (oneof !== undefined) out.uint32(9, oneofs.indexOf(oneof));
    if (field.isOptional) out.uint32(17, 1);
    out.end(start);
  }
}
