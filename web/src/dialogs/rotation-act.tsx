/** What a person can ask of one rotation, wherever it is named: each asks before it is done. */
import { CancelDialog, TryDialog } from "./decide.tsx";
import { ContinueDialog, PauseDialog } from "./pause.tsx";

export type RotationAct = "try" | "pause" | "continue" | "cancel";

const DIALOGS = { try: TryDialog, pause: PauseDialog, continue: ContinueDialog, cancel: CancelDialog } as const;

export type ActedOn = Parameters<typeof TryDialog>[0]["rotation"] & Parameters<typeof PauseDialog>[0]["rotation"];

interface Props {
  readonly act: RotationAct;
  readonly tenant: string;
  readonly rotation: ActedOn;
  readonly close: () => void;
}

export function RotationActDialog({ act, ...about }: Props) {
  const Asks = DIALOGS[act];
  return <Asks {...about} />;
}
