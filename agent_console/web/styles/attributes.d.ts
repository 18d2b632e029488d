// Element Plus passes these on to the element inside; its types do not say so.
import "vue";

declare module "vue" {
  interface ComponentCustomProps {
    title?: string | undefined;
    lang?: string;
    form?: string;
    required?: boolean;
    "aria-label"?: string;
    "aria-pressed"?: boolean;
  }
}
