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
import { useEffect, useMemo, useRef, useState } from "react";
import { keepToken, sessionOver } from "./api/client.ts";
import { type Asked, client, useAnswer } from "./api/queries.ts";
import { SignIn } from "./pages/sign-in.tsx";
import { focusBelow } from "./parts/over.ts";
import { Failure, Loading } from "./parts/states.tsx";
import { router } from "./routes.tsx";
import { useClock } from "./session/clock.ts";
import { SessionContext } from "./session/session.tsx";
import { isSignedOut, signInAddress } from "./session/sign-in-address.ts";
import { useTheme } from "./session/theme.ts";

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
  const asked = useAnswer("GET /api/v1/me", signedOut ? null : { params: {} });
  const { data: me, error, refetch } = asked;
  useSamePerson(me?.objectId);
  const clock = useClock();
  const session = useMemo(
    () => (me === undefined ? null : { me, theme: { choice, choose }, clock }),
    [me, choice, choose, clock],
  );
  if (me !== undefined) keepToken(me.csrf);
  if (session !== null) {
    return (
      <SessionContext.Provider value={session}>
        <RouterProvider router={router} />
        <SessionOver asked={asked} />
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

/** What one person has typed is nothing for another one who signs in meanwhile: he gets a document of his own. */
function useSamePerson(objectId: string | undefined): void {
  const first = useRef(objectId);
  useEffect(() => {
    first.current ??= objectId;
    if (objectId !== undefined && first.current !== objectId) window.location.reload();
  }, [objectId]);
}

const SIGNED_OUT = "signed-out";

/** Over the page, so that what one was doing is still there: one signs in beside it, and comes back to it. */
function SessionOver({ asked: { dataUpdatedAt, refetch, isFetching } }: { readonly asked: Asked<"GET /api/v1/me"> }) {
  /** What was known of the session when it was over; null while it goes on. */
  const [over, setOver] = useState<number | null>(null);
  const known = useRef(dataUpdatedAt);
  known.current = dataUpdatedAt;
  useEffect(() => {
    const heard = () => setOver((before) => before ?? known.current);
    sessionOver.addEventListener("over", heard);
    return () => sessionOver.removeEventListener("over", heard);
  }, []);
  useEffect(() => {
    if (over === null || dataUpdatedAt === over) return;
    setOver(null);
    focusBelow(SIGNED_OUT);
    void client.invalidateQueries();
  }, [over, dataUpdatedAt]);
  return (
    <Dialog open={over !== null} modalType="alert">
      <DialogSurface className={SIGNED_OUT}>
        <DialogBody>
          <DialogTitle>You are signed out</DialogTitle>
          <DialogContent>
            <p>
              The session is over: after an hour without a request, after eight hours, or because somebody ended it.
            </p>
            <p>Signing in opens beside this page, and what you have typed stays here. Come back when it is done.</p>
          </DialogContent>
          <DialogActions>
            <Button disabled={isFetching} onClick={() => void refetch()}>
              I have signed in
            </Button>
            <Button as="a" href={signInAddress()} target="_blank" rel="noopener" appearance="primary">
              Sign in again
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
