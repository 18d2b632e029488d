import { createApp } from "vue";

import "@shared/base.css";
import { createPageI18n } from "@shared/i18n";
import ResidentPage from "./ResidentPage.vue";
import { VILLAGE_MESSAGES } from "./i18n";
import { restoreTextSize } from "./styles/text_size";
import "./styles/village.css";

restoreTextSize();
createApp(ResidentPage).use(createPageI18n(VILLAGE_MESSAGES)).mount("#app");
