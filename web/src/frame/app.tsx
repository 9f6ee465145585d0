/** Who is there decides what is drawn: the sign-in page, or the pages. */
import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  FluentProvider,
} from "@fluentui/react-components";
import { RouterProvider } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";
import { keepToken } from "../api/client.ts";
import { sessionOver, useAnswer } from "../api/queries.ts";
import { SignIn } from "../pages/sign-in.tsx";
import { router } from "./routes.tsx";
import { SessionContext } from "./session.tsx";
import { isSignedOut, signInAddress } from "./sign-in-address.ts";
import { Failure, Loading } from "./states.tsx";
import { useTheme } from "./theme.ts";

export function App() {
  const { theme, choice, choose } = useTheme();
  return (
    // its own class goes to every menu and dialog as well; what fills the page is a part inside
    <FluentProvider theme={theme}>
      <div className="app">
        <Gate choice={choice} choose={choose} />
      </div>
    </FluentProvider>
  );
}

/** Of this document; who signs in gets another one. */
const signedOut = isSignedOut();

function Gate({ choice, choose }: Pick<ReturnType<typeof useTheme>, "choice" | "choose">) {
  const { data: me, error, refetch } = useAnswer("GET /api/v1/me", signedOut ? null : { params: {} });
  const session = useMemo(() => (me === undefined ? null : { me, theme: { choice, choose } }), [me, choice, choose]);
  if (me !== undefined) keepToken(me.csrf);
  if (session !== null) {
    return (
      <SessionContext.Provider value={session}>
        <RouterProvider router={router} />
        <SessionOver />
      </SessionContext.Provider>
    );
  }
  if (signedOut || error?.status === 401) return <SignIn />;
  return (
    <main className="alone">
      {error === null ? <Loading /> : <Failure problem={error} retry={() => void refetch()} />}
    </main>
  );
}

/** Over the page, so that what one was doing is still there. */
function SessionOver() {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const heard = () => setOver(true);
    sessionOver.addEventListener("over", heard);
    return () => sessionOver.removeEventListener("over", heard);
  }, []);
  return (
    <Dialog open={over} modalType="alert">
      <DialogSurface>
        <DialogBody>
          <DialogTitle>You are signed out</DialogTitle>
          <DialogContent>
            The session is over: after an hour without a request, after eight hours, or because somebody ended it.
          </DialogContent>
          <DialogActions>
            <Button as="a" href={signInAddress()} appearance="primary">
              Sign in again
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
