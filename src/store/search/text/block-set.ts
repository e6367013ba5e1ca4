/** Bits in a page. */
const PAGE = 4096;

/** A set of block numbers, which are many and mostly near each other. */
export class BlockSet {
  readonly #pages = new Map<number, Uint32Array>();
  #size = 0;

  /** How many there are. */
  get size(): number {
    return this.#size;
  }

  add(block: number): void {
    const at = block % PAGE;
    const no = (block - at) / PAGE;
    let page = this.#pages.get(no);
    if (page === undefined) {
      page = new Uint32Array(PAGE / 32);
      this.#pages.set(no, page);
    }
    const bit = 1 << (at & 31);
    if ((page[at >> 5]! & bit) !== 0) return;
    page[at >> 5]! |= bit;
    this.#size++;
  }

  has(block: number): boolean {
    const at = block % PAGE;
    const page = this.#pages.get((block - at) / PAGE);
    return page !== undefined && (page[at >> 5]! & (1 << (at & 31))) !== 0;
  }
}
