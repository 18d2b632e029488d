import { ApiError } from "./api";
import { CommandError } from "./socket";

interface Translator {
  t: (key: string) => string;
  te: (key: string) => boolean;
}

/** The sentence for an error: the page's own words for its code, else the server's. */
export function wordsFor(error: unknown, { t, te }: Translator): string {
  if (!(error instanceof ApiError) && !(error instanceof CommandError)) return t("error.internal");
  const key = `error.${error.code}`;
  if (te(key)) return t(key);
  return error.message && error.message !== error.code ? error.message : t("error.internal");
}
