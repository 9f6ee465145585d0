/** An application by its name, which leads to its page; by its client id where no scan saw it. */
import { Link } from "@tanstack/react-router";
import { Name } from "../text/name.tsx";

interface Props {
  readonly tenant: string;
  readonly application: { readonly objectId: string; readonly displayName: string } | null;
  /** Left out where it is known. */
  readonly appId?: string | null;
}

export function ApplicationLink({ tenant, application, appId = null }: Props) {
  if (application === null) return <span className="mono">{appId}</span>;
  return (
    <Link className="link" to="/t/$tenant/applications/$id" params={{ tenant, id: application.objectId }} search={{}}>
      <Name text={application.displayName} />
    </Link>
  );
}
