import type { CaseView, MaterialRequirement, MaterialView, PageView } from "@shared/generated/wire";

/** Sample rows as the server would show them; tests change what they are about. */
export function material(id: string, requirement: MaterialRequirement, checked = false) {
  const line: MaterialView = {
    id,
    position: 0,
    name: id,
    name_en: id,
    requirement,
    copies: 1,
    note: "",
    note_en: "",
    checked,
  };
  return line;
}

export function aCase(change: Partial<CaseView> = {}, materials: MaterialView[] = []): CaseView {
  return {
    id: "case",
    number: null,
    state: "draft",
    mode: "assisted",
    item: {
      id: "item",
      code: "RS-001",
      version: 1,
      name: "养老待遇申请",
      name_en: "Pension",
      department_name: "人社局",
      department_name_en: "Social security",
      video_level: "county",
      modes: ["advice", "assisted"],
      immediate: false,
      time_limit_days: 10,
      joint: false,
      delegated: false,
      cross_area: false,
      recording_required: false,
      authority_source: "",
      authority_document: "",
      guide: {},
      materials,
    },
    window_name: "窗口",
    window_name_en: "Window",
    subject_name: "李桂香",
    subject_id_number: "441***********1234",
    subject_phone: "138****0000",
    registered_organisation_name: null,
    elderly: false,
    disabled: false,
    present_name: "李桂香",
    present_relation: "self",
    deciding_organisation_name: "人社局",
    deciding_organisation_name_en: "Social security",
    consent: "yes",
    outcome: null,
    called: false,
    pages: [],
    created_ms: 0,
    ...change,
  };
}

export function aPage(id: string, change: Partial<PageView> = {}): PageView {
  return {
    id,
    case_id: "case",
    material_id: null,
    mandate_paper: null,
    kind: "original",
    state: "ready",
    replaces_page_id: null,
    sheets: 1,
    uploaded: false,
    faults: [],
    width_px: 3840,
    height_px: 2160,
    total_bytes: 1000,
    received_bytes: 1000,
    sha256: "0".repeat(64),
    position_ms: 0,
    created_ms: 0,
    ...change,
  };
}
