// @ts-check
/**
 * Few rules, each with a reason. Prettier decides about form; what a rule forbids here has hurt
 * somebody (STYLE 2.9).
 */
import tseslint from 'typescript-eslint';

const PURE = 'src/{base,config,agents,image,sandbox,network,secrets,plan}/**/*.ts';

/** Calls that are forbidden in all of `src`. */
const CALLS = [
  {
    selector:
      "ImportDeclaration[source.value='node:child_process'] ImportSpecifier[imported.name=/^(exec|execSync)$/]",
    message: 'a shell line invites injection: run an argument array (src/host/exec.ts)',
  },
  {
    selector: "Property[key.name='shell'][value.value=true]",
    message: 'a shell line invites injection: run an argument array (src/host/exec.ts)',
  },
];

/** The world, as the pure ring must not see it: it receives facts. */
const IMPURE = [
  {
    selector: "MemberExpression[object.name='Date'][property.name='now']",
    message: 'the pure ring has no clock: take the time as an argument',
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'the pure ring has no clock: take the time as an argument',
  },
  {
    selector: "MemberExpression[object.name='Math'][property.name='random']",
    message: 'the pure ring has no dice: take the value as an argument',
  },
  {
    selector: "MemberExpression[object.name='process']",
    message: 'the pure ring sees no process, environment or account: take facts as an argument',
  },
];

const EXIT = {
  selector: "CallExpression[callee.object.name='process'][callee.property.name='exit']",
  message: 'only src/main.ts ends the process: elsewhere output and clean-up would be lost',
};

/** Modules that are forbidden, with the way to go. */
const MODULES = {
  paths: [
    ...['node:http', 'node:https', 'node:http2', 'http', 'https'].map((name) => ({
      name,
      message: 'its ESM face costs 30 ms at start: process.getBuiltinModule (ADR 0004)',
      allowTypeImports: true,
    })),
    {
      name: 'undici',
      message: 'the index costs 50 ms: deep imports in transport.ts (ADR 0005)',
      allowTypeImports: true,
    },
  ],
};

export default tseslint.config(
  { ignores: ['dist*/**', 'node_modules/**', '.vitest/**', 'src/gen/**'] },
  {
    files: ['**/*.{ts,mjs}'],
    extends: [tseslint.configs.base],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-control-regex': 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      // A promise that nobody waits for fails where nobody sees it.
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/return-await': ['error', 'in-try-catch'],
      // A new member of a union must be thought about everywhere.
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/only-throw-error': ['error', { allowThrowingUnknown: true }],
      '@typescript-eslint/prefer-promise-reject-errors': ['error', { allowThrowingUnknown: true }],
    },
  },
  {
    files: ['**/*.ts'],
    rules: {
      // What erases types hides faults, and what loads for its types alone costs the start.
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unnecessary-type-assertion': 'error',
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/no-non-null-assertion': 'error',
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      // Standard output belongs to the agent; what ct says goes through Output and Report.
      'no-console': 'error',
      '@typescript-eslint/no-restricted-imports': ['error', MODULES],
      'no-restricted-syntax': ['error', ...CALLS, EXIT],
    },
  },
  { files: ['src/main.ts'], rules: { 'no-restricted-syntax': ['error', ...CALLS] } },
  { files: [PURE], rules: { 'no-restricted-syntax': ['error', ...CALLS, EXIT, ...IMPURE] } },
  {
    // Describes undici's files to the compiler; nothing of it runs.
    files: ['src/**/*.d.ts'],
    rules: { '@typescript-eslint/no-restricted-imports': 'off' },
  },
  {
    files: ['test/**/*.ts'],
    linterOptions: { reportUnusedDisableDirectives: 'off' },
    rules: {
      // Tests look for control characters on purpose.
      'no-control-regex': 'off',
    },
  },
);
