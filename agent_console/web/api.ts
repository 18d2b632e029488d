import { createApp } from "vue";

import "@shared/base.css";
import { createPageI18n } from "@shared/i18n";
import ApiPage from "./ApiPage.vue";
import { DESK_MESSAGES } from "./i18n";
import "./styles/desk.css";

createApp(ApiPage).use(createPageI18n(DESK_MESSAGES)).mount("#app");
