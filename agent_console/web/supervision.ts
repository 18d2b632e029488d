import { createApp } from "vue";

import "@shared/base.css";
import { createPageI18n } from "@shared/i18n";
import SupervisionPage from "./SupervisionPage.vue";
import { DESK_MESSAGES } from "./i18n";
import { SUPERVISION_APP, SupervisionApp } from "./review/supervision_app";
import "./styles/element";

const i18n = createPageI18n(DESK_MESSAGES);
const supervisionApp = new SupervisionApp(() => i18n.global.locale.value);
createApp(SupervisionPage).use(i18n).provide(SUPERVISION_APP, supervisionApp).mount("#app");
