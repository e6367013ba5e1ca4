interface BarProps {
  /** Start and end as parts of the axis, 0 to 1. */
  readonly from: number;
  readonly to: number;
  readonly color: string | undefined;
  readonly className?: string;
}

/** A bar on an axis, with a minimum width so that it is always visible. */
export function Bar({ from, to, color, className = '' }: BarProps) {
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
