// The layers of ARCHITECTURE.md as one ordered list: a file may import its own folder and anything on an earlier line;
// folders on one line never import each other. `scripts/check-boundaries.mjs` runs this and a planted violation.
const LAYERS = [
  ['lib'],
  ['errors', 'contract'],
  ['domain'],
  ['db', 'queue', 'events', 'mail'],
  ['core', 'engine'],
  ['http', 'workers', 'sandbox', 'returns'],
  ['main'],
  ['cli', 'index'],
];
const at = (name) => `^src/${name}(/|\\.ts$)`;

const layerRules = LAYERS.flatMap((layer, i) => {
  const above = LAYERS.slice(i + 1).flat();
  return layer.map((name) => ({
    name: `layer-${name}`,
    comment: `src/${name} may import its own folder and earlier layers only`,
    severity: 'error',
    from: { path: at(name), pathNot: '\\.test\\.ts$' },
    to: { path: [...above, ...layer.filter((sibling) => sibling !== name)].map(at) },
  }));
}).filter((rule) => rule.to.path.length > 0);

module.exports = {
  forbidden: [
    ...layerRules,
    {
      name: 'only-main-reads-config',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(main|config)\\.ts$|\\.test\\.ts$' },
      to: { path: '^src/config\\.ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'web-imports-contract-only',
      severity: 'error',
      from: { path: '^web/' },
      to: { path: '^(src|test|bench)/', pathNot: '^src/contract/' },
    },
    {
      name: 'features-never-import-features',
      comment: 'web/src/app puts features together',
      severity: 'error',
      from: { path: '^web/src/features/([^/]+)/' },
      to: { path: '^web/src/features/([^/]+)/', pathNot: '^web/src/features/$1/' },
    },
    {
      name: 'web-parts-know-no-page',
      severity: 'error',
      from: { path: '^web/src/(components|lib)/' },
      to: { path: '^web/src/(features|app)/' },
    },
    {
      name: 'src-never-imports-web-or-tests',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(web|test)/|\\.test\\.ts$' },
    },
    {
      name: 'no-dev-dependency-at-run-time',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|coverage|data)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.json'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
};
