/** A program beside Sojourn that takes OTLP: how it is installed, started, fed and asked. One file each; none of its code is here. */
export interface Peer {
  /** Its key in the results. */
  readonly name: string;
  readonly title: string;
  /** Whether a 200 says that the telemetry is on disk. */
  readonly isDurable: boolean;
  /** What its 200 means, in words. */
  readonly acknowledgement: string;
  /** What its list of the newest 100 holds; undefined where it has no list. */
  readonly lists: string | undefined;
  /**
   * Installs it into the cache, or finds it there. Rejects with a message for the user where that cannot be done.
   *
   * @returns Its version.
   */
  install(cache: InstallCache): Promise<string>;
  /** How it is started on an empty data directory, which exists. */
  launch(place: LaunchPlace): Promise<PeerLaunch>;
}

/** Where peers are kept between runs, a folder for each. */
export interface InstallCache {
  /** Path of the peer's folder, which exists. */
  folder(name: string): string;
  /**
   * Runs a command to its end and resolves to what it wrote to standard output. Rejects with the end of its output where it fails.
   *
   * @param directory Where it runs.
   */
  run(command: string, args: readonly string[], directory: string): Promise<string>;
  /** Says what takes time. */
  progress(text: string): void;
}

export interface LaunchPlace {
  readonly cache: InstallCache;
  /** Empty directory for its data. */
  readonly directory: string;
  /** A receiver that acknowledges everything: for a peer that sends on what it is sent. */
  readonly sink: string;
  /** A loopback port that nothing listens on. */
  freePort(): Promise<number>;
}

export interface PeerLaunch {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What stands before `/v1/traces`. */
  readonly origin: string;
  /** Sent with each request of telemetry. */
  readonly headers?: Readonly<Record<string, string>>;
  /** A URL that answers 200 once it is ready. */
  readonly ready: string;
  /** Asks for the newest 100; undefined where it has no list. */
  readonly newest?: (kind: SpanKindName) => ListRequest;
}

export type SpanKindName = 'web' | 'genai';

export interface ListRequest {
  readonly url: string;
  /** Sent as JSON with POST; a GET where it is left out. */
  readonly body?: unknown;
  /** Field of the answer that holds the rows. */
  readonly rows: string;
}

/** `service.name` of the generated spans that a trace begins with. */
export const ROOT_SERVICE: Readonly<Record<SpanKindName, string>> = {
  web: 'shop-web',
  genai: 'agent-runner',
};

/** Rows of a list that is asked for. */
export const LIST_LENGTH = 100;
