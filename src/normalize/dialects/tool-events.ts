/** Log records of runs of tools of Claude Code, Codex, Gemini CLI, and programs with similar names. */
const EVENT_NAMES = /(?:^|\.)tool_(?:result|call)$/;

/** Whether a log record of this name is of a run of a tool. */
export function isToolEvent(name: string): boolean {
  return EVENT_NAMES.test(name);
}
