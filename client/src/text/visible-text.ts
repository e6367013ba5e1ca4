/** Shortens a long id in its middle, because people compare its ends. Lengths are in characters. */
export function shortenMiddle(text: string, length: number): string {
  const characters = [...text];
  if (characters.length <= length) return text;
  const tail = Math.floor((length - 1) / 2);
  return `${characters.slice(0, length - 1 - tail).join('')}…${characters.slice(-tail).join('')}`;
}

/**
 * Text of telemetry for one line of the page. Characters that would change its direction or break the line
 * (controls, bidirectional controls, separators of lines and paragraphs) become a visible sign. Characters
 * without a width are kept: Persian, Arabic and Hindi are written with joiners, and so are many emoji.
 */
export function visibleText(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu, '\ufffd');
}

/**
 * The same for text of several lines. Line breaks and tabs are kept, and so are the marks that Arabic and
 * Hebrew use beside numbers. Characters that override, embed or isolate a direction are replaced.
 */
export function visibleLines(text: string): string {
  return text.replace(/[^\P{Cc}\t\n\r]|[\u202a-\u202e\u2066-\u2069\p{Zl}\p{Zp}]/gu, '\ufffd');
}
