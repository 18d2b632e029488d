import { createApp } from "vue";

import WindowPage from "./WindowPage.vue";

createApp(WindowPage).mount("#app");
