/** As far as this file needs it: browsers before 83 and happy-dom have none. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(address: string): string },
  ): { createScriptURL(address: string): string };
}

const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };

/** The content policy lets scripts be loaded by this policy alone: our own files, nothing else. */
const policy = trustedTypes?.createPolicy("shipinban", { createScriptURL: ownAddress });

/** @throws {TypeError} for an address that is not of this installation. */
export function ownAddress(address: string): string {
  const own = new URL(address, location.href);
  if (own.origin !== location.origin) throw new TypeError(`${own.origin} is not ours`);
  return own.href;
}

/** `address`: of a worker's file, imported with `?worker&url`. */
export function startWorker(address: string): Worker {
  return new Worker(policy?.createScriptURL(address) ?? ownAddress(address), { type: "module" });
}
