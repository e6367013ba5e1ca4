import { withProject } from '../../api/project.js';
import { ExportMenu } from '../../components/ExportMenu.js';
import { OTLP_FILE } from '../../components/export-files.js';
import { parametersOf } from '../../url.js';

/** Files of one session. */
export function ExportSession({ id }: { readonly id: string }) {
  const address = (format: string): string =>
    withProject(`api/v1/sessions/by-id/export?${parametersOf({ id, format })}`);
  return (
    <ExportMenu
      label="Export this session"
      isSmall
      choices={[
        { name: 'Trace', note: 'For ui.perfetto.dev and chrome://tracing', href: address('perfetto') },
        { name: 'JSON lines', note: 'The session and what was said', href: address('jsonl') },
        { ...OTLP_FILE, href: address('otlp') },
      ]}
    />
  );
}
