/**
 * What users of the hub rely on: each sentence is proved by at least one test of the same id, against the split form
 * and against the standalone. `test/requirements.spec.ts` finds those without one.
 */
export const requirements = {
  'PUB-1':
    'An entry published as YAML is called by its tool within seconds, and the upstream gets method, path, query, headers and body as the document says.',
  'PUB-2': 'An entry published as JSON with load_immediately answers with its runtime status.',
  'PUB-3': 'Publishing an id that exists is 409.',
  'PUB-4': 'A body that cannot be parsed is 400, a wrong Content-Type 415, and an invalid entry 422 with every field.',
  'PUB-5': 'A write without a token, or with a wrong one, is 401, and nothing is stored.',
  'PUB-6': 'A write with a foreign Origin is 403, and nothing is stored.',
  'PUB-7': 'A literal secret reads back as *** everywhere, and reaches the upstream, also after an update.',
  'PUB-8': 'An entry with an inline document of 20 MB loads and answers.',
  'PUB-9': 'An update of an entry is served without a failed call.',
  'PUB-10': 'A reference to a variable that is not allowed fails the load and names the variable.',
  'LIST-1': 'Servers are listed by id in pages, filtered by tags, enabled and status.',
  'LIST-2': 'An entry tells its status, endpoint, capabilities and instances.',
  'HUB-1': 'Health, ping and status answer as documented.',
  'MCP-1': 'A client of SDK v1 lists and calls the tools of a server.',
  'MCP-2': 'A client of SDK v2 in the legacy era lists and calls the tools of a server.',
  'MCP-3': 'A client of SDK v2 in the modern era lists and calls the tools of a server.',
  'MCP-4': 'A module server of SDK v1 and one of SDK v2 both serve clients of both eras.',
  'MCP-5': 'A session opened at one gateway is used at another.',
  'MCP-6': 'DELETE ends a session; its id, a forged one and a foreign one are 404.',
  'MCP-7': 'An unknown server is 404.',
  'MCP-8': 'A request waits for a server that is still loading.',
  'STDIO-1': 'A legacy client on standard streams lists and calls the tools of a server through the stdio bridge.',
  'STDIO-2': 'A modern client on standard streams calls a tool through the stdio bridge.',
  'STDIO-3': 'The requests and the progress of a server reach a client on standard streams.',
  'STDIO-4': 'The stdio bridge to an unknown server ends with a sentence and exit code 3.',
  'LIFE-1': 'A disabled server answers 503 with the reason; enabled again it works.',
  'LIFE-2': 'A deleted server is 404, and its id is free again.',
  'LIFE-3':
    'A server that cannot load shows its reason, was tried as often as configured, and answers 503 with the reason.',
  'LIFE-4': 'A failed reload leaves the old generation serving and tells why.',
  'OPS-1': 'A restart of every service, one after another, keeps the entries, and they come back healthy.',
  'OPS-2': 'After kill -9 of the worker that hosts a server, calls succeed again within 10 s.',
  'FAIL-1':
    'After kill -9 of a worker under load its servers answer from another within 10 s, and each generation is loaded once, also with two registry-apis.',
  'FAIL-2': 'While Redis is away running servers answer, and nothing that runs is loaded again.',
  'FAIL-3': 'While Redis hangs running servers answer, and everything is right again within 15 s.',
  'FAIL-4': 'When Redis has lost its data running servers answer, and everything is right again within 15 s.',
  'FAIL-5': 'While MongoDB is away running servers answer, and everything is right again within 15 s of its return.',
  'FAIL-6': 'Every service is restarted in order, one after another, without a failed call.',
  'FAIL-7': 'After kill -9 of a worker no child process of its servers is left within 10 s.',
  'RELOAD-1': 'An update is served without a failed call of a legacy client, a modern client and a plain loop.',
  'RELOAD-2': 'Reloads are served without a failed call of a legacy client, a modern client and a plain loop.',
  'RELOAD-3': 'A reload that fails costs no call of a legacy client, a modern client and a plain loop.',
  'SESS-1': 'A session of a killed worker is revived on another, and its client is told once.',
  'SESS-2': 'With session_recovery strict a session of a killed worker is 404.',
  'SESS-3':
    'The events of a call whose gateway is killed are fetched at another gateway: none is lost, none comes twice.',
  'SESS-4': 'A gateway restart loses no session.',
  'SESS-5':
    'A session that is revived after kill -9 of its worker keeps its subscriptions, its log level and what its client can be asked.',
  'SESS-6': 'With as many sessions as gateway.max_sessions another one is 503 with Retry-After, until one ends.',
  'SSE-1':
    'A client of the HTTP+SSE transport lists and calls the tools of a server, is asked by it and hears what it subscribed to.',
  'SSE-2': 'When the stream of HTTP+SSE closes, what is in flight is cancelled at the server.',
  'SSE-3':
    'A message of HTTP+SSE may come to any gateway; one of a forged or foreign session is 404, from a foreign page 403.',
  'FLIGHT-1':
    'While workers are killed and gateways restarted, every outcome that a client is told agrees with what was executed: nothing twice unless its tool allows it, nothing that was called not_executed, nothing without an outcome.',
  'FLIGHT-2': 'A gateway, and a worker, that is told to stop lets the calls in hand finish.',
  'ISO-1':
    'As many calls as limits.max_concurrency run at a server, as many wait, and one more is told at once that it was not executed and when to try again.',
  'ISO-2':
    'A server that does not answer is called no more for a while; its status says what is wrong, since when and what to do, and it is called again by itself.',
  'ISO-3':
    'Callers of a server that hangs, answers garbage, goes away or sends too much get an error that says so, and the server stays.',
  'ISO-4':
    'While a server misbehaves every call of another one on the same worker succeeds, and the memory of worker and gateway stays bounded.',
  'ISO-5': 'Clients that read slowly or not at all cost a bounded amount of memory, and nobody else a call.',
  'ISO-6':
    'A modern client that goes away cancels its call at the server; a legacy one does so by notifications/cancelled.',
  'ISO-7':
    'A client that is lost without a word has its connections ended and its call cancelled at the server, as soon as its host is given up.',
  'PARK-1': 'A modern client answers the elicitation and the sampling of a legacy stdio server.',
  'PARK-2': 'The answer to a parked call goes through another gateway than the call.',
  'PARK-3': 'The answer to a parked call that lands on another worker finds its call.',
  'PARK-4': 'A request state that is altered, of another call or of another caller is refused.',
  'PARK-5': 'A legacy client gets the real requests of the same tools.',
  'PARK-6': 'What a shared child asks while two callers are in flight reaches neither of them.',
  'API-1':
    'Every operation of a service that publishes its own document is called, in every style of parameters and bodies, and the service gets what was meant.',
  'API-2': 'Objects, lists, text, images, bytes and nothing that an API answers reach the client as what they are.',
  'API-3': 'The hub, published as an entry of itself, answers every operation of its own API.',
  'API-4':
    'With refresh_interval a changed document is served and recorded without a reload; a broken one leaves the old one serving, and its details say why.',
} as const;

export type RequirementId = keyof typeof requirements;

/** The title of a test that proves a requirement. */
export function proves(id: RequirementId, detail?: string): string {
  return detail === undefined ? `${id}: ${requirements[id]}` : `${id}: ${detail}`;
}
