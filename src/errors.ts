/** The asker can mend it: answered where they asked, logged at info. `message` is one full sentence that says what to do. */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Slack, Redis or Kubernetes failed. `message` holds the operation and the reason, never a header, a body or a token. */
export class ExternalError extends Error {
  override readonly name = 'ExternalError';
  readonly code: string;
  readonly retryable: boolean;
  constructor(
    code: string,
    message: string,
    options: { readonly retryable: boolean; readonly cause?: unknown },
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable;
  }
}
