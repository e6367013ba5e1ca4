/** Waiting items of one client by session, each in order of arrival. */
interface ClientLine<T> {
  readonly sessions: Map<string, T[]>;
  size: number;
}

/**
 * A queue in which clients take turns, and the sessions of each client do as well. A client with a single
 * item waits for at most one turn of each other client, however many items those have. Items of one client
 * and session keep their order.
 */
export class FairQueue<T> {
  // Keys in order of turns: after its turn, a client moves to the end.
  readonly #clients = new Map<string, ClientLine<T>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Number of waiting items of this client. */
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

  /** Removes and returns the item whose turn it is. Undefined if the queue is empty. */
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

  /** Removes an item that nobody waits for any more. False if it is not in the queue. */
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

  /** Removes and returns all items. */
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
