/** Line drawings on a 24 × 24 grid; each list is the paths of one icon. */
export const ICONS = {
  check: ["M4 12.5l5 5L20 6.5"],
  cross: ["M6 6l12 12", "M18 6L6 18"],
  dots: ["M5 12h.01", "M12 12h.01", "M19 12h.01"],
  menu: ["M4 6h16", "M4 12h16", "M4 18h16"],
  minus: ["M6 12h12"],
  search: ["M11 4a7 7 0 100 14 7 7 0 000-14z", "M16.2 16.2L21 21"],
  back: ["M14 6l-6 6 6 6"],
  next: ["M10 6l6 6-6 6"],
  camera: ["M3 7h12v10H3z", "M15 11l6-3.5v9L15 13"],
  paper: ["M6 3h9l4 4v14H6z", "M15 3v4h4", "M9 12h7", "M9 16h7"],
  microphone: ["M12 3a3 3 0 013 3v5a3 3 0 01-6 0V6a3 3 0 013-3z", "M6 11a6 6 0 0012 0", "M12 17v4"],
  speaker: ["M4 9h4l5-4v14l-5-4H4z", "M16.5 9a4 4 0 010 6", "M19 6.5a8 8 0 010 11"],
  network: ["M4 18v-3", "M10 18v-7", "M16 18V8", "M22 18V4"],
  screen: ["M3 5h18v11H3z", "M9 20h6", "M12 16v4"],
  phone: ["M6 3h3l2 5-2.5 1.5a12 12 0 006 6L16 13l5 2v3a3 3 0 01-3 3A15 15 0 013 6a3 3 0 013-3z"],
  pause: ["M8 5v14", "M16 5v14"],
  play: ["M8 5l11 7-11 7z"],
  clock: ["M12 3a9 9 0 100 18 9 9 0 000-18z", "M12 7v5l3.5 2"],
  person: ["M12 4a4 4 0 100 8 4 4 0 000-8z", "M4 21a8 8 0 0116 0"],
  leave: ["M14 4h6v16h-6", "M3 12h12", "M11 8l4 4-4 4"],
  info: ["M12 3a9 9 0 100 18 9 9 0 000-18z", "M12 11v5", "M12 8h.01"],
  warning: ["M12 4l9 16H3z", "M12 10v4", "M12 17h.01"],
} as const;

export type IconName = keyof typeof ICONS;
