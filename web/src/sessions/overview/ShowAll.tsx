interface ShowAllProps {
  /** What there is more of, for readers who do not see where the button stands. */
  readonly of: string;
  readonly areShown: boolean;
  readonly onChange: (areShown: boolean) => void;
}

/** Shows the rest of a list that is cut, and hides it again. */
export function ShowAll({ of, areShown, onChange }: ShowAllProps) {
  const text = areShown ? 'Fewer' : 'All';
  return (
    <button
      type="button"
      className="show-all"
      aria-label={`${text} ${of}`}
      aria-expanded={areShown}
      onClick={() => onChange(!areShown)}
    >
      {text}
    </button>
  );
}
