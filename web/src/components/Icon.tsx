/** SVG paths on a grid of 16 by 16. */
const PATHS = {
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10ZM10.8 10.8 14 14',
  close: 'M4 4l8 8M12 4l-8 8',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  check: 'M3 8.5 6.5 12 13 4.5',
  copy: 'M5.5 5.5V3h7.5v7.5h-2.5M3 5.5h7.5V13H3Z',
  sun: 'M8 10.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6ZM8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M12.6 3.4l-.9.9M4.3 11.7l-.9.9',
  moon: 'M13.2 9.8A5.6 5.6 0 0 1 6.2 2.8a5.6 5.6 0 1 0 7 7Z',
  system: 'M2 3h12v8H2ZM6 13.5h4M8 11v2.5',
  help: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM6.2 6.3a1.8 1.8 0 1 1 2.6 1.6c-.5.3-.8.6-.8 1.2M8 11.3v.1',
  'chevron-down': 'M4 6l4 4 4-4',
  'chevron-left': 'M10 4 6 8l4 4',
  'chevron-right': 'M6 4l4 4-4 4',
  arrow: 'M3 8h10M9 4l4 4-4 4',
  'arrow-down': 'M8 3v10M4 9l4 4 4-4',
  'arrow-up': 'M8 13V3M4 7l4-4 4 4',
  columns: 'M2.5 3h11v10h-11ZM6.2 3v10M9.8 3v10',
  warning: 'M8 2.5 14.5 13.5h-13ZM8 6.5v3M8 11.6v.1',
  clock: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 4.8V8l2.2 1.6',
  fold: 'M3 8h10M5.5 3 8 5.5 10.5 3M5.5 13 8 10.5l2.5 2.5',
  unfold: 'M3 8h10M5.5 5 8 2.5 10.5 5M5.5 11 8 13.5l2.5-2.5',
  download: 'M8 2.5v7.5M4.5 7 8 10.5 11.5 7M3 13.5h10',
  spark: 'M8 2l1.5 4.5L14 8l-4.5 1.5L8 14l-1.5-4.5L2 8l4.5-1.5Z',
  tool: 'M5 4 2 8l3 4M11 4l3 4-3 4M9 3 7 13',
  user: 'M8 7.8a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2ZM3 13.6a5 5 0 0 1 10 0',
  click: 'M6 6l7.5 2.7-3.3 1.5-1.5 3.3ZM2.5 6H4M6 2.5V4M3.5 3.5l1 1',
  trash: 'M2.5 4.5h11M6 4.5V2.8h4v1.7M4 4.5l.7 9h6.6l.7-9M6.8 7v4M9.2 7v4',
  bookmark: 'M4.5 2.5h7v11L8 10.6l-3.5 2.9Z',
  bell: 'M3.5 11.5h9L11.3 9V6.5a3.3 3.3 0 0 0-6.6 0V9ZM6.6 13.6h2.8',
  'thumb-up':
    'M2.5 7h2.5v6.5H2.5ZM5 7l3-5c1 0 1.6.7 1.4 1.7L8.9 6H13c.8 0 1.2.7 1 1.4l-1.4 5c-.2.7-.7 1.1-1.4 1.1H5',
  'thumb-down':
    'M2.5 9h2.5V2.5H2.5ZM5 9l3 5c1 0 1.6-.7 1.4-1.7L8.9 10H13c.8 0 1.2-.7 1-1.4l-1.4-5c-.2-.7-.7-1.1-1.4-1.1H5',
  filter: 'M2.5 4h11M4.5 8h7M6.5 12h3',
} as const;

export type IconName = keyof typeof PATHS;

/** An icon beside text, hidden from screen readers. A button with only an icon needs a label of its own. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
