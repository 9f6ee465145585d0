import { Button, MessageBar, MessageBarActions, MessageBarBody, MessageBarTitle } from "@fluentui/react-components";
import { useSession } from "../session/session.tsx";
import { lendAddress } from "../session/sign-in-address.ts";

/** Whether the person has lent the server his own rights in Entra ID, by the server's now. */
export function useLent(now: string | undefined): boolean {
  const { rightsUntil } = useSession().me;
  return rightsUntil !== null && now !== undefined && Date.parse(now) < Date.parse(rightsUntil);
}

/** Says why they are needed, and leads to where one lends them and back here. */
export function LendRights({ what }: { readonly what: string }) {
  return (
    <MessageBar intent="info" layout="multiline">
      <MessageBarBody>
        <MessageBarTitle>{what} takes your own rights in Entra ID.</MessageBarTitle> Nolapse's are not used for it:
        nobody gets by them what he could not do himself. You lend yours for an hour, to this session alone.
      </MessageBarBody>
      <MessageBarActions>
        <Button as="a" href={lendAddress()}>
          Lend them and come back
        </Button>
      </MessageBarActions>
    </MessageBar>
  );
}
