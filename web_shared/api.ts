import type { ErrorView } from "./generated/wire";
import type { Locale } from "./i18n";

/** Why a request came to nothing. `code` is stable; pages translate it and fall back to `text`. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    text: string,
    /** HTTP status; 0 when no answer came at all. */
    readonly status = 0,
    readonly details: Record<string, unknown> = {},
  ) {
    super(text);
    this.name = "ApiError";
  }

  /** No answer came: the same request may succeed in a moment. */
  get isNetwork(): boolean {
    return this.status === 0;
  }
}

export interface RequestOptions {
  query?: Record<string, string | number | null | undefined>;
  /** A model of the wire, sent as JSON; a blob is sent as its bytes. */
  body?: unknown;
  timeoutMs?: number;
  signal?: AbortSignal;
}

export interface SentFile {
  name: string;
  content: Blob;
}

const DEFAULT_TIMEOUT_MS = 10_000;

/** The HTTP API as one page sees it. Cookies are the browser's business, errors are typed. */
export class Api {
  constructor(private readonly language: () => Locale) {}

  get<T>(path: string, options: RequestOptions = {}): Promise<T> {
    return this.send("GET", path, options);
  }

  post<T>(path: string, body?: unknown, options: RequestOptions = {}): Promise<T> {
    return this.send("POST", path, { ...options, body });
  }

  put<T>(path: string, body: Blob, options: RequestOptions = {}): Promise<T> {
    return this.send("PUT", path, { ...options, body });
  }

  /** What the server makes to be kept, with the name that it gives it. */
  async postForFile(path: string, body: unknown, options: RequestOptions = {}): Promise<SentFile> {
    return this.request("POST", path, { ...options, body }, async (response) => {
      if (!response.ok) await answer(response);
      const disposition = response.headers.get("Content-Disposition") ?? "";
      const encoded = /filename\*=UTF-8''([^;]+)/.exec(disposition)?.[1] ?? "";
      return { name: decodeURIComponent(encoded), content: await response.blob() };
    });
  }

  private send<T>(method: string, path: string, options: RequestOptions): Promise<T> {
    return this.request(method, path, options, (response) => answer<T>(response));
  }

  /** @throws {ApiError} with the server's code, or `network.down`, `network.timeout`. */
  private async request<T>(
    method: string,
    path: string,
    options: RequestOptions,
    read: (response: Response) => Promise<T>,
  ): Promise<T> {
    const deadline = new AbortController();
    const abort = () => deadline.abort();
    const timer = setTimeout(abort, options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    options.signal?.addEventListener("abort", abort);
    try {
      const response = await fetch(address(path, options.query), {
        method,
        credentials: "same-origin",
        cache: "no-store",
        signal: deadline.signal,
        ...this.content(options.body),
      });
      return await read(response);
    } catch (error) {
      if (error instanceof ApiError) throw error;
      if (options.signal?.aborted) throw error;
      const code = deadline.signal.aborted ? "network.timeout" : "network.down";
      throw new ApiError(code, String(error));
    } finally {
      clearTimeout(timer);
      options.signal?.removeEventListener("abort", abort);
    }
  }

  private content(body: unknown): { headers: Record<string, string>; body?: Blob | string } {
    const headers: Record<string, string> = { "Accept-Language": this.language() };
    if (body === undefined) return { headers };
    if (body instanceof Blob) {
      headers["Content-Type"] = "application/octet-stream";
      return { headers, body };
    }
    headers["Content-Type"] = "application/json";
    return { headers, body: JSON.stringify(body) };
  }
}

function address(path: string, query: RequestOptions["query"]): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== null && value !== undefined && value !== "") parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return text ? `${path}?${text}` : path;
}

async function answer<T>(response: Response): Promise<T> {
  const text = await response.text();
  const parsed = parse(text);
  if (response.ok) return (parsed ?? {}) as T;
  const view = parsed as Partial<ErrorView> | null;
  // A proxy in between answers with a page of its own, not with our error.
  const code = view?.code ?? (response.status >= 502 ? "network.down" : "internal");
  throw new ApiError(code, view?.text ?? code, response.status, view?.details ?? {});
}

function parse(text: string): unknown {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}
