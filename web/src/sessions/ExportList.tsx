import { withProject } from '../api/project.js';
import { ExportMenu } from '../components/ExportMenu.js';
import { OTLP_FILE } from '../components/export-files.js';
import { parametersOf } from '../url.js';
import type { ListLoad } from './list-load.js';

/** Files of the sessions that the list shows. */
export function ExportList({ filters }: Pick<ListLoad, 'filters'>) {
  const address = (more: Readonly<Record<string, string>>): string =>
    withProject(`api/v1/exports/sessions?${parametersOf({ ...more, ...filters })}`);
  return (
    <ExportMenu
      label="Export these sessions"
      choices={[
        {
          name: 'CSV',
          note: 'For a spreadsheet, times in UTC',
          href: address({ format: 'csv', bom: 'true' }),
        },
        { name: 'Parquet', note: 'For DuckDB, pandas, Spark', href: address({ format: 'parquet' }) },
        { name: 'JSON lines', note: 'A session a line', href: address({ format: 'jsonl' }) },
        {
          name: 'JSON lines with conversations',
          note: 'With all that was said',
          href: address({ format: 'jsonl', include: 'turns' }),
        },
        { ...OTLP_FILE, href: address({ format: 'otlp' }) },
      ]}
    />
  );
}
