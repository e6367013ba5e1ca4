import { attributeKey, KeyGroup } from '../attributes.js';
import type { Dialect } from './dialect.js';

const session = (name: string) => attributeKey(name, KeyGroup.session);

/**
 * Embrace, in apps and browsers. `emb.type` is the kind of a record.
 *
 * | key | what it is |
 * | --- | --- |
 * | `emb.user_session_id`, `emb.session_id` | the session, since version 7 and before |
 * | `emb.session_part_id` | a part of a session: not read |
 * | `emb.user_session_previous_id` | the previous session |
 */
export const embrace: Dialect = {
  name: 'embrace',
  sessionKeys: [session('emb.user_session_id'), session('emb.session_id')],
  sessions: { previous: ['emb.user_session_previous_id'] },
  identity: {
    userId: { 62: ['emb.user.identifier'], 83: ['emb.user.email'], 93: ['emb.user.username'] },
    release: ['emb.app.version'],
    userSide: {
      keys: ['emb.app.environment', 'emb.app.framework'],
      values: [
        { key: 'telemetry.sdk.name', value: /^embrace/i },
        { key: 'telemetry.distro.name', value: /^@?embrace/i },
      ],
    },
  },
  exceptions: {
    type: [],
    message: [],
    stacktrace: [],
    marks: [
      {
        key: 'emb.type',
        values: new Map([
          ['sys.exception', 'exception'],
          ['sys.flutter_exception', 'exception'],
          ['sys.android.crash', 'crash'],
          ['sys.android.native_crash', 'crash'],
          ['sys.android.react_native_crash', 'crash'],
          ['sys.ios.crash', 'crash'],
        ]),
      },
    ],
  },
  visits: {
    pages: {
      60: [
        {
          source: 'embrace.view',
          mark: { key: 'emb.type', value: 'ux.view' },
          kind: 'screen',
          isNamedBySpan: true,
        },
        { source: 'embrace.view', spans: ['emb-screen-view'], kind: 'screen', isNamedBySpan: true },
      ],
    },
    vitals: {
      named: [{ name: 'emb.web_vital.name', value: 'emb.web_vital.value' }],
      ids: ['emb.web_vital.id'],
      events: ['emb-web-vital'],
    },
  },
};
