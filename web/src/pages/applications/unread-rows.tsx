// biome-ignore-all lint/a11y/useSemanticElements: rows stand where the scroll is, which table elements cannot
// biome-ignore-all lint/a11y/useFocusableInteractive: cells take no focus, their row does
/** Rows of applications that the last scan did not get to see: above all others, since nobody knows how they are. */
import type { CSSProperties } from "react";
import { InTenant } from "../../parts/each-tenant.tsx";
import { Time } from "../../parts/time.tsx";
import { grouped } from "../../text/dates.ts";
import { Name } from "../../text/name.tsx";
import { unreadWords } from "../../text/unread.ts";
import type { List } from "./application-list.ts";

export interface UnreadRow {
  readonly tenant: string;
  readonly item: List["unread"]["items"][number];
}

interface Props {
  /** Left out for the row behind the last one that is named. */
  readonly row: UnreadRow | undefined;
  /** How many are not named. */
  readonly others: number;
  readonly look: string;
  readonly style: CSSProperties;
  /** As the table counts it. */
  readonly index: number;
  readonly tabIndex: 0 | -1;
  /** Whether the others have something to select them by. */
  readonly isChosen: boolean;
}

export function UnreadApplication({ row, others, look, style, index, tabIndex, isChosen }: Props) {
  return (
    <div role="row" className={`app-row app-still ${look}`} style={style} aria-rowindex={index} tabIndex={tabIndex}>
      {isChosen ? <span role="gridcell" className="choose" /> : null}
      <span role="gridcell">
        {row === undefined ? `and ${grouped(others)} more` : <Name text={row.item.displayName} />}
      </span>
      <span role="gridcell" className="app-unread urgent">
        {row === undefined ? (
          "could not be read"
        ) : (
          <InTenant name={row.tenant}>
            {unreadWords(row.item.code)}
            <span className="faint">
              , last seen <Time at={row.item.seenAt} form="dateTime" />
            </span>
          </InTenant>
        )}
      </span>
    </div>
  );
}
