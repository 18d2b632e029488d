import { useI18n } from "vue-i18n";

import type { Device } from "@shared/rtc/devices";
import { isTest } from "@shared/rtc/local_media";

/** Device names for people; the browser's own ones end in numbers that nobody needs. */
export function useDeviceWords() {
  const { t } = useI18n();

  function nameOf(device: Device): string {
    if (isTest(device)) return t(`check.test_device.${device.deviceId.split(":")[1] ?? ""}`);
    return device.label.replace(/ \([0-9a-f]{4}:[0-9a-f]{4}\)$/i, "") || t("check.unnamed");
  }

  return { nameOf };
}
