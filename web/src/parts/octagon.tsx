/** The mark of what stops, or has stopped: an octagon, which Fluent's icons have none of. */
import { createFluentIcon, type FluentIcon } from "@fluentui/react-icons";

/** Drawn on 20 × 20 like the icons beside it; the sign within is left open. */
export const OctagonFilled: FluentIcon = createFluentIcon("OctagonFilled", "1em", [
  "M6.6 2h6.8L18 6.6v6.8L13.4 18H6.6L2 13.4V6.6L6.6 2Zm2.65 3.75v5.5h1.5v-5.5h-1.5Zm-.15 7v1.8h1.8v-1.8H9.1Z",
]);
