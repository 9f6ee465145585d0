/** Asks for the rows behind those that are there. */
import { Button } from "@fluentui/react-components";
import { grouped } from "../text/dates.ts";

interface Props {
  readonly asked: { readonly hasNextPage: boolean; readonly isFetchingNextPage: boolean; readonly more: () => void };
  /** How many there are in all. */
  readonly total: number;
}

export function ShowMore({ asked: { hasNextPage, isFetchingNextPage, more }, total }: Props) {
  if (!hasNextPage) return null;
  return (
    <p className="rows-more">
      <Button size="small" onClick={more} disabled={isFetchingNextPage}>
        Show more of {grouped(total)}
      </Button>
    </p>
  );
}
