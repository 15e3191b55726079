/** `/servers/{id}/mcp`, with or without a query or a trailing slash. @returns the id, undefined for any other path */
export function serverIdOfPath(url: string): string | undefined {
  const match = /^\/servers\/([^/?#]{1,200})\/mcp\/?(?:\?.*)?$/.exec(url);
  return match?.[1];
}
