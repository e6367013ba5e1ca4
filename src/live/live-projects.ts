import type { SessionFilters } from '../contract/session-filters.js';
import type { QueryService } from '../query/query-service.js';
import { LiveSessions, type LiveSessionsOptions, type LiveStream, type Sink } from './live-sessions.js';

export interface LiveProjectsOptions
  extends Pick<LiveSessionsOptions, 'watch' | 'clock' | 'newName' | 'onFailure' | 'onStreams'> {
  queriesOf(project: string): Pick<QueryService, 'changes'>;
}

/** The live streams of all projects. Projects share nothing but the limit of streams. */
export class LiveProjects {
  readonly #options: LiveProjectsOptions;
  /** Those with streams, or with clients that may come back. */
  readonly #projects = new Map<string, LiveSessions>();
  #closed = false;

  constructor(options: LiveProjectsOptions) {
    this.#options = options;
  }

  /** Like `LiveSessions.open`, for the sessions of a project. */
  async open(
    project: string,
    filters: SessionFilters,
    lastEventId: string | undefined,
    sink: Sink,
  ): Promise<LiveStream> {
    const live = this.#projects.get(project) ?? this.#add(project);
    try {
      return await live.open(filters, lastEventId, sink);
    } catch (error) {
      if (live.size === 0) {
        live.close();
        this.#projects.delete(project);
      }
      throw error;
    }
  }

  /** Ends all streams; no new ones can be opened. */
  close(): void {
    this.#closed = true;
    for (const live of this.#projects.values()) live.close();
  }

  #add(project: string): LiveSessions {
    const { queriesOf, ...options } = this.#options;
    const live: LiveSessions = new LiveSessions({
      ...options,
      project,
      queries: queriesOf(project),
      othersOpen: () => this.#openOf((each) => each !== live),
      onStreams: () => this.#options.onStreams(this.#openOf(() => true)),
      onUnused: () => this.#projects.delete(project),
    });
    if (this.#closed) live.close();
    else this.#projects.set(project, live);
    return live;
  }

  #openOf(isCounted: (live: LiveSessions) => boolean): number {
    let open = 0;
    for (const each of this.#projects.values()) if (isCounted(each)) open += each.size;
    return open;
  }
}
