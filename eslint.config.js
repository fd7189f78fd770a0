import prettier from 'eslint-config-prettier'
import tseslint from 'typescript-eslint'

/** Libraries of the wire clients, each named in one file of clients/. */
const clientLibraries = [
  { name: 'kafkajs', message: 'the Kafka client is made in clients/kafka.ts: import from there' },
  { name: '@aws-sdk/client-s3', message: 'the S3 client is made in clients/s3.ts: import from there' },
  {
    name: '@aws-sdk/client-kinesis',
    message: 'the Kinesis client is made in clients/kinesis.ts: import from there',
  },
  { name: 'mysql2', message: 'the MySQL client is made in clients/mysql.ts: import from there' },
  { name: 'mysql2/promise', message: 'the MySQL client is made in clients/mysql.ts: import from there' },
]

const folders = ['clients', 'seed', 'emulator', 'services', 'analytics', 'lab', 'infra-aws', 'tests']

/** `folder` may import the named top-level folders only (and itself); contract/ is open to all. */
const boundary = (folder, allowed, message) => ({
  files: [`${folder}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        paths: folder === 'clients' ? [] : clientLibraries,
        patterns: [
          {
            group: folders
              .filter((name) => name !== folder.split('/')[0] && !allowed.includes(name))
              .map((name) => `**/${name}/**`),
            message,
          },
          ...services(folder),
        ],
      },
    ],
  },
})

/** Services meet at the wire, never by import. */
const services = (folder) => {
  const own = folder.startsWith('services/') ? folder.split('/')[1] : undefined
  if (own === undefined || own === '*') return []
  return [
    {
      group: ['rest-proxy', 'gateway', 's3-sink', 'kinesis', 'databricks', 'dashboard']
        .filter((name) => name !== own)
        .map((name) => `**/${name}/**`),
      message: 'services never import each other: they meet at the wire',
    },
  ]
}

export default tseslint.config(
  { ignores: ['node_modules', '.lab', 'coverage'] },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // process.env and index signatures are read as env['NAME'], which tsc's own rule prefers
      '@typescript-eslint/dot-notation': 'off',
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'export by name: the name is then the same everywhere' },
        { selector: 'CatchClause[param=null]', message: 'name what you catch and pass on the rest' },
      ],
      'max-lines': ['error', { max: 350, skipBlankLines: true, skipComments: true }],
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  boundary('clients', [], 'clients/ knows contract/ only'),
  boundary('seed', ['clients'], 'seed/ knows contract/ and clients/ only'),
  boundary('emulator', ['clients'], 'emulator/ knows contract/ and clients/ only: it meets the services at the wire'),
  boundary('analytics', ['clients', 'seed'], 'analytics/ knows contract/, clients/ and the seed (its truth) only'),
  ...['runtime', 'rest-proxy', 'gateway', 's3-sink', 'kinesis'].map((name) =>
    boundary(`services/${name}`, ['clients'], 'a service knows contract/, clients/ and services/runtime only'),
  ),
  boundary('lab', ['clients', 'seed', 'emulator', 'analytics'], 'the lab starts services by spec, never by import'),
  {
    files: ['contract/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^(?!zod$|\\./)', message: 'contract/ has no I/O and imports nothing but zod' }] },
      ],
    },
  },
  {
    files: ['tests/**/*.ts', '*.config.ts'],
    rules: {
      'max-lines': 'off',
      'no-restricted-syntax': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      'no-restricted-imports': ['error', { paths: clientLibraries }],
    },
  },
  { files: ['eslint.config.js', '*.config.ts'], ...tseslint.configs.disableTypeChecked },
  { files: ['eslint.config.js', '*.config.ts'], rules: { 'no-restricted-syntax': 'off' } },
  prettier,
)
