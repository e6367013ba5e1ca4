interface BarProps {
  /** Start and end as parts of the axis: 0 to 1 are on it. */
  readonly from: number;
  readonly to: number;
  readonly color: string | undefined;
  readonly className?: string;
}

/** Of a bar beyond the axis this much is drawn on either side, as a share of the axis. */
const BEYOND = 0.05;

/** A bar on an axis, with a minimum width so that it is always visible. The axis may show a part of it, or none. */
export function Bar(props: BarProps) {
  const { color, className = '' } = props;
  const from = Math.max(-BEYOND, props.from);
  const to = Math.min(1 + BEYOND, props.to);
  if (to < 0 || from > 1) return null;
  // Translated by a whole axis, then scaled: the compositor does both while rows scroll.
  return (
    <span className="bar-shift" style={{ transform: `translateX(${from * 100}%)` }}>
      <span
        className={`bar ${className}`}
        style={{
          width: `${Math.max(0, to - from) * 100}%`,
          ...(color !== undefined && { background: color }),
        }}
      />
    </span>
  );
}
