/** What licences ask the page to say. */
export function Footer() {
  return (
    <footer className="shell-footer">
      Countries of addresses:{' '}
      <a href="https://db-ip.com" target="_blank" rel="noreferrer">
        IP Geolocation by DB-IP
      </a>
      , unless the server has a database of its own.
    </footer>
  );
}
