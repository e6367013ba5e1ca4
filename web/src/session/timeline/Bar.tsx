interface BarProps {
  /** Both as parts of the axis, 0 to 1. */
  readonly from: number;
  readonly to: number;
  readonly color: string | undefined;
  readonly className?: string;
}

/** A bar on an axis as wide as its place; never so short that it cannot be seen. */
export function Bar({ from, to, color, className = '' }: BarProps) {
  // Shifted by a whole axis, then scaled in it: both are left to the compositor while rows scroll.
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
