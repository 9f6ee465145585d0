/** Help in the top bar: what it says is read once somebody asks for it. */
import { Button } from "@fluentui/react-components";
import { QuestionCircleRegular } from "@fluentui/react-icons";
import { lazy, Suspense, useState } from "react";

const HelpDrawer = lazy(() => import("./help-drawer.tsx").then((one) => ({ default: one.HelpDrawer })));

export function Help({ path }: { readonly path: string }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button
        appearance="subtle"
        className="help"
        icon={<QuestionCircleRegular />}
        aria-label="Help"
        aria-haspopup="dialog"
        data-opens="help"
        onClick={() => setOpen(true)}
      />
      {open ? (
        <Suspense fallback={null}>
          <HelpDrawer path={path} close={() => setOpen(false)} />
        </Suspense>
      ) : null}
    </>
  );
}
