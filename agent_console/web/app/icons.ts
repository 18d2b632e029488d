/** Line drawings on a 24 × 24 grid. */
export const ICONS = {
  microphone: "M12 3a3 3 0 013 3v5a3 3 0 01-6 0V6a3 3 0 013-3zM6 11a6 6 0 0012 0M12 17v4",
  microphone_off:
    "M12 3a3 3 0 013 3v5a3 3 0 01-6 0V6a3 3 0 013-3zM6 11a6 6 0 0012 0M12 17v4M4 4l16 16",
  camera: "M3 7h12v10H3zM15 11l6-3.5v9L15 13",
  camera_off: "M3 7h12v10H3zM15 11l6-3.5v9L15 13M3 3l18 18",
  hold: "M8 5v14M16 5v14",
  resume: "M8 5l11 7-11 7z",
  voice: "M4 9v6M8 6v12M12 3v18M16 7v10M20 10v4",
  page: "M6 3h9l4 4v14H6zM15 3v4h4M9 12h7M9 16h7",
  swap: "M7 4L3 8l4 4M3 8h13M17 12l4 4-4 4M21 16H8",
  plus: "M11 4a7 7 0 100 14 7 7 0 000-14zM16.2 16.2L21 21M8 11h6M11 8v6",
  minus: "M11 4a7 7 0 100 14 7 7 0 000-14zM16.2 16.2L21 21M8 11h6",
  fit: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  rotate: "M20 12a8 8 0 11-2.6-5.9M20 3v5h-5",
  full_screen: "M3 8V3h5M21 8V3h-5M3 16v5h5M21 16v5h-5M9 12h6",
  phone: "M6 3h3l2 5-2.5 1.5a12 12 0 006 6L16 13l5 2v3a3 3 0 01-3 3A15 15 0 013 6a3 3 0 013-3z",
  hang_up: "M3 15c5-6 13-6 18 0l-3 3-4-2v-3a9 9 0 00-4 0v3l-4 2z",
  play: "M8 5l11 7-11 7z",
  pause: "M8 5v14M16 5v14",
  back: "M14 6l-6 6 6 6",
  next: "M10 6l6 6-6 6",
  help: "M12 3a9 9 0 100 18 9 9 0 000-18zM9.5 9.5a2.5 2.5 0 114 2c-1 .7-1.5 1.2-1.5 2.2M12 17h.01",
  close: "M6 6l12 12M18 6L6 18",
} as const;

export type IconName = keyof typeof ICONS;
