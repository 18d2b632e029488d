// Element Plus passes the first on to the element inside; its types do not say so.
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

  interface TdHTMLAttributes {
    /** The heading that stands beside the cell where a table is stacked. */
    "data-label"?: string;
  }
}
