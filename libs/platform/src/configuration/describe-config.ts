import type { ConfiguredToken } from '../auth/token-auth.js';
import { redact } from '../logging/redact.js';
import type { LoadedConfig } from './load-config.js';
import { settings, type Setting } from './settings.js';

export interface DescribedSetting {
  key: string;
  /** Without secrets; undefined where the setting has no value. */
  value: unknown;
  origin: string;
}

/** The effective configuration, setting by setting, with where each value came from. */
export function describeConfig({ values, origins }: Pick<LoadedConfig, 'values' | 'origins'>): DescribedSetting[] {
  return settings.map((setting) => ({
    key: setting.key,
    value: withoutSecret(setting, values[setting.key]),
    origin: origins[setting.key] ?? 'not set',
  }));
}

function withoutSecret({ type, isSecret }: Setting, value: unknown): unknown {
  if (!isSecret || value === undefined) return value;
  if (type.kind === 'tokens')
    return (value as ConfiguredToken[]).map(({ sha256: _sha256, ...rest }) => ({
      token: '***',
      ...rest,
    }));
  return type.kind === 'text' ? redact(value) : '***';
}
