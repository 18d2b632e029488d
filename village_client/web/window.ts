import { createApp } from "vue";

import "@shared/base.css";
import { createPageI18n } from "@shared/i18n";
import { unlockSound } from "@shared/rtc/sound";
import WindowPage from "./WindowPage.vue";
import { WINDOW_APP, WindowApp } from "./app/window_app";
import { VILLAGE_MESSAGES } from "./i18n";
import { restoreTextSize } from "./styles/text_size";
import "./styles/village.css";

restoreTextSize();
// Sounds wait for the first click or key; after a reload in a call that may be anywhere.
addEventListener("pointerdown", () => void unlockSound(), { once: true });
addEventListener("keydown", () => void unlockSound(), { once: true });
const i18n = createPageI18n(VILLAGE_MESSAGES);
const windowApp = new WindowApp(() => i18n.global.locale.value);
createApp(WindowPage).use(i18n).provide(WINDOW_APP, windowApp).mount("#app");
