/** How the list of applications is asked for: by the page of it, and by the script that asks before the page is there. */
export const LIST = "GET /api/v1/t/{tenant}/applications";
/** Rows that are asked for at a time. */
export const PAGE = 200;
