import { createApp } from "vue";

import ApiPage from "./ApiPage.vue";

createApp(ApiPage).mount("#app");
