import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api, dataOf, type Session, type SessionPage } from '../api/client.js';
import { listenToSessions } from '../api/session-stream.js';
import type { ListLoad } from './list-load.js';
import { OVERVIEW_KEY } from './overview/use-overview.js';
import { isMissing, replaceSessions } from './page-merge.js';
import { listKey } from './use-session-pages.js';

/** Changes are shown together this often: a busy server has hundreds a second, and a reader's eye has not. */
const GATHER_MS = 250;
/** How far to look where changes were missed. */
const CATCH_UP_ROWS = 20;
/** How often the charts may follow. */
const OVERVIEW_MS = 3_000;

export interface LiveList {
  /** Sessions that have come since the list was loaded and that are not in it. */
  readonly newCount: number;
  /** Whether so many have come that `newCount` is a lower bound. */
  readonly missedSome: boolean;
  /** Whether changes arrive; undefined until that is known. */
  readonly isConnected: boolean | undefined;
}

/** Keeps the rows of a list as they are now while it stands, and counts what it lacks. */
export function useLiveList(load: ListLoad): LiveList {
  const client = useQueryClient();
  const [missing, setMissing] = useState<{ load: number; ids: ReadonlySet<string>; missedSome: boolean }>();
  const [isConnected, setConnected] = useState<boolean>();

  useEffect(() => {
    const changed = new Map<string, Session>();
    const ids = new Set<string>();
    let missedSome = false;
    let top: SessionPage | undefined;
    let wasConnected = false;
    let isStopped = false;
    let gather: number | undefined;
    let overviewAt = 0;
    /** Of each look that is on its way: what the stream has told of since, which is newer than what the look will say. */
    const toldDuring = new Set<Set<string>>();
    const show = (): void => {
      gather = undefined;
      const loaded = client.getQueriesData<SessionPage>({ queryKey: listKey(load) });
      const pages: SessionPage[] = [];
      for (const [key, page] of loaded) {
        if (page === undefined) continue;
        pages[Number(key.at(-1))] = page;
        const replaced = replaceSessions(page, changed);
        // As of the time the page was read: the change of a row says nothing about the age of the others.
        const updatedAt = client.getQueryState(key)?.dataUpdatedAt;
        if (replaced !== page) client.setQueryData(key, replaced, { updatedAt: updatedAt ?? Date.now() });
      }
      const isWhole = load.pages.every(({ rowCount }, index) => rowCount !== undefined && index in pages);
      // Before the first page is there, whatever comes will be on it.
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
      // One that is under way may take long, and is not begun anew.
      void client.invalidateQueries({ queryKey: OVERVIEW_KEY }, { cancelRefetch: false });
    };
    /** Looks for itself at what has changed, as far as the top of the list tells. */
    const catchUp = async (): Promise<void> => {
      const query = { ...load.filters, limit: CATCH_UP_ROWS };
      const told = new Set<string>();
      toldDuring.add(told);
      const page = await dataOf(api.GET('/api/v1/sessions', { params: { query } })).catch(() => undefined);
      toldDuring.delete(told);
      if (page === undefined || isStopped) return;
      top = page;
      for (const session of page.items) {
        const id = session['session.id'];
        if (!told.has(id)) changed.set(id, session);
      }
      gather ??= window.setTimeout(show, GATHER_MS);
    };
    const stop = listenToSessions(load.filters, {
      session: (session) => {
        const id = session['session.id'];
        for (const told of toldDuring) told.add(id);
        changed.set(id, session);
        gather ??= window.setTimeout(show, GATHER_MS);
      },
      missed: () => {
        void client.invalidateQueries({ queryKey: listKey(load) });
        void catchUp();
      },
      connected: (isConnected) => {
        setConnected(isConnected);
        // What came between the loading of the list and this moment, nobody has told.
        if (isConnected && !wasConnected) void catchUp();
        wasConnected ||= isConnected;
      },
    });
    return () => {
      isStopped = true;
      stop();
      window.clearTimeout(gather);
    };
  }, [client, load]);

  const own = missing?.load === load.id ? missing : undefined;
  return { newCount: own?.ids.size ?? 0, missedSome: own?.missedSome ?? false, isConnected };
}
