const NAME = "shipinban-resident";
/** Beside the window page, under the same path: `/window/resident`. */
const PATH = "/window/resident";

/** The part of the window management API that is used; Chrome 100 and later, with permission. */
interface ScreenDetails {
  screens: { isPrimary: boolean; availLeft: number; availTop: number }[];
}
type WithScreens = Window & { getScreenDetails?: () => Promise<ScreenDetails> };

/** Opens, or brings back, the resident's screen. @returns `false` when the browser blocked it. */
export function openResidentScreen(): boolean {
  const opened = window.open(PATH, NAME, "popup,width=1280,height=720");
  if (opened === null) return false;
  opened.focus();
  void ontoSecondScreen(opened);
  return true;
}

/** Where the browser can; else the helper drags it over and presses F11. */
async function ontoSecondScreen(opened: Window): Promise<void> {
  try {
    const details = await (window as WithScreens).getScreenDetails?.();
    const other = details?.screens.find(({ isPrimary }) => !isPrimary);
    if (other !== undefined) opened.moveTo(other.availLeft, other.availTop);
  } catch {
    // Not permitted: it stays where it is.
  }
}
