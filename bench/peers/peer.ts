/**
 * Another program that accepts OTLP: how it is installed, started, fed and queried. One file each, without
 * any of its code.
 */
export interface Peer {
  /** Its key in the results. */
  readonly name: string;
  readonly title: string;
  /** Whether a 200 means that the telemetry is on disk. */
  readonly isDurable: boolean;
  /** The meaning of its 200. */
  readonly acknowledgement: string;
  /** The content of its list of the newest 100; undefined if it has no list. */
  readonly lists: string | undefined;
  /**
   * Installs it into the cache, or finds it there. Rejects with a message for the user if it cannot be
   * installed.
   *
   * @returns Its version.
   */
  install(cache: InstallCache): Promise<string>;
  /** How to start it on an existing empty data directory. */
  launch(place: LaunchPlace): Promise<PeerLaunch>;
}

/** The place of peers between runs, with a folder for each. */
export interface InstallCache {
  /** Path of the peer's existing folder. */
  folder(name: string): string;
  /**
   * Runs a command and resolves to its standard output. Rejects with the end of its output if it fails.
   *
   * @param directory Its working directory.
   */
  run(command: string, args: readonly string[], directory: string): Promise<string>;
  /** Reports steps that take time. */
  progress(text: string): void;
}

export interface LaunchPlace {
  readonly cache: InstallCache;
  /** Empty directory for its data. */
  readonly directory: string;
  /** A receiver that acknowledges everything, for a peer that forwards its input. */
  readonly sink: string;
  /** A free loopback port. */
  freePort(): Promise<number>;
}

export interface PeerLaunch {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The URL in front of `/v1/traces`. */
  readonly origin: string;
  /** Sent with each request of telemetry. */
  readonly headers?: Readonly<Record<string, string>>;
  /** A URL that answers 200 once it is ready. */
  readonly ready: string;
  /** The request for the newest 100; undefined if it has no list. */
  readonly newest?: (kind: SpanKindName) => ListRequest;
}

export type SpanKindName = 'web' | 'genai';

export interface ListRequest {
  readonly url: string;
  /** Sent as JSON with POST; a GET if left out. */
  readonly body?: unknown;
  /** Field of the answer with the rows. */
  readonly rows: string;
}

/** `service.name` of the root spans of generated traces. */
export const ROOT_SERVICE: Readonly<Record<SpanKindName, string>> = {
  web: 'shop-web',
  genai: 'agent-runner',
};

/** Number of requested rows of a list. */
export const LIST_LENGTH = 100;
