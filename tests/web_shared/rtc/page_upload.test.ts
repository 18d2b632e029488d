import { expect, test, vi } from "vitest";

import { Api, ApiError } from "@shared/api";
import type { PageView } from "@shared/generated/wire";
import { Pace, sendPage } from "@shared/rtc/page_upload";
import type { PageToSend } from "@shared/rtc/page_upload";
import { sha256Hex } from "@shared/rtc/still";

/** A server that keeps what it is sent; `fail` says what happens to the n-th chunk. */
class FakePages {
  bytes: number[] = [];
  offsets: number[] = [];
  total = 0;
  fail: (chunk: number) => "before" | "after" | "refuse" | null = () => null;

  view(): PageView {
    const done = this.bytes.length === this.total;
    const state = done ? "ready" : "uploading";
    return { id: "p", state, received_bytes: this.bytes.length } as PageView;
  }

  async answer(url: string, init: RequestInit): Promise<Response> {
    if (init.method === "POST") {
      this.total = (JSON.parse(init.body as string) as { total_bytes: number }).total_bytes;
    }
    if (init.method === "PUT") await this.take(url, init.body as Blob);
    return new Response(JSON.stringify(this.view()));
  }

  private async take(url: string, chunk: Blob): Promise<void> {
    const offset = Number(new URL(url, "http://x").searchParams.get("offset"));
    const failure = this.fail(this.offsets.length);
    this.offsets.push(offset);
    if (failure === "refuse") throw new ApiError("page.too_large", "", 413);
    if (failure === "before") throw new TypeError("network");
    if (offset !== this.bytes.length) throw new Error(`offset ${offset}, not ${this.bytes.length}`);
    this.bytes.push(...new Uint8Array(await chunk.arrayBuffer()));
    if (failure === "after") throw new TypeError("network");
  }
}

const BYTES = Uint8Array.from({ length: 150_000 }, (_, index) => (index * 7) % 251);

function page(): PageToSend {
  const still = { blob: new Blob([BYTES]), width: 1, height: 1, sha256: "0".repeat(64) };
  return {
    caseId: "c",
    still,
    kind: "original",
    materialId: null,
    request: null,
    replaces: null,
  };
}

function send(server: FakePages, progress = vi.fn()) {
  vi.stubGlobal("fetch", (url: string, init: RequestInit) => server.answer(url, init));
  const api = new Api(() => "en");
  return sendPage(api, page(), progress, () => Promise.resolve());
}

test("a page arrives whole, in chunks that grow, and tells how far it is", async () => {
  const server = new FakePages();
  const progress = vi.fn();
  await expect(send(server, progress)).resolves.toMatchObject({ state: "ready" });
  expect(Uint8Array.from(server.bytes)).toEqual(BYTES);
  expect(server.offsets).toEqual([0, 16_384, 49_152, 114_688]);
  const told = progress.mock.calls.map(([fraction]) => fraction as number);
  expect(told).toEqual([0, 16_384 / 150_000, 49_152 / 150_000, 114_688 / 150_000, 1]);
});

test("a chunk that got lost is sent again from where the server stands", async () => {
  const server = new FakePages();
  server.fail = (chunk) => (chunk === 1 ? "before" : null);
  await send(server);
  expect(server.offsets).toEqual([0, 16_384, 16_384, 49_152, 114_688]);
  expect(Uint8Array.from(server.bytes)).toEqual(BYTES);
});

test("a chunk whose answer got lost is not sent twice", async () => {
  const server = new FakePages();
  server.fail = (chunk) => (chunk === 1 ? "after" : null);
  await send(server);
  expect(server.offsets).toEqual([0, 16_384, 49_152, 114_688]);
  expect(Uint8Array.from(server.bytes)).toEqual(BYTES);
});

test("a refusal ends the upload with the server's code", async () => {
  const server = new FakePages();
  server.fail = () => "refuse";
  await expect(send(server)).rejects.toMatchObject({ code: "page.too_large" });
});

test("the hash is SHA-256 in hex", async () => {
  const abc = new TextEncoder().encode("abc").buffer;
  await expect(sha256Hex(abc)).resolves.toBe(
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
});

test("on a thin link chunks shrink and leave the voice some room", () => {
  const pace = new Pace();
  expect(pace.took(2_000)).toBe(800);
  expect(pace.chunkBytes).toBe(8_192);
  pace.took(2_000);
  expect(pace.chunkBytes).toBe(8_192);
});

test("on a good link chunks grow to the server's limit, without pauses", () => {
  const pace = new Pace();
  expect([1, 2, 3, 4].map(() => pace.took(20))).toEqual([0, 0, 0, 0]);
  expect(pace.chunkBytes).toBe(262_144);
});
