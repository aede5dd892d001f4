import js from '@eslint/js'
import vue from 'eslint-plugin-vue'
import vueA11y from 'eslint-plugin-vuejs-accessibility'
import globals from 'globals'
import ts from 'typescript-eslint'
import vueParser from 'vue-eslint-parser'

/** Import wall: the imports that these files must not use, each with the reason. */
const wall = (files, patterns) => ({
  files,
  rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns: patterns.flat() }] },
})
const no = (group, message) => ({ group, message })

const guarded = 'Use the guarded client of runtime/src/outbound for every outbound call.'
const outbound = [
  { regex: '^(undici|axios|got|node-fetch|(node:)?(http2|dgram))$', message: guarded },
  // `rootCertificates` is a constant list and opens no connection.
  { regex: '^(node:)?tls$', allowImportNames: ['rootCertificates'], message: guarded },
  { regex: '^(node:)?https?$', importNames: ['request', 'get', 'Agent', 'default'], message: guarded },
  {
    regex: '^(node:)?net$',
    importNames: ['connect', 'createConnection', 'Socket', 'default'],
    allowTypeImports: true,
    message: guarded,
  },
]
const testKit = {
  regex: '^@whook/testing/',
  message: 'Production code must not import the test kit.',
}
const insides = {
  regex: '^(\\.\\./)+(shared|runtime|drizzle|launcher|testing|api|worker|web|bench)/(src|e2e)/',
  message: 'Import another package by its name: @whook/<package>/<module>.',
}
/** Imports point downwards: forbids these packages, which are above the importing one. */
const above = (message, ...names) =>
  no(
    names.flatMap((name) => [`@whook/${name}`, `@whook/${name}/*`]),
    message,
  )

/** Functions over 120 lines, by file, each with the reason why it is not split. */
export const longFunctions = {
  'api/src/rest/destinations/destinations.service.ts':
    'A service is a list of short verbs that share their dependencies.',
  'api/src/rest/webhooks/webhooks.service.ts':
    'A service is a list of short verbs that share their dependencies.',
  'runtime/src/sandbox/prelude.ts':
    'QuickJS gets the text of this function: it must contain all that it uses.',
  'web/src/stores/requests.ts': 'A store is a list of short verbs that share their state.',
  'worker/src/delivery/prefetch/slots.ts':
    'The state of the slots is private to this function, and its verbs are short.',
  'worker/src/metrics.ts': 'It is a list of metrics.',
}
const dashboard = [
  above('The dashboard imports only shared.', 'runtime', 'drizzle', 'launcher', 'api', 'worker'),
  no(['node:*'], 'The browser has no Node.js modules.'),
  testKit,
  insides,
  {
    regex: '^@whook/shared(/(live|jobs|http/.*))?$',
    allowTypeImports: true,
    message: 'Import types only: the schemas would add TypeBox to the bundle.',
  },
]

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
    // A promise that is not awaited loses its error, or ends the process with it.
    files: ['{shared,runtime,drizzle,launcher,testing,api,worker,web,bench}/**/*.ts', 'web/src/**/*.vue'],
    languageOptions: { parserOptions: { projectService: true, extraFileExtensions: ['.vue'] } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
    },
  },
  {
    // A `describe` block of a test file is a list of tests, not a function that a reader follows from top to bottom.
    ignores: ['**/*.{test,spec}.ts', ...Object.keys(longFunctions)],
    rules: {
      'max-lines-per-function': ['error', { max: 120, skipBlankLines: true, skipComments: true }],
    },
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
    // The wall clock of a process may be wrong. Times and ages use the database's clock, durations a monotonic clock.
    files: ['{api,worker,shared,runtime,drizzle,launcher}/**/*.ts', 'web/src/**/*.{ts,vue}'],
    ignores: [
      '**/*.{test,spec}.ts',
      'runtime/src/clock.ts',
      // The browser has no other clock. It offers dates some days from now, and the api checks them.
      'web/src/components/settings/ApiKeysCard.vue',
      // A page of component examples.
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
        'shared is pure: only TypeBox, constants and decisions.',
      ),
      no(['@whook/*'], 'shared is the lowest package.'),
      outbound,
    ],
  ),
  {
    ...wall(
      ['runtime/src/**'],
      [
        above('runtime is below drizzle, launcher, api and worker.', 'drizzle', 'launcher', 'api', 'worker'),
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
        above('drizzle is below launcher, api and worker.', 'launcher', 'api', 'worker'),
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
      [above('The launcher starts api and worker as separate processes.', 'api', 'worker'), testKit, insides],
    ),
    ignores: ['**/*.test.ts'],
  },
  {
    ...wall(
      ['api/**/*.ts'],
      [above('api must not depend on worker or launcher.', 'worker', 'launcher'), testKit, insides, outbound],
    ),
    ignores: ['**/*.test.ts', '**/testing/**'],
  },
  {
    ...wall(
      ['worker/**/*.ts'],
      [above('worker must not depend on api or launcher.', 'api', 'launcher'), testKit, insides, outbound],
    ),
    ignores: ['**/*.test.ts', '**/testing/**', 'worker/src/serve-metrics.ts'],
  },
  { ...wall(['web/src/**'], [dashboard]), ignores: ['**/*.spec.ts'] },
  {
    ...wall(
      ['web/src/{components,pages,ui}/**'],
      [
        dashboard,
        {
          regex: '^(\\.\\./)+api/',
          message: 'Components and pages do not fetch: use a store, or a composable of web/src/data.',
        },
      ],
    ),
    ignores: ['**/*.spec.ts'],
  },
  // The walls hold for tests too: they share code in the test kit.
  wall(
    ['{shared,runtime,drizzle,launcher,worker,api}/**/*.test.ts', '{api,worker}/src/testing/**'],
    [insides, above('Start the other process instead of importing it.', 'api', 'worker', 'bench', 'web')],
  ),
  wall(['{testing,bench,web/e2e,web/screenshots}/**/*.ts'], [insides]),
)
