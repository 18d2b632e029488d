import { useI18n } from "vue-i18n";

import type { MaterialView, PageView } from "@shared/generated/wire";
import { named } from "@shared/i18n";

/** How pages are called: by the line of the checklist, or by the mandate, that they were taken for. */
export function usePageNames(lines: () => readonly MaterialView[]) {
  const { t, locale } = useI18n();

  function nameOfLine(id: string | null): string {
    const line = lines().find((one) => one.id === id);
    return line ? named(locale.value, line.name, line.name_en) : t("pages.no_material");
  }

  function nameOf({ mandate_paper: paper, material_id }: PageView): string {
    if (!paper) return nameOfLine(material_id);
    return t(`pages.mandate_paper.${paper.kind}`, { number: paper.number });
  }

  return { nameOf, nameOfLine };
}
