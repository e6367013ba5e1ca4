import { COMMANDS, type Command, commandHelp } from './help.js';

/** Shells that `sojourn completion` knows. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** Words that follow a command. */
const SUBCOMMANDS: Partial<Record<Command, readonly string[]>> = {
  keys: ['create', 'list', 'revoke'],
  'sign-ins': ['list', 'revoke'],
  sessions: ['list', 'search', 'top', 'groups', 'tools', 'errors', 'show', 'tail', 'export'],
  completion: SHELLS,
  help: Object.keys(COMMANDS),
};

/** A script that makes the shell complete commands and flags: those that the help of each command names. */
export function completionScript(shell: Shell): string {
  switch (shell) {
    case 'bash':
      return bashScript();
    case 'zsh':
      return `#compdef sojourn\nautoload -U +X bashcompinit && bashcompinit\n${bashScript()}`;
    case 'fish':
      return fishScript();
  }
}

function bashScript(): string {
  const cases = commands().map((command) => {
    const words = [...(SUBCOMMANDS[command] ?? []), ...flagsOf(command).map((flag) => `--${flag}`)];
    return `    ${command}) words='${words.join(' ')}' ;;`;
  });
  return `_sojourn() {
  local words
  case "$COMP_CWORD:\${COMP_WORDS[1]}" in
    1:*) words='${commands().join(' ')}' ;;
    *:*) case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
    esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _sojourn sojourn
`;
}

function fishScript(): string {
  const lines = commands().flatMap((command) => {
    const seen = `__fish_seen_subcommand_from ${command}`;
    return [
      `complete -c sojourn -n __fish_use_subcommand -a ${command} -d '${COMMANDS[command].replaceAll("'", "\\'")}'`,
      ...(SUBCOMMANDS[command] ?? []).map((word) => `complete -c sojourn -n '${seen}' -a ${word}`),
      ...flagsOf(command).map((flag) => `complete -c sojourn -n '${seen}' -l ${flag}`),
    ];
  });
  return `${lines.join('\n')}\n`;
}

function commands(): Command[] {
  return Object.keys(COMMANDS) as Command[];
}

function flagsOf(command: Command): string[] {
  const help = commandHelp(command, (name) => name);
  return [...help.matchAll(/^ {2}(?:-h, )?--([a-z0-9-]+)/gm)].map((match) => match[1]!);
}
