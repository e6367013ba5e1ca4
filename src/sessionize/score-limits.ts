/** Limits of what is kept of a session: the first in order of code units. They bound what is written whenever it changes. */
export const MOST_SCORE_NAMES = 64;
export const MOST_SCORE_LABELS = 32;
export const MOST_SCORE_IDS = 1_000;
