import { provideGlobalConfig } from "element-plus";
import english from "element-plus/es/locale/lang/en";
import chinese from "element-plus/es/locale/lang/zh-cn";
import { shallowRef, watchEffect } from "vue";
import { useI18n } from "vue-i18n";

/** Element Plus speaks the page's language: date picker, pagination, dialogs. */
export function useElementLocale(): void {
  const { locale } = useI18n();
  const config = shallowRef({ locale: chinese });
  watchEffect(() => {
    config.value = { locale: locale.value === "en" ? english : chinese };
  });
  // Its types are wrong under exactOptionalPropertyTypes: props appear as their declarations.
  type Config = Parameters<typeof provideGlobalConfig>[0];
  provideGlobalConfig(config as unknown as Config, undefined, true);
}
