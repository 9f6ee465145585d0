/** An application by its name, which leads to its page; by its client id where no scan saw it. */
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Name } from "../text/name.tsx";

interface Props {
  readonly tenant: string;
  readonly application: { readonly objectId: string; readonly displayName?: string } | null;
  /** Left out where it is known. */
  readonly appId?: string | null;
  /** What of its page is opened; its first tab where it is left out. */
  readonly search?: Readonly<Record<string, string>>;
  /** What lies over the page closes when it is followed. */
  readonly onClick?: () => void;
  /** -1 where something around it is what Tab stops at. */
  readonly tabIndex?: 0 | -1;
  /** Other words than its name. */
  readonly children?: ReactNode;
}

export function ApplicationLink({
  tenant,
  application,
  appId = null,
  search = {},
  onClick,
  tabIndex = 0,
  children,
}: Props) {
  if (application === null) return <span className="mono">{appId}</span>;
  const params = { tenant, id: application.objectId };
  return (
    <Link
      className="link"
      to="/t/$tenant/applications/$id"
      params={params}
      search={search}
      onClick={onClick}
      tabIndex={tabIndex}
    >
      {children ?? <Name text={application.displayName ?? ""} />}
    </Link>
  );
}
