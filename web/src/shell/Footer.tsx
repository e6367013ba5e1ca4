import { formatBytes } from '../../../client/src/text/number.js';
import { zoneName } from '../format/time.js';
import { useReadiness } from './use-readiness.js';

/** The size and free space of the store, and notices that licences require. */
export function Footer() {
  const { store } = useReadiness();
  return (
    <footer className="shell-footer">
      {store !== undefined && (
        <span>
          Store: {formatBytes(store.size_bytes)}, {formatBytes(store.free_bytes)} free
          {store.seconds_until_full !== undefined && `, full in ${fullIn(store.seconds_until_full)}`}
        </span>
      )}
      <span>All times in {zoneName()}</span>
      <span>
        Countries of addresses:{' '}
        <a href="https://db-ip.com" target="_blank" rel="noreferrer">
          IP Geolocation by DB-IP
        </a>
        , unless the server has a database of its own
      </span>
    </footer>
  );
}

/** An estimate from the present rate, rounded accordingly. */
function fullIn(seconds: number): string {
  const hours = seconds / 3600;
  if (hours < 48) return `about ${Math.max(1, Math.round(hours))} h`;
  const days = hours / 24;
  return days < 730 ? `about ${Math.round(days)} days` : `about ${Math.round(days / 365)} years`;
}
