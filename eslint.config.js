import js from '@eslint/js'
import vue from 'eslint-plugin-vue'
import vueA11y from 'eslint-plugin-vuejs-accessibility'
import globals from 'globals'
import ts from 'typescript-eslint'
import vueParser from 'vue-eslint-parser'

/** Import walls: what these files must not import, and why. */
const wall = (files, patterns) => ({
  files,
  rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns: patterns.flat() }] },
})
const no = (group, message) => ({ group, message })

const guarded = 'Outbound calls go through the one guarded client, runtime/src/outbound.'
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
/** Imports go downwards. */
const testKit = {
  regex: '^@whook/testing/',
  message: 'The test kit is never part of the product.',
}
const insides = {
  regex: '^(\\.\\./)+(shared|runtime|drizzle|launcher|testing|api|worker|web|bench)/(src|e2e)/',
  message: 'Import another package by its name, @whook/<package>/<module>: its insides are its own.',
}
const above = (message, ...names) =>
  no(
    names.flatMap((name) => [`@whook/${name}`, `@whook/${name}/*`]),
    message,
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
      'runtime/src/clock.ts',
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
          message: 'Use clock.now() for times and monotonicMs() for durations: runtime/src/clock.',
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
        ['node:*', 'bullmq', 'ioredis', 'pino', 'postgres'],
        'shared is pure: TypeBox, constants and decisions.',
      ),
      no(['@whook/*'], 'shared is the lowest package.'),
      outbound,
    ],
  ),
  {
    ...wall(
      ['runtime/src/**'],
      [
        above('runtime is below the database and the processes.', 'drizzle', 'launcher', 'api', 'worker'),
        testKit,
        insides,
        outbound,
      ],
    ),
    ignores: ['runtime/src/outbound/**', 'runtime/src/connect-socket.ts', '**/*.test.ts'],
  },
  {
    ...wall(
      ['drizzle/**/*.ts'],
      [
        above('The database is below the launcher and the processes.', 'launcher', 'api', 'worker'),
        testKit,
        insides,
        outbound,
      ],
    ),
    ignores: ['**/*.test.ts'],
  },
  {
    ...wall(
      ['launcher/**/*.ts'],
      [above('The launcher starts api and worker as processes.', 'api', 'worker'), testKit, insides],
    ),
    ignores: ['**/*.test.ts'],
  },
  {
    ...wall(
      ['api/**/*.ts'],
      [above('api is beside worker and launcher.', 'worker', 'launcher'), testKit, insides, outbound],
    ),
    ignores: ['**/*.test.ts', '**/testing/**'],
  },
  {
    ...wall(
      ['worker/**/*.ts'],
      [above('worker is beside api and launcher.', 'api', 'launcher'), testKit, insides, outbound],
    ),
    ignores: ['**/*.test.ts', '**/testing/**', 'worker/src/serve-metrics.ts'],
  },
  {
    ...wall(
      ['web/src/**'],
      [
        above('The browser sees only the contract.', 'runtime', 'drizzle', 'launcher', 'api', 'worker'),
        no(['node:*'], 'The browser has no Node.'),
        testKit,
        insides,
        {
          regex: '^@whook/shared(/(live|jobs|http/.*))?$',
          allowTypeImports: true,
          message: 'Types only: the schemas would bring TypeBox to the browser.',
        },
      ],
    ),
    ignores: ['**/*.spec.ts'],
  },
  // Tests too: what they share is in the test kit.
  wall(
    ['{shared,runtime,drizzle,launcher,worker,api}/**/*.test.ts', '{api,worker}/src/testing/**'],
    [insides, above('Start the other process instead.', 'api', 'worker', 'bench', 'web')],
  ),
  wall(['{testing,bench,web/e2e,web/screenshots}/**/*.ts'], [insides]),
)
