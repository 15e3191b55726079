import { environmentNames, settings, type Setting, type SettingType } from './settings.js';

/** The table of all settings for the documentation. */
export function settingsMarkdown(): string {
  const rows = settings.map((setting) => {
    const names = environmentNames(setting)
      .map((name) => `\`${name}\``)
      .join(', ');
    return `| \`${setting.key}\` | ${typeText(setting.type)} | ${defaultText(setting)} | ${names} | ${setting.doc} |`;
  });
  return ['| setting | type | default | environment | |', '| --- | --- | --- | --- | --- |', ...rows, ''].join('\n');
}

function typeText(type: SettingType): string {
  switch (type.kind) {
    case 'choice':
      return type.of.map((item) => `\`${item}\``).join(', ');
    case 'choices':
      return `list of ${type.of.map((item) => `\`${item}\``).join(', ')}`;
    case 'integer':
      return `whole number, ${type.min} to ${type.max}`;
    case 'number':
      return 'number';
    case 'url':
      return `URL (${type.schemes.join(', ')})`;
    case 'texts':
      return 'list';
    case 'paths':
      return 'list of paths';
    case 'tokens':
      return 'list of tokens';
    case 'keys':
      return 'key';
    case 'groups':
      return 'map';
    default:
      return type.kind;
  }
}

function defaultText({ default: constant, defaults, derived }: Setting): string {
  if (derived !== undefined) return derived;
  if (defaults) return `${literal(defaults.standalone)} in one process, ${literal(defaults.split)} in the split form`;
  return literal(constant);
}

function literal(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map((item) => `\`${String(item)}\``).join(', ');
  if (typeof value === 'object' || value === undefined) return 'none';
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}
