import { type FormEvent, useState } from 'react';
import { Icon } from '../../components/Icon.js';
import { Popover } from '../../components/Popover.js';
import { formatClock, parseTime, zoneName } from '../../format/time.js';
import { DEFAULT_GROUP, type GroupsSearch } from '../groups.js';
import { DEFAULT_RANGE, isOwnRange, RANGES, type RangeName, type RangeSearch } from '../range.js';
import type { SearchChange } from '../search.js';

interface RangePickerProps {
  readonly search: RangeSearch & GroupsSearch;
  readonly onChange: (change: SearchChange) => void;
}

/** Ranges that are compared with the one before by one choice. */
const COMPARED = ['today', 'week', 'month'] as const satisfies readonly RangeName[];

/** Chooses the time range in which sessions were active or started: a named range, or a start and an end. */
export function RangePicker({ search, onChange }: RangePickerProps) {
  const [isOpen, setOpen] = useState(false);
  const isOwn = isOwnRange(search);
  const chosen = search.range ?? DEFAULT_RANGE;
  const choose = (range: RangeName, groups: GroupsSearch = {}): void => {
    onChange({
      range: range === DEFAULT_RANGE ? undefined : range,
      startTime: undefined,
      endTime: undefined,
      ...groups,
    });
    setOpen(false);
  };
  return (
    <Popover
      label="Time range"
      isOpen={isOpen}
      onOpen={setOpen}
      button={
        <>
          <Icon name="clock" />
          {rangeLabel(search)}
          <Icon name="chevron-down" />
        </>
      }
    >
      <ul className="menu menu-ranges">
        {(Object.keys(RANGES) as RangeName[]).map((range) => (
          <li key={range}>
            <button
              type="button"
              className="menu-item"
              aria-pressed={!isOwn && range === chosen}
              onClick={() => choose(range)}
            >
              {RANGES[range].label}
            </button>
          </li>
        ))}
      </ul>
      <h2 className="menu-head">Compare, by model or as grouped</h2>
      <ul className="menu menu-compared">
        {COMPARED.map((range) => (
          <li key={range}>
            <button
              type="button"
              className="menu-item"
              onClick={() => choose(range, { by: search.by ?? DEFAULT_GROUP, compare: 1 })}
            >
              {RANGES[range].label} and {RANGES[range].before.toLowerCase()}
            </button>
          </li>
        ))}
      </ul>
      <p className="muted range-zone">
        Ranges up to a day show sessions active in them; longer ones, and From – To, those that started in
        them.
      </p>
      <OwnRange
        search={search}
        onSet={(startTime, endTime) => {
          onChange({ range: undefined, startTime, endTime });
          setOpen(false);
        }}
      />
    </Popover>
  );
}

interface OwnRangeProps {
  readonly search: RangeSearch;
  readonly onSet: (startTime: string | undefined, endTime: string | undefined) => void;
}

/** A start and an end, in the reader's time zone. */
function OwnRange({ search, onSet }: OwnRangeProps) {
  const [from, setFrom] = useState(toField(search.startTime));
  const [to, setTo] = useState(toField(search.endTime));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (from !== '' || to !== '') onSet(fromField(from), lastOfField(to));
  };
  return (
    <form className="value-form range-form" onSubmit={submit}>
      <label className="field">
        From
        <input
          className="input"
          type="datetime-local"
          value={from}
          onChange={(event) => setFrom(event.target.value)}
        />
      </label>
      <label className="field">
        To
        <input
          className="input"
          type="datetime-local"
          value={to}
          onChange={(event) => setTo(event.target.value)}
        />
      </label>
      <p className="muted range-zone">Times in {zoneName()}</p>
      <button type="submit" className="button button-primary">
        Apply
      </button>
    </form>
  );
}

/** What the range of an address is called. */
export function rangeLabel(search: RangeSearch): string {
  return isOwnRange(search) ? rangeText(search) : RANGES[search.range ?? DEFAULT_RANGE].label;
}

function rangeText({ startTime, endTime }: RangeSearch): string {
  const now = Date.now();
  const text = (time: string): string => formatClock(parseTime(time), now);
  if (startTime === undefined) return `Until ${text(endTime!)}`;
  if (endTime === undefined) return `Since ${text(startTime)}`;
  // An end at the last nanosecond of a minute is shown as the next minute.
  const end = formatClock(Math.ceil(parseTime(endTime) / 1000) * 1000, now);
  return `${text(startTime)} – ${end}`;
}

/** A time in the format of a date-and-time field: local, without an offset. */
function toField(time: string | undefined): string {
  if (time === undefined) return '';
  const at = new Date(parseTime(time));
  const pad = (value: number): string => String(value).padStart(2, '0');
  const day = `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;
  return `${day}T${pad(at.getHours())}:${pad(at.getMinutes())}`;
}

function fromField(value: string): string | undefined {
  return value === '' ? undefined : new Date(value).toISOString();
}

/** The last nanosecond of the minute in the field: the end belongs to the range. */
function lastOfField(value: string): string | undefined {
  return fromField(value)?.replace(/00\.000Z$/, '59.999999999Z');
}
