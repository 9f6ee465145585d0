import { Button } from "@fluentui/react-components";
import { isDemo, signInAddress } from "../session/sign-in-address.ts";

/** One button, and nothing about any tenant. */
export function SignIn() {
  return (
    <main className="alone">
      <img src="/mark.svg" alt="" width={48} height={48} />
      <h1>Nolapse</h1>
      <p>Keeps the credentials of app registrations alive.</p>
      {isDemo() ? (
        <p>This is the demo. Open the link that the terminal printed last: it is good once, and opens signed in.</p>
      ) : (
        <Button as="a" appearance="primary" size="large" href={signInAddress()}>
          Sign in with Microsoft Entra ID
        </Button>
      )}
    </main>
  );
}
