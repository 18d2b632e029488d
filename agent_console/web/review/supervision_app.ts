import { inject, reactive } from "vue";
import type { InjectionKey } from "vue";

import { Api, ApiError } from "@shared/api";
import type { Config, Me, Role, SignInRequest } from "@shared/generated/wire";
import type { Locale } from "@shared/i18n";

export type Section =
  | "calls"
  | "cases"
  | "refusals"
  | "authority"
  | "roles"
  | "reviews"
  | "draws"
  | "follow_ups"
  | "could_not"
  | "calendar"
  | "keeping"
  | "organisations"
  | "staff"
  | "items"
  | "import"
  | "journal"
  | "reports"
  | "storage"
  | "live"
  | "wallboard";

const SUPERVISORS: readonly Role[] = [
  "home_supervisor",
  "county_supervisor",
  "chief_county_supervisor",
];
const COUNTY_SUPERVISORS = SUPERVISORS.slice(1);
const ADMINISTRATORS: readonly Role[] = ["system_administrator"];
const SECURITY: readonly Role[] = ["security_administrator"];

/** Who sees what; the server's route table decides, this only spares people refusals. */
const SECTIONS: readonly (readonly [Section, readonly Role[]])[] = [
  ["calls", SUPERVISORS],
  ["wallboard", SUPERVISORS],
  ["live", SUPERVISORS],
  ["cases", SUPERVISORS],
  ["refusals", COUNTY_SUPERVISORS],
  ["reports", SUPERVISORS],
  ["authority", SUPERVISORS],
  ["reviews", SUPERVISORS],
  ["draws", SUPERVISORS],
  ["follow_ups", SUPERVISORS],
  ["could_not", [...SUPERVISORS, "coordinator"]],
  ["journal", [...SUPERVISORS, "auditor"]],
  ["roles", [...SECURITY, "auditor"]],
  ["keeping", [...SUPERVISORS, "security_administrator"]],
  ["organisations", [...SUPERVISORS, ...ADMINISTRATORS]],
  ["staff", [...COUNTY_SUPERVISORS, ...ADMINISTRATORS, ...SECURITY]],
  ["items", [...SUPERVISORS, ...ADMINISTRATORS]],
  ["import", ADMINISTRATORS],
  ["calendar", [...SUPERVISORS, ...ADMINISTRATORS]],
  ["storage", ADMINISTRATORS],
];

export function sectionsFor(roles: readonly Role[]): Section[] {
  return SECTIONS.filter(([, allowed]) => allowed.some((role) => roles.includes(role))).map(
    ([section]) => section,
  );
}

export type SectionGroup =
  "now" | "recordings" | "casework" | "review" | "figures" | "lent" | "written" | "base";

const GROUPS: readonly (readonly [SectionGroup, readonly Section[]])[] = [
  ["now", ["wallboard", "live"]],
  ["recordings", ["calls", "keeping"]],
  ["casework", ["cases", "refusals"]],
  ["review", ["reviews", "draws", "follow_ups", "could_not"]],
  ["figures", ["reports"]],
  ["lent", ["authority", "roles"]],
  ["written", ["journal"]],
  ["base", ["organisations", "staff", "items", "import", "calendar", "storage"]],
];

/** The sections by task, without empty groups; each section stands in exactly one. */
export function groupsOf(sections: readonly Section[]): [SectionGroup, Section[]][] {
  return GROUPS.map(([group, all]): [SectionGroup, Section[]] => [
    group,
    all.filter((one) => sections.includes(one)),
  ]).filter(([, shown]) => shown.length > 0);
}

export interface SupervisionFacts {
  config: Config | null;
  /** `undefined` until the server has said whether somebody is signed in. */
  me: Me | null | undefined;
  /** The sign-in ended while the page was open. */
  ended: boolean;
}

/** What all supervision pages share: who is signed in, and requests that notice when nobody is. */
export class SupervisionApp {
  readonly facts: SupervisionFacts = reactive({ config: null, me: undefined, ended: false });
  readonly api: Api;

  constructor(language: () => Locale) {
    this.api = new Api(language);
  }

  async start(): Promise<void> {
    this.facts.config = await this.api.get<Config>("/api/config");
    try {
      this.facts.me = await this.api.get<Me>("/api/supervision/me");
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      this.facts.me = null;
    }
  }

  async signIn(request: SignInRequest): Promise<void> {
    this.facts.me = await this.api.post<Me>("/api/supervision/sign-in", request);
    this.facts.ended = false;
  }

  async signOut(): Promise<void> {
    await this.api.post("/api/supervision/sign-out");
    this.facts.me = null;
  }

  /** Sends a request; a sign-in that has ended leads back to signing in. */
  async ask<T>(request: (api: Api) => Promise<T>): Promise<T> {
    try {
      return await request(this.api);
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) {
        Object.assign(this.facts, { me: null, ended: true });
      }
      throw error;
    }
  }
}

export const SUPERVISION_APP: InjectionKey<SupervisionApp> = Symbol("supervision app");

export function useSupervisionApp(): SupervisionApp {
  const app = inject(SUPERVISION_APP);
  if (app === undefined) throw new Error("outside of the supervision page");
  return app;
}
