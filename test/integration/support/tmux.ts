import { execFileSync } from 'node:child_process';
import { eventually } from './ct.ts';

/**
 * A real terminal: a tmux window that runs a command, can be typed at, resized and read.
 *
 * Each has a tmux server of its own, so that nobody's tmux is met.
 */
export class TerminalWindow {
  readonly #server = `ct-test-${process.pid}-${Math.floor(performance.now() * 1000)}`;

  readonly cwd: string;

  /** Starts `command` (argument array) in `cwd`, in a window of the given size. */
  constructor(command: readonly string[], cwd: string, columns = 100, rows = 30) {
    this.cwd = cwd;
    const words = command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
    this.#tmux(['new-session', '-d', '-x', `${columns}`, '-y', `${rows}`, '-c', cwd, words]);
    this.#tmux(['set-option', '-g', 'remain-on-exit', 'on']);
  }

  /** Types keys in tmux' words: `Enter`, `C-c`; anything else literally. */
  type(...keys: readonly string[]): void {
    this.#tmux(['send-keys', ...keys]);
  }

  resize(columns: number, rows: number): void {
    this.#tmux(['resize-window', '-x', `${columns}`, '-y', `${rows}`]);
  }

  screen(): string {
    return this.#tmux(['capture-pane', '-p', '-S', '-200']);
  }

  /** All that was ever on the screen, and what the window calls itself. */
  everything(): string {
    const titles = '#{pane_title} #{window_name} #{session_name}';
    return (
      this.#tmux(['capture-pane', '-p', '-S', '-']) + this.#tmux(['display-message', '-p', titles])
    );
  }

  /** Waits until the screen matches; the error shows the screen. */
  async shows(pattern: RegExp): Promise<string> {
    try {
      await eventually(String(pattern), () => pattern.test(this.screen()));
    } catch (error) {
      throw new Error(`${(error as Error).message}; the screen was:\n${this.screen()}`);
    }
    return this.screen();
  }

  /** Name of the program that has the terminal */
  program(): string {
    return this.#tmux(['display-message', '-p', '#{pane_current_command}']).trim();
  }

  /** Whether a full-screen program has the screen, or left it so. */
  isAlternate(): boolean {
    return this.#tmux(['display-message', '-p', '#{alternate_on}']).trim() === '1';
  }

  close(): void {
    this.#tmux(['kill-server']);
  }

  #tmux(args: readonly string[]): string {
    const { TMUX: _, ...env } = process.env;
    return execFileSync('tmux', ['-L', this.#server, '-f', '/dev/null', ...args], {
      encoding: 'utf8',
      env: { ...env, TERM: 'xterm-256color', LANG: 'C.UTF-8' },
    });
  }
}
