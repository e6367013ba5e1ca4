import { useQuery } from '@tanstack/react-query';
import { Link, useLocation } from '@tanstack/react-router';
import { lazy, memo, Suspense, useDeferredValue, useEffect, useMemo, useState } from 'react';
import { dataOf } from '../api/client.js';
import { ErrorNote } from '../components/ErrorNote.js';
import { Skeleton } from '../components/Skeleton.js';
import { pagePart } from '../shell/page-part.js';
import {
  type Answer,
  type Content,
  type Endpoint,
  endpointGroups,
  isFound,
  limitText,
  type OpenApiDocument,
  type Parameter,
  type Schema,
  typeText,
} from './document.js';
import '../session/conversation/markdown.css';
import './reference.css';

const Markdown = lazy(() => pagePart(import('../session/conversation/Markdown.js')));

/** The API of this server: every operation and schema of its own OpenAPI document. */
export function ReferencePage() {
  const { data, error, refetch } = useQuery({
    queryKey: ['openapi'],
    queryFn: ({ signal }) => dataOf(readDocument(signal)),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <section className="reference" aria-labelledby="reference-title">
      <header className="reference-head">
        <h1 id="reference-title">API of Sojourn{data !== undefined && ` ${data.info.version}`}</h1>
        <a className="mono" href="openapi.json">
          openapi.json
        </a>
      </header>
      {data !== undefined && <Document document={data} />}
      {data === undefined && error !== null && <ErrorNote error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && (
        <div role="status" aria-label="Loading the reference">
          <Skeleton height="480px" />
        </div>
      )}
    </section>
  );
}

async function readDocument(signal: AbortSignal) {
  const response = await fetch('openapi.json', { signal });
  const body: unknown = await response.json().catch(() => undefined);
  return response.ok ? { data: body as OpenApiDocument, response } : { error: body, response };
}

function Document({ document: openApi }: { readonly document: OpenApiDocument }) {
  const [text, setText] = useState('');
  const search = useDeferredValue(text.trim());
  const groups = useMemo(
    () =>
      endpointGroups(openApi)
        .map(({ tag, endpoints }) => ({
          tag,
          endpoints: endpoints.filter((endpoint) => isFound(endpoint, search)),
        }))
        .filter(({ endpoints }) => endpoints.length > 0),
    [openApi, search],
  );
  const { hash } = useLocation();
  // The browser could not find the element before it was here.
  useEffect(() => {
    if (hash !== '') document.getElementById(hash)?.scrollIntoView();
  }, [hash]);
  return (
    <div className="reference-columns">
      <nav className="reference-nav" aria-label="Operations">
        <input
          className="input"
          type="search"
          placeholder="Search operations"
          aria-label="Search operations"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        {groups.map(({ tag, endpoints }) => (
          <div key={tag}>
            <h2>{tag}</h2>
            <ul>
              {endpoints.map(({ method, path, operation }) => (
                <li key={operation.operationId}>
                  <Link to="/reference" hash={operation.operationId} title={`${method} ${path}`}>
                    {operation.summary ?? operation.operationId}
                  </Link>
                </li>
              ))}
            </ul>
          </div>
        ))}
        {groups.length === 0 && <p className="muted">No operation has these words</p>}
        <p>
          <Link to="/reference" hash="schemas">
            Schemas
          </Link>
        </p>
      </nav>
      <div className="reference-body">
        {openApi.info.description !== undefined && <Words text={openApi.info.description} />}
        {groups.map(({ tag, endpoints }) => (
          <section key={tag} aria-label={tag}>
            <h2>{tag}</h2>
            {endpoints.map((endpoint) => (
              <EndpointPart key={endpoint.operation.operationId} endpoint={endpoint} />
            ))}
          </section>
        ))}
        <section aria-labelledby="schemas">
          <h2 id="schemas">Schemas</h2>
          {Object.entries(openApi.components?.schemas ?? {}).map(([name, schema]) => (
            <SchemaPart key={name} name={name} schema={schema} />
          ))}
        </section>
      </div>
    </div>
  );
}

const EndpointPart = memo(function EndpointPart({ endpoint }: { readonly endpoint: Endpoint }) {
  const { method, path, operation } = endpoint;
  const { operationId, summary, description, parameters = [], requestBody, responses = {} } = operation;
  return (
    <article className="card reference-part" id={operationId}>
      <h3>{summary ?? operationId}</h3>
      <p className="reference-path mono">
        <strong>{method}</strong> {path}
      </p>
      {description !== undefined && <Words text={description} />}
      {parameters.length > 0 && <Parameters parameters={parameters} />}
      {requestBody !== undefined && (
        <>
          <h4>Body</h4>
          {requestBody.description !== undefined && <Words text={requestBody.description} />}
          <Contents content={requestBody.content ?? {}} />
        </>
      )}
      <h4>Answers</h4>
      <dl className="reference-fields">
        {Object.entries(responses).map(([status, answer]) => (
          <AnswerRow key={status} status={status} answer={answer} />
        ))}
      </dl>
    </article>
  );
});

function Parameters({ parameters }: { readonly parameters: readonly Parameter[] }) {
  return (
    <>
      <h4>Parameters</h4>
      <dl className="reference-fields">
        {parameters.map(({ name, in: place, required, description, schema = {} }) => (
          <Field
            key={`${place} ${name}`}
            name={name}
            note={[place, required === true && 'required'].filter(Boolean).join(', ')}
            schema={schema}
            description={description ?? schema.description}
          />
        ))}
      </dl>
    </>
  );
}

function AnswerRow({ status, answer }: { readonly status: string; readonly answer: Answer }) {
  return (
    <div>
      <dt className="mono">{status}</dt>
      <dd>
        {answer.description !== undefined && <Words text={answer.description} />}
        <Contents content={answer.content ?? {}} />
      </dd>
    </div>
  );
}

function Contents({ content }: { readonly content: Content }) {
  return Object.entries(content).map(([type, { schema }]) => (
    <p key={type} className="reference-type">
      <span className="mono">{type}</span> {schema !== undefined && <Type schema={schema} />}
    </p>
  ));
}

const SchemaPart = memo(function SchemaPart({
  name,
  schema,
}: {
  readonly name: string;
  readonly schema: Schema;
}) {
  const { description, properties, required = [] } = schema;
  return (
    <article className="card reference-part" id={schemaId(name)}>
      <h3 className="mono">{name}</h3>
      {description !== undefined && <Words text={description} />}
      {properties === undefined ? (
        <p className="reference-type">
          <Type schema={schema} />
        </p>
      ) : (
        <Properties properties={properties} required={required} />
      )}
    </article>
  );
});

interface PropertiesProps {
  readonly properties: Readonly<Record<string, Schema>>;
  readonly required: readonly string[];
}

function Properties({ properties, required }: PropertiesProps) {
  return (
    <dl className="reference-fields">
      {Object.entries(properties).map(([name, schema]) => (
        <Field
          key={name}
          name={name}
          note={required.includes(name) ? 'always there' : ''}
          schema={schema}
          description={schema.description}
        />
      ))}
    </dl>
  );
}

interface FieldProps {
  readonly name: string;
  readonly note: string;
  readonly schema: Schema;
  readonly description: string | undefined;
}

function Field({ name, note, schema, description }: FieldProps) {
  const inner = schema.properties ?? schema.items?.properties;
  return (
    <div>
      <dt>
        <span className="mono">{name}</span> {note !== '' && <span className="muted">{note}</span>}
      </dt>
      <dd>
        <p className="reference-type">
          <Type schema={schema} /> <span className="muted">{limitText(schema)}</span>
        </p>
        {description !== undefined && <Words text={description} />}
        {inner !== undefined && (
          <details>
            <summary>Fields</summary>
            <Properties properties={inner} required={schema.required ?? schema.items?.required ?? []} />
          </details>
        )}
      </dd>
    </div>
  );
}

function Type({ schema }: { readonly schema: Schema }) {
  return (
    <span className="mono">
      {typeText(schema).map((part, index) =>
        typeof part === 'string' ? (
          part
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: parts of a text are identified by their position
          <Link key={index} to="/reference" hash={schemaId(part.ref)}>
            {part.ref}
          </Link>
        ),
      )}
    </span>
  );
}

function Words({ text }: { readonly text: string }) {
  return (
    <Suspense fallback={<p>{text}</p>}>
      <Markdown text={text} />
    </Suspense>
  );
}

function schemaId(name: string): string {
  return `schema-${name}`;
}
