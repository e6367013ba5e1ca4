/** A page of a list, as the server answers it. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next_cursor?: string;
}

/** A list that is read page by page, while it is iterated. Each iteration starts at its beginning. */
export class Paged<Item, P extends Page<Item> = Page<Item>> implements AsyncIterable<Item> {
  readonly #read: (cursor: string | undefined) => Promise<P>;

  /** `read`: reads the page at a cursor, or the first one. */
  constructor(read: (cursor: string | undefined) => Promise<P>) {
    this.#read = read;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    for await (const { items } of this.pages()) yield* items;
  }

  /** One page: that of a cursor, or the first one. */
  page(cursor?: string): Promise<P> {
    return this.#read(cursor);
  }

  /** Whole pages, with what else the answers say. */
  async *pages(): AsyncGenerator<P, void, undefined> {
    let cursor: string | undefined;
    do {
      const page: P = await this.page(cursor);
      yield page;
      cursor = page.next_cursor;
    } while (cursor !== undefined);
  }
}
