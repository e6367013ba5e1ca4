/** Shortens a long id in its middle: its ends are what people tell ids apart by. Counted in characters. */
export function shortenMiddle(text: string, length: number): string {
  const characters = [...text];
  if (characters.length <= length) return text;
  const tail = Math.floor((length - 1) / 2);
  return `${characters.slice(0, length - 1 - tail).join('')}…${characters.slice(-tail).join('')}`;
}

/**
 * Text of telemetry for one line of the page: what would turn its direction or break the line (controls, bidirectional controls, separators of lines
 * and paragraphs) is shown as a sign of its own. What has no width is left as it is: Persian, Arabic and Hindi are written with joiners, and so are
 * many emoji.
 */
export function visibleText(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu, '\ufffd');
}

/**
 * The same for text of several lines: line breaks and tabs stay, and so do the marks that Arabic and Hebrew are written with beside numbers. What
 * overrides, embeds or isolates a direction does not.
 */
export function visibleLines(text: string): string {
  return text.replace(/[^\P{Cc}\t\n\r]|[\u202a-\u202e\u2066-\u2069\p{Zl}\p{Zp}]/gu, '\ufffd');
}
