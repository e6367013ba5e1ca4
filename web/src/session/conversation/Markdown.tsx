import { Lexer, type Token, type Tokens } from 'marked';
import { Fragment, type ReactNode, useMemo } from 'react';
import { visibleLines } from '../../../../client/src/text/visible-text.js';
import { safeLink } from '../../format/safe-link.js';

/** Deeper nesting is shown as plain text; nobody writes it by hand. */
const MAX_DEPTH = 24;

/**
 * Markdown as React elements. HTML in it is shown as text. Pictures are shown as description and address, and
 * never loaded. Links lead only to the web or to mail. Text that cannot be parsed is shown as it is.
 */
export default function Markdown({ text }: { readonly text: string }) {
  const tokens = useMemo(() => parse(text), [text]);
  if (tokens === undefined) return <p className="plain">{visibleLines(text)}</p>;
  return <div className="markdown">{blocks(tokens, 0)}</div>;
}

function parse(text: string): Token[] | undefined {
  try {
    return new Lexer({ gfm: true }).lex(text);
  } catch {
    // Thousands of nesting levels exhaust the parser's stack.
    return undefined;
  }
}

function each(tokens: readonly Token[], render: (token: Token) => ReactNode): ReactNode[] {
  // biome-ignore lint/suspicious/noArrayIndexKey: tokens of a text are identified by their position
  return tokens.map((token, index) => <Fragment key={index}>{render(token)}</Fragment>);
}

function blocks(tokens: readonly Token[], depth: number): ReactNode {
  return each(tokens, (token) => block(token, depth));
}

function block(any: Token, depth: number): ReactNode {
  if (depth > MAX_DEPTH) return asWritten(any);
  const token = any as Tokens.Generic;
  switch (token.type) {
    case 'space':
    case 'def':
      return null;
    case 'hr':
      return <hr />;
    case 'heading':
      // The page has headings of its own, so headings of a model's text are not h elements.
      return <p className={`heading heading-${token.depth}`}>{inline(token.tokens, depth + 1)}</p>;
    case 'paragraph':
      return <p>{inline(token.tokens, depth + 1)}</p>;
    case 'text':
      return token.tokens === undefined ? visibleLines(token.text) : inline(token.tokens, depth + 1);
    case 'code':
      return (
        <pre>
          <code>{visibleLines(token.text)}</code>
        </pre>
      );
    case 'blockquote':
      return <blockquote>{blocks(token.tokens ?? [], depth + 1)}</blockquote>;
    case 'list':
      return list(token as Tokens.List, depth);
    case 'table':
      return table(token as Tokens.Table, depth);
    default:
      return asWritten(token);
  }
}

function list({ ordered, start, items }: Tokens.List, depth: number): ReactNode {
  const rows = items.map((item, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: as above
    <li key={index}>
      {item.task && <span aria-hidden="true">{item.checked ? '☑ ' : '☐ '}</span>}
      {blocks(item.tokens, depth + 1)}
    </li>
  ));
  return ordered ? <ol start={Number(start) || 1}>{rows}</ol> : <ul>{rows}</ul>;
}

function table({ header, rows }: Tokens.Table, depth: number): ReactNode {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: lets the keyboard scroll it
    <section className="markdown-table" tabIndex={0} aria-label="Table">
      <table>
        <thead>
          <tr>
            {header.map((cell, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: as above
              <th key={index}>{inline(cell.tokens, depth + 1)}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: as above
            <tr key={at}>
              {row.map((cell, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: as above
                <td key={index}>{inline(cell.tokens, depth + 1)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function inline(tokens: readonly Token[] | undefined, depth: number): ReactNode {
  return each(tokens ?? [], (token) => phrase(token, depth));
}

function phrase(any: Token, depth: number): ReactNode {
  if (depth > MAX_DEPTH) return asWritten(any);
  const token = any as Tokens.Generic;
  switch (token.type) {
    case 'text':
      return token.tokens === undefined ? visibleLines(token.text) : inline(token.tokens, depth + 1);
    case 'escape':
      return visibleLines(token.text);
    case 'strong':
      return <strong>{inline(token.tokens, depth + 1)}</strong>;
    case 'em':
      return <em>{inline(token.tokens, depth + 1)}</em>;
    case 'del':
      return <del>{inline(token.tokens, depth + 1)}</del>;
    case 'codespan':
      return <code>{visibleLines(token.text)}</code>;
    case 'br':
      return <br />;
    case 'link':
      return link(token as Tokens.Link, depth);
    case 'image':
      return (
        <span className="markdown-image">
          [picture{token.text ? `: ${visibleLines(token.text)}` : ''}] {visibleLines(token.href)}
        </span>
      );
    default:
      return asWritten(token);
  }
}

function link({ href, tokens }: Tokens.Link, depth: number): ReactNode {
  const address = safeLink(href);
  if (address === undefined) {
    return (
      <>
        {inline(tokens, depth + 1)} ({visibleLines(href)})
      </>
    );
  }
  return (
    <a href={address} title={address} target="_blank" rel="noopener noreferrer nofollow">
      {inline(tokens, depth + 1)}
    </a>
  );
}

function asWritten({ raw }: Token): ReactNode {
  return <span className="plain">{visibleLines(raw)}</span>;
}
