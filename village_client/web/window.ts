import { createApp } from "vue";

import "@shared/base.css";
import { createPageI18n } from "@shared/i18n";
import WindowPage from "./WindowPage.vue";
import { WINDOW_APP, WindowApp } from "./app/window_app";
import { VILLAGE_MESSAGES } from "./i18n";
import { restoreTextSize } from "./styles/text_size";
import "./styles/village.css";

restoreTextSize();
const i18n = createPageI18n(VILLAGE_MESSAGES);
const windowApp = new WindowApp(() => i18n.global.locale.value);
createApp(WindowPage).use(i18n).provide(WINDOW_APP, windowApp).mount("#app");
