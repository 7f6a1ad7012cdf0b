/** The boundaries of the house (docs/architecture.md, law 7). */
const notTests = { pathNot: '\\.test\\.ts$' };
module.exports = {
  forbidden: [
    {
      name: 'kernel-knows-no-domain',
      severity: 'error',
      from: { path: '^src/kernel/' },
      to: { path: '^src/(exchange|governance|interfaces|main)' },
    },
    {
      name: 'domains-through-their-index',
      severity: 'error',
      from: { path: '^src/exchange/([^/]+)/', ...notTests },
      to: { path: '^src/exchange/([^/]+)/', pathNot: ['^src/exchange/$1/', '^src/exchange/[^/]+/index\\.ts$'] },
    },
    {
      name: 'interfaces-through-indexes',
      severity: 'error',
      from: { path: '^src/interfaces/', ...notTests },
      to: { path: '^src/exchange/[^/]+/', pathNot: '^src/exchange/[^/]+/index\\.ts$' },
    },
    {
      name: 'domains-know-no-interface',
      severity: 'error',
      from: { path: '^src/(exchange|governance)/' },
      to: { path: '^src/(interfaces|main)' },
    },
    {
      name: 'rules-are-pure',
      comment: 'What the law says does not read the database.',
      severity: 'error',
      from: { path: '/rules\\.ts$' },
      to: { path: '/(queries|database)(\\.ts|/)' },
    },
    {
      name: 'verifier-stands-alone',
      comment: 'It runs in the browser and must be readable on its own.',
      severity: 'error',
      from: { path: '^src/kernel/evidence/verify/', ...notTests },
      to: { path: '^(src/|node:|fs$|path$|crypto$)', pathNot: '^src/kernel/evidence/verify/' },
    },
    {
      name: 'no-test-code-in-the-product',
      severity: 'error',
      from: notTests.pathNot ? { pathNot: '(\\.test\\.ts|/testing\\.ts)$' } : {},
      to: { path: '(\\.test\\.ts|/testing\\.ts)$' },
    },
    {
      name: 'one-way-to-postgresql',
      comment: 'The driver reads whole numbers as text until it is told otherwise.',
      severity: 'error',
      from: { path: '^src/', pathNot: '(\\.test\\.ts|/testing[^/]*\\.ts|^src/kernel/postgres\\.ts)$' },
      to: { path: 'node_modules/pg/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.json'] },
  },
};
