/** What is at a path; links are not followed. */
export type PathKind = 'file' | 'directory' | 'link' | 'other' | 'missing';

/** A thing of a file system, whatever it is called: `dev:ino`, as stat(2) has them. */
export type Inode = string;

/** One path of the project, as the host has it. */
export interface SurveyedPath {
  /** Absolute, on the host */
  readonly path: string;
  readonly kind: PathKind;
  /** Empty when missing */
  readonly inode: Inode;
}

/** A file of a project that was hidden from a session. */
export interface HiddenBefore {
  /** Relative to the project */
  readonly path: string;
  readonly inode: Inode;
}

/** What the host found in a project directory before a session. Data only: `host/` reads it. */
export interface ProjectSurvey {
  /** Resolved; what is shown is what is mounted */
  readonly dir: string;
  readonly inode: Inode;
  /** The names of `PROTECTED_PATHS`, in that order */
  readonly protected: readonly SurveyedPath[];
  readonly git: GitSurvey;
  /** Files to be hidden from the agent */
  readonly hidden: readonly SurveyedPath[];
  /** Those that the user named visible: relative paths */
  readonly shown: readonly string[];
  /** Files that look like secrets and are not hidden, since git has them: relative paths */
  readonly tracked: readonly string[];
  /** Whether the search for secrets came to one of its bounds */
  readonly isCutShort: boolean;
  /** What the next session's search must not miss */
  readonly remembered: readonly HiddenBefore[];
  /** The working directory that is not given to anybody, where `dir` stands in for it */
  readonly insteadOf?: string;
}

/**
 * The repository of a project.
 *
 * `linked`: a worktree or a submodule, whose repository lies elsewhere and knows of this directory.
 * `foreign`: a `.git` that cannot be used inside, with the reason.
 */
export type GitSurvey =
  | { readonly kind: 'none' }
  | { readonly kind: 'foreign'; readonly dotGit: SurveyedPath; readonly why: string }
  | { readonly kind: 'own'; readonly dir: GitDir }
  | {
      readonly kind: 'linked';
      readonly dotGit: SurveyedPath;
      /** The repository that is shared: has the objects, the configuration and the hooks */
      readonly common: GitDir;
      /** This checkout's own part of it; undefined for a submodule, which shares nothing */
      readonly own: LinkedDir | undefined;
    };

/** A repository directory: what of it decides what git executes. */
export interface GitDir {
  readonly self: SurveyedPath;
  readonly config: SurveyedPath;
  readonly hooks: SurveyedPath;
  /** Only those that exist, of `config.worktree`, `commondir`, `worktrees` */
  readonly further: readonly SurveyedPath[];
  /** Directories below `modules`, outer before inner; undefined when there are too many to list */
  readonly modules: readonly ModuleDir[] | undefined;
  readonly modulesDir: SurveyedPath;
  /** Entries of the work tree and of itself that its configuration names: hooksPath, include.path */
  readonly named: readonly SurveyedPath[];
}

/** A directory below `modules`: on the way to a submodule's repository, or one. */
export interface ModuleDir {
  readonly self: SurveyedPath;
  /** Files and directories in it to be kept; a missing `hooks` among them */
  readonly kept: readonly SurveyedPath[];
}

/** A linked worktree's directory below `worktrees`. */
export interface LinkedDir {
  readonly self: SurveyedPath;
  readonly kept: readonly SurveyedPath[];
}
