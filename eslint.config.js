import js from '@eslint/js'
import vue from 'eslint-plugin-vue'
import vueA11y from 'eslint-plugin-vuejs-accessibility'
import globals from 'globals'
import ts from 'typescript-eslint'
import vueParser from 'vue-eslint-parser'

/** Import walls: who may not import whom, and why. */
const wall = (files, patterns) => ({
  files,
  rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns: patterns.flat() }] },
})
const no = (group, message) => ({ group, message })

const guarded = 'Outbound calls go through the one guarded client, shared/server/outbound.'
const outbound = [
  { regex: '^(undici|axios|got|node-fetch|(node:)?(http2|dgram))$', message: guarded },
  // The list of roots dials nobody.
  { regex: '^(node:)?tls$', allowImportNames: ['rootCertificates'], message: guarded },
  { regex: '^(node:)?https?$', importNames: ['request', 'get', 'Agent', 'default'], message: guarded },
  {
    regex: '^(node:)?net$',
    importNames: ['connect', 'createConnection', 'Socket', 'default'],
    allowTypeImports: true,
    message: guarded,
  },
]
const serverOnly = no(
  ['@whook/shared/server/*', '**/shared/server/**'],
  'The browser and the contract must not see server code.',
)

export default ts.config(
  { ignores: ['**/dist/**', '**/node_modules/**', 'data/**', 'coverage/**', '**/test-results/**'] },
  js.configs.recommended,
  ts.configs.strict,
  vue.configs['flat/recommended'],
  vueA11y.configs['flat/recommended'],
  {
    languageOptions: { globals: { ...globals.node } },
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-restricted-globals': [
        'error',
        { name: 'fetch', message: 'Use the guarded client (server) or api/client.ts (web).' },
      ],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  {
    files: ['**/*.vue'],
    languageOptions: { parser: vueParser, parserOptions: { parser: ts.parser, sourceType: 'module' } },
  },
  {
    files: ['web/**/*.{ts,vue}'],
    languageOptions: { globals: { ...globals.browser } },
    rules: {
      'vue/no-v-html': 'error',
      'vue/multi-word-component-names': 'off',
      'vue/require-default-prop': 'off',
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      'vue/html-indent': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vuejs-accessibility/label-has-for': ['error', { required: { some: ['nesting', 'id'] } }],
    },
  },
  {
    files: [
      '**/*.test.ts',
      '**/*.spec.ts',
      '**/testing/**',
      'bench/**',
      'scripts/**',
      'web/{e2e,screenshots}/**',
    ],
    rules: { 'no-restricted-globals': 'off' },
  },
  {
    // The wall clock of one process may be wrong. Ages and times come from the database's clock, durations from a monotonic one.
    files: ['{api,worker,shared,drizzle}/**/*.ts', 'web/src/**/*.{ts,vue}'],
    ignores: [
      '**/*.{test,spec}.ts',
      'shared/server/clock.ts',
      // The browser has no other clock: it offers dates in days from now, and the api checks them.
      'web/src/components/settings/ApiKeysCard.vue',
      // A page of examples.
      'web/src/kit/KitStates.vue',
    ],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...[
          "MemberExpression[object.name='Date'][property.name='now']",
          "NewExpression[callee.name='Date'][arguments.length=0]",
          "CallExpression[callee.name='Date']",
        ].map((selector) => ({
          selector,
          message: 'Use clock.now() for times and monotonicMs() for durations: shared/server/clock.',
        })),
      ],
    },
  },
  { files: ['bench/src/figures/ui-page.js'], languageOptions: { globals: globals.browser } },
  { files: ['web/src/api/client.ts'], rules: { 'no-restricted-globals': 'off' } },
  wall(
    ['shared/src/**'],
    [
      no(
        ['node:*', '@whook/*', 'bullmq', 'ioredis', 'pino', 'postgres'],
        'shared/src is pure: TypeBox and constants.',
      ),
      outbound,
      no(['**/server/**'], 'The contract does not know the server.'),
    ],
  ),
  {
    ...wall(
      ['shared/server/**'],
      [no(['@whook/drizzle*', '@whook/api*', '@whook/worker*'], 'shared knows nobody.'), outbound],
    ),
    ignores: ['shared/server/outbound/**', 'shared/server/connect-socket.ts', '**/*.test.ts'],
  },
  {
    ...wall(
      ['drizzle/**/*.ts'],
      [no(['@whook/api*', '@whook/worker*'], 'The database knows neither process.'), outbound],
    ),
    ignores: ['**/*.test.ts', 'drizzle/src/embedded/**', 'drizzle/src/launch/**'],
  },
  {
    ...wall(
      ['api/**/*.ts'],
      [no(['@whook/worker*', '**/worker/src/**'], 'api and worker never import each other.'), outbound],
    ),
    ignores: ['**/*.test.ts', '**/testing/**'],
  },
  {
    ...wall(
      ['worker/**/*.ts'],
      [no(['@whook/api*', '**/api/src/**'], 'api and worker never import each other.'), outbound],
    ),
    ignores: ['**/*.test.ts', '**/testing/**', 'worker/src/serve-metrics.ts'],
  },
  {
    ...wall(
      ['web/src/**'],
      [
        serverOnly,
        no(['@whook/drizzle*', '@whook/api*', '@whook/worker*', 'node:*'], 'web sees only the contract.'),
        {
          regex: '^@whook/shared(/(live|jobs|http/.*))?$',
          allowTypeImports: true,
          message: 'Types only: the schemas would bring TypeBox to the browser.',
        },
      ],
    ),
    ignores: ['**/*.spec.ts'],
  },
)
