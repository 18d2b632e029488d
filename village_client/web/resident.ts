import { createApp } from "vue";

import ResidentPage from "./ResidentPage.vue";

createApp(ResidentPage).mount("#app");
