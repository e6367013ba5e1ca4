export function Spinner({ label = 'Loading' }: { readonly label?: string }) {
  return (
    <span role="status">
      <span className="spinner" />
      <span className="visually-hidden">{label}</span>
    </span>
  );
}
