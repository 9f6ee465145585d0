/** What all that is chosen of a list have now, asked once for a dialog about them. */
import { keepPreviousData, type UseQueryResult, useQuery } from "@tanstack/react-query";
import { type Answer, type ApiProblem, type Body, change } from "../api/client.ts";

const CHOSEN = "POST /api/v1/t/{tenant}/applications/chosen";
export type ChosenLook = Answer<typeof CHOSEN>;
export type Chosen = Pick<Body<typeof CHOSEN>, "ids" | "query">;

export interface ChosenProps {
  readonly tenant: string;
  readonly chosen: Chosen;
  readonly count: number;
  readonly close: () => void;
}

/** With a policy, also the lines that give it to them; what was seen stays while another one is asked for. */
export function useChosen(tenant: string, chosen: Chosen, policy?: string): UseQueryResult<ChosenLook, ApiProblem> {
  const body = { ...chosen, ...(policy === undefined ? {} : { policy }) };
  return useQuery<ChosenLook, ApiProblem>({
    queryKey: ["look", CHOSEN, tenant, body],
    // once, and not with each event: it is for what the person saw when he chose
    staleTime: "static",
    gcTime: 0,
    placeholderData: keepPreviousData,
    queryFn: () => change(CHOSEN, { params: { tenant }, body }),
  });
}
