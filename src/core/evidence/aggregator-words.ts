/**
 * What the last words of an API server's complaint mean: how its own way to the provider ended.
 * - `http-proxy`: an HTTP or SOCKS proxy stood in between and refused, or could not be reached itself.
 * - `tunnel`: a CONNECT proxy of the egress selector answered with an error (`proxy` is its address or socket).
 * - `no-agent`: the tunnel server works and has no agent behind it. `no-tunnel-server`: it could not be reached.
 * - `tunnel-dial`: the tunnel took the request and its far end gave no answer.
 * - `direct`: the API server dialled `target` itself.
 * - `lost`: a connection that was open went dead. `eof`: somebody hung up. `page`: a web page in place of an answer.
 */
export type WayEnd =
  | { readonly kind: 'http-proxy'; readonly proxy: string | null; readonly words: string }
  | {
      readonly kind: 'tunnel';
      readonly proxy: string;
      readonly target: string;
      readonly words: string;
    }
  | {
      readonly kind: 'no-agent' | 'no-tunnel-server' | 'tunnel-dial' | 'lost' | 'eof' | 'page';
      readonly words: string;
    }
  | {
      readonly kind: 'direct';
      readonly target: string;
      readonly end: 'timeout' | 'refused' | 'no-route' | 'unreachable';
      readonly words: string;
    };

/**
 * Reads the body of a failed request (`error trying to reach service: …`) or the message of the APIService condition
 * (`failing or missing response from URL: Get "URL": …`). Null when it says nothing about the way.
 * Spellings: kubernetes `handler_proxy.go`, `remote_available_controller.go`, `egress_selector.go`; konnectivity-client
 * `client.go`; Go's net/http `transport.go` and net `dial`, from 1.15 to 1.26.
 */
export function wayEnd(text: string): WayEnd | null {
  const whole = text.trim().slice(0, MAX_WORDS);
  const words = lastWords(whole);
  return (
    // A bare reason phrase is a proxy's only where the API server quotes it as the error of its own request.
    proxyEnd(words, words !== whole) ??
    tunnelEnd(words) ??
    konnectivityEnd(words) ??
    directEnd(words) ??
    rest(words)
  );
}

/** Cut off what stands before the error itself: whose request it was, and to which URL. */
function lastWords(whole: string): string {
  return whole
    .replace(/^.*?error trying to reach service: /s, '')
    .replace(/^.*?(?:failing or missing response|no response) from [^\s]+: /s, '')
    .replace(/^Get "?https?:\/\/[^\s"]+"?: /, '')
    .trim();
}

const MAX_WORDS = 2_000;

/** A CONNECT that is refused leaves nothing but the reason phrase of the proxy's answer (net/http, `dialConn`). */
const REASON_PHRASES: ReadonlySet<string> = new Set(
  [
    'Bad Request',
    'Unauthorized',
    'Forbidden',
    'Not Found',
    'Method Not Allowed',
    'Proxy Authentication Required',
    'Request Timeout',
    'Request Time-out',
    'Too Many Requests',
    'Internal Server Error',
    'Not Implemented',
    'Bad Gateway',
    'Service Unavailable',
    'Service Temporarily Unavailable',
    'Gateway Timeout',
    'Gateway Time-out',
    'Host Not Found',
    'Access Denied',
    'unknown status code',
  ].map((phrase) => phrase.toLowerCase()),
);

function proxyEnd(words: string, quoted: boolean): WayEnd | null {
  const dialled = /\bproxyconnect tcp: (?:dial tcp:? (?:lookup )?(\S+?):? )?/.exec(words);
  if (dialled !== null) return { kind: 'http-proxy', proxy: dialled[1] ?? null, words };
  const socks = /\bsocks connect (?:tcp )?(\S+?)->/.exec(words);
  if (socks !== null) return { kind: 'http-proxy', proxy: socks[1] ?? null, words };
  return quoted && REASON_PHRASES.has(words.toLowerCase())
    ? { kind: 'http-proxy', proxy: null, words }
    : null;
}

function tunnelEnd(words: string): WayEnd | null {
  const refused = /proxy error from (\S+) while dialing (\S+?),? code (\d+)/.exec(words);
  if (refused === null) return null;
  return { kind: 'tunnel', proxy: refused[1] ?? '', target: refused[2] ?? '', words };
}

function konnectivityEnd(words: string): WayEnd | null {
  if (/no (?:agent|backend) available|no tunnels? available/i.test(words)) {
    return { kind: 'no-agent', words };
  }
  const unserved =
    /dialing proxy "?[^"\s]+"? failed/.test(words) ||
    /rpc error: code = Unavailable|error while dialing:? dial unix/i.test(words) ||
    /reading HTTP response from CONNECT to \S+ via proxy/.test(words);
  if (unserved) return { kind: 'no-tunnel-server', words };
  return /^(?:dial timeout, (?:backstop|context)|dial closed|tunnel (?:is )?closed)/.test(words)
    ? { kind: 'tunnel-dial', words }
    : null;
}

function directEnd(words: string): WayEnd | null {
  const dial = /\bdial tcp4?6? (\S+): (.+)$/s.exec(words);
  if (dial === null) return null;
  const [, target = '', how = ''] = dial;
  const end = howItEnded(how);
  return end === null ? null : { kind: 'direct', target, end, words };
}

function howItEnded(how: string): Extract<WayEnd, { kind: 'direct' }>['end'] | null {
  if (/i\/o timeout|timed out|deadline exceeded/.test(how)) return 'timeout';
  if (/connection refused/.test(how)) return 'refused';
  if (/no route to host/.test(how)) return 'no-route';
  return /network is unreachable|permission denied|operation not permitted/.test(how)
    ? 'unreachable'
    : null;
}

function rest(words: string): WayEnd | null {
  if (/client connection lost|http2: .*(?:timeout|GOAWAY)/.test(words)) {
    return { kind: 'lost', words };
  }
  if (/(?:^|: )(?:unexpected )?EOF$/.test(words)) return { kind: 'eof', words };
  return /^<(?:!doctype|html|\?xml)/i.test(words) ? { kind: 'page', words } : null;
}
