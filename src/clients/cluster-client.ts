/**
 * What the stages may do with one cluster. The only implementation is `clients/kubernetes.ts`; every call
 * has its own deadline and never throws for an answer of the API server: a refusal is a value.
 */
export interface ClusterClient {
  /** Base URL that ordinary requests go to. */
  readonly server: string;
  /** One GET. `path` starts with `/`. */
  get(path: string, options?: ReadOptions): Promise<ApiAnswer>;
  /** GET of a list, page by page (`limit`, `continue`), up to `maxItems`. `items` are raw API objects. */
  list(
    path: string,
    options?: ReadOptions & {
      readonly maxItems?: number;
      readonly query?: Readonly<Record<string, string>>;
    },
  ): Promise<ListAnswer>;
  /** POST, PATCH (merge-patch) or DELETE of one object. */
  write(
    method: 'POST' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
    options?: ReadOptions,
  ): Promise<ApiAnswer>;
  /**
   * Watches a list path until `signal` aborts; reconnects by itself. A refusal that a repeat would not mend
   * (403, 404…) comes as one event `{ type: 'ERROR', object: { kind: 'Status', code } }` and ends the watch.
   */
  watch(path: string, options: WatchOptions): Promise<void>;
  /** The same credentials against another API server of the cluster (`https://10.0.0.1:6443`), TLS verified. */
  at(server: string, options?: { readonly tlsServerName?: string }): ClusterClient;
  /** Closes pooled connections. */
  close(): Promise<void>;
}

export interface ReadOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Give up on the body after this many bytes and return what came; default 8 MiB. */
  readonly maxBytes?: number;
  readonly accept?: string;
  /** Waits for no read that is not urgent. */
  readonly urgent?: boolean;
  /** Told when the request goes out on a connection, and when the status line has come. */
  readonly onStage?: (stage: 'sent' | 'headers', status?: number) => void;
}

export interface WatchOptions {
  /** Field and label selectors. */
  readonly query?: Readonly<Record<string, string>>;
  readonly resourceVersion?: string;
  readonly signal: AbortSignal;
  readonly onEvent: (event: { readonly type: string; readonly object: unknown }) => void;
}

/** How one request ended. `errno` is the socket or TLS code (`ECONNREFUSED`, `ERR_TLS_CERT_ALTNAME_INVALID`). */
export type ApiAnswer =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly text: string;
      readonly json: unknown;
      readonly headers: Readonly<Record<string, string>>;
      readonly ms: number;
      readonly complete: boolean;
    }
  | {
      readonly kind: 'failed';
      readonly stage: 'connect' | 'response';
      readonly timedOut: boolean;
      readonly errno: string | null;
      readonly message: string;
      readonly ms: number;
    };

export type ListAnswer =
  | {
      readonly kind: 'listed';
      readonly items: readonly unknown[];
      readonly resourceVersion: string;
      readonly truncated: boolean;
      readonly ms: number;
    }
  | { readonly kind: 'refused'; readonly answer: ApiAnswer };
