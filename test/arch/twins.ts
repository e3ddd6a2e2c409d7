/** Sources without a test of the same name: what tests them instead. Each file by name, so that a new one is noticed. */
export const TESTED_ELSEWHERE: Readonly<Record<string, readonly string[]>> = {
  'test/integration/project.test.ts runs sessions in all kinds of projects': [
    ...['session/project.ts', 'session/review.ts', 'cli/commands/review.ts'],
    'host/project-survey.ts',
  ],
  'test/sandbox/project-mounts.test.ts plans repositories too': ['sandbox/git-mounts.ts'],
  'test/review/render.test.ts shows differences': ['review/diff.ts'],
  'test/cli/spawned.test.ts runs the bundle': [
    'main.ts',
    'cli/main.ts',
    'base/version.ts',
    'cli/output/sink.ts',
  ],
  'test/cli/main-by-library.test.ts goes through the command line': [
    ...['cli/command.ts', 'cli/context.ts', 'cli/help.ts', 'cli/library.ts'],
    ...['cli/commands/index.ts', 'cli/commands/run.ts', 'cli/commands/shell.ts'],
    ...['cli/commands/ps.ts', 'cli/commands/attach.ts', 'cli/commands/exec.ts'],
    'cli/commands/stop.ts',
    'cli/commands/completion.ts',
    'cli/commands/agents/list.ts',
    ...['cli/perform-run.ts', 'cli/with-sessions.ts'],
    ...['cli/commands/sys/init.ts', 'cli/commands/sys/doctor.ts'],
  ],
  'test/cli/output/{report,text,json}.test.ts': [
    ...['cli/output/json-text.ts', 'cli/output/table.ts', 'cli/output/spinner.ts'],
  ],
  'test/integration/secrets.test.ts, with real sessions': [
    ...[
      'set.ts',
      'unset.ts',
      'list.ts',
      'show-sources.ts',
      'grant.ts',
      'revoke.ts',
      'rotate.ts',
    ].map((name) => `cli/commands/secrets/${name}`),
    ...['cli/read-value.ts', 'cli/commands/secrets/trust.ts'],
    ...['cli/output/secrets.ts', 'host/prompt.ts'],
    ...['session/deliver-secrets.ts', 'session/offer-secrets.ts', 'session/list-secrets.ts'],
    ...['session/answer-grant.ts', 'session/rotate-secret.ts', 'session/secret-files.ts'],
  ],
  'test/sandbox/verify/verify.test.ts breaks each wall': [
    ...['sandbox/verify/limits.ts', 'sandbox/verify/mounts.ts', 'sandbox/verify/namespaces.ts'],
    ...['sandbox/verify/process.ts', 'sandbox/verify/system-mounts.ts'],
  ],
  'test/plan/plan.test.ts plans plain runs': ['plan/options.ts'],
  'test/sandbox/presets.test.ts compares presets by it': ['sandbox/enforcement.ts'],
  'test/integration/verified-launch.test.ts, with engines that do something else': [
    ...['session/verify-launch.ts', 'session/measure.ts', 'cli/options/limits.ts'],
  ],
  'test/integration/attack.test.ts (ESC-26.5) reads them': ['sandbox/masked-too.ts'],
  'test/attack/list.test.ts checks all of the data': [
    ...['attack/attempt.ts', 'attack/list/files.ts', 'attack/list/kernel.ts'],
    ...['attack/list/limits.ts', 'attack/list/namespaces.ts', 'attack/list/privilege.ts'],
    ...['attack/list/project.ts', 'attack/list/reach.ts', 'attack/list/runtime.ts'],
    ...['attack/list/secrets.ts', 'attack/list/sockets.ts', 'attack/list/suite.ts'],
  ],
  'test/attack/aftermath.test.ts lays it': ['attack/bait.ts'],
  'test/integration/attack.test.ts attacks real sessions': [
    ...['attack/looks.ts', 'attack/run.ts', 'attack/victim.ts'],
  ],
  'test/secrets/consumers.test.ts, both halves of the registry': ['secrets/kinds.ts'],
  'test/broker/remembered.test.ts reads what it writes': ['broker/remember.ts'],
  'test/doctor/checks judges through it': ['doctor/check.ts'],
  'test/agents/catalogue.test.ts checks all of the data': [
    ...['agents/amp.ts', 'agents/claude.ts', 'agents/cline.ts', 'agents/codex.ts'],
    ...['agents/copilot.ts', 'agents/crush.ts', 'agents/droid.ts', 'agents/gemini.ts'],
    ...['agents/goose.ts', 'agents/kilocode.ts', 'agents/omp.ts', 'agents/opencode.ts'],
    'agents/providers.ts',
    ...['agents/pi.ts', 'agents/qwen.ts', 'agents/shell.ts'],
  ],
  'test/config/parse.test.ts and test/plan/agents.test.ts read through it': [
    'config/agent-keys.ts',
    'config/provider-keys.ts',
  ],
  'test/integration/agents.test.ts, with real agents': [
    ...['session/agents.ts', 'session/user-environment.ts', 'host/newest.ts'],
    ...['cli/commands/agents/install.ts', 'cli/commands/agents/update.ts'],
    'cli/commands/cc.ts',
    ...['cli/commands/agents/remove.ts', 'cli/commands/agents/pin.ts', 'cli/output/agents.ts'],
  ],
  'test/integration/engine.test.ts, against a real Podman': [
    ...['engine/open.ts', 'engine/podman/attach.ts', 'engine/podman/client.ts'],
    ...['engine/podman/containers.ts', 'engine/podman/convert.ts', 'engine/podman/events.ts'],
    ...['engine/podman/exec.ts', 'engine/podman/images.ts', 'engine/podman/open.ts'],
    'engine/podman/volumes.ts',
  ],
  'test/integration/engine-containerd.test.ts, against a real containerd': [
    ...['archive.ts', 'build.ts', 'build-step.ts', 'client.ts', 'containers.ts', 'content.ts'],
    ...[
      'convert.ts',
      'daemon.ts',
      'discover.ts',
      'exec.ts',
      'image-directories.ts',
      'image-records.ts',
      'images.ts',
    ],
    ...['info.ts', 'io.ts', 'leases.ts', 'lifecycle.ts', 'network.ts', 'open.ts', 'seccomp.ts'],
    ...['snapshots.ts', 'tasks.ts', 'transport.ts', 'unpack.ts', 'volumes.ts'],
  ].map((name) => `engine/containerd/${name}`),
  'test/sandbox/seccomp/{profiles,lint,oci,plan}.test.ts go through them': [
    ...['sandbox/seccomp/catalogue.ts', 'sandbox/seccomp/compile.ts', 'sandbox/seccomp/policy.ts'],
    ...['sandbox/seccomp/constants.ts', 'sandbox/seccomp/digests.ts', 'sandbox/seccomp/use.ts'],
    ...['sandbox/seccomp/profile.ts', 'sandbox/seccomp/oci-doubts.ts'],
    'sandbox/seccomp/oci-shape.ts',
  ],
  'test/integration/seccomp.test.ts, with real sessions': [
    ...['session/seccomp.ts', 'session/make-seccomp.ts', 'session/explain-denials.ts'],
    'host/tracer.ts',
  ],
  'test/cli/seccomp.test.ts goes through the command line': [
    ...['cli/commands/sys/seccomp/list.ts', 'cli/commands/sys/seccomp/show.ts'],
    ...['cli/commands/sys/seccomp/diff.ts', 'cli/output/seccomp-text.ts'],
    'session/seccomp-views.ts',
  ],
  'test/integration/{run,lifecycle,terminal}.test.ts, with real sessions': [
    ...['session/attach.ts', 'session/context.ts', 'session/exec.ts', 'session/follow.ts'],
    ...[
      'session/at-gate.ts',
      'session/gate.ts',
      'session/image.ts',
      'session/image-state.ts',
      'session/install-agent.ts',
    ],
    ...['session/interrupt.ts', 'session/list.ts', 'session/long-log.ts', 'session/make-image.ts'],
    ...['session/obtain-base.ts', 'session/packages.ts'],
    ...['session/plan.ts', 'session/prepare.ts', 'session/relay.ts', 'session/signals.ts'],
    ...['session/start.ts', 'session/stop.ts'],
    ...['host/job.ts', 'host/terminal.ts', 'host/stdio.ts', 'host/facts.ts', 'host/assets.ts'],
  ],
};

/** Sources that still owe a unit test; this list only shrinks. */
export const OWED: readonly string[] = [
  ...['host/archive.ts', 'host/bootstrap.ts', 'host/exec.ts'],
  ...['host/lent-files.ts', 'host/mirrors.ts', 'host/npm-settings.ts', 'host/surroundings.ts'],
  ...['host/tar.ts', 'image/apt-conf.ts', 'image/base.ts', 'sandbox/certificates.ts'],
  ...['image/recipe.ts', 'plan/install.ts'],
];
