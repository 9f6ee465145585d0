/** What the server said, kept and asked again when it changes. */
import {
  keepPreviousData,
  QueryClient,
  type UseQueryResult,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useState } from "react";
import {
  type Answer,
  ApiProblem,
  type Asking,
  type ChangeRoute,
  type Changing,
  type GetRoute,
  read,
} from "./client.ts";
import { type Send, sender } from "./once.ts";

export const client: QueryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      refetchOnWindowFocus: true,
      placeholderData: keepPreviousData,
      // what was refused stays refused; what broke or did not answer is asked once more
      retry: (count, thrown) =>
        count < 1 && thrown instanceof ApiProblem && (thrown.status === 0 || thrown.status >= 500),
      retryDelay: 1_000,
    },
  },
});

export type Asked<R extends GetRoute> = UseQueryResult<Answer<R>, ApiProblem>;

/** Milliseconds until what was answered is asked for again; where it depends on the answer, `false` lets it be. */
type Every<A> = number | ((answer: A | undefined) => number | false);

/** Asks for what a page shows; `null` asks nothing yet. What stays meanwhile is of the same thing, asked for otherwise: never another's. */
export function useAnswer<R extends GetRoute>(route: R, asking: Asking<R> | null, every?: Every<Answer<R>>): Asked<R> {
  return useQuery<Answer<R>, ApiProblem>({
    queryKey: [route, asking],
    enabled: asking !== null,
    placeholderData: keepSame(asking),
    refetchInterval: typeof every === "function" ? (query) => every(query.state.data) : (every ?? false),
    queryFn: ({ signal }) => read(route, asking as Asking<R>, signal),
  });
}

/** What was answered before, where that was of the same tenant and thing: the page of one application must not act on another one. */
function keepSame(asking: Asking<GetRoute> | null) {
  const of = (one: unknown) => JSON.stringify((one as typeof asking)?.params);
  return <A>(before: A | undefined, held: { readonly queryKey: readonly unknown[] } | undefined): A | undefined =>
    of(held?.queryKey[1]) === of(asking) ? before : undefined;
}

/**
 * Asks once for what a dialog says while it is open, because the directory itself is asked for it: what changes meanwhile is judged anew by
 * the server when the person has spoken. Kept nowhere afterwards.
 */
export function useLook<R extends GetRoute>(route: R, asking: Asking<R> | null): Asked<R> {
  return useQuery<Answer<R>, ApiProblem>({
    queryKey: ["look", route, asking],
    enabled: asking !== null,
    staleTime: "static",
    gcTime: 0,
    placeholderData: () => undefined,
    queryFn: ({ signal }) => read(route, asking as Asking<R>, signal),
  });
}

/** Sends changes, each made once however often it is pressed; from one opening of a dialog to its end. */
export function useSend(): Send {
  return useState(() => sender())[0];
}

/** A change; everything that is shown is asked for again after it. Its answer is kept nowhere. */
export function useChange<R extends ChangeRoute>(route: R) {
  const all = useQueryClient();
  const send = useSend();
  return useMutation<Answer<R>, ApiProblem, Changing<R>>({
    mutationFn: (asking) => send(route, asking),
    gcTime: 0,
    onSettled: () => void all.invalidateQueries(),
  });
}
