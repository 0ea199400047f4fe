/** What the program in the ops namespace is told to do. */
export type ThreadWish =
  | { readonly kind: 'run'; readonly cluster: string }
  /** Kills the worker with -9 that long after the command, starts it again, and waits for the verdict. */
  | { readonly kind: 'kill-in-mid-run'; readonly cluster: string; readonly afterMs: number }
  | { readonly kind: 'quit' };

/** One command and what Slack showed of it. Times count from the command, in milliseconds. */
export interface ThreadRun {
  readonly ackMs: number;
  readonly verdictMs: number;
  readonly firstFindingMs: number | null;
  /** The root message as it stands, text and blocks. */
  readonly root: string;
  readonly thread: readonly string[];
  /** Root messages that this command made. */
  readonly roots: number;
  readonly complaints: readonly string[];
  /** Resident memory of the worker. */
  readonly rssBytes: number;
}
