/** What lists can be ordered by. */
export const SESSION_SORTS = ['start', 'lastActivity', 'duration', 'cost', 'tokens', 'errors'] as const;
export type SessionSort = (typeof SESSION_SORTS)[number];

export const ORDERS = ['desc', 'asc'] as const;
export type Order = (typeof ORDERS)[number];
