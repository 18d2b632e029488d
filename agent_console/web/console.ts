import { createApp } from "vue";

import "@shared/base.css";
import { createPageI18n } from "@shared/i18n";
import ConsolePage from "./ConsolePage.vue";
import { CONSOLE_APP, ConsoleApp } from "./duty/console_app";
import { DESK_MESSAGES } from "./i18n";
import "./styles/element";

const i18n = createPageI18n(DESK_MESSAGES);
const consoleApp = new ConsoleApp(() => i18n.global.locale.value);
createApp(ConsolePage).use(i18n).provide(CONSOLE_APP, consoleApp).mount("#app");
