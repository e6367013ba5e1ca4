/** Series of the chart's palette, without the colour of errors. */
const SERIES = [1, 3, 4, 5, 6, 7, 8, 9] as const;

/** A colour for each service, as a CSS value. Services next to each other in the alphabet differ. */
export function serviceColors(services: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    services.map((service, index) => [service, `var(--chart-${SERIES[index % SERIES.length]})`]),
  );
}

export const NO_SERVICE_COLOR = 'var(--chart-1)';
