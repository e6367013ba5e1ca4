import assert from 'node:assert/strict';
import { test } from 'node:test';
import protobuf from 'protobufjs';
import { protoFiles } from './grpc-descriptors.js';
import { reflectionResponse } from './grpc-reflection.js';
import { GRPC_SCHEMA } from './grpc-schema.js';

const files = new Map(protoFiles(GRPC_SCHEMA).map((file) => [file.name, file]));

/** The used part of google/protobuf/descriptor.proto, and the messages of reflection around it. */
const { root } = protobuf.parse(
  `syntax = "proto3";
  message FileDescriptorProto { string name = 1; string package = 2; repeated string dependency = 3; repeated DescriptorProto message_type = 4;
    repeated EnumDescriptorProto enum_type = 5; repeated ServiceDescriptorProto service = 6; string syntax = 12; }
  message DescriptorProto { string name = 1; repeated FieldDescriptorProto field = 2; repeated DescriptorProto nested_type = 3;
    repeated EnumDescriptorProto enum_type = 4; MessageOptions options = 7; repeated OneofDescriptorProto oneof_decl = 8; }
  message MessageOptions { bool map_entry = 7; }
  message OneofDescriptorProto { string name = 1; }
  message FieldDescriptorProto { string name = 1; int32 number = 3; int32 label = 4; int32 type = 5; string type_name = 6; optional int32 oneof_index = 9;
    bool proto3_optional = 17; }
  message EnumDescriptorProto { string name = 1; repeated EnumValueDescriptorProto value = 2; }
  message EnumValueDescriptorProto { string name = 1; int32 number = 2; }
  message ServiceDescriptorProto { string name = 1; repeated MethodDescriptorProto method = 2; }
  message MethodDescriptorProto { string name = 1; string input_type = 2; string output_type = 3; bool client_streaming = 5; bool server_streaming = 6; }
  message Response { bytes original_request = 2; Files file_descriptor_response = 4; Numbers all_extension_numbers_response = 5; Failure error_response = 7; }
  message Files { repeated bytes file_descriptor_proto = 1; }
  message Numbers { string base_type_name = 1; repeated int32 extension_number = 2; }
  message Failure { int32 error_code = 1; string error_message = 2; }`,
  { keepCase: true },
);

function decoded(message: string, bytes: Uint8Array): Record<string, unknown> {
  return root.lookupType(message).toObject(root.lookupType(message).decode(bytes)) as Record<string, unknown>;
}

interface Named {
  readonly name: string;
}

function descriptor(name: string): Record<string, Named[]> {
  const file = files.get(name);
  assert.ok(file !== undefined, name);
  return decoded('FileDescriptorProto', file.descriptor) as Record<string, Named[]>;
}

test('a message has its fields with numbers, labels, types and oneofs', () => {
  const { message_type: messages = [], ...file } = descriptor('opentelemetry/proto/trace/v1/trace.proto');
  assert.deepEqual(
    { name: file.name, package: file.package, dependency: file.dependency, syntax: file.syntax },
    {
      name: 'opentelemetry/proto/trace/v1/trace.proto',
      package: 'opentelemetry.proto.trace.v1',
      dependency: [
        'opentelemetry/proto/common/v1/common.proto',
        'opentelemetry/proto/resource/v1/resource.proto',
      ],
      syntax: 'proto3',
    },
  );
  const span = messages.find(({ name }) => name === 'Span') as unknown as Record<string, Named[]>;
  const field = (name: string) => span.field?.find((each) => each.name === name);
  assert.deepEqual(field('trace_id'), { name: 'trace_id', number: 1, label: 1, type: 12 });
  assert.deepEqual(field('flags'), { name: 'flags', number: 16, label: 1, type: 7 });
  assert.deepEqual(field('kind'), {
    ...{ name: 'kind', number: 6, label: 1, type: 14 },
    type_name: '.opentelemetry.proto.trace.v1.Span.SpanKind',
  });
  assert.deepEqual(field('attributes'), {
    ...{ name: 'attributes', number: 9, label: 3, type: 11 },
    type_name: '.opentelemetry.proto.common.v1.KeyValue',
  });
  assert.deepEqual(
    span.nested_type?.map(({ name }) => name),
    ['Event', 'Link'],
  );
  const kinds = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];
  assert.deepEqual(
    (span.enum_type as unknown as { value: { name: string; number?: number }[] }[])[0]?.value.map(
      ({ name, number = 0 }) => [name, number],
    ),
    kinds.map((name, number) => [`SPAN_KIND_${name}`, number]),
  );
});

test('optional fields have oneofs of their own, and maps entries', () => {
  const { message_type: metrics = [] } = descriptor('opentelemetry/proto/metrics/v1/metrics.proto');
  const point = metrics.find(({ name }) => name === 'HistogramDataPoint') as unknown as Record<
    string,
    Named[]
  >;
  assert.deepEqual(point.oneof_decl, [{ name: '_sum' }, { name: '_min' }, { name: '_max' }]);
  assert.deepEqual(
    point.field?.find(({ name }) => name === 'min'),
    { name: 'min', number: 11, label: 1, type: 1, oneof_index: 1, proto3_optional: true },
  );
  const { message_type: health = [] } = descriptor('grpc/health/v1/health.proto');
  const list = health.find(({ name }) => name === 'HealthListResponse') as unknown as Record<string, Named[]>;
  assert.deepEqual(list.nested_type?.[0], {
    name: 'StatusesEntry',
    field: [
      { name: 'key', number: 1, label: 1, type: 9 },
      { name: 'value', number: 2, label: 1, type: 11, type_name: '.grpc.health.v1.HealthCheckResponse' },
    ],
    options: { map_entry: true },
  });
});

test('every named type exists, and every imported file', () => {
  const known = new Set([...files.values()].flatMap(({ symbols }) => symbols.map((symbol) => `.${symbol}`)));
  const text = JSON.stringify([...files.keys()].map(descriptor));
  const named = [...text.matchAll(/"(?:type_name|input_type|output_type)":"([^"]+)"/g)].map(
    (match) => match[1]!,
  );
  assert.ok(named.length > 50);
  assert.deepEqual(
    named.filter((name) => !known.has(name)),
    [],
  );
  for (const { imports } of files.values()) for (const name of imports) assert.ok(files.has(name), name);
});

test('statements outside of the schema language are not ignored', () => {
  const message = (line: string): string => `file a;\npackage a;\nmessage M {\n${line}\n}`;
  assert.equal(protoFiles(message('string a = 1;')).length, 1);
  for (const line of ['string a = 1', 'reserved 4;', 'string a = 1 [deprecated = true];', '// comment']) {
    assert.throws(() => protoFiles(message(line)), /not understood/, line);
  }
});

/** ServerReflectionRequest with one question. */
function ask(field: number, text: string): Record<string, unknown> {
  const request = Buffer.concat([Buffer.from([(field << 3) | 2, text.length]), Buffer.from(text)]);
  const response = decoded('Response', reflectionResponse(request));
  assert.deepEqual(Buffer.from(response.original_request as Uint8Array), request);
  return response;
}

function namesOf(response: Record<string, unknown>): unknown[] {
  const { file_descriptor_proto: all } = response.file_descriptor_response as {
    file_descriptor_proto: Uint8Array[];
  };
  return all.map((bytes) => decoded('FileDescriptorProto', bytes).name);
}

test('a file is found by its name and by its symbols, and comes with all its imports', () => {
  const expected = [
    'opentelemetry/proto/collector/logs/v1/logs_service.proto',
    'opentelemetry/proto/logs/v1/logs.proto',
    'opentelemetry/proto/common/v1/common.proto',
    'opentelemetry/proto/resource/v1/resource.proto',
  ];
  assert.deepEqual(namesOf(ask(3, expected[0]!)), expected);
  const packageName = 'opentelemetry.proto.collector.logs.v1';
  for (const symbol of ['LogsService', 'LogsService.Export', 'ExportLogsServiceRequest']) {
    assert.deepEqual(namesOf(ask(4, `${packageName}.${symbol}`)), expected, symbol);
  }
  assert.deepEqual(
    namesOf(ask(4, 'opentelemetry.proto.trace.v1.Span.Event'))[0],
    'opentelemetry/proto/trace/v1/trace.proto',
  );
});

test('a missing symbol is reported, and the call continues', () => {
  for (const [field, name] of [
    [3, 'other.proto'],
    [4, 'other.Service'],
    [5, ''],
    [6, 'other.Type'],
  ] as const) {
    assert.equal((ask(field, name).error_response as { error_code: number }).error_code, 5, name);
  }
  assert.equal(
    (decoded('Response', reflectionResponse(Buffer.alloc(0))).error_response as { error_code: number })
      .error_code,
    3,
  );
  const type = 'opentelemetry.proto.trace.v1.Span';
  assert.deepEqual(ask(6, type).all_extension_numbers_response, { base_type_name: type });
});
