import { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';

/**
 * A small MCP server in one file of plain JavaScript, for the module loader: see data/servers.yaml. Each call makes a
 * new one.
 *
 * @param {{ defaultTimeZone?: string }} [options] from `module_config.args`
 */
export function createServer({ defaultTimeZone = 'UTC' } = {}) {
  const server = new McpServer({ name: 'sample-tools', title: 'Sample Tools', version: '1.0.0' });

  server.registerTool(
    'add',
    {
      title: 'Add numbers',
      description: 'Adds two numbers.',
      inputSchema: z.object({ a: z.number(), b: z.number() }),
      outputSchema: z.object({ sum: z.number() }),
      annotations: { readOnlyHint: true, openWorldHint: false },
    },
    ({ a, b }) => structured({ sum: a + b }),
  );

  server.registerTool(
    'now_in',
    {
      title: 'Time in a time zone',
      description: 'Tells the date and the time of day in a time zone.',
      inputSchema: z.object({
        time_zone: z.string().default(defaultTimeZone).describe('An IANA name such as Europe/Berlin.'),
      }),
      outputSchema: z.object({ time_zone: z.string(), date: z.string(), time: z.string() }),
      annotations: { readOnlyHint: true, openWorldHint: false },
    },
    ({ time_zone }) => {
      if (!isTimeZone(time_zone)) return problem(`"${time_zone}" is not a time zone. Use an IANA name: Europe/Berlin.`);
      const now = new Date();
      return structured({
        time_zone,
        date: new Intl.DateTimeFormat('en-CA', { timeZone: time_zone }).format(now),
        time: new Intl.DateTimeFormat('en-GB', { timeZone: time_zone, timeStyle: 'medium' }).format(now),
      });
    },
  );

  server.registerTool(
    'word_count',
    {
      title: 'Count words',
      description: 'Counts the words, characters and lines of a text.',
      inputSchema: z.object({ text: z.string() }),
      outputSchema: z.object({ words: z.number(), characters: z.number(), lines: z.number() }),
      annotations: { readOnlyHint: true, openWorldHint: false },
    },
    ({ text }) =>
      structured({
        words: text.match(/\S+/g)?.length ?? 0,
        characters: [...text].length,
        lines: text === '' ? 0 : text.split(/\r\n|\r|\n/).length,
      }),
  );

  return server;
}

function structured(value) {
  return { content: [{ type: 'text', text: JSON.stringify(value) }], structuredContent: value };
}

function problem(text) {
  return { content: [{ type: 'text', text }], isError: true };
}

function isTimeZone(name) {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
