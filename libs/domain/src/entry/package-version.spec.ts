import { describe, expect, it } from 'vitest';
import { entryVersionRefusal, packageNameRefusal, packageVersionRefusal } from './package-version.js';

describe('packageVersionRefusal', () => {
  it.each([
    ['npm', ''],
    ['npm', 'latest'],
    ['npm', '1.2.3'],
    ['npm', 'v1.2.3'],
    ['npm', '1.2.3-next.1'],
    ['npm', '1.2.3-x.7.z.92'],
    ['npm', '1.2.3+build.5'],
    ['pypi', '1.0'],
    ['pypi', '2024.1.1.post1'],
    ['pypi', '1.0rc1'],
    ['pypi', '1!2.0'],
    ['docker', '1.x'],
    ['docker', 'stable-alpine'],
    ['oci', `sha256:${'0'.repeat(64)}`],
    ['unknown', 'whatever'],
    ['nuget', '1.0.0.0'],
  ])('accepts for %s the version %j', (registry, version) => {
    expect(packageVersionRefusal(registry, version)).toBeUndefined();
  });

  it.each([
    ['npm', '^1.2.3'],
    ['npm', '~1.2.3'],
    ['npm', '>=1.0.0 <2.0.0'],
    ['npm', '1.x'],
    ['npm', '1.2.*'],
    ['npm', '*'],
    ['npm', 'x'],
    ['npm', '1.2.3 - 2.0.0'],
    ['npm', '^1 || ^2'],
    ['npm', '1.2'],
    ['npm', '1'],
    ['npm', 'next'],
    ['npm', 'file:../evil'],
    ['npm', 'git+https://github.com/a/b'],
    ['npm', 'git@github.com:a/b.git'],
    ['npm', 'github:a/b'],
    ['npm', 'user/repo'],
    ['npm', 'https://a.example/x.tgz'],
    ['npm', 'npm:other@1.0.0'],
    ['npm', './x.tgz'],
    ['npm', 'workspace:*'],
    ['pypi', '==1.0'],
    ['pypi', '>=1.0,<2'],
    ['pypi', '1.*'],
    ['pypi', 'git+https://github.com/a/b'],
    ['docker', 'a b'],
    ['docker', 'sha256:123'],
    ['docker', '../x'],
    ['unknown', '^1.0.0'],
    ['unknown', 'file:x'],
  ])('refuses for %s the version %j', (registry, version) => {
    expect(packageVersionRefusal(registry, version)).toMatch(/^must be /);
  });
});

describe('entryVersionRefusal', () => {
  it.each(['1.0.0', 'v1.0', '2021.03.05', '1.0.0-hotfix', '0.0.1-seed'])('accepts %s', (version) => {
    expect(entryVersionRefusal(version)).toBeUndefined();
  });

  it.each(['latest', '^1.2.3', '<=1', '=1.0.0', '1.2.X', 'x.1', '*', '1.2 || 1.3', '1.2.3 - 2.0.0'])(
    'refuses %s',
    (version) => {
      expect(entryVersionRefusal(version)).toMatch(/^must be /);
    },
  );
});

describe('packageNameRefusal', () => {
  it.each([
    ['npm', '@modelcontextprotocol/server-everything'],
    ['npm', 'mcp-server'],
    ['pypi', 'mcp_server.time'],
    ['pypi', 'server[extra]'],
    ['docker', 'mcp/time'],
    ['docker', 'localhost:5000/mcp/time'],
    ['docker-hub', 'ghcr.io/user/my_server'],
    ['unknown', 'User/Repo'],
  ])('accepts for %s the name %s', (registry, name) => {
    expect(packageNameRefusal(registry, name)).toBeUndefined();
  });

  it.each([
    ['npm', '../x'],
    ['npm', 'a@1.0.0'],
    ['npm', 'user/repo'],
    ['npm', '-g'],
    ['npm', 'https://a.example/x.tgz'],
    ['npm', '@scope/'],
    ['pypi', 'a==1'],
    ['pypi', '-r'],
    ['pypi', './dir'],
    ['docker', 'image:tag'],
    ['docker', 'Image'],
    ['docker', '--privileged'],
    ['constructor', '-x'],
  ])('refuses for %s the name %s', (registry, name) => {
    expect(packageNameRefusal(registry, name)).toMatch(/^must be the name /);
  });
});
