const TIMES = ['Sessions', 'Cost', 'Tokens'];
const PARTS = ['Cost most', 'Models', 'Devices', 'Countries'];

/** Keeps the place of the overview until its code is there. */
export function OverviewFrame() {
  return (
    <div className="overview">
      <div className="overview-grid">
        {[...TIMES, ...PARTS].map((title) => (
          <section
            key={title}
            className={`card overview-card${TIMES.includes(title) ? ' overview-time' : ''}`}
          >
            <header className="overview-head">
              <h2>{title}</h2>
            </header>
          </section>
        ))}
      </div>
    </div>
  );
}
