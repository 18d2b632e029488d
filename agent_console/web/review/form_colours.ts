import type { FormState } from "@shared/generated/wire";

export const FORM_COLOURS: Record<FormState, string> = {
  draft: "grey",
  shown: "blue",
  confirmed: "blue",
  signed: "green",
  objected: "red",
  withdrawn: "grey",
};
