/** The paths and methods of routes, to distinguish a wrong method (405) from a wrong path (404). */
export class AllowedMethods {
  readonly #routes = new Map<string, { pattern: RegExp; methods: Set<string> }>();

  /** `url` in Fastify's form: `:name` is one segment of the path. */
  add(url: string, methods: readonly string[]): void {
    const pattern = new RegExp(`^${url.replaceAll('.', '\\.').replace(/:[A-Za-z]+/g, '[^/]+')}$`);
    const route = this.#routes.get(url) ?? { pattern, methods: new Set() };
    for (const method of methods) route.methods.add(method);
    this.#routes.set(url, route);
  }

  /** Whether there is a route of this very path, and it does not have the method. */
  refuses(path: string, method: string): boolean {
    return this.#routes.get(path)?.methods.has(method) === false;
  }

  /**
   * The sorted methods of the route of this very path, or else of all routes that the path matches. Empty if there are
   * none.
   */
  of(path: string): string[] {
    const named = this.#routes.get(path);
    if (named !== undefined) return [...named.methods].sort();
    const methods = new Set<string>();
    for (const route of this.#routes.values()) {
      if (route.pattern.test(path)) for (const method of route.methods) methods.add(method);
    }
    return [...methods].sort();
  }
}
