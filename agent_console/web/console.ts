import { createApp } from "vue";

import ConsolePage from "./ConsolePage.vue";

createApp(ConsolePage).mount("#app");
