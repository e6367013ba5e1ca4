import { Link } from '@tanstack/react-router';

export function NotFound() {
  return (
    <div className="shell-note">
      <h1>Nothing is at this address</h1>
      <p>
        <Link to="/">All sessions</Link>
      </p>
    </div>
  );
}
