import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api, dataOf, type Session, type SessionPage } from '../api/client.js';
import { listenToSessions } from '../api/session-stream.js';
import type { ListLoad } from './list-load.js';
import { OVERVIEW_KEY } from './overview/use-overview.js';
import { isMissing, replaceSessions } from './page-merge.js';
import { isSorted } from './sorting.js';
import { listKey } from './use-session-pages.js';

/** Changes are shown together at this interval, because a busy server has hundreds a second. */
const GATHER_MS = 250;
/** Number of rows to read after missed changes. */
const CATCH_UP_ROWS = 20;
/** Minimum interval between updates of the charts. */
const OVERVIEW_MS = 3_000;

export interface LiveList {
  /** Number of new sessions that the list lacks. */
  readonly newCount: number;
  /** Whether `newCount` is a lower bound, because changes were missed. */
  readonly missedSome: boolean;
  /**
   * Whether the stream is connected; undefined until that is known. Lists of a search, or in another order, do
   * not listen.
   */
  readonly isConnected: boolean | undefined | 'search' | 'sorted';
}

/** Keeps the rows of a list up to date, and counts the new sessions that it lacks. */
export function useLiveList(load: ListLoad): LiveList {
  const client = useQueryClient();
  const [missing, setMissing] = useState<{ load: number; ids: ReadonlySet<string>; missedSome: boolean }>();
  const [isConnected, setConnected] = useState<boolean>();

  const isSearch = load.filters.q !== undefined;
  const isStill = isSearch || isSorted(load.sorting);
  useEffect(() => {
    // The stream neither searches nor sorts: the rows that are shown are read again from time to time.
    if (isStill) return;
    const changed = new Map<string, Session>();
    const ids = new Set<string>();
    let missedSome = false;
    let top: SessionPage | undefined;
    let wasConnected = false;
    let isStopped = false;
    let gather: number | undefined;
    let overviewAt = 0;
    /**
     * For each running catch-up, the ids that the stream has reported since it began. These are newer than
     * the answer.
     */
    const reportedDuring = new Set<Set<string>>();
    const show = (): void => {
      gather = undefined;
      const loaded = client.getQueriesData<SessionPage>({ queryKey: listKey(load) });
      const pages: SessionPage[] = [];
      for (const [key, page] of loaded) {
        if (page === undefined) continue;
        pages[Number(key.at(-1))] = page;
        const replaced = replaceSessions(page, changed);
        // Keeps the time at which the page was read: the change of a row says nothing about the age of the
        // others.
        const updatedAt = client.getQueryState(key)?.dataUpdatedAt;
        if (replaced !== page) client.setQueryData(key, replaced, { updatedAt: updatedAt ?? Date.now() });
      }
      const isWhole = load.pages.every(({ rowCount }, index) => rowCount !== undefined && index in pages);
      // Sessions that arrive before the first page will be on it.
      if (pages[0] !== undefined) {
        const present = Object.values(pages);
        for (const session of changed.values())
          if (isMissing(session, present, isWhole)) ids.add(session['session.id']);
      }
      const areAllNew = top?.items.every((session) => ids.has(session['session.id'])) ?? false;
      if (areAllNew && top?.has_more) missedSome = true;
      top = undefined;
      changed.clear();
      setMissing({ load: load.id, ids: new Set(ids), missedSome });
      if (Date.now() - overviewAt < OVERVIEW_MS) return;
      overviewAt = Date.now();
      // A running request may take long, and is not restarted.
      void client.invalidateQueries({ queryKey: OVERVIEW_KEY }, { cancelRefetch: false });
    };
    /** Reads the top of the list to find missed changes. */
    const catchUp = async (): Promise<void> => {
      const query = { ...load.filters, limit: CATCH_UP_ROWS };
      const reported = new Set<string>();
      reportedDuring.add(reported);
      const page = await dataOf(api.GET('/api/v1/sessions', { params: { query } })).catch(() => undefined);
      reportedDuring.delete(reported);
      if (page === undefined || isStopped) return;
      top = page;
      for (const session of page.items) {
        const id = session['session.id'];
        if (!reported.has(id)) changed.set(id, session);
      }
      gather ??= window.setTimeout(show, GATHER_MS);
    };
    const stop = listenToSessions(load.filters, {
      session: (session) => {
        const id = session['session.id'];
        for (const reported of reportedDuring) reported.add(id);
        changed.set(id, session);
        gather ??= window.setTimeout(show, GATHER_MS);
      },
      missed: () => {
        void client.invalidateQueries({ queryKey: listKey(load) });
        void catchUp();
      },
      connected: (isConnected) => {
        setConnected(isConnected);
        // The stream does not report changes between the loading of the list and its connection.
        if (isConnected && !wasConnected) void catchUp();
        wasConnected ||= isConnected;
      },
    });
    return () => {
      isStopped = true;
      stop();
      window.clearTimeout(gather);
    };
  }, [client, load, isStill]);

  const own = missing?.load === load.id ? missing : undefined;
  return {
    newCount: own?.ids.size ?? 0,
    missedSome: own?.missedSome ?? false,
    isConnected: isSearch ? 'search' : isStill ? 'sorted' : isConnected,
  };
}
