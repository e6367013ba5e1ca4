import { attributeKey, KeyGroup } from '../attributes.js';
import type { Dialect } from './dialect.js';

/**
 * Copilot Chat. Its `gen_ai.conversation.id` names a request, or a subagent's conversation, within one of
 * these sessions.
 */
export const copilotChat: Dialect = {
  name: 'copilot-chat',
  sessionKeys: ['copilot_chat.chat_session_id', 'copilot_chat.session_id'].map((name) =>
    attributeKey(name, KeyGroup.session),
  ),
};
