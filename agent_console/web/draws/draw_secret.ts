import type { DrawDetail, DrawView, AccountableLine } from "@shared/generated/wire";

/**
 * A line's secret is made here, in its own browser; the server sees only the commitment until the
 * period is over. It is kept on this machine and in the file that the person saves.
 */
const KEPT = "shipinban.draw.";
const BYTES = 32;

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function fromHex(text: string): Uint8Array {
  if (!/^(?:[0-9a-f]{2})*$/.test(text)) throw new Error("no hex");
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>));
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const text = (words: string): Uint8Array => new TextEncoder().encode(words);

export function newSecret(): string {
  return hex(crypto.getRandomValues(new Uint8Array(BYTES)));
}

/** As casework/reviews/draw.py makes it. */
export async function commitmentOf(
  drawId: string,
  line: AccountableLine,
  secret: string,
): Promise<string> {
  const named = text(`shipinban draw ${drawId} ${line}\n`);
  return hex(await sha256(joined(named, fromHex(secret))));
}

export function keepSecret(drawId: string, secret: string): void {
  localStorage.setItem(KEPT + drawId, secret);
}

export function keptSecret(drawId: string): string {
  return localStorage.getItem(KEPT + drawId) ?? "";
}

export function forgetSecret(drawId: string): void {
  localStorage.removeItem(KEPT + drawId);
}

async function ticket(seed: Uint8Array, caseId: string): Promise<bigint> {
  const hash = await sha256(joined(seed, text(caseId)));
  return hash.slice(0, 8).reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
}

async function faultsOfPart(draw: DrawView, line: AccountableLine): Promise<string[]> {
  const part = draw[line];
  if (part === null || part.secret === null) return [];
  const expected = await commitmentOf(draw.id, line, part.secret);
  return expected === part.commitment ? [] : [`${line}_secret`];
}

/** Draws again, in this browser, from what was published; the names of what is wrong. */
export async function drawAgain({ draw, lots }: DrawDetail): Promise<string[]> {
  const zeros = "00".repeat(BYTES);
  const parts = [draw.county?.secret, draw.home?.secret, draw.tree_root].map((part) =>
    fromHex(part ?? zeros),
  );
  const seed = await sha256(joined(...parts));
  const rows = [...lots].sort((a, b) => (a.case_id < b.case_id ? -1 : 1));
  const told = JSON.stringify(rows.map((lot) => [lot.case_id, lot.chance_permille]));
  const population = hex(await sha256(text(told))) === draw.population_sha256;
  const expected = new Set<string>();
  let nearest: { caseId: string; of: bigint; chance: bigint } | null = null;
  for (const { case_id: caseId, chance_permille } of rows) {
    const chance = BigInt(chance_permille);
    if (chance === 0n) continue;
    const of = await ticket(seed, caseId);
    if (of * 1000n < chance * (1n << 64n)) expected.add(caseId);
    if (nearest === null || of * nearest.chance < nearest.of * chance) {
      nearest = { caseId, of, chance };
    }
  }
  if (expected.size === 0 && nearest !== null) expected.add(nearest.caseId);
  const same = rows.every((lot) => expected.has(lot.case_id) === (lot.drawn === true));
  return [
    ...(await faultsOfPart(draw, "county")),
    ...(await faultsOfPart(draw, "home")),
    ...(population ? [] : ["population"]),
    ...(same ? [] : ["drawn"]),
  ];
}
