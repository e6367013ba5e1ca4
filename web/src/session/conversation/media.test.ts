import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { MediaItem } from './MediaItem.js';
import { mediaKind, mediaLabel, mediaUrl, type TurnMedia } from './media.js';

const html = (media: TurnMedia): string =>
  renderToStaticMarkup(createElement(MediaItem, { media, sessionId: 'a/b', speaker: 'User' }));
const media_id = '0'.repeat(64);

describe('media', () => {
  it('are shown if the server has their content and a browser may show it', () => {
    const kinds: [mime_type: string | undefined, kind: string][] = [
      ['image/png', 'image'],
      ['IMAGE/JPEG', 'image'],
      ['image/svg+xml', 'file'],
      ['audio/wav', 'audio'],
      ['audio/ogg; codecs=opus', 'audio'],
      ['text/html', 'file'],
      [undefined, 'file'],
    ];
    for (const [mime_type, kind] of kinds) {
      const media: TurnMedia = { type: 'file', ...(mime_type !== undefined && { mime_type }) };
      assert.equal(mediaKind({ ...media, media_id }), kind, mime_type);
      assert.equal(mediaKind(media), 'none');
    }
  });

  it('have an address of the server itself, whatever the session is called', () => {
    assert.equal(mediaUrl('a/b?', media_id), `api/v1/sessions/by-id/media/${media_id}?id=a%2Fb%3F`);
  });

  it('are described in words', () => {
    assert.equal(
      mediaLabel({ type: 'image', mime_type: 'image/png', size: 48_211 }),
      'Image, image/png, 48.2 kB',
    );
    assert.equal(mediaLabel({ type: 'audio', size: 1 }), 'Audio, 1 byte');
    assert.equal(mediaLabel({ type: 'file', mime_type: 'a\u202eb' }), 'File, a\ufffdb');
  });

  it('are an image with an alternative text', () => {
    const shown = html({ type: 'image', mime_type: 'image/png', size: 8, media_id });
    assert.match(
      shown,
      /<img src="api\/v1\/sessions\/by-id\/media\/0{64}\?id=a%2Fb" alt="Image, image\/png, 8 bytes, sent by User"/,
    );
  });

  it('are audio with controls', () => {
    const shown = html({ type: 'audio', mime_type: 'audio/wav', media_id });
    assert.match(
      shown,
      /<audio src="api\/[^"]*" controls="" preload="none" aria-label="Audio, audio\/wav, sent by User">/,
    );
  });

  it('at another address are a link, and nothing is loaded from there', () => {
    const shown = html({ type: 'image', mime_type: 'image/png', uri: 'https://example.com/a.png' });
    assert.doesNotMatch(shown, /<(?:img|audio|video|iframe|object)/);
    assert.match(shown, /<a href="https:\/\/example.com\/a.png"[^>]*rel="noopener noreferrer nofollow">/);
    assert.doesNotMatch(html({ type: 'image', uri: 'javascript:x()' }), /href/);
  });
});
