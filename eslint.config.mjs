import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { moduleBoundaries, productionOf } from './tools/architecture/src/module-boundaries.mjs';
import {
  inputOutputModules,
  layers,
  layersWithoutInputOutput,
  testCodeGlobs,
} from './tools/architecture/src/layers.mjs';

const testCode = testCodeGlobs.map((glob) => `*/${glob}`);
const testFunctions = '/^(it|test|describe|suite|bench)$/';
const anyTestFunction = `:matches([object.name=${testFunctions}], [object.object.name=${testFunctions}])`;

const testRules = [
  {
    selector: `MemberExpression${anyTestFunction}[property.name='only']`,
    message: 'A focused test hides all the others: remove .only.',
  },
  {
    selector: `MemberExpression${anyTestFunction}[property.name=/^(skip|todo|fails)$/]`,
    message: "A skipped test says why: use skipIf(condition), or context.skip(condition, 'the reason') in the test.",
  },
  {
    selector: "CallExpression[callee.property.name='skip'][arguments.length=0]",
    message: "A skipped test says why: context.skip('the reason').",
  },
];

const unusedVariables = { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true };

const injected = 'comes in as an argument or through a port in the inner layers, so that tests decide it.';
const injectedImports = [
  { name: 'node:crypto', importNames: ['randomUUID'], message: `An id ${injected}` },
  { name: 'node:process', importNames: ['env'], message: `The environment ${injected}` },
];

export default defineConfig(
  // Fixtures are what users bring to the hub, in their style.
  globalIgnores(['**/dist', '**/out-tsc', '**/test-output', '**/coverage', '*/**/fixtures', '.nx', '.hub']),
  // noInlineConfig: a rule matters everywhere or is off for everyone.
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.mjs', '**/*.js'],
    languageOptions: {
      globals: Object.fromEntries(
        ['Buffer', 'URL', 'clearTimeout', 'console', 'fetch', 'process', 'setTimeout'].map((name) => [
          name,
          'readonly',
        ]),
      ),
    },
    rules: { 'no-unused-vars': ['error', unusedVariables] },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['vitest.shared.ts'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-unused-vars': ['error', unusedVariables],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // Ports are asynchronous; an adapter in memory has nothing to await.
      '@typescript-eslint/require-await': 'off',
      // Ports are abstract classes without state: whatever has their methods is one.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // JSON documents are rewritten by key in many places; a Map would not be JSON.
      '@typescript-eslint/no-dynamic-delete': 'off',
    },
  },
  {
    // The SDKs call the whole legacy era deprecated; the hub serves it.
    files: ['libs/mcp/**/*.ts', 'libs/loaders/**/*.ts', ...testCode],
    rules: { '@typescript-eslint/no-deprecated': 'off' },
  },
  {
    files: testCode,
    rules: {
      'no-restricted-syntax': ['error', ...testRules],
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Vitest's asymmetric matchers (expect.any, expect.stringContaining, …) are typed any.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: productionOf(layers.filter((layer) => layer.isInner)),
    ignores: testCode,
    rules: {
      'no-restricted-imports': ['error', { paths: injectedImports }],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: `The time ${injected}` },
        { property: 'randomUUID', message: `An id ${injected}` },
        { object: 'process', property: 'env', message: `The environment ${injected}` },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: `The time ${injected}` },
        { selector: "CallExpression[callee.name='Date']", message: `The time ${injected}` },
      ],
    },
  },
  {
    files: productionOf(layers.filter((layer) => layersWithoutInputOutput.includes(layer.name))),
    ignores: testCode,
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [
            ...injectedImports,
            ...inputOutputModules.map((name) => ({ name, message: 'Input and output go through a port.' })),
          ],
        },
      ],
    },
  },
  { plugins: { '@nx': nx } },
  ...moduleBoundaries(testCode),
);
