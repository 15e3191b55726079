export interface FetchOptions {
  method: string;
  headers: Record<string, string>;
  body?: string | Uint8Array;
  signal: AbortSignal;
}

/** As much of a `Response` as is needed. */
export interface FetchedResponse {
  status: number;
  statusText: string;
  headers: { get(name: string): string | null };
  /** As it arrives, decoded from any content coding; null where there is none. Leaving the loop closes the connection. */
  body: AsyncIterable<Uint8Array> | null;
}

/**
 * Sends one HTTP request. Whoever gives it decides which addresses it may reach and which redirects it follows, and
 * keeps no cookies. Rejects where no answer arrives, the cause of a refused address being a `HubError`.
 */
export type Fetch = (url: string, options: FetchOptions) => Promise<FetchedResponse>;
