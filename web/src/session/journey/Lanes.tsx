import {
  type CSSProperties,
  type KeyboardEvent,
  memo,
  type ReactNode,
  type RefObject,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { formatDuration } from '../../../../client/src/text/duration.js';
import { formatCount } from '../../../../client/src/text/number.js';
import { Icon } from '../../components/Icon.js';
import { useShortcuts } from '../../shell/shortcuts.js';
import { useWidth } from '../timeline/use-width.js';
import { useSessionRoute } from '../use-session-route.js';
import { ratingClass, ratingOf, VITALS } from '../vitals/vitals.js';
import type { Causes, Reach } from './causes.js';
import { type FoldedAxis, foldedTicks } from './folds.js';
import { linesOf, linksOf } from './links.js';
import type { Block } from './pack.js';
import { endMargin, layOut, MARGIN, type PlotLane } from './plot.js';
import { LANE_NAMES, thingText } from './thing-text.js';
import type { Thing } from './things.js';
import '../vitals/vitals.css';

const PIXELS_A_TICK = 110;
/** The least distance of the texts of two ticks, and the height of a line. */
const PIXELS_A_TEXT = 52;
const PIXELS_A_LINE = 14;
/** Browsers lay out no wider elements exactly. */
const MOST_PIXELS = 8_000_000;
/** Pixels beyond the sight that are drawn too. */
const AROUND = 200;
/** All links are drawn up to this number, those of a chosen thing up to the other. */
const MOST_LINES = 200;
const MOST_LINES_CHOSEN = 400;
const ZOOM_STEP = 2;
/** Pixels of the wheel with Ctrl, which is also what a pinch on a touch pad sends, that double the zoom. */
const PIXELS_A_ZOOM = 200;
/** Pixels that a label may take beyond its bar. */
const MOST_LABEL = 260;

interface LanesProps {
  readonly things: readonly Thing[];
  readonly causes: Causes;
  readonly axis: FoldedAxis;
  readonly colors: ReadonlyMap<string, string>;
  readonly chosen: number | undefined;
  readonly reach: Reach | undefined;
  readonly onChoose: (index: number | undefined) => void;
  /** Whether a key made the choice, so that the focus moves to what is chosen. Reset here. */
  readonly takesFocus: RefObject<boolean>;
  readonly fold: ReactNode;
}

/** The lanes on one axis, which can be zoomed and scrolled. Only what is in sight is drawn. */
export function Lanes(props: LanesProps) {
  const { things, causes, axis, colors, chosen, reach, onChoose, takesFocus, fold } = props;
  const { go } = useSessionRoute();
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(place);
  const [zoom, setZoom] = useState(1);
  const [left, setLeft] = useState(0);
  /** A place of the axis, and the pixel in sight where it stays while the zoom changes. */
  const anchor = useRef<{ at: number; pixel: number }>(undefined);

  const inner = Math.min(MOST_PIXELS, width * zoom);
  const scale = Math.max(1, inner - MARGIN - endMargin(width)) / Math.max(axis.length, 1e-6);
  const toPixels = (at: number): number => MARGIN + at * scale;
  const plot = useMemo(
    () => layOut(things, (time) => MARGIN + axis.toPlace(time) * scale, inner),
    [things, axis, scale, inner],
  );
  const links = useMemo(() => linksOf(causes, chosen, reach), [causes, chosen, reach]);
  const sight = { from: left - AROUND, to: left + width + AROUND };
  const areTooMany = chosen === undefined && links.length > MOST_LINES;
  const lines = areTooMany ? [] : linesOf(links, plot, sight, MOST_LINES_CHOSEN);
  const related = useMemo(() => {
    if (reach === undefined) return undefined;
    return new Set([...reach.causes, ...reach.effects].map((index) => plot.blockOf[index]));
  }, [reach, plot]);

  /** Zooms around a pixel in sight, or so that a place of the axis is in the middle. */
  const zoomTo = (next: number, around: { readonly pixel?: number; readonly at?: number } = {}): void => {
    const most = Math.max(1, MOST_PIXELS / Math.max(1, width));
    const pixel = around.pixel ?? width / 2;
    anchor.current = { at: around.at ?? (left + pixel - MARGIN) / scale, pixel };
    setZoom(Math.max(1, Math.min(most, next)));
  };
  const byWheel = useRef(zoomTo);
  byWheel.current = (factor, around) => zoomTo(zoom * factor, around);
  useEffect(() => {
    const { current: element } = place;
    if (element === null) return;
    const onWheel = (event: WheelEvent): void => {
      if (!event.ctrlKey) return;
      const pixel = event.clientX - element.getBoundingClientRect().left;
      byWheel.current(2 ** (-event.deltaY / PIXELS_A_ZOOM), { pixel });
      event.preventDefault();
    };
    // React listens passively, which could not keep the page from zooming.
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: scrolls once for each change of the zoom
  useLayoutEffect(() => {
    const { current: element } = place;
    if (anchor.current === undefined || element === null) return;
    element.scrollLeft = toPixels(anchor.current.at) - anchor.current.pixel;
    anchor.current = undefined;
    setLeft(element.scrollLeft);
  }, [zoom]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new choice scrolls, not a new layout
  useEffect(() => {
    const { current: element } = place;
    const block = chosen === undefined ? undefined : plot.blockOf[chosen];
    if (element === null || block === undefined || width === 0) return;
    const isInSight = block.to > left + MARGIN && block.from < left + width - MARGIN;
    if (!isInSight) element.scrollLeft = block.from - width / 2;
  }, [chosen, width === 0]);
  useEffect(() => {
    if (chosen === undefined || !takesFocus.current) return;
    const block = place.current?.querySelector<HTMLElement>('[aria-pressed="true"]');
    if (!block) return;
    takesFocus.current = false;
    block.focus({ preventScroll: true });
  });

  useShortcuts({
    '+': () => zoomTo(zoom * ZOOM_STEP),
    '=': () => zoomTo(zoom * ZOOM_STEP),
    '-': () => zoomTo(zoom / ZOOM_STEP),
    '0': () => zoomTo(1),
  });
  const onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || chosen === undefined) return;
    const next = {
      ArrowUp: causes.causes[chosen]![0],
      ArrowDown: causes.effects[chosen]![0],
    }[event.key];
    const link = things[chosen]!.links[0];
    if (event.key === 'Enter' && link !== undefined) go(link.search);
    else if (next !== undefined) {
      takesFocus.current = true;
      onChoose(next);
    } else if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
    event.preventDefault();
    event.stopPropagation();
  };

  /** Chooses a thing. Several in one block are first taken apart by zooming in. */
  const press = (block: Block): void => {
    const first = block.members[0]!;
    if (block.members.length > 1 && zoom * 1.01 < MOST_PIXELS / Math.max(1, width)) {
      const places = block.members.map((index) => axis.toPlace(things[index]!.start));
      const [from, to] = [places[0]!, places.at(-1)!];
      if (to - from > 1 / scale)
        zoomTo((zoom * width * 0.7) / Math.max(1, (to - from) * scale), { at: (from + to) / 2 });
    }
    onChoose(first);
  };
  const pressed = useRef(press);
  pressed.current = press;
  const [onPress] = useState(() => (block: Block) => pressed.current(block));

  const ticks = useMemo(
    () =>
      withRoom(
        foldedTicks(axis, inner / PIXELS_A_TICK).map((time) => ({
          x: MARGIN + axis.toPlace(time) * scale,
          text: formatDuration(time),
        })),
      ),
    [axis, inner, scale],
  );
  return (
    <section className="card lanes" aria-label="Lanes">
      <div className="lanes-tools">
        <button
          type="button"
          className="icon-button"
          aria-label="Zoom in"
          title="Zoom in (+)"
          onClick={() => zoomTo(zoom * ZOOM_STEP)}
        >
          <Icon name="plus" />
        </button>
        <button
          type="button"
          className="icon-button"
          aria-label="Zoom out"
          title="Zoom out (-)"
          disabled={zoom === 1}
          onClick={() => zoomTo(zoom / ZOOM_STEP)}
        >
          <Icon name="minus" />
        </button>
        <button
          type="button"
          className="button button-small"
          disabled={zoom === 1}
          title="All (0)"
          onClick={() => zoomTo(1)}
        >
          All
        </button>
        {fold}
        {areTooMany && (
          <span className="muted">{formatCount(links.length)} links; those of a chosen thing are drawn.</span>
        )}
      </div>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: handles the keys of the buttons in it */}
      <div
        ref={place}
        className="lanes-scroll"
        onScroll={(event) => setLeft(event.currentTarget.scrollLeft)}
        onKeyDown={onKey}
      >
        <div className="lanes-inner" style={{ width: inner, height: plot.height + AXIS }}>
          <div className="lanes-axis" aria-hidden="true">
            {ticks
              .filter(({ x }) => x > sight.from && x < sight.to)
              .map(({ x, text }) => (
                <span key={x} style={{ left: x }}>
                  {text}
                </span>
              ))}
          </div>
          {axis.folds
            .filter(({ from, to }) => toPixels(to) > sight.from && toPixels(from) < sight.to)
            .map(({ start, end, from, to }) => (
              <div
                key={start}
                className="lanes-fold"
                style={{ left: toPixels(from), width: (to - from) * scale }}
                title={`${formatDuration(end - start)} idle`}
              >
                {(to - from) * scale >= PIXELS_A_LINE && <span>{formatDuration(end - start)} idle</span>}
              </div>
            ))}
          <svg
            className={chosen === undefined ? 'lanes-lines' : 'lanes-lines is-chosen'}
            style={{ left: Math.max(0, left - AROUND) }}
            width={Math.min(width + 2 * AROUND, inner)}
            height={plot.height}
            aria-hidden="true"
          >
            {lines.map(({ key, from, to }) => {
              const shift = Math.max(0, left - AROUND);
              const [x1, y1, x2, y2] = [from[0] - shift, from[1], to[0] - shift, to[1]];
              const bend = (y2 - y1) / 2;
              return <path key={key} d={`M${x1} ${y1}C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`} />;
            })}
          </svg>
          {plot.lanes.map((lane) => (
            <LaneRow
              key={lane.lane}
              lane={lane}
              things={things}
              colors={colors}
              sightFrom={Math.floor(sight.from / AROUND) * AROUND}
              sightTo={Math.ceil(sight.to / AROUND) * AROUND}
              chosenBlock={chosen === undefined ? undefined : plot.blockOf[chosen]}
              chosen={chosen}
              related={related}
              first={things.length > 0 && chosen === undefined ? plot.blockOf[0] : undefined}
              onPress={onPress}
            />
          ))}
        </div>
      </div>
    </section>
  );
}

/** Height of the axis in pixels (journey.css). */
const AXIS = 22;

interface LaneRowProps {
  readonly lane: PlotLane;
  readonly things: readonly Thing[];
  readonly colors: ReadonlyMap<string, string>;
  readonly sightFrom: number;
  readonly sightTo: number;
  readonly chosenBlock: Block | undefined;
  readonly chosen: number | undefined;
  /** The blocks of what caused the chosen thing or followed from it. */
  readonly related: ReadonlySet<Block | undefined> | undefined;
  /** The block that the tab key reaches if nothing is chosen. */
  readonly first: Block | undefined;
  readonly onPress: (block: Block) => void;
}

const LaneRow = memo(function LaneRow(props: LaneRowProps) {
  const { lane, things, colors, sightFrom, sightTo, chosenBlock, chosen, related, first, onPress } = props;
  const { blocks } = lane;
  const several = blocks.filter(({ members }) => members.length > 1).length;
  return (
    <section
      className={`lane lane-${lane.lane}`}
      style={{ top: lane.top, height: lane.height }}
      aria-label={`${LANE_NAMES[lane.lane]}: ${formatCount(lane.count)}`}
    >
      <h2 className="lane-name">
        {LANE_NAMES[lane.lane]} <span className="muted">{formatCount(lane.count)}</span>
        {several > 0 && (
          <span className="muted"> · drawn as {formatCount(blocks.length)}; zoom in for single ones</span>
        )}
      </h2>
      {blocks.map((block) => {
        if (block.to + Math.min(block.room, MOST_LABEL) < sightFrom || block.from > sightTo) return null;
        const isChosen = block === chosenBlock;
        const isRelated = related?.has(block) === true;
        return (
          <BlockButton
            key={things[block.members[0]!]!.key}
            block={block}
            things={things}
            color={colors.get(things[block.members[0]!]!.service ?? '')}
            chosen={isChosen ? chosen : undefined}
            tone={isChosen ? 'is-chosen' : isRelated ? 'is-related' : related === undefined ? '' : 'is-other'}
            canTab={isChosen || block === first}
            onPress={onPress}
          />
        );
      })}
    </section>
  );
});

interface BlockButtonProps {
  readonly block: Block;
  readonly things: readonly Thing[];
  readonly color: string | undefined;
  /** The chosen thing, if it is in the block. */
  readonly chosen: number | undefined;
  readonly tone: string;
  readonly canTab: boolean;
  readonly onPress: (block: Block) => void;
}

const BlockButton = memo(function BlockButton(props: BlockButtonProps) {
  const { block, things, color, chosen, tone, canTab, onPress } = props;
  const { from, to, row, members, room } = block;
  const isSingle = members.length === 1;
  const thing = things[chosen ?? members[0]!]!;
  const failed = members.filter((index) => things[index]!.isError).length;
  const text = isSingle || chosen !== undefined ? thingText(thing) : severalText(members.length, failed);
  const labelRoom = Math.floor(Math.min(to - from + MOST_LABEL, to - from + room) - 14);
  const style: CSSProperties & { '--lane'?: string } = {
    left: from,
    width: to - from,
    top: `calc(var(--lane-head) + ${row} * var(--lane-row))`,
    ...(color !== undefined && { '--lane': color }),
  };
  return (
    <button
      type="button"
      className={`lane-block ${tone}${failed > 0 ? ' is-failed' : ''}${isSingle ? '' : ' is-several'}`}
      style={style}
      title={text}
      aria-label={
        isSingle || chosen === undefined ? text : `${text}, one of ${formatCount(members.length)} here`
      }
      aria-pressed={chosen !== undefined}
      tabIndex={canTab ? 0 : -1}
      onClick={() => onPress(block)}
    >
      {labelRoom > 16 && (
        <span className="lane-label" style={{ maxWidth: labelRoom }} aria-hidden="true">
          {isSingle ? <SingleLabel thing={thing} /> : formatCount(members.length)}
        </span>
      )}
    </button>
  );
});

function SingleLabel({ thing }: { readonly thing: Thing }) {
  const { kind, label, facts, vitals, isError } = thing;
  return (
    <>
      {isError && <Icon name="warning" />}
      {kind === 'system' && <Icon name="system" />}
      {kind === 'user' && <Icon name="user" />}
      {kind === 'assistant' && <Icon name="spark" />}
      {(kind === 'tool_call' || kind === 'tool_result') && <Icon name="tool" />}
      {label}
      {kind === 'call' && <span className="lane-facts"> {facts.join(' · ')}</span>}
      {vitals !== undefined &&
        VITALS.map((vital) => {
          const value = vitals[vital.name];
          if (value === undefined) return null;
          return (
            <span className="lane-facts" key={vital.name}>
              {' '}
              {vital.label} <span className={ratingClass(ratingOf(vital, value))}>{vital.format(value)}</span>
            </span>
          );
        })}
    </>
  );
}

function severalText(count: number, failed: number): string {
  const text = `${formatCount(count)} close together; zoom in for single ones`;
  return failed === 0 ? text : `${text}; ${formatCount(failed)} failed`;
}

interface Tick {
  readonly x: number;
  readonly text: string;
}

/** Leaves out ticks whose text would cover the one before, or say the same. */
function withRoom(ticks: readonly Tick[]): readonly Tick[] {
  const shown: Tick[] = [];
  for (const tick of ticks) {
    const last = shown.at(-1);
    if (last === undefined || (tick.x - last.x >= PIXELS_A_TEXT && tick.text !== last.text)) shown.push(tick);
  }
  return shown;
}
