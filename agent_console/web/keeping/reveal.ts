import type { InjectionKey } from "vue";

import type { RevealAsked, RevealedNumber } from "@shared/generated/wire";

export type RevealedField = RevealAsked["field"];

/** Asks for a masked number whole; the page that shows cases provides it. */
export type Reveal = (caseId: string, asked: RevealAsked) => Promise<RevealedNumber>;

export const REVEAL: InjectionKey<Reveal> = Symbol("reveal");
