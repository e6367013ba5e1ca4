import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { safeLink } from '../../format/safe-link.js';
import Markdown from './Markdown.js';

const html = (text: string): string => renderToStaticMarkup(createElement(Markdown, { text }));

/** HTML that no text may ever become. */
const FORBIDDEN =
  /<(?:script|img|svg|iframe|style|object|embed|form|input|base|meta|link|video|audio)\b|\son\w+=|href="(?!https?:|mailto:)/i;

const ATTACKS = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  'text <b onclick=alert(1)>bold</b> <svg/onload=alert(1)>',
  '<div>\n<iframe srcdoc="<script>alert(1)</script>">\n</div>',
  '[x](javascript:alert(1))',
  '[x](JaVaScRiPt:alert(1))',
  '[x](java\nscript:alert(1))',
  '[x](&#106;avascript:alert(1))',
  '[x]( javascript:alert(1) "title")',
  '[x](data:text/html,<script>alert(1)</script>)',
  '[x](vbscript:x) [y](file:///etc/passwd) [z](//evil.example/x) [r](/sessions/x)',
  '[x]: javascript:alert(1)\n\n[x]',
  '<javascript:alert(1)>',
  '![pixel](https://evil.example/pixel.png)',
  '![x](javascript:alert(1))',
  '![x"onerror="alert(1)](x"onerror="alert(1))',
  '[![a](https://evil.example/a.png)](https://evil.example/)',
  '```html" onload="alert(1)\n<script>alert(1)</script>\n```',
  '`<script>alert(1)</script>`',
  '| <script>alert(1)</script> | <img src=x onerror=alert(1)> |\n| --- | --- |\n| a | <svg onload=alert(1)> |',
  '- <input type=image src=x onerror=alert(1)>\n  1. <style>*{display:none}</style>',
  '> <base href=//evil.example>\n> <meta http-equiv=refresh content=0>',
  '# <a href="javascript:alert(1)">x</a>',
  '[a](https://ok.example/"onmouseover="alert(1))',
  '**<script>alert(1)</script>** ~~<img src=x>~~ *<svg>*',
  '&lt;script&gt;alert(1)&lt;/script&gt;',
];

describe('markdown', () => {
  it('becomes elements of the page', () => {
    const text =
      '# Title\n\nSome **bold**, *soft*, ~~gone~~ and `code`.\n\n- one\n- two\n\n1. first\n\n> said\n\n```js\nlet a = 1 < 2;\n```\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\n---';
    const markup = html(text);
    for (const part of [
      '<p class="heading heading-1">Title</p>',
      '<strong>bold</strong>',
      '<em>soft</em>',
      '<del>gone</del>',
      '<code>code</code>',
      '<ul><li>one</li><li>two</li></ul>',
      '<ol start="1"><li>first</li></ol>',
      '<blockquote><p>said</p></blockquote>',
      '<pre><code>let a = 1 &lt; 2;</code></pre>',
      '<th>a</th>',
      '<td>2</td>',
      '<hr/>',
    ]) {
      assert.ok(markup.includes(part), `${part} in ${markup}`);
    }
  });

  it('never becomes HTML, a picture or a script, and shows everything that was written', () => {
    for (const attack of ATTACKS) {
      const markup = html(attack);
      assert.doesNotMatch(markup.replaceAll(/>[^<]*</g, '><'), FORBIDDEN, `${attack} became ${markup}`);
    }
    assert.ok(html(ATTACKS[0]!).includes('&lt;script&gt;alert(1)&lt;/script&gt;'));
    assert.ok(html(ATTACKS[13]!).includes('[picture: pixel] https://evil.example/pixel.png'));
  });

  it('links only to the web and to mail, without a referrer', () => {
    assert.ok(
      html('[a](https://ok.example/x)').includes(
        '<a href="https://ok.example/x" title="https://ok.example/x" target="_blank" rel="noopener noreferrer nofollow">a</a>',
      ),
    );
    assert.equal(safeLink('mailto:a@b.example'), 'mailto:a@b.example');
    for (const href of [
      'javascript:1',
      ' javascript:1',
      'java\tscript:1',
      'data:x',
      'blob:x',
      '/x',
      '//x',
      'x',
      '',
    ])
      assert.equal(safeLink(href), undefined);
  });

  it('survives text that is made to break parsers', () => {
    for (const text of [
      '> '.repeat(10_000),
      '- '.repeat(10_000),
      '['.repeat(5_000),
      '*a'.repeat(5_000),
      '`'.repeat(9_999),
    ]) {
      assert.ok(html(text).length > 0);
    }
  });

  it('makes characters visible that would turn or hide its text', () => {
    assert.ok(html('a\u202eb `c\u200bd`').includes('a\ufffdb'));
    assert.ok(html('a\u202eb `c\u2067d`').includes('c\ufffdd'));
    assert.ok(html('**می\u200cخواهم** `👩\u200d💻`').includes('می\u200cخواهم'));
    assert.ok(html('**می\u200cخواهم** `👩\u200d💻`').includes('👩\u200d💻'));
  });
});
