/** What waits of one client, by the session it is about, each in order of arrival. */
interface ClientLine<T> {
  readonly sessions: Map<string, T[]>;
  size: number;
}

/**
 * A queue in which clients take turns, and the sessions of one client do: whoever asks for one thing waits for one turn of each other client, however
 * much these have asked for. What one client asks about one session keeps its order.
 */
export class FairQueue<T> {
  // The order of a Map's keys is the order of turns: whoever had one goes to the end.
  readonly #clients = new Map<string, ClientLine<T>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** How much of this client waits. */
  sizeOf(client: string): number {
    return this.#clients.get(client)?.size ?? 0;
  }

  push(client: string, session: string, item: T): void {
    let line = this.#clients.get(client);
    if (line === undefined) {
      line = { sessions: new Map(), size: 0 };
      this.#clients.set(client, line);
    }
    const items = line.sessions.get(session);
    if (items === undefined) line.sessions.set(session, [item]);
    else items.push(item);
    line.size++;
    this.#size++;
  }

  /** Takes out whose turn it is; undefined where nothing waits. */
  take(): T | undefined {
    const client = firstOf(this.#clients);
    if (client === undefined) return undefined;
    const [name, line] = client;
    const [session, items] = firstOf(line.sessions)!;
    const item = items.shift()!;
    line.sessions.delete(session);
    if (items.length > 0) line.sessions.set(session, items);
    this.#clients.delete(name);
    if (--line.size > 0) this.#clients.set(name, line);
    this.#size--;
    return item;
  }

  /** Takes out an item that nobody waits for any more; false where it is not there. */
  remove(client: string, session: string, item: T): boolean {
    const line = this.#clients.get(client);
    const items = line?.sessions.get(session);
    const index = items?.indexOf(item) ?? -1;
    if (line === undefined || items === undefined || index < 0) return false;
    items.splice(index, 1);
    if (items.length === 0) line.sessions.delete(session);
    if (--line.size === 0) this.#clients.delete(client);
    this.#size--;
    return true;
  }

  /** Takes out everything. */
  clear(): T[] {
    const items: T[] = [];
    for (let item = this.take(); item !== undefined; item = this.take()) items.push(item);
    return items;
  }
}

function firstOf<V>(map: ReadonlyMap<string, V>): [key: string, value: V] | undefined {
  for (const entry of map) return entry;
  return undefined;
}
