import { SessionStore, type Log, type SessionRecord } from '@mcp-hub/application';
import type { Redis } from 'ioredis';
import { RedisConnection } from './redis-connection.js';
import { Script } from './script.js';

export interface RedisSessionStoreOptions {
  /** `redis://` or `rediss://`, with user, password and database number where needed. */
  url: string;
  /** In front of all keys. */
  namespace: string;
  log?: Log;
}

/** The port promises an answer or an error within 2 s. */
const timeoutMs = 2_000;

/** What can change is in fields of its own; all else is the JSON in `session`. */
type FixedPart = Omit<SessionRecord, 'owner' | 'logLevel' | 'subscriptions'>;

/** ARGV: key, from, to. @returns all fields, none where it is another's */
const takeOver = new Script(`
if redis.call('HGET', ARGV[1], 'owner') ~= ARGV[2] then return {} end
redis.call('HSET', ARGV[1], 'owner', ARGV[3])
return redis.call('HGETALL', ARGV[1])
`);

/** ARGV: key, owner, then fields and their values. @returns 1 where it is the owner's */
const update = new Script(`
if redis.call('HGET', ARGV[1], 'owner') ~= ARGV[2] then return 0 end
for i = 3, #ARGV, 2 do redis.call('HSET', ARGV[1], ARGV[i], ARGV[i + 1]) end
return 1
`);

/** Sessions in Redis: one hash each, which expires. `start` waits for Redis as long as it takes. */
export class RedisSessionStore extends SessionStore {
  private readonly connection: RedisConnection;

  constructor(private readonly options: RedisSessionStoreOptions) {
    super();
    this.connection = new RedisConnection({
      url: options.url,
      dependency: 'sessions',
      log: options.log,
      timeoutMs,
    });
  }

  /** Resolves when first connected. @throws DependencyUnavailable where it is closed before */
  start(): Promise<void> {
    return this.connection.start();
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  async put(id: string, session: SessionRecord, ttlMs: number): Promise<void> {
    const key = this.keyOf(id);
    await this.connection.run(async (redis) => {
      const answers = await redis.multi().del(key).hset(key, fieldsOf(session)).pexpire(key, ttlMs).exec();
      for (const [error] of answers ?? []) if (error) throw error;
    });
  }

  async find(id: string): Promise<SessionRecord | undefined> {
    return sessionOf(await this.connection.run((redis) => redis.hgetall(this.keyOf(id))));
  }

  async touch(id: string, ttlMs: number): Promise<boolean> {
    return (await this.connection.run((redis) => redis.pexpire(this.keyOf(id), ttlMs))) === 1;
  }

  async takeOver(id: string, from: string, to: string): Promise<SessionRecord | undefined> {
    const pairs = (await this.run(takeOver, this.keyOf(id), from, to)) as string[];
    const fields: Record<string, string> = {};
    for (let index = 0; index < pairs.length; index += 2) fields[pairs[index] ?? ''] = pairs[index + 1] ?? '';
    return sessionOf(fields);
  }

  async update(id: string, owner: string, change: { logLevel?: string; subscriptions?: string[] }): Promise<boolean> {
    const { logLevel, subscriptions } = change;
    const fields = [
      ...(logLevel === undefined ? [] : ['logLevel', logLevel]),
      ...(subscriptions === undefined ? [] : ['subscriptions', JSON.stringify(subscriptions)]),
    ];
    return (await this.run(update, this.keyOf(id), owner, ...fields)) === 1;
  }

  async remove(id: string): Promise<boolean> {
    return (await this.connection.run((redis) => redis.del(this.keyOf(id)))) === 1;
  }

  private run(script: Script, ...args: string[]): Promise<unknown> {
    return this.connection.run((redis: Redis) => script.run(redis, ...args));
  }

  private keyOf(id: string): string {
    return `${this.options.namespace}:session:${id}`;
  }
}

function fieldsOf({ owner, logLevel, subscriptions, ...fixed }: SessionRecord): Record<string, string> {
  const session: FixedPart = fixed;
  return {
    owner,
    subscriptions: JSON.stringify(subscriptions),
    session: JSON.stringify(session),
    ...(logLevel === undefined ? {} : { logLevel }),
  };
}

function sessionOf({ owner, logLevel, subscriptions, session }: Record<string, string>): SessionRecord | undefined {
  if (owner === undefined || subscriptions === undefined || session === undefined) return undefined;
  return {
    ...(JSON.parse(session) as FixedPart),
    owner,
    subscriptions: JSON.parse(subscriptions) as string[],
    ...(logLevel === undefined ? {} : { logLevel }),
  };
}
