export interface FetchOptions {
  method: string;
  headers: Record<string, string>;
  body?: string | Uint8Array;
  signal: AbortSignal;
}

/** As much of a `Response` as is needed; the body is decoded from any content coding. */
export interface FetchedResponse {
  status: number;
  statusText: string;
  headers: { get(name: string): string | null };
  arrayBuffer(): Promise<ArrayBuffer>;
}

/**
 * Sends one HTTP request. Whoever gives it decides which addresses it may reach and which redirects it follows.
 * Rejects where no whole answer arrives, the cause of a refused address being a `HubError`.
 */
export type Fetch = (url: string, options: FetchOptions) => Promise<FetchedResponse>;
