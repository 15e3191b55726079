import type { Json } from '../servers/script.js';

/**
 * Reads the messages of an answer, plain JSON or a stream of events, one after the other.
 *
 * @param onEndpoint gets what an event `endpoint` says (HTTP+SSE)
 */
export async function* messagesOf(response: Response, onEndpoint?: (path: string) => void): AsyncGenerator<Json> {
  if (response.headers.get('content-type')?.startsWith('text/event-stream') !== true) {
    const text = await response.text();
    if (text !== '') yield JSON.parse(text) as Json;
    return;
  }
  const decoder = new TextDecoder();
  let buffered = '';
  for await (const chunk of response.body ?? []) {
    buffered += decoder.decode(chunk as Uint8Array, { stream: true });
    const blocks = buffered.split('\n\n');
    buffered = blocks.pop() ?? '';
    for (const block of blocks) {
      const data = block
        .split('\n')
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice(5).trim())
        .join('\n');
      if (block.startsWith('event: endpoint')) onEndpoint?.(data);
      else if (data !== '') yield JSON.parse(data) as Json;
    }
  }
}
