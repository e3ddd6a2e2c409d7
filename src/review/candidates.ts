/** Files by exact name that programs of the host execute, or that tell them what to execute. */
const NAMES: Readonly<Record<string, string>> = {
  ...named('a build', [
    ...['Makefile', 'GNUmakefile', 'makefile', 'justfile', 'Justfile', '.justfile', 'Taskfile.yml'],
    ...['Taskfile.yaml', 'CMakeLists.txt', 'configure', 'meson.build', 'BUILD', 'BUILD.bazel'],
    ...['WORKSPACE', 'MODULE.bazel', '.bazelrc', 'Rakefile', 'Gemfile', 'build.rs', 'Cargo.toml'],
    ...[
      'rust-toolchain.toml',
      'go.mod',
      'go.work',
      'pom.xml',
      'mvnw',
      'gradlew',
      'gradle.properties',
    ],
    ...['build.gradle', 'build.gradle.kts', 'settings.gradle', 'settings.gradle.kts', 'build.sbt'],
    ...['gradle-wrapper.properties', 'mix.exs', 'composer.json', 'Package.swift', 'build.zig'],
    ...[
      'flake.nix',
      'default.nix',
      'shell.nix',
      'Vagrantfile',
      'Procfile',
      'noxfile.py',
      'tox.ini',
    ],
  ]),
  ...named('scripts of a package', [
    ...['package.json', '.npmrc', '.yarnrc', '.yarnrc.yml', '.pnpmfile.cjs', 'pnpm-workspace.yaml'],
    ...['bunfig.toml', 'deno.json', 'deno.jsonc', 'Gruntfile.js', 'gulpfile.js', 'lerna.json'],
  ]),
  ...named('Python runs it', [
    ...['setup.py', 'setup.cfg', 'pyproject.toml', 'conftest.py', 'sitecustomize.py'],
    ...['usercustomize.py', 'manage.py', 'pytest.ini', 'Pipfile'],
  ]),
  ...named('a container build', [
    ...['Dockerfile', 'Containerfile', 'compose.yaml', 'compose.yml', 'docker-compose.yml'],
    ...['docker-compose.yaml', '.devcontainer.json', 'devcontainer.json'],
  ]),
  ...named('a shell or tool takes orders from it', [
    ...['.envrc', '.mise.toml', 'mise.toml', '.tool-versions', '.python-version', '.nvmrc'],
    ...['.node-version', '.ruby-version', '.gdbinit', '.lldbinit', '.vimrc', '.exrc', '.nvimrc'],
    ...['.inputrc', '.editorconfig', '.dir-locals.el', '.lvimrc', '.bashrc', '.profile', '.zshrc'],
  ]),
  ...named('git or its hooks', [
    ...['.gitattributes', '.gitmodules', '.gitconfig', '.pre-commit-config.yaml', 'lefthook.yml'],
    ...['lefthook.yaml', '.lintstagedrc', '.huskyrc'],
  ]),
  ...named('orders for agents', [
    ...['AGENTS.md', 'CLAUDE.md', 'CLAUDE.local.md', 'GEMINI.md', 'QWEN.md', '.cursorrules'],
    ...['.mcp.json', 'opencode.json', 'opencode.jsonc', 'crush.json', '.crush.json', '.goosehints'],
    ...['.aider.conf.yml', '.windsurfrules'],
  ]),
  ...named('a CI job', [
    ...['.gitlab-ci.yml', 'Jenkinsfile', 'azure-pipelines.yml', '.travis.yml', '.drone.yml'],
    ...['bitbucket-pipelines.yml', 'appveyor.yml', 'cloudbuild.yaml', '.woodpecker.yml'],
  ]),
  ...named('settings of ct', ['.ct.toml']),
};

/** Files by the shape of their name. */
const SHAPES: readonly (readonly [RegExp, string])[] = [
  [/\.code-workspace$|\.sublime-project$/u, 'an editor'],
  [/\.pth$/u, 'Python runs it'],
  [/^(?:Dockerfile|Containerfile)\.|\.(?:dockerfile|containerfile)$/u, 'a container build'],
  [/^[\w.-]+\.config\.[cm]?[jt]s$|^\.[\w-]+rc\.[cm]?js$/u, 'a build tool runs it'],
  [/\.gemspec$|\.podspec$|\.csproj$|\.vcxproj$|^Directory\.Build\.(?:props|targets)$/u, 'a build'],
  [/\.(?:mk|mak|cmake|gradle|bazel|bzl)$/u, 'a build'],
];

/** Directories all of whose files count. */
const PLACES: readonly (readonly [string, string])[] = [
  ['.github/workflows', 'a CI job'],
  ['.github/actions', 'a CI job'],
  ['.circleci', 'a CI job'],
  ['.buildkite', 'a CI job'],
  ['.husky', 'git or its hooks'],
  ['.githooks', 'git or its hooks'],
  ['.vscode', 'an editor'],
  ['.idea', 'an editor'],
  ['.zed', 'an editor'],
  ['.devcontainer', 'an editor'],
  ['.cargo', 'a build'],
  ['.mvn', 'a build'],
  ['.claude', 'orders for agents'],
  ['.gemini', 'orders for agents'],
  ['.codex', 'orders for agents'],
  ['.qwen', 'orders for agents'],
  ['.cursor', 'orders for agents'],
  ['.opencode', 'orders for agents'],
  ['.amp', 'orders for agents'],
  ['.factory', 'orders for agents'],
  ['.kilocode', 'orders for agents'],
  ['.clinerules', 'orders for agents'],
  ['.pi', 'orders for agents'],
  ['.ct', 'settings of ct'],
];

/**
 * Files of a repository directory that decide what git executes on the host, or that a command of the
 * user's would go on with.
 *
 * Source: gitrepository-layout(5); git-rebase(1) "exec"
 */
export const GIT_FILES: readonly string[] = [
  ...['config', 'config.worktree', 'commondir', 'info/attributes', 'rebase-merge/git-rebase-todo'],
  ...['sequencer/todo', 'rebase-apply/next'],
];

/**
 * Why a file of the work tree is looked at, in a few words; `undefined` when nothing on the host executes
 * files of this name by itself. `path` is relative to the project.
 */
export function reasonOf(name: string, path: string): string | undefined {
  const exact = Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
  if (exact !== undefined) return exact;
  const place = PLACES.find(([dir]) => path.startsWith(`${dir}/`) || path.includes(`/${dir}/`));
  return place?.[1] ?? SHAPES.find(([shape]) => shape.test(name))?.[1];
}

function named(why: string, names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name) => [name, why]));
}
