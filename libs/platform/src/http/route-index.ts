/** The routes of an app by path, to tell an unknown path from a method that a known path does not take. */
export class RouteIndex {
  readonly #routes: { pattern: RegExp; methods: readonly string[] }[] = [];

  add(path: string, method: string | readonly string[]): void {
    this.#routes.push({
      pattern: patternOf(path),
      methods: typeof method === 'string' ? [method] : method,
    });
  }

  /** @param path as it came, with its percent-encoding */
  methodsOf(path: string): string[] {
    const methods = this.#routes.filter(({ pattern }) => pattern.test(path)).flatMap((route) => route.methods);
    return [...new Set(methods)].sort();
  }
}

function patternOf(path: string): RegExp {
  const source = path
    .replace(/[.+?^${}()|[\]\\]/g, String.raw`\$&`)
    .replace(/:[A-Za-z0-9_]+/g, '[^/]+')
    .replace(/\*/g, '.*');
  return new RegExp(`^${source}$`);
}
