import { loaderTypes } from '@mcp-hub/domain';
import { logLevels, type Form } from './hub-config.js';

/** What a setting takes. Durations are given in seconds, lists from the environment comma-separated. */
export type SettingType =
  | { kind: 'text' }
  | { kind: 'choice'; of: readonly string[] }
  | { kind: 'boolean' }
  | { kind: 'integer'; min: number; max: number }
  | { kind: 'number'; min: number }
  | { kind: 'url'; schemes: readonly string[] }
  /** Relative ones count from the folder of the configuration file, or from the working directory. */
  | { kind: 'path' }
  | { kind: 'texts' }
  | { kind: 'paths' }
  | { kind: 'choices'; of: readonly string[] }
  | { kind: 'tokens' }
  | { kind: 'keys' }
  | { kind: 'groups' };

export interface Setting {
  /** As in the configuration file, sections joined by a dot. */
  key: string;
  type: SettingType;
  doc: string;
  /** The default where it is a constant: one for both forms, or one for each. */
  default?: unknown;
  defaults?: Readonly<Record<Form, unknown>>;
  /** How documentation tells a default that depends on other settings. */
  derived?: string;
  isSecret?: boolean;
  /** Further keys of the file, and names of the environment, that mean the same. */
  aliases?: readonly string[];
  env?: readonly string[];
}

const text = { kind: 'text' } as const;
const boolean = { kind: 'boolean' } as const;
const texts = { kind: 'texts' } as const;
const port = { kind: 'integer', min: 0, max: 65_535 } as const;
const seconds = { kind: 'number', min: 0 } as const;
const count = { kind: 'integer', min: 1, max: 1_000_000 } as const;

/** Every setting there is (hub-api.md, section 3): parsing, defaults, documentation and printing all follow this table. */
export const settings: readonly Setting[] = [
  {
    key: 'name',
    aliases: ['hub.name'],
    type: text,
    default: 'MCP Hub Registry',
    doc: 'What the hub calls itself.',
  },
  {
    key: 'version',
    aliases: ['hub.version'],
    type: text,
    derived: "the program's",
    doc: 'The version that the hub reports.',
  },
  {
    key: 'description',
    aliases: ['hub.description'],
    type: text,
    derived: 'none',
    doc: 'One sentence on this hub, for those who use it.',
  },
  {
    key: 'environment',
    type: text,
    default: 'production',
    doc: 'Reported by `/v0/ping`.',
  },

  {
    key: 'database.type',
    type: { kind: 'choice', of: ['sqlite', 'memory', 'mongodb', 'postgresql'] },
    derived: 'by `database.url`; else `sqlite` in one process, `mongodb` in the split form',
    doc: 'Where entries are kept. `postgresql` is known and refused until its adapter exists.',
  },
  {
    key: 'database.url',
    type: text,
    isSecret: true,
    env: ['DATABASE_URL'],
    derived: '`file:.hub/hub.db` for sqlite; required for mongodb',
    doc: '`file:PATH` for sqlite, `mongodb://…` for MongoDB.',
  },
  {
    key: 'database.database_name',
    type: text,
    default: 'mcp-registry',
    doc: 'The database in MongoDB.',
  },
  {
    key: 'database.collection_name',
    type: text,
    default: 'servers',
    doc: 'The collection of entries in MongoDB; others take it as their prefix.',
  },

  {
    key: 'queue.type',
    type: { kind: 'choice', of: ['memory', 'redis'] },
    defaults: { standalone: 'memory', split: 'redis' },
    doc: 'What carries load jobs, routes and sessions.',
  },
  {
    key: 'queue.url',
    type: text,
    isSecret: true,
    derived: 'none; required for redis',
    doc: '`redis://…` or `rediss://…`.',
  },

  {
    key: 'api.host',
    type: text,
    derived: '`127.0.0.1` without authentication, else `0.0.0.0`',
    doc: 'The address that the REST API (in one process: everything) listens on.',
  },
  {
    key: 'api.port',
    type: port,
    default: 8080,
    doc: 'Its port; 0 takes any free one.',
  },
  {
    key: 'api.auth_enabled',
    type: boolean,
    derived: 'true once `api.auth_tokens` has a token',
    doc: 'Writes need a token.',
  },
  {
    key: 'api.auth_reads',
    type: boolean,
    default: false,
    doc: 'Reads need a token too.',
  },
  {
    key: 'api.auth_tokens',
    type: { kind: 'tokens' },
    isSecret: true,
    env: ['AUTH_TOKEN'],
    default: [],
    doc: 'Tokens: texts with all rights, or `{token or token_sha256, name, scopes: [read, publish, admin, call], namespaces, servers}`.',
  },
  {
    key: 'api.cors_origins',
    type: texts,
    default: ['*'],
    doc: 'Origins whose web pages may read the API. Writes of foreign pages are always refused.',
  },
  {
    key: 'api.log_level',
    type: { kind: 'choice', of: logLevels },
    env: ['MCP_REGISTRY_LOG_LEVEL'],
    defaults: { standalone: 'warn', split: 'info' },
    doc: 'The least level that is logged, by every service.',
  },

  {
    key: 'gateway.host',
    type: text,
    derived: '`127.0.0.1` without tokens, else `0.0.0.0`; in one process `api.host`',
    doc: 'The address that the gateway listens on.',
  },
  {
    key: 'gateway.port',
    type: port,
    default: 8090,
    doc: 'Its port; in one process everything is on `api.port`.',
  },
  {
    key: 'gateway.public_url',
    type: { kind: 'url', schemes: ['http', 'https'] },
    derived: 'none',
    doc: 'Where clients reach the gateway, when that is not its own address; shown in `mcp_endpoint`.',
  },
  {
    key: 'gateway.auth_enabled',
    type: boolean,
    derived: 'true unless the gateway listens on loopback',
    doc: 'MCP endpoints need a token with the scope `call`.',
  },
  {
    key: 'gateway.allowed_hosts',
    type: texts,
    default: [],
    doc: 'Further values of `Host` that MCP endpoints answer to.',
  },
  {
    key: 'gateway.allowed_origins',
    type: texts,
    default: [],
    doc: 'Origins whose web pages may use MCP endpoints.',
  },
  {
    key: 'gateway.max_sessions',
    type: count,
    default: 10_000,
    doc: 'Legacy sessions at one time.',
  },
  {
    key: 'gateway.max_body_mb',
    type: count,
    default: 32,
    doc: 'The largest request to an MCP endpoint, in MiB.',
  },

  {
    key: 'worker.name',
    type: text,
    derived: "the machine's host name",
    doc: 'How this worker is called in answers and logs.',
  },
  {
    key: 'worker.host',
    type: text,
    default: '0.0.0.0',
    doc: "The address of a worker's internal port. It answers only with the internal credential.",
  },
  { key: 'worker.port', type: port, default: 8070, doc: 'That port.' },
  {
    key: 'worker.advertise_url',
    type: { kind: 'url', schemes: ['http', 'https'] },
    derived: "from `worker.host`, or the machine's first outward address",
    doc: 'Where gateways reach this worker.',
  },
  {
    key: 'worker.capacity',
    type: count,
    default: 100,
    doc: 'How much weight of servers a worker takes.',
  },
  {
    key: 'worker.loaders',
    type: { kind: 'texts' },
    default: [...loaderTypes],
    doc: 'The kinds of server that a worker loads.',
  },

  {
    key: 'loader.timeout',
    type: seconds,
    default: 30,
    doc: 'Seconds until a server must have started.',
  },
  {
    key: 'loader.retry_attempts',
    type: { kind: 'integer', min: 1, max: 100 },
    default: 3,
    doc: 'Attempts to load a server.',
  },
  {
    key: 'loader.retry_delay',
    type: seconds,
    default: 2,
    doc: 'Seconds before the second attempt; doubles.',
  },
  {
    key: 'loader.cache_dir',
    type: { kind: 'path' },
    derived: '`cache` beside the database; in the split form in the folder for temporary files',
    doc: 'Where packages are installed and children work.',
  },
  {
    key: 'loader.module_roots',
    type: { kind: 'paths' },
    derived: 'the folder of the configuration file',
    doc: 'Folders that modules and document files may come from.',
  },
  {
    key: 'loader.mount_roots',
    type: { kind: 'paths' },
    default: [],
    doc: 'Folders that containers may mount.',
  },
  {
    key: 'loader.plugins',
    type: texts,
    default: [],
    doc: 'Modules that bring loaders of their own.',
  },
  {
    key: 'loader.package_registries',
    type: texts,
    default: [],
    doc: 'Package registries to use instead of the public ones.',
  },
  {
    key: 'loader.allow_install_scripts',
    type: boolean,
    default: false,
    doc: 'Packages may run scripts when they are installed.',
  },
  {
    key: 'loader.min_release_age',
    type: seconds,
    default: 0,
    doc: 'Days that a release must have been out before it is installed.',
  },

  {
    key: 'limits.max_concurrency',
    type: count,
    default: 64,
    doc: 'Calls to one server at a time.',
  },
  {
    key: 'limits.call_timeout',
    type: seconds,
    default: 60,
    doc: 'Seconds that a call may go without progress.',
  },
  {
    key: 'limits.call_deadline',
    type: seconds,
    default: 600,
    doc: 'Seconds that a call may take in all.',
  },
  {
    key: 'limits.idle_timeout',
    type: seconds,
    default: 300,
    doc: 'Seconds without calls until servers on demand stop.',
  },
  {
    key: 'limits.memory_mb',
    type: count,
    default: 512,
    doc: 'Memory of a child process, in MiB.',
  },

  {
    key: 'egress.allow_private_networks',
    type: boolean,
    default: false,
    doc: 'Entries may name addresses in private networks.',
  },
  {
    key: 'egress.allow_loopback',
    type: boolean,
    derived: 'true with `egress.allow_private_networks`, and in one process that listens on loopback',
    doc: 'Entries may name addresses of this machine.',
  },
  {
    key: 'egress.allow_hosts',
    type: texts,
    default: [],
    doc: 'Hosts that may be in private networks.',
  },
  {
    key: 'egress.deny_hosts',
    type: texts,
    default: [],
    doc: 'Hosts that entries may not name.',
  },

  {
    key: 'groups',
    type: { kind: 'groups' },
    default: {},
    doc: 'Servers served together: `{<name>: {tags, servers, allow, rename}}`.',
  },

  {
    key: 'seed.import_on_startup',
    type: boolean,
    defaults: { standalone: true, split: false },
    doc: 'Import the seed file at start.',
  },
  {
    key: 'seed.file_path',
    type: { kind: 'path' },
    default: 'data/servers.yaml',
    doc: 'The seed file.',
  },

  {
    key: 'registry.namespace',
    type: text,
    default: 'local.hub',
    doc: 'The namespace of entries without a reverse-DNS name under `/v0.1`.',
  },
  {
    key: 'registry.anonymous_auth',
    type: boolean,
    default: false,
    doc: 'Offer `auth/none` under `/v0.1`.',
  },

  {
    key: 'secrets.key',
    type: { kind: 'keys' },
    isSecret: true,
    derived: 'in one process a file beside the database; else none, and literal secrets are refused',
    doc: 'Seals secrets in entries: 32 bytes in base64 or hex. In a comma list the first is used, all are accepted.',
  },
  {
    key: 'secrets.allow_env',
    type: texts,
    derived: 'in one process the names in `.env`; else none',
    doc: 'Variables that entries may refer to (`GITHUB_*`).',
  },

  {
    key: 'cluster.secret',
    type: { kind: 'keys' },
    isSecret: true,
    derived: 'in one process a file beside the database; required in the split form',
    doc: 'What the services trust each other by: 32 bytes in base64 or hex. In a comma list the first is used, all are accepted.',
  },

  {
    key: 'telemetry.metrics',
    type: boolean,
    default: true,
    doc: 'Serve `/metrics`.',
  },
  {
    key: 'telemetry.otlp_endpoint',
    type: { kind: 'url', schemes: ['http', 'https'] },
    derived: 'none',
    doc: 'Where traces are sent.',
  },
];

/** `MCP_REGISTRY_DATABASE_URL` of `database.url`. */
export function environmentName(key: string): string {
  return `MCP_REGISTRY_${key.replaceAll('.', '_').toUpperCase()}`;
}

/** The names of the environment that set this, the strongest first. */
export function environmentNames({ key, aliases = [], env = [] }: Setting): string[] {
  return [environmentName(key), ...aliases.map(environmentName), ...env];
}

/** Names with the hub's prefix that are for the command line, or say where to look, and so are no settings. */
export const otherEnvironmentNames: ReadonlySet<string> = new Set([
  'MCP_REGISTRY_URL',
  'MCP_REGISTRY_TOKEN',
  'MCP_REGISTRY_CONFIG_FILE',
]);

/** Whether a variable belongs to the hub itself, so that no entry may refer to it. */
export function isHubVariable(name: string): boolean {
  return name.startsWith('MCP_REGISTRY_') || name === 'DATABASE_URL' || name === 'AUTH_TOKEN';
}
